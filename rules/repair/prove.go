package repair

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Token is a token that was run before and after.
type Token struct {
	Name          string
	API           string // the API instance, of a configuration with several
	Modelled      bool
	Expected      rules.Decision // what the gateway should answer; empty where that is not known
	Before, After rules.Verdict
}

// Unproved is what tokens would have shown if it were known what they look like: only the change
// itself says it, and a change proves nothing about itself.
type Unproved struct {
	API    string // the API instance, of a configuration with several
	Tokens []string
	Why    string
	Need   source.Need // what would help
}

// Opened is a token that is let in and was kept out before, or may have been.
type Opened struct {
	Name          string
	Before, After rules.Decision
	Kept          string        // what keeps it out
	Needs         []source.Need // a solution that does
}

// Proof tells what tokens get before and after a repair, or why there is none: see [Prove].
type Proof func(*work, *rules.Solution)

// Prove runs the tokens that were given, and modelled ones.
func Prove(w *work, solution *rules.Solution) {
	switch {
	case solution == nil:
		w.prove(nil)
		w.proveFindings()
	case w.Changed():
		w.prove(solution)
	case len(w.Left) == 0:
		w.proveNothing(solution)
	}
}

func (w *work) provedBy(solution *rules.Solution) {
	if w.Proof != nil {
		w.Proof(w, solution)
	}
}

// prove runs the tokens that were given, and modelled ones, before and after, for each API
// instance that was changed.
func (w *work) prove(solution *rules.Solution) {
	if !w.Changed() {
		return
	}
	was, is := w.Before.instances(), w.After.instances()
	for i, policies := range is {
		switch api := policies[0].API; {
		case len(is) == 1 && !w.After.Part:
			w.proveAPI("", was[i], policies, solution)
		case w.touched[api] > 0:
			w.proveAPI(api, was[i], policies, solution)
		}
	}
}

// KeptOut is this environment's own token where it is not let in after the changes.
type KeptOut struct {
	Name     string
	API      string   // the API instance
	Audience []string // of the token
	Verdict  rules.Verdict
}

// change is the policies of one API instance before and after a change, with the classes of
// requests that they tell apart.
type change struct {
	before, after []*rules.Policy
	was, is       []rules.Class
}

func newChange(before, after []*rules.Policy) *change {
	c := &change{before: before, after: after}
	c.was, c.is = rules.ClassesOfBoth(before, after)
	return c
}

// answers are what a request gets before and after a change.
type answers struct {
	before, after rules.Verdict
	class         string // of the requests that get it; empty for all
}

// locks reports whether a request is rejected that was not, or perhaps was not.
func (a *answers) locks() bool {
	return a.after.Outcome == rules.Rejected && a.after.Outcome.Stricter(a.before.Outcome)
}

// of are what all requests with a token get.
func (c *change) of(r *rules.Request) answers {
	return answers{
		before: rules.EvaluateIn(c.was, c.before, r), after: rules.EvaluateIn(c.is, c.after, r),
	}
}

// ofModelled are what the request of a modelled token gets, or the requests of outsiders that get
// furthest.
func (c *change) ofModelled(m *modelled) answers {
	if m.request != nil {
		return c.of(m.request)
	}
	return answers{
		before: m.furthest(m.was, c.was, c.before), after: m.furthest(m.is, c.is, c.after),
	}
}

// byClass splits answers where they depend on the class of requests: one for each pair that
// differs.
func (a *answers) byClass() (all []answers) {
	if !a.before.DependsOnClass() && !a.after.DependsOnClass() {
		return []answers{*a}
	}
	for i, after := range a.after.Classes {
		one := answers{a.before.Classes[i], after, " (" + after.Class.String() + ")"}
		same := func(other answers) bool {
			return alike(&other.before, &one.before) && alike(&other.after, &one.after)
		}
		if !slices.ContainsFunc(all, same) {
			all = append(all, one)
		}
	}
	return all
}

func alike(a, b *rules.Verdict) bool {
	return a.Outcome == b.Outcome && a.Status == b.Status && a.DecidedBy() == b.DecidedBy()
}

