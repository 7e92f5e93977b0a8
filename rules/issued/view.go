package issued

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// View is what one gateway's checks can see of a token. Tokens that agree on it get the same
// verdict.
type View struct {
	policies  []*rules.Policy
	classes   []rules.Class // of the requests that the tokens may come with
	requests  *rules.Class  // the one that they come with; nil for any of them
	contracts *rules.Contracts
	listed    map[string]bool // the clients with a contract: there may be many, and more who ask

	checks     int      // of the policies that are in force
	conditions int      // of these checks
	claims     []string // that are read, in order
	all        bool     // any claim may be read
	headers    []string // members of the token's header that are read
	blank      *inspect.Token
	opaques    opaques                     // that read the client's id
	literals   []string                    // that claims are compared with
	texts      texts                       // by the claim that they are compared with
	shared     []string                    // the claims that several checks read, in order
	ofIDs      []rules.Predicate           // regular expressions that a client's id has to match
	bound      map[string][]rules.Input    // what the checks that bind a name read
	caller     callerInputs                // what the token's holder writes beside it
	plain      [1]Written                  // where they write nothing
	distincts  map[*choice]distinctChoices // of variables, by their first choices
	numbers    map[string][]string         // by the claim that they are compared with
	looked     map[string]int              // of the appearance of values chosen together
	single     map[string][]*rules.Check
	atoms      func() *atoms // made once, when somebody asks
	ask        *question
	counted    *int // the conditions that were looked at; nil where nobody wants to know
}

// distinctChoices is what the checks can see of a variable: which choices look different, and how,
// and whether one check alone rejects each of them.
type distinctChoices struct {
	choices    []int
	appearance string
	barred     bool
}

// NewView looks into the checks of a gateway's policies. Contracts may be nil, where they are not
// known.
func NewView(policies []*rules.Policy, contracts *rules.Contracts) *View {
	checks := askedBy(policies)
	return newView(policies, contracts, checks, textsOf(checks))
}

// OfClass is what the gateway sees of tokens in one class of requests.
func (v *View) OfClass(class *rules.Class) *View {
	one := *v
	one.requests = class
	return &one
}

// CountIn has the view count the conditions that are looked at, of one token after the other. The
// views of classes of requests do so too that are taken of it afterwards.
func (v *View) CountIn(looked *int) { v.counted = looked }

func (v *View) count(conditions int) {
	if v.counted != nil {
		*v.counted += conditions
	}
}

// Classes are the classes of requests that the policies tell apart, the most covered first.
func (v *View) Classes() []rules.Class { return v.classes }

// ClassOf is the class of a request's method and path, where no policy has routes.
func (v *View) ClassOf(method, path string) rules.Class {
	return rules.Classes(v.policies, method, path)[0]
}

// Class is the class of requests that the view is limited to; nil for none.
func (v *View) Class() *rules.Class { return v.requests }

// evaluate writes over results that nobody looks at any more; nil for none.
func (v *View) evaluate(r *rules.Request, spare []rules.Result) rules.Verdict {
	v.count(v.conditions)
	switch {
	case v.requests != nil:
		return v.requests.EvaluateOver(spare, v.policies, r)
	case len(v.classes) == 1:
		return v.classes[0].EvaluateOver(spare, v.policies, r)
	}
	return rules.EvaluateIn(v.classes, v.policies, r)
}

// View looks into policies that a world was made up from, or into some of their checks.
func (h *Holders) View(policies []*rules.Policy) *View {
	return newView(policies, h.place.Contracts, askedBy(policies), h.texts)
}

func newView(
	policies []*rules.Policy, contracts *rules.Contracts, checks []asking, compared texts,
) *View {
	v := &View{
		policies:  policies,
		classes:   rules.Classes(policies, "", ""),
		contracts: contracts,
		texts:     compared,
		bound:     map[string][]rules.Input{},
		distincts: map[*choice]distinctChoices{},
		numbers:   map[string][]string{},
		looked:    map[string]int{},
	}
	v.caller = callerInputsOf(checks)
	if contracts != nil {
		v.listed = make(map[string]bool, len(contracts.IDs))
		for _, id := range contracts.IDs {
			v.listed[id] = true
		}
	}
	for i := range checks {
		if !checks[i].off {
			v.see(&checks[i])
		}
	}
	slices.Sort(v.claims)
	for i := range v.claims[:max(0, len(v.claims)-1)] {
		if v.claims[i] == v.claims[i+1] {
			v.shared = append(v.shared, v.claims[i])
		}
	}
	v.claims = slices.Compact(v.claims)
	v.blank = blank(v.headers)
	v.single, v.ask = v.singles(checks), newQuestion(v.blank)
	v.atoms = sync.OnceValue(func() *atoms { return atomsOf(policies, askedBy(policies), v.ask) })
	return v
}

