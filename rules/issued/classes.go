package issued

import (
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// Classes numbers the batches of kinds by what some checks see of them: batches of the same number
// look the same. Gateways, and repairs of one, that read the same claims share the numbers.
type Classes struct {
	kinds   []*Kind
	byReads map[string][]int
	numbers map[string]int
	clients map[string]*clientClasses
	guids   bool // every client's id is one
	sets    int  // of clients
	objects *objects
}

// NewClasses counts through the batches of all kinds.
func NewClasses(kinds []*Kind) *Classes {
	c := &Classes{
		kinds: kinds, byReads: map[string][]int{}, numbers: map[string]int{},
		clients: map[string]*clientClasses{}, guids: allGUIDs(kinds),
	}
	n := 0
	for _, kind := range kinds {
		for i := range kind.batches {
			b := &kind.batches[i]
			b.index, c.objects = n, b.token.in.objects
			n++
			if b.clients.number == 0 {
				c.sets++
				b.clients.number = c.sets
			}
		}
	}
	return c
}

// of gives the number of each batch, by its index.
func (c *Classes) of(v *View) []int {
	reads := strings.Join(v.claims, "\x00")
	if all, ok := c.byReads[reads]; ok {
		return all
	}
	var all []int
	for _, kind := range c.kinds {
		for i := range kind.batches {
			all = append(all, c.number(v.key(&kind.batches[i].token)))
		}
	}
	c.byReads[reads] = all
	return all
}

func (c *Classes) number(key string) int {
	n, ok := c.numbers[key]
	if !ok {
		n = len(c.numbers)
		c.numbers[key] = n
	}
	return n
}

// Run runs kinds of tokens against one gateway, tokens that it can't tell apart once.
type Run struct {
	View    *View
	grouped bool
	numbers []int // the class of each batch, by its index
	seen    map[seen]Outcome
	access  *clientClasses // the classes of clients as access tokens name them
	sign    *clientClasses // and as ID tokens do
}

// seen is tokens that a gateway can't tell apart: the class of their batch and that of their
// client.
type seen struct {
	batch, client int
	identity      bool
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
	return &Run{
		View: v, grouped: grouped, numbers: c.of(v), seen: map[seen]Outcome{},
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
		full := seen{r.numbers[b.index], client.class, b.token.identity}
		got, known := r.seen[full]
		if !known || !r.grouped {
			got = r.View.outcome(Issued{b, client.id})
			r.seen[full] = got
		}
		if best.Outcome == "" || Further(got.Outcome, best.Outcome) {
			best = got
			best.Issued = Issued{b, client.id}
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