// lookAtOwn notes of each API instance that was changed whether it keeps this environment's own
// token out, as it did before. It returns those that did not before.
func (w *work) lookAtOwn() (locking []KeptOut) {
	if !w.Changed() {
		return nil
	}
	was, is := w.Before.instances(), w.After.instances()
	for i, policies := range is {
		if w.touched[policies[0].API] == 0 {
			continue
		}
		own := w.ownOf(was[i], policies, nil)
		got := newChange(was[i], policies).of(own.request)
		if why, _ := own.unknownTo(&got.after); got.after.Outcome != rules.Rejected || why != "" {
			continue
		}
		out := KeptOut{own.name, policies[0].API, own.request.Profile().Audience, got.after}
		if got.locks() {
			locking = append(locking, out)
			continue
		}
		w.KeptOut = append(w.KeptOut, out)
	}
	return locking
}

// lockedBy is the index of the API instance of a finding among those whose repairs lock this
// environment's own token out; -1 where it is about none of them.
func (w *work) lockedBy(finding *rules.Finding) int {
	if finding.Policy == nil {
		return -1
	}
	return slices.IndexFunc(w.locked, func(k KeptOut) bool { return k.API == finding.Policy.API })
}

// instances are the policies that a request meets together: those of each API instance.
func (d *Draft) instances() [][]*rules.Policy {
	if d.Options.API != "" {
		return [][]*rules.Policy{d.Policies}
	}
	return rules.ByAPI(d.Policies)
}

// proveAPI runs the tokens against the policies of one API instance. Beside tokens that were
// given, modelled ones are shown of a solution only, which is made for the first; what they could
// do after the change and not before is always told.
func (w *work) proveAPI(api string, before, after []*rules.Policy, solution *rules.Solution) {
	c := newChange(before, after)
	for _, g := range w.Given {
		got := c.of(g.Request)
		for _, one := range got.byClass() {
			w.Tokens = append(w.Tokens, one.token(&Token{Name: g.Name, API: api}))
		}
	}
	shown := len(w.Given) == 0 || solution != nil
	all := w.outsiders(before, after, solution)
	if len(w.Given) == 0 { // which stands for this environment's
		all = slices.Insert(all, 0, w.modelledOwn(before, after, solution))
	}
	for _, m := range all {
		got := c.ofModelled(&m)
		for _, one := range got.byClass() {
			if why, need := m.unknownTo(&one.after); why != "" {
				w.unproved(Unproved{API: api, Why: why, Need: need}, m.name+one.class)
				continue
			}
			token := one.token(&Token{
				Name: m.name, API: api, Modelled: true, Expected: m.expected(one.class),
			})
			if shown {
				w.Tokens = append(w.Tokens, token)
			}
			w.opened(&m, &token)
		}
	}
	if shown {
		w.proveTokenless(api, c)
	}
}

// token is a token that gets the answers.
func (a *answers) token(t *Token) Token {
	one := *t
	one.Name, one.Before, one.After = t.Name+a.class, a.before, a.after
	return one
}

// proveTokenless shows what a request without a token gets, where that changes: such a change may
// be for it alone, and all tokens get what they got.
func (w *work) proveTokenless(api string, c *change) {
	own := w.ownOf(c.before, c.after, nil).request
	got := c.of(&rules.Request{
		At: own.At, HeadersWhole: true, QueryWhole: true,
		Contracts: own.Contracts, Signatures: own.Signatures,
	})
	for _, one := range got.byClass() {
		if one.before.Outcome != one.after.Outcome {
			w.Tokens = append(w.Tokens, one.token(&Token{
				Name: "a request without a token", API: api, Modelled: true,
				Expected: rules.Rejected,
			}))
		}
	}
}

// unproved notes that a token proves nothing, for want of something.
func (w *work) unproved(u Unproved, name string) {
	same := func(other Unproved) bool { return other.API == u.API && other.Why == u.Why }
	i := slices.IndexFunc(w.Unproved, same)
	if i < 0 {
		i, w.Unproved = len(w.Unproved), append(w.Unproved, u)
	}
	w.Unproved[i].Tokens = append(w.Unproved[i].Tokens, name)
}

// opened notes that a change lets a token in that was kept out, or may have been.
func (w *work) opened(m *modelled, token *Token) {
	before, after := token.Before.Outcome, token.After.Outcome
	if m.outsider == "" || !before.Stricter(after) {
		return
	}
	o := Opened{Name: token.Name, Before: before, After: after, Kept: m.kept}
	for _, s := range w.Adapter.Solutions() {
		if m.how != "" && slices.Contains(s.KeepsOut, m.outsider) {
			need := source.Need{Input: source.NeedSolution, Name: s.Name, For: m.how}
			o.Needs = append(o.Needs, need)
		}
	}
	w.Opened = append(w.Opened, o)
}
