package issued

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Classes sorts the batches of kinds by what some checks see of them. Gateways, and repairs of
// one, that read the same claims share what is known of the batches.
type Classes struct {
	kinds   []*Kind
	batches []*batch // of all kinds, by their index
	brief   []brief  // the same
	tokens  tokens   // of the batches
	byReads map[string]*facts
	clients map[string]*clientClasses
	lists   idLists // of the clients
	guids   bool    // every client's id is one
	sets    int     // of clients
	objects *objects
}

// NewClasses counts through the batches of all kinds.
func NewClasses(kinds []*Kind) *Classes {
	c := &Classes{
		kinds: kinds, byReads: map[string]*facts{}, clients: map[string]*clientClasses{},
		lists:  idLists{shared: map[*string]int{}, numbers: map[string]int32{}},
		tokens: tokens{places: map[*Token]int32{}, values: map[string]*claimValues{}},
	}
	sets := map[string]*clientSet{} // by their clients
	for number, kind := range kinds {
		kind.number = number
		for i := range kind.batches {
			b := &kind.batches[i]
			b.index, c.objects = len(c.batches), b.token.in.objects
			c.batches = append(c.batches, b)
			c.tokens.add(b.token)
			if b.clients.number == 0 {
				c.place(b.clients, sets)
			}
			c.brief = append(c.brief, brief{b.token.identity, b.token.Unlikely()})
		}
	}
	c.guids = !slices.ContainsFunc(c.lists.ids, func(id string) bool {
		return !entra.IsGUID(id) || strings.ToLower(id) != id
	})
	return c
}

// place numbers sets of clients from 1, and their lists. Equal ones get the same numbers.
func (c *Classes) place(set *clientSet, known map[string]*clientSet) {
	key := set.key()
	if same := known[key]; same != nil {
		set.number, set.list = same.number, same.list
		return
	}
	c.sets++
	set.number, set.list = c.sets, c.lists.of(set)
	known[key] = set
}

// brief is what is asked of a batch at every gateway, in little room.
type brief struct {
	identity, unlikely bool
}

// facts are what all batches hold of some claims. Batches of the same number hold the same.
type facts struct {
	numbers []int32        // of each batch, by its index
	of      []int32        // what a number holds: of each claim, the place among its values
	unlike  unlike         // the batches that they tell apart
	claims  []*claimValues // by the claims
}

// unlike is the batches that some checks don't take for an earlier one of the same kind.
type unlike struct {
	all  []int32 // their indexes, kind by kind
	from []int32 // where those of a kind begin, by its number
}

// of is those of a kind.
func (u *unlike) of(kind *Kind) []int32 { return u.all[u.from[kind.number]:u.from[kind.number+1]] }

// unlike compares the batches of each kind. The numbers stand for what the checks see of them.
func (c *Classes) unlike(numbers []int32) unlike {
	type appearance struct {
		number, set int32
		brief       brief
	}
	var u unlike
	last := map[appearance]int{} // the number of the last kind that has such a batch, and one more
	for _, kind := range c.kinds {
		u.from = append(u.from, int32(len(u.all)))
		for i := range kind.batches {
			b := &kind.batches[i]
			one := appearance{numbers[b.index], int32(b.clients.number), c.brief[b.index]}
			if last[one] != kind.number+1 {
				last[one] = kind.number + 1
				u.all = append(u.all, int32(b.index))
			}
		}
	}
	u.from = append(u.from, int32(len(u.all)))
	return u
}

// of gives what the batches hold of the claims that a gateway's checks read.
func (c *Classes) of(v *View) *facts {
	claims := source.Each(v.claims, func(name string) string { return c.tokens.like(name) })
	reads := strings.Join(claims, "\x00")
	known := c.byReads[reads]
	if known == nil {
		if len(c.byReads)*len(c.batches) > mostNumbers {
			clear(c.byReads)
		}
		known = c.factsOf(claims)
		c.byReads[reads] = known
	}
	return known
}

// sorts is how many numbers sort gives.
const sorts = 16

