package repair

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Solve makes a ready-made repair: the steps of it that the adapter has for a token of this
// environment, until there are no more.
func (f *Fix) Solve(c *rules.Configuration, solution *rules.Solution) (*Fixed, error) {
	w := f.begin(c)
	if needs := solution.Needs(f.Facts); len(f.Given) == 0 && len(needs) > 0 {
		if needs[0].Input != source.NeedToken {
			const too = "a token of this environment, which shows the same"
			needs = append(needs, source.Need{Input: source.NeedToken, For: too})
		}
		w.lacks("the file does not show what it needs", nil, needs...)
		return w.done(), nil
	}
	for done := range mostRepairs {
		if err := w.beyond(done, 0); err != nil {
			return nil, err
		}
		if w.step(solution) {
			break
		}
	}
	w.proveSolution(solution)
	w.tellErrors()
	w.provedBy(solution)
	return w.done(), nil
}

// lacks says why a solution is not made.
func (w *work) lacks(why string, verdict *rules.Verdict, needs ...source.Need) {
	of := rules.Finding{Severity: rules.Error, Pos: source.Position{File: w.Before.Files[0].Name}}
	w.Left = append(w.Left, Left{Finding: of, Why: why, Verdict: verdict, Needs: needs})
}

// readAgain is how many looks at all conditions take as long as to read them after a change.
const readAgain = 30

// step makes one step. It is done where there is none left.
func (w *work) step(solution *rules.Solution) (done bool) {
	verdict := rules.Evaluate(w.After.Policies, w.own(solution).request)
	if w.Look != nil {
		w.Look(rules.ConditionsOf(w.After.Policies) * (readAgain + len(verdict.Classes)))
	}
	goal := rules.Goal{Verdict: &verdict, Facts: w.Facts, OneClient: solution.OneClient}
	changes := func(goal rules.Goal) []rules.Change {
		return w.Adapter.Changes(w.After.Configuration, goal)
	}
	if change := solution.First(changes, goal); change != nil {
		after, err := w.apply(w.After, *change)
		if err != nil {
			w.takeBack(unread(err), nil)
			return true
		}
		w.keep(after, change.ID)
		return false
	}
	if !w.Changed() {
		goal.Wanted = solution.Has
		for _, change := range changes(goal) {
			if change.Refused != "" {
				w.lacks(change.Refused, nil, change.Needs...)
			}
		}
	}
	return true
}

// own is this environment's own token: the first that was given, which is fully known, or a
// modelled one.
func (w *work) own(solution *rules.Solution) modelled {
	return w.ownOf(w.Before.Policies, w.Before.Policies, solution)
}

func (w *work) ownOf(before, after []*rules.Policy, solution *rules.Solution) modelled {
	own := w.modelledOwn(before, after, solution)
	if len(w.Given) > 0 {
		own.name, own.request = w.Given[0].Name, w.Given[0].Request
		own.known.traits = everyTrait()
	}
	return own
}

// proveSolution takes a solution back that keeps this environment's own token out, or that brings
// an error.
func (w *work) proveSolution(solution *rules.Solution) {
	if !w.Changed() {
		return
	}
	got := newChange(w.Before.Policies, w.After.Policies).of(w.own(solution).request)
	wrong, all := w.broughtError(), got.byClass()
	locked := slices.IndexFunc(all, func(a answers) bool {
		return a.locks() || got.after.Outcome == rules.Rejected
	})
	switch {
	case locked >= 0:
		const why = "after it this environment's own token%s would get"
		w.takeBack(fmt.Sprintf(why, all[locked].class), &all[locked].after)
	case wrong != nil:
		const why = "it would bring another %s, %s: %s"
		w.takeBack(fmt.Sprintf(why, wrong.Severity, wrong.Rule, wrong.Message), nil)
	default:
		for _, p := range w.After.Policies {
			w.touched[p.API] = len(w.After.Changes)
		}
	}
}

