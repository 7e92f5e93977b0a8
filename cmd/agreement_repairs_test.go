package cmd

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// promised is what a request gets, in short.
func promised(v *rules.Verdict) string {
	return fmt.Sprint(v.Outcome, " ", v.Status, " ", v.DecidedBy())
}

// set is the configuration with what its repairs edit.
func (p *pair) set(t *testing.T) *report.PolicySet {
	t.Helper()
	set, err := everyGateway().Read([]*source.File{p.file}, p.options())
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// rewritten is the pair with the text that a repair wrote.
func (p *pair) rewritten(t *testing.T, of *repair.Draft) *pair {
	t.Helper()
	if len(of.Files) != 1 {
		t.Fatalf("%s: %d files", p.name, len(of.Files))
	}
	after := pairOf(t, p.name, of.Files[0].Name, string(of.Files[0].Text), p.apps, p.variant)
	after.beside = p.beside
	return &after
}

// holdRemedies holds what explain promises of each change for a witness that is kept out against
// what the witness gets from the text that the change writes.
func (p *pair) holdRemedies(t *testing.T, request *rules.Request) (tried int) {
	t.Helper()
	set := p.set(t)
	remedies, _ := set.Remedies(set.Draft, &repair.Sides{Own: request, OneClient: true})
	for _, remedy := range remedies {
		tried++
		after := p.rewritten(t, remedy.Draft)
		got := rules.Evaluate(after.policies, request)
		if promised(&got) != promised(&remedy.After) {
			t.Errorf("%s: %s promises %s, and it is %s of\n%s\nwith\n%s", p.name, remedy.ID,
				promised(&remedy.After), promised(&got), request.Token.Claims.JSON(),
				after.file.Text)
		}
	}
	return tried
}

// holdRemediesFor is holdRemedies for some of UAT's own tokens that are kept out.
func (p *pair) holdRemediesFor(
	t *testing.T, m *minter, e *environments.Estate, matrix *environments.Matrix,
) (tried int) {
	t.Helper()
	asked := 0
	for r, row := range matrix.Rows {
		if asked == mostMinted || row.Home != "uat" ||
			matrix.Cell(r, 0).Outcome != rules.Rejected {
			continue
		}
		asked++
		tried += p.holdRemedies(t, p.request(t, m, e, matrix, r))
	}
	return tried
}

// holdFixes repairs what lint finds of each rule that fix repairs. The text that is written has
// the findings that fix says are left, matrix says of it what lint does, and nobody gets in of
// whose sort nobody did, unless fix tells of it. It leaves out policies for another API than the
// app registration is of, and a registration with the App ID URI of the environment beside it:
// no tenant has two.
func (p *pair) holdFixes(t *testing.T, counts map[rules.Decision]int) (made int) {
	t.Helper()
	e, before := p.matrix(t)
	said, all := map[string]bool{}, p.lint()
	if slices.Contains(names(all), "audience-not-of-app") ||
		slices.ContainsFunc(e.Sites[0].API.URIs, func(uri entra.Text) bool {
			return slices.ContainsFunc(p.apps.Apps[0].URIs, uri.Is)
		}) {
		return 0
	}
	for _, f := range all {
		if said[f.Rule] || !slices.Contains(everyGateway().Repairable(), f.Rule) {
			continue
		}
		said[f.Rule] = true
		fixed := p.fixed(t, f.Rule)
		if fixed == nil || !fixed.Changed() {
			continue
		}
		made++
		after := p.rewritten(t, fixed.After)
		after.name += ", " + f.Rule
		found := after.lint()
		if got, want := names(found), names(fixed.Findings); !slices.Equal(got, want) {
			t.Errorf("%s: lint says %v, and fix that %v are left:\n%s", after.name, got, want,
				after.file.Text)
		}
		_, matrix := after.matrix(t)
		after.checkLint(t, matrix, found, counts)
		for r, row := range matrix.Rows {
			b := slices.IndexFunc(before.Rows, func(other *environments.Row) bool {
				return other.Name == row.Name
			})
			foreign := row.Holder != issued.Member || row.Home != "uat"
			if b < 0 || !foreign || len(fixed.Opened) > 0 {
				continue // the policies did not tell such tokens from others
			}
			is, was := matrix.Cell(r, 0).Outcome, rules.Rejected
			for i, other := range before.Rows {
				got := before.Cell(i, 0).Outcome
				alike := other.Holder == row.Holder && other.Home == row.Home
				if alike && issued.Further(got, was) {
					was = got
				}
			}
			if is == rules.Accepted && was == rules.Rejected {
				t.Errorf("%s: lets in %s, and does not tell so:\n%s", after.name, row.Name,
					after.file.Text)
				break
			}
		}
	}
	return made
}

// fixed repairs the findings of a rule; nil where that can't be done.
func (p *pair) fixed(t *testing.T, rule string) *repair.Fixed {
	t.Helper()
	set := p.set(t)
	j := report.NewJudge(everyGateway(), p.options(), nil)
	j.Apps = p.apps
	facts := rules.Facts{
		Audience: "api://orders-uat", Scope: "UAT.Access", Tenant: holesTenant,
		Version: entra.V1,
	}
	if v, known := p.apps.Apps[0].TokenVersion(); known && v == entra.V2 {
		facts.Audience, facts.Version = holesAPI, entra.V2
	}
	fix := &repair.Fix{
		Bench: repair.Bench{Adapter: set.Adapter},
		Lint:  func(d *repair.Draft) []rules.Finding { return j.Draft(&set.Adapter, d) },
		Facts: facts, App: p.apps.Apps[0], Proof: repair.Prove,
		Signatures: environments.Assumed("valid"),
	}
	fixed, err := fix.RemoveFindings(set.Configuration, rule)
	if err != nil {
		t.Fatalf("%s: %s: %v", p.name, rule, err)
	}
	return fixed
}
