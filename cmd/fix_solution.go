package cmd

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// solve makes the article's solution: what the adapter proposes for a token of this environment, until it proposes nothing more of
// that solution.
func (f *fixer) solve() error {
	if len(f.requests) == 0 {
		if asks := f.missing(); len(asks) > 0 {
			f.refuseWhy("the file does not tell what it needs; a token of this environment would, too: --token @FILE", asks...)
			return nil
		}
	}
	for range mostRepairs {
		done, err := f.solveOnce()
		if err != nil {
			return err
		}
		if done {
			break
		}
	}
	if err := f.proveSolution(); err != nil {
		return err
	}
	if err := f.tellErrors(); err != nil || f.changed() || len(f.report.Refused) > 0 {
		return err
	}
	return f.proveNothing()
}

func (f *fixer) refuseWhy(why string, asks ...string) {
	f.report.Refused = append(f.report.Refused, render.Refusal{
		Rule: "solution " + f.solution, Severity: rules.Error, Pos: source.Position{File: f.report.Before.Name}, Why: why, Asks: asks,
	})
}

// missing lists the flags that a solution needs and were not given.
func (f *fixer) missing() []string {
	var asks []string
	need := func(given bool, ask string) {
		if !given {
			asks = append(asks, ask)
		}
	}
	if f.solution == "scopes" {
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
func (f *fixer) solveOnce() (done bool, err error) {
	own := f.own()
	proposals, err := f.proposals(own)
	if err != nil {
		return true, err
	}
	for _, step := range solutionSteps(f.solution) {
		i := slices.IndexFunc(proposals, func(p rules.Change) bool { return isStep(p.ID, step) && p.Refused == "" })
		if i < 0 {
			continue
		}
		f.keep(proposals[i], proposals[i].ID)
		return false, nil
	}
	if !f.changed() {
		f.refuseSolution(proposals)
	}
	return true, nil
}

func (f *fixer) refuseSolution(proposals []rules.Change) {
	for _, p := range proposals {
		if p.Refused != "" {
			f.refuseWhy(p.Refused)
		}
	}
}

// proposals asks the adapter what would help a request, or what would narrow the policy to requests like it.
func (f *fixer) proposals(request *rules.Request) ([]rules.Change, error) {
	verdict := rules.Evaluate(f.adapter.Compile(f.after).Policies, request)
	return f.adapter.Changes(f.after, rules.Goal{Verdict: &verdict})
}

// own is a request with a token of this environment: the first that was given, or one that is modelled.
func (f *fixer) own() *rules.Request {
	if len(f.requests) > 0 {
		return f.requests[0].request
	}
	m := f.ownModel()
	m.version = cmp.Or(m.version, entra.V1)
	return m.request(f.contractsOf(m))
}