// sort tells apart tokens that perhaps nobody can have, ID tokens, and where policies read object
// ids, whose these are.
func (t *Token) sort() (n int32) {
	if t.doubt != "" {
		n = 1
	}
	if t.identity {
		n += 2
	}
	return n + 4*t.ofHolder()
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

// seenBy numbers what a gateway's checks see of each number of facts: what looks the same to them
// has the same number. It also says how many numbers there are.
func (f *facts) seenBy(v *View) (numbers []int32, count int) {
	width := len(f.claims) + 1
	numbers, count = make([]int32, len(f.of)/width), sorts
	for n := range numbers {
		numbers[n] = f.of[(n+1)*width-1]
	}
	for i, name := range v.claims {
		if len(f.claims[i].first) < 2 {
			continue
		}
		known, appearances := map[string]int32{}, make([]int32, len(f.claims[i].first))
		for at, t := range f.claims[i].first {
			appearance := v.atoms().appearance(t, name)
			appearances[at] = kept(known, appearance, func() int32 { return int32(len(known)) })
		}
		if len(known) > 1 {
			count = f.divide(numbers, i, appearances)
		}
	}
	return numbers, count
}

// divide gives numbers that are alike other numbers where a claim looks different. It returns how
// many there are now.
func (f *facts) divide(numbers []int32, claim int, appearances []int32) int {
	width, known := len(f.claims)+1, pairs{}
	for n := range numbers {
		numbers[n] = known.number(numbers[n], appearances[f.of[n*width+claim]])
	}
	return len(known)
}

// pairs numbers pairs of numbers from 0, in their order.
type pairs map[[2]int32]int32

func (p pairs) number(first, second int32) int32 {
	return kept(p, [2]int32{first, second}, func() int32 { return int32(len(p)) })
}

// Run runs kinds of tokens against one gateway, tokens that it can't tell apart once.
type Run struct {
	View    *View
	of      *Classes
	facts   *facts
	classes []int32     // by the numbers of the facts
	seen    [][]*Access // by the class of a batch, then by that of its client; nil if not run
	best    [][]answer  // by the class of a batch, then by the classes of its clients
	ran     int
	access  *clientClasses // the classes of clients as access tokens name them
	sign    *clientClasses // and as ID tokens do
}

// answer is the access of the one of some clients that gets furthest.
type answer struct {
	access   *Access // nil where it was not asked for, or there is no client
	distance int     // of the access
	client   int     // its place among one of each class
}

// Access is a verdict in short, and a token that has it.
type Access struct {
	Outcome rules.Decision // empty where there is no token
	Status  int
	Decided rules.ID // empty where accepted
	Earlier rules.ID // see [rules.Verdict.EarlierUnknown]; empty for none
	Limit   string   // see [Answer]
	Issued  Issued

	distance int
}

// Run begins to run kinds against a gateway.
func (c *Classes) Run(v *View) *Run {
	facts := c.of(v)
	classes, n := facts.seenBy(v)
	return &Run{
		View: v, of: c, facts: facts, classes: classes,
		seen: make([][]*Access, n), best: make([][]answer, n),
		access: c.clientsOf(v, false), sign: c.clientsOf(v, true),
	}
}

// MostSingly is how many tokens are run at all gateways together one client after the other.
const MostSingly = 300_000

// ReadsID reports whether the gateway makes so much of a client's id, together with other claims
// or with what the caller writes, that each client's tokens are run.
func (v *View) ReadsID() bool { return v.readsID(false) || v.readsID(true) }

// Singly is how many tokens are run at a gateway one client after the other, at most.
func (c *Classes) Singly(v *View) int {
	run, n := c.Run(v), 0
	type sort struct{ class, clients int32 }
	seen, of := map[sort]bool{}, make([]int, len(run.seen))
	for i, b := range c.batches {
		one := sort{run.classes[run.facts.numbers[i]], int32(b.clients.number)}
		if v.readsID(b.token.identity) && !seen[one] {
			seen[one] = true
			of[one.class] += b.clients.count()
		}
	}
	for _, clients := range of {
		n += min(clients, len(c.lists.ids))
	}
	return n
}

// Distinct is how many tokens the gateway could tell apart.
func (r *Run) Distinct() int { return r.ran }

// Furthest is the access of the token of a kind that gets furthest: of those that get as far, the
// first one, but one that somebody can have rather than one that perhaps nobody can.
func (r *Run) Furthest(kind *Kind) Access {
	var best answer
	var at int32
	for n, i := range r.facts.unlike.of(kind) { // that may differ
		got := r.answer(int(i))
		if n == 0 || got.distance > best.distance || got.distance == best.distance &&
			r.of.brief[at].unlikely && !r.of.brief[i].unlikely {
			best, at = got, i
		}
		if best.distance == rules.Accepted.Distance() {
			break
		}
	}
	if best.access == nil {
		return Access{}
	}
	furthest, of := *best.access, r.of.batches[at]
	clients := r.clients(of.token.identity).one(of.clients).clients
	furthest.Issued = Issued{of, clients[best.client].at}
	return furthest
}

// answer is what the client of a batch gets that gets furthest.
func (r *Run) answer(i int) answer {
	class, b := r.classes[r.facts.numbers[i]], r.of.batches[i]
	clients, known := r.clients(r.of.brief[i].identity).one(b.clients).alike, r.best[class]
	if int(clients) >= len(known) {
		known = append(known, make([]answer, int(clients)+1-len(known))...)
		r.best[class] = known
	}
	if known[clients].access == nil {
		known[clients] = r.answerOf(b, class)
	}
	return known[clients]
}

func (r *Run) answerOf(b *batch, class int32) answer {
	var best answer
	for i, client := range r.clients(b.token.identity).one(b.clients).clients {
		got := r.accessOf(b, class, client)
		if best.access == nil || got.distance > best.distance {
			best = answer{got, got.distance, i}
		}
	}
	return best
}

// accessOf is that of the tokens of a batch that one class of its clients has.
func (r *Run) accessOf(b *batch, class int32, client classified) *Access {
	row := r.seen[class]
	if client.class >= len(row) {
		row = append(row, make([]*Access, client.class+1-len(row))...)
		r.seen[class] = row
	}
	if row[client.class] == nil {
		r.ran++
		row[client.class] = r.View.access(Issued{b, client.at})
	}
	return row[client.class]
}

// clients are the classes of clients, as ID tokens name them or access tokens.
func (r *Run) clients(identity bool) *clientClasses {
	if identity {
		return r.sign
	}
	return r.access
}

func (v *View) access(i Issued) *Access {
	answer := v.Reaches(i.Token())
	of := &answer.Verdict
	o := &Access{
		Outcome: of.Outcome, Status: of.Status, Decided: of.DecidedBy(),
		Earlier: of.EarlierUnknown(), Limit: answer.Limit,
	}
	o.distance = o.Outcome.Distance()
	return o
}

// tokens are those of the batches of all kinds, each once, with what was looked up of them: of
// many gateways each reads some claims that all others read too.
type tokens struct {
	all     []*Token
	places  map[*Token]int32
	batches []int32                 // the token of each batch, by its index
	values  map[string]*claimValues // by the claim
	chosen  bool                    // something was chosen in one of them, or is to be
}

// claimValues is all that a claim holds in the tokens, each once.
type claimValues struct {
	first []*Token // that holds it
	at    []int32  // the place of what each token holds
}

// division numbers tokens that hold the same of some claims, from 0, in the order of the first of
// each.
type division struct {
	numbers []int32 // of each token
	first   []int32 // the first token of each number
}

func (t *tokens) add(token *Token) {
	place, known := t.places[token]
	if !known {
		place = int32(len(t.all))
		t.places[token] = place
		t.all = append(t.all, token)
		t.chosen = t.chosen || token.choices != nil
	}
	t.batches = append(t.batches, place)
}

// mostNumbers is how many numbers are kept together, of claims or of gateways that read others.
const mostNumbers = 8 << 20

// factsOf gives what the batches hold of some claims.
func (c *Classes) factsOf(claims []string) *facts {
	f := &facts{numbers: make([]int32, len(c.batches))}
	one := c.tokens.ofClaims(claims)
	for i, token := range c.tokens.batches {
		f.numbers[i] = one.numbers[token]
	}
	f.unlike = c.unlike(f.numbers)
	for _, name := range claims {
		f.claims = append(f.claims, c.tokens.values[name])
	}
	for _, token := range one.first {
		for _, of := range f.claims {
			f.of = append(f.of, of.at[token])
		}
		f.of = append(f.of, c.tokens.all[token].sort())
	}
	return f
}

// like is a claim that the tokens hold as they hold another one: of all claims that the table does
// not list, the model says the same.
func (t *tokens) like(claim string) string {
	if _, listed := claimNamed(claim); !listed && !t.chosen {
		return ""
	}
	return claim
}

// ofClaims numbers the tokens by some claims, one of which may come twice.
func (t *tokens) ofClaims(claims []string) *division {
	if (len(t.values)+len(claims))*len(t.all) > mostNumbers {
		clear(t.values)
	}
	one := t.sorted()
	for i, name := range claims {
		values := kept(t.values, name, func() *claimValues { return t.valuesOf(name) })
		if !slices.Contains(claims[:i], name) {
			one = one.divided(values)
		}
	}
	return one
}

// sorted numbers the tokens by what no claim shows.
func (t *tokens) sorted() *division {
	by := &claimValues{at: make([]int32, len(t.all)), first: make([]*Token, sorts)}
	for i, token := range t.all {
		by.at[i] = token.sort()
	}
	one := &division{numbers: make([]int32, len(t.all))}
	return one.divided(by)
}

// divided gives tokens that are alike other numbers where a claim differs in them.
func (d *division) divided(by *claimValues) *division {
	made, known := &division{numbers: make([]int32, len(d.numbers))}, pairs{}
	for i, n := range d.numbers {
		made.numbers[i] = known.number(n, by.at[i])
		if len(known) > len(made.first) {
			made.first = append(made.first, int32(i))
		}
	}
	return made
}

// valuesOf looks up what each token holds of a claim.
func (t *tokens) valuesOf(claim string) *claimValues {
	h, places := &claimValues{at: make([]int32, len(t.all))}, map[string]int32{}
	for i, token := range t.all {
		fact := token.fact(claim)
		place, ok := places[fact]
		if !ok {
			place = int32(len(h.first))
			places[fact], h.first = place, append(h.first, token)
		}
		h.at[i] = place
	}
	return h
}
