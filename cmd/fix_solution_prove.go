package cmd

import (
	"slices"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

// proveSolution takes a solution back that keeps this environment's own token out, or that brings an error.
func (f *fixer) proveSolution() error {
	if !f.changed() {
		return nil
	}
	compiled := f.adapter.Compile(f.after)
	if verdict := rules.Evaluate(compiled.Policies, f.own()); verdict.Outcome == rules.Rejected {
		f.takeBack("after it this environment's own token would get " + render.OutcomeLine(&verdict))
		return nil
	}
	if wrong := brought(f.findings(f.before), f.findings(f.after)); wrong != nil {
		f.takeBack("it would bring another error, " + wrong.Rule + ": " + wrong.Message)
		return nil
	}
	for _, p := range compiled.Policies {
		f.touched = append(f.touched, p.API)
	}
	return nil
}

// proveNothing proves that there is nothing to repair: the tokens that the solution is to keep out are kept out.
func (f *fixer) proveNothing() error {
	compiled := f.adapter.Compile(f.after)
	own := f.ownModel()
	own.learn(compiled.Policies)
	contracts := f.contractsOf(own)
	for _, m := range own.others() {
		verdict := rules.Evaluate(compiled.Policies, m.model.request(contracts))
		if slices.Contains(m.solutions, f.solution) && verdict.Outcome == rules.Accepted {
			f.refuseWhy("no policy of this file can be changed so, and " + m.name + " gets " + render.OutcomeLine(&verdict))
			return nil
		}
	}
	return nil
}

// brought is an error that a change has brought: one that was not there, where there are more than before. It is nil where there is none.
func brought(before, after []rules.Finding) *rules.Finding {
	was, is := errorsIn(before), errorsIn(after)
	if len(is) <= len(was) {
		return nil
	}
	known := counts(was)
	i := slices.IndexFunc(is, func(found rules.Finding) bool { return known[key(found)] == 0 })
	return &is[max(i, 0)]
}

func errorsIn(found []rules.Finding) []rules.Finding {
	return slices.DeleteFunc(slices.Clone(found), func(f rules.Finding) bool { return f.Severity != rules.Error })
}

func (f *fixer) takeBack(why string) {
	f.after, f.report.After, f.report.Changes, f.report.Repaired = f.before, f.report.Before, nil, nil
	f.refuseWhy(why)
}

// tellErrors tells of the errors that are left: a solution is about clients and environments, and a policy can be wrong in other ways.
func (f *fixer) tellErrors() error {
	for _, found := range errorsIn(f.findings(f.after)) {
		repair, err := f.changeFor(found)
		switch {
		case err != nil:
			return err
		case repair.Refused != "":
			why, asks := report.Refusal(repair.Refused, repair.Needs)
			f.refuse(found, found.Message+" ("+why+")", asks)
		default:
			f.refuse(found, found.Message, []string{"--rule " + found.Rule + " in the place of --solution"})
		}
	}
	return nil
}