func (w *work) takeBack(why string, verdict *rules.Verdict) {
	w.After, w.Repaired = w.Before, nil
	w.lacks(why, verdict)
}

// proveNothing proves that there is nothing to repair: this environment's own token gets in, as
// far as is known, and the tokens that the solution is to keep out are kept out.
func (w *work) proveNothing(solution *rules.Solution) {
	const why = "no policy in this file can be changed like that, and "
	own := w.own(solution)
	verdict := rules.Evaluate(w.After.Policies, own.request)
	if unknown, _ := own.unknownTo(&verdict); verdict.Outcome == rules.Rejected && unknown == "" {
		w.lacks(why+"this environment's own token gets", &verdict)
		return
	}
	for _, m := range w.outsiders(w.Before.Policies, w.After.Policies, solution) {
		if !slices.Contains(solution.KeepsOut, m.outsider) {
			continue
		}
		got := newChange(w.Before.Policies, w.After.Policies).ofModelled(&m)
		for _, one := range got.byClass() {
			if one.after.Outcome == rules.Accepted {
				w.lacks(why+m.name+one.class+" gets", &one.after)
				return
			}
		}
	}
}

// proveFindings looks, where no finding was to be repaired, whether this environment's own token
// gets in: that nothing is proposed does not say that all is well. It looks only where somebody
// has said what that token is like. Of several API instances the token may be for any.
func (w *work) proveFindings() {
	if w.Changed() || len(w.Left) > 0 || !w.Describes() {
		return
	}
	var first KeptOut
	for i, policies := range w.After.instances() {
		own := w.ownOf(policies, policies, nil)
		verdict := rules.Evaluate(policies, own.request)
		if unknown, _ := own.unknownTo(&verdict); verdict.Outcome != rules.Rejected ||
			unknown != "" {
			return
		}
		if i == 0 {
			first = KeptOut{Name: own.name, Verdict: verdict}
		}
	}
	if first.Name != "" {
		w.lacks("there is no finding to repair, and "+first.Name+" gets", &first.Verdict)
	}
}

// broughtError is an error that a solution has brought; nil where it has brought none. One that
// locks tokens out counts even if others are gone: those that let tokens in may go just by that.
// So does a warning of a check that all requests meet, and that locks some tokens out.
func (w *work) broughtError() *rules.Finding {
	was, is := w.findings(w.Before), w.findings(w.After)
	var groups rules.Groups
	lets := func(f rules.Finding) bool {
		return w.Locks == nil || !w.Locks(f.Rule) || f.Severity == rules.Note ||
			f.Severity == rules.Warning && groups.InAlternative(f.Policy, f.Check)
	}
	locking := func(all []rules.Finding) []rules.Finding {
		return source.Without(all, lets)
	}
	return cmp.Or(added(locking(was), locking(is)), added(errorsIn(was), errorsIn(is)))
}

// added is a finding that was not there, where there are more than before. It is nil where there
// is none.
func added(was, is []rules.Finding) *rules.Finding {
	if len(is) <= len(was) {
		return nil
	}
	known := counts(was)
	i := slices.IndexFunc(is, func(found rules.Finding) bool { return known[key(&found)] == 0 })
	return &is[max(i, 0)]
}

func errorsIn(found []rules.Finding) []rules.Finding {
	return source.Without(found, func(f rules.Finding) bool { return f.Severity != rules.Error })
}

// tellErrors reports the errors that are left: a solution is about clients and environments, and a
// policy can be wrong in other ways.
func (w *work) tellErrors() {
	for _, found := range errorsIn(w.findings(w.After)) {
		goal := rules.Goal{Finding: &found, Facts: w.Facts}
		for _, change := range w.Adapter.Changes(w.After.Configuration, goal) {
			w.Left = append(w.Left, Left{Finding: found, Why: change.Refused, Needs: change.Needs})
		}
	}
}
