package issued

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// Classes sorts the batches of kinds by what some checks see of them. Gateways, and repairs of
// one, that read the same claims share what is known of the batches.
type Classes struct {
	batches []*batch // of all kinds, by their index
	byReads map[string]*facts
	clients map[string]*clientClasses
	guids   bool // every client's id is one
	sets    int  // of clients
}

// NewClasses counts through the batches of all kinds.
func NewClasses(kinds []*Kind) *Classes {
	c := &Classes{
		byReads: map[string]*facts{}, clients: map[string]*clientClasses{},
		guids: allGUIDs(kinds),
	}
	for _, kind := range kinds {
		for i := range kind.batches {
			b := &kind.batches[i]
			b.index = len(c.batches)
			c.batches = append(c.batches, b)
			if b.clients.number == 0 {
				c.sets++
				b.clients.number = c.sets
			}
		}
	}
	return c
}

// facts are what all batches hold of some claims. Batches of the same number hold the same.
type facts struct {
	numbers []int32   // of each batch, by its index
	of      [][]int32 // what a number holds: of each claim, the place among its values
	claims  []held    // by the claims
}

// held is all that a claim holds in some batches, each once.
type held struct {
	places map[string]int32
	first  []*Token // that holds it
}

// of gives what the batches hold of the claims that a gateway's checks read.
func (c *Classes) of(v *View) *facts {
	reads := strings.Join(v.claims, "\x00")
	if c.byReads[reads] == nil {
		c.byReads[reads] = c.factsOf(v.claims)
	}
	return c.byReads[reads]
}

func (c *Classes) factsOf(claims []string) *facts {
	f := &facts{claims: make([]held, len(claims))}
	for i := range claims {
		f.claims[i].places = map[string]int32{}
	}
	known := map[string]int32{}
	var held []int32
	for _, b := range c.batches {
		held = held[:0]
		for i, name := range claims {
			held = append(held, f.claims[i].place(&b.token, name))
		}
		held = append(held, doubtful(&b.token))
		f.numbers = append(f.numbers, number(known, held))
		if len(known) > len(f.of) {
			f.of = append(f.of, slices.Clone(held))
		}
	}
	return f
}

// place is that of what a token holds among the values of a claim.
func (v *held) place(t *Token, claim string) int32 {
	fact := t.fact(claim)
	at, ok := v.places[fact]
	if !ok {
		at = int32(len(v.first))
		v.places[fact], v.first = at, append(v.first, t)
	}
	return at
}

// doubtful is 1 for a token of which it is not known whether anybody can have it.
func doubtful(t *Token) int32 {
	if t.doubt != "" {
		return 1
	}
	return 0
}

// number is that of some numbers: a new one where they are not known.
func number(known map[string]int32, of []int32) int32 {
	var room [64]byte
	key := room[:0]
	for _, n := range of {
		key = binary.LittleEndian.AppendUint32(key, uint32(n))
	}
	n, ok := known[string(key)]
	if !ok {
		n = int32(len(known))
		known[string(key)] = n
	}
	return n
}

// seenBy numbers what a gateway's checks see of each number of facts: what they can't tell apart
// has the same number.
func (f *facts) seenBy(v *View) []int32 {
	atoms := atomsOf(v.policies, askedBy(v.policies))
	looks := make([][]int32, len(f.claims))
	for i, name := range v.claims {
		known := map[string]int32{}
		looks[i] = make([]int32, len(f.claims[i].first))
		for at, t := range f.claims[i].first {
			look := atoms.look(t, name)
			n, ok := known[look]
			if !ok {
				n = int32(len(known))
				known[look] = n
			}
			looks[i][at] = n
		}
	}
	known, all := map[string]int32{}, make([]int32, len(f.of))
	seen := make([]int32, len(f.claims)+1)
	for n, held := range f.of {
		copy(seen, held)
		for i := range looks {
			seen[i] = looks[i][held[i]]
		}
		all[n] = number(known, seen)
	}
	return all
}

// Run runs kinds of tokens against one gateway, tokens that it can't tell apart once.
type Run struct {
	View    *View
	grouped bool
	facts   *facts
	classes []int32 // by the numbers of the facts
	seen    map[seen]Outcome
	access  *clientClasses // the classes of clients as access tokens name them
	sign    *clientClasses // and as ID tokens do
}

// seen is tokens that a gateway can't tell apart: the class of their batch and that of their
// client.
type seen struct {
	batch    int32
	client   int
	identity bool
}

// Outcome is a verdict in short, and a token that has it.
type Outcome struct {
	Outcome rules.Decision // empty where there is no token
	Status  int
	Decided rules.ID // empty where accepted
	Issued  Issued
}

// Run begins to run kinds against a gateway. Ungrouped it runs every token, for the test that this
// changes nothing.
func (c *Classes) Run(v *View, grouped bool) *Run {
	facts := c.of(v)
	return &Run{
		View: v, grouped: grouped, facts: facts, classes: facts.seenBy(v), seen: map[seen]Outcome{},
		access: c.clientsOf(v, false), sign: c.clientsOf(v, true),
	}
}

// Distinct is how many tokens the gateway could tell apart.
func (r *Run) Distinct() int { return len(r.seen) }

// Furthest is the outcome of the token of a kind that gets furthest.
func (r *Run) Furthest(kind *Kind) Outcome {
	var best Outcome
	for i := range kind.batches {
		if got := r.batch(&kind.batches[i]); best.Outcome == "" ||
			Further(got.Outcome, best.Outcome) ||
			got.Outcome == best.Outcome && best.Issued.Unlikely() && !got.Issued.Unlikely() {
			best = got
		}
	}
	return best
}

// batch evaluates one token for each class of clients.
func (r *Run) batch(b *batch) Outcome {
	var best Outcome
	for _, client := range r.classified(b) {
		full := seen{r.classes[r.facts.numbers[b.index]], client.class, b.token.identity}
		got, known := r.seen[full]
		if !known || !r.grouped {
			got = r.View.outcome(Issued{b, client.at})
			r.seen[full] = got
		}
		if best.Outcome == "" || Further(got.Outcome, best.Outcome) {
			best = got
			best.Issued = Issued{b, client.at}
		}
	}
	return best
}

// classified lists one client of each class in a set, or where nothing is grouped, all.
func (r *Run) classified(b *batch) []classified {
	of := r.access
	if b.token.identity {
		of = r.sign
	}
	if !r.grouped {
		return of.each(b.clients)
	}
	return of.one(b.clients)
}

func (v *View) outcome(i Issued) Outcome {
	answer := v.Reaches(i.Token())
	o := Outcome{Outcome: answer.Verdict.Outcome, Status: answer.Verdict.Status}
	if answer.Verdict.Decided != nil {
		o.Decided = answer.Verdict.Decided.Check.ID
	}
	return o
}
