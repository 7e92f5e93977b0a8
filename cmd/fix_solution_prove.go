package cmd

import (
	"slices"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/rules"
)

// proveSolution takes a solution back that keeps this environment's own token out, or that brings an error.
func (f *fixer) proveSolution() error {
	if !f.changed() {
		return nil
	}
	compiled, err := f.adapter.Compile(f.report.After, f.options)
	if err != nil {
		return err
	}
	if verdict := rules.Evaluate(compiled.Policies, f.own()); verdict.Outcome == rules.Rejected {
		f.takeBack("after it this environment's own token would get " + render.OutcomeLine(&verdict))
		return nil
	}
	was := counts(f.file(f.report.Before).findings)
	for _, found := range f.file(f.report.After).findings {
		if found.Severity == rules.Error && was[key(found)] == 0 {
			f.takeBack("it would bring another error, " + found.Rule + ": " + found.Message)
			return nil
		}
	}
	for _, p := range compiled.Policies {
		f.touched = append(f.touched, p.API)
	}
	return nil
}

// proveNothing proves that there is nothing to repair: the tokens that the solution is to keep out are kept out.
func (f *fixer) proveNothing() error {
	compiled, err := f.adapter.Compile(f.report.After, f.options)
	if err != nil {
		return err
	}
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

func (f *fixer) takeBack(why string) {
	f.report.After, f.report.Changes, f.report.Repaired = f.report.Before, nil, nil
	f.refuseWhy(why)
}

// tellErrors tells of the errors that are left: a solution is about clients and environments, and a policy can be wrong in other ways.
func (f *fixer) tellErrors() error {
	for _, found := range f.file(f.report.After).findings {
		if found.Severity != rules.Error {
			continue
		}
		repair, err := f.adapter.Repair(f.report.After, f.options, found, f.facts)
		switch {
		case err != nil:
			return err
		case repair.Refused != "":
			f.refuse(found, found.Message+" ("+repair.Refused+")", repair.Asks)
		default:
			f.refuse(found, found.Message, []string{"--rule " + found.Rule + " in the place of --solution"})
		}
	}
	return nil
}