func (v *View) see(check *asking) {
	v.checks++
	check.Test.EachLeaf(func(leaf *rules.Predicate) { v.conditions += leaf.Conditions() })
	if check.Binds != "" {
		v.bound[check.Binds] = append(v.bound[check.Binds], check.reads...)
	}
	for _, in := range check.reads {
		if in.Source == rules.FromHeader {
			v.headers = append(v.headers, in.Name)
		}
		switch name := in.ClaimRead(); name {
		case "":
		case "*":
			v.claims, v.all = append(v.claims, shown[:]...), true
		default:
			v.claims = append(v.claims, name)
		}
	}
	check.seeNumbers(v.numbers)
	if check.Skip == "" && check.Unknown == nil {
		v.seePredicate(check.Test)
	}
}

// seePredicate collects literals, and notes where an expression reads the client's id.
func (v *View) seePredicate(p rules.Predicate) {
	for _, part := range p.Of {
		v.seePredicate(part)
	}
	for _, literal := range p.Values {
		v.literals = append(v.literals, p.Texts.Plain(literal.Text))
	}
	if claim := p.Input.ClaimRead(); p.Op == rules.Matches && p.Texts != nil &&
		(isClient(claim) || claim == "aud") {
		v.ofIDs = append(v.ofIDs, p)
	}
	if p.Input.Opaque != nil {
		v.seeExpression(p.Input.Opaque)
	}
}

// mostCompared is how many claims tokens are compared by: of more it costs more than to run them.
const mostCompared = 64

// Seen reports whether the checks can't tell a token from one of those before, whatever is chosen
// in them; else it is added to them, by what it looks like.
func (v *View) Seen(before map[string]bool, t *Token) bool {
	if len(v.claims) > mostCompared {
		return false
	}
	appearance := v.appearance(t)
	seen := before[appearance]
	before[appearance] = true
	return seen
}

// usualAppearance is how many bytes the appearance of most claims takes.
const usualAppearance = 24

// appearance is what the checks can see of a token: tokens that look the same get equally far.
func (v *View) appearance(t *Token) string {
	var b strings.Builder
	b.Grow(usualAppearance * len(v.claims))
	for _, name := range v.claims {
		value, open := t.claim(name)
		if !open {
			v.atoms().writeAppearance(name, value, &b)
			continue
		}
		b.WriteByte('*')
		one, kept := t.variableOf(name, v.candidates(name))
		b.WriteString(v.distinct(&one, kept).appearance)
	}
	if t.doubt != "" {
		b.WriteByte('?')
	}
	if v.caller.token {
		b.WriteString(t.client)
	}
	return b.String()
}

// distinct is what the checks can see of a variable. It is kept where the variable is.
func (v *View) distinct(one *variable, kept bool) distinctChoices {
	kept = kept && len(one.choices) > 0
	if kept {
		if known, ok := v.distincts[&one.choices[0]]; ok {
			return known
		}
	}
	var made distinctChoices
	var all strings.Builder
	seen := make(map[string]bool, len(one.choices))
	appearanceOf := v.appearanceOf(one)
	for i := range one.choices {
		appearance := appearanceOf(i)
		if seen[appearance] {
			continue // the checks can't tell it from another
		}
		seen[appearance] = true
		made.choices = append(made.choices, i)
		all.WriteString(appearance)
	}
	made.appearance = all.String()
	if kept {
		made.barred = v.barred(one, made.choices)
		v.distincts[&one.choices[0]] = made
	}
	return made
}

// appearanceOf gives what the checks can see of one choice. Where several claims are chosen
// together, many choices share a value: it is looked at once, and stands for a number.
func (v *View) appearanceOf(one *variable) func(choice int) string {
	known := map[*source.Value]int{}
	write := func(name string, value *source.Value, b *strings.Builder) {
		if len(one.claims) == 1 {
			v.atoms().writeAppearance(name, value, b)
			return
		}
		n, ok := known[value]
		if !ok {
			var all strings.Builder
			v.atoms().writeAppearance(name, value, &all)
			n = kept(v.looked, all.String(), func() int { return len(v.looked) })
			known[value] = n
		}
		b.WriteByte('#')
		b.WriteString(strconv.Itoa(n))
	}
	return func(choice int) string {
		var b strings.Builder
		for i, name := range one.claims {
			write(name, one.choices[choice].values[i], &b)
		}
		if one.choices[choice].doubt != "" {
			b.WriteByte('?')
		}
		return b.String()
	}
}

func isClient(claim string) bool { return claim == "appid" || claim == "azp" }

// Contracts are the gateway's; nil where they are not known.
func (v *View) Contracts() *rules.Contracts { return v.contracts }

// HasContract reports whether a client has a contract for sure.
func (v *View) HasContract(client string) bool {
	return v.contracts != nil && v.contracts.Has(client) == rules.Yes
}
