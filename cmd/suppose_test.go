package cmd

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// unevaluated are claims whose expressions can't be evaluated, and that tell no client, API or
// tenant from another.
func unevaluated() []setting {
	return []setting{
		{name: "a lambda", claim: [2]string{
			"department", "#[vars.claimSet.department some ($ == 'Sales')]",
		}},
		{name: "a variable of a flow", claim: [2]string{
			"country", "#[vars.allowed.countries contains vars.claimSet.country]",
		}},
		{name: "a property", claim: [2]string{
			"jobTitle", "#[vars.claimSet.jobTitle == p('title')]",
		}},
		{name: "a lookup", claim: [2]string{"plant", "#[lookup('check', vars.claimSet.plant)]"}},
		{name: "a module", claim: [2]string{
			"city", "#[dw::core::Strings::levenshteinDistance(vars.claimSet.city, 'Graz') < 2]",
		}},
		{name: "a filter whose condition lacks its brackets", claim: [2]string{
			"amr", "#[sizeOf(vars.claimSet.amr filter $ startsWith 'mfa') > 0]",
		}},
	}
}

// TestAnExpressionThatCannotBeEvaluatedHidesNoOtherHole adds such a claim to policies with holes:
// whatever lint and matrix find without it they find with it too, as a warning at least where it
// was an error.
func TestAnExpressionThatCannotBeEvaluatedHidesNoOtherHole(t *testing.T) {
	t.Parallel()
	uat := registrations(t, strings.Replace(holesUAT, "VERSION", "1", 1), holesPrincipal)
	held := 0
	for _, audience := range audienceSettings()[:3] {
		for _, issuer := range issuerSettings()[:3] {
			for _, permission := range permissionSettings()[:2] {
				client := clientSettings()[0]
				without := judgedHoles(t, uat, jwtPolicy(audience, issuer, client, permission))
				for _, more := range unevaluated() {
					with := judgedHoles(
						t, uat, jwtPolicy(audience, issuer, client, permission, more),
					)
					for what, severity := range without {
						held++
						got, found := with[what]
						if severity == rules.Error {
							severity = rules.Warning
						}
						if !found || got.Rank() > severity.Rank() {
							t.Errorf("%s, %s, %s, with %s: %s is hidden: %q", audience.name,
								issuer.name, permission.name, more.name, what, got)
						}
					}
				}
			}
		}
	}
	if held < 200 {
		t.Errorf("%d findings were held: the test proves little", held)
	}
}

// judgedHoles are what lint and matrix find of somebody who gets in, each with its severity.
func judgedHoles(t *testing.T, uat *entra.Directory, text string) map[string]rules.Severity {
	t.Helper()
	file, policies := mulePolicies(t, text)
	j := report.NewJudge(everyGateway(), rules.Options{Variant: "mule"}, nil)
	j.Apps = uat
	all := map[string]rules.Severity{}
	for _, f := range j.Findings(file) {
		if slices.Contains(saying("", nil), f.Rule) || f.Rule == "issuer-not-pinned" {
			all[f.Rule] = f.Severity
		}
	}
	estate := holesEstate(t, uat)
	estate.Sites[1].Policies = policies
	m := estate.Evaluate()
	for _, f := range m.Findings {
		all[f.Rule] = f.Severity
	}
	for _, r := range m.Remarks {
		if r.Rule != "route-assumed" {
			all[r.Rule] = r.Severity
		}
	}
	delete(all, environments.LockedOut)
	return all
}

// TestAnExpressionThatCannotBeEvaluatedMakesNoHole adds them to a policy that is sound, and claims
// by which clients and tenants are told apart to policies with holes: what may close a hole is not
// taken to be beside it.
func TestAnExpressionThatCannotBeEvaluatedMakesNoHole(t *testing.T) {
	t.Parallel()
	uat := registrations(t, strings.Replace(holesUAT, "VERSION", "1", 1), holesPrincipal)
	audience, issuer := audienceSettings()[1], issuerSettings()[1]
	client, permission := clientSettings()[1], permissionSettings()[1]
	for _, more := range unevaluated() {
		text := jwtPolicy(audience, issuer, client, permission, more)
		if found := judgedHoles(t, uat, text); len(found) > 0 {
			t.Errorf("%s: %v", more.name, found)
		}
	}
	for _, name := range []string{"aud", "appid", "azp", "oid", "sub", "roles"} {
		by := setting{claim: [2]string{
			name,
			"#[vars.allowed." + name + " contains vars.claimSet." +
				name + "]",
		}}
		open := jwtPolicy(audienceSettings()[0], issuer, clientSettings()[0], by)
		for rule, severity := range judgedHoles(t, uat, open) {
			if rule == "any-client-accepted" || severity == rules.Error {
				t.Errorf("%s: %s %s", name, severity, rule)
			}
		}
	}
}
