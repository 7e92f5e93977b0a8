package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// solve makes the article's solution: what the adapter proposes for a token of this environment, until it proposes nothing more of
// that solution.
func (f *fixer) solve(solution string) error {
	if len(f.requests) == 0 || f.requests[0].modelled {
		if asks := f.missing(solution); len(asks) > 0 {
			f.report.Refused = append(f.report.Refused, render.Refusal{
				Rule: "solution " + solution, Severity: rules.Error, Pos: source.Position{File: f.report.Before.Name},
				Why: "the file does not tell what it needs; a token of this environment would, too: --token @FILE", Asks: asks,
			})
			return nil
		}
	}
	for range mostRepairs {
		done, err := f.solveOnce(solution)
		if err != nil {
			return err
		}
		if done {
			return f.proveSolution(solution)
		}
	}
	return nil
}

// proveSolution takes a solution back that keeps this environment's own token out.
func (f *fixer) proveSolution(solution string) error {
	compiled, err := f.adapter.Compile(f.report.After, f.options)
	if err != nil {
		return err
	}
	verdict := rules.Evaluate(compiled.Policies, f.own(solution))
	if f.changed() && verdict.Outcome == rules.Rejected {
		f.report.After, f.report.Changes, f.report.Repaired = f.report.Before, nil, nil
		f.refuseWhy(solution, "after it this environment's own token would get "+render.OutcomeLine(&verdict))
	}
	return nil
}

func (f *fixer) refuseWhy(solution, why string) {
	f.report.Refused = append(f.report.Refused, render.Refusal{Rule: "solution " + solution, Severity: rules.Error, Pos: source.Position{File: f.report.Before.Name}, Why: why})
}

// missing lists the flags that a solution needs and were not given.
func (f *fixer) missing(solution string) []string {
	var asks []string
	need := func(given bool, ask string) {
		if !given {
			asks = append(asks, ask)
		}
	}
	if solution == "scopes" {
		need(f.facts.Scope != "", "--scope SCOPE: a scope that only this environment's API exposes, such as UAT.Access")
		return asks
	}
	need(f.facts.Audience != "", "--audience AUDIENCE: this environment's audience, as its tokens carry it")
	need(f.facts.Tenant != "", "--tenant ID: the id of this environment's tenant")
	need(f.facts.Version != 0 || strings.Contains(f.facts.Audience, "://"), "--token-version 1|2: the version of the API's tokens")
	return asks
}

// solutions lists the article's solutions by the names of --solution.
func solutions() []string { return []string{"jwt", "scopes"} }

// solutionSteps lists the proposals that belong to a solution, those that do it all first.
func solutionSteps(solution string) []string {
	if solution == "scopes" {
		return []string{"require-scope"}
	}
	return []string{"use-jwt-validation", "map-client-id", "set-audience", "set-issuer", "check-audience", "pin-issuer"}
}

// solveOnce makes one step. It is done where there is none left.
func (f *fixer) solveOnce(solution string) (done bool, err error) {
	own := f.own(solution)
	proposals, err := f.proposals(own)
	if err != nil {
		return true, err
	}
	for _, step := range solutionSteps(solution) {
		i := slices.IndexFunc(proposals, func(p rules.Proposal) bool { return isStep(p.ID, step) && p.Refused == "" })
		if i < 0 {
			continue
		}
		edited, err := source.Read(f.report.After.Name, proposals[i].Text)
		if err != nil {
			return true, fmt.Errorf("a change does not read again: %w", err)
		}
		f.report.After = edited
		f.report.Repaired = append(f.report.Repaired, proposals[i].ID)
		f.report.Changes = append(f.report.Changes, proposals[i].Changes...)
		return false, nil
	}
	if !f.changed() {
		f.refuseSolution(solution, proposals)
	}
	return true, nil
}

func (f *fixer) refuseSolution(solution string, proposals []rules.Proposal) {
	for _, p := range proposals {
		if p.Refused != "" {
			f.refuseWhy(solution, p.Refused)
		}
	}
}

// proposals asks the adapter what would help a request, or what would narrow the policy to requests like it.
func (f *fixer) proposals(request *rules.Request) ([]rules.Proposal, error) {
	compiled, err := f.adapter.Compile(f.report.After, f.options)
	if err != nil {
		return nil, err
	}
	return f.adapter.Propose(f.report.After, rules.Evaluate(compiled.Policies, request))
}

// own is a request with a token of this environment: the first that was given, or one that is modelled.
func (f *fixer) own(solution string) *rules.Request {
	if len(f.requests) > 0 && !f.requests[0].modelled {
		return f.requests[0].request
	}
	m := tokenModel{tenant: f.facts.Tenant, audience: f.facts.Audience, version: f.facts.Version}
	if m.version == 0 {
		m.version = entra.V1
	}
	if solution == "scopes" {
		m.scope = f.facts.Scope
	}
	return m.request()
}
