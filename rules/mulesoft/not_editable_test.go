package mulesoft

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Each file is one in which some edit can't be written. That is said of the edit, and ends nothing
// else.
func TestNoFileEndsTheSearchForChanges(t *testing.T) {
	const (
		oidcBinding = `apiVersion: gateway.mulesoft.com/v1alpha1
kind: PolicyBinding
spec:
  targetRef: {kind: ApiInstance, name: &name openidconnect-access-token-enforcement-flex}
  policyRef: {name: *name}
  config: {skipClientIdValidation: true}
`
		twice = `"supportedAudiences":"api://a","supportedAudiences":"api://b"`
	)
	jsonencoded := func(config string) string {
		return "locals {\n  config = " + configuration + "\n}\n" +
			`resource "anypoint_apim_policy_custom" "x" {
  asset_id           = "jwt-validation"
  configuration_data = ` + config + "\n}\n"
	}
	edited := func(text, old, now string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("there is no %s", old)
		}
		return strings.Replace(text, old, now, 1)
	}
	inText := `{"assetId":"jwt-validation","configurationData":` +
		source.NewString(configuration).JSON() + `}`
	nullClaim := `,"validateCustomClaim":true,"mandatoryCustomClaims":[null]`
	const block, repeated = "mandatory_custom_claims {", "dynamic \"mandatory_custom_claims\" {"
	files := map[string][2]string{
		"a name that is an alias": {"p.yaml", oidcBinding},
		"a claim by alias": {"p.yaml", edited(
			edited(flexYAML, "key: roles", "key: &k roles"),
			"value: \"#", "<<: {value: *k}\n        x: \"#",
		)},
		"a merge of a list": {"p.yaml", edited(
			flexYAML, "config:", "config:\n    <<: [{mandatoryExpClaim: false}]",
		)},
		"an audience by alias": {"p.yaml", edited(
			edited(flexYAML, "name: orders}", "name: &a orders}"), "api://orders-uat", "*a",
		)},
		"a field twice": {
			"p.json",
			policyOf(jwtValidation, "1.4.0", base+skip+","+twice),
		},
		"a claim that is a block": {"p.tf", claimsInBlocks()},
		"a dynamic block":         {"p.tf", edited(claimsInBlocks(), block, repeated)},
		"claims in a variable":    {"p.tf", edited(community, snakeClaims, "var.claims")},
		"claims put together": {
			"p.tf",
			edited(community, snakeClaims, "concat("+snakeClaims+")"),
		},
		"a local configuration": {"p.tf", jsonencoded("jsonencode(local.config)")},
		"one put together": {
			"p.tf",
			jsonencoded("jsonencode(merge(local.config, { a = 1 }))"),
		},
		"one in a heredoc":       {"p.tf", jsonencoded("<<-E\n" + configuration + "\nE\n")},
		"one in a text":          {"p.json", inText},
		"one that is a variable": {"p.tf", jsonencoded("var.config")},
		"no configuration": {
			"p.json",
			`{"assetId":"jwt-validation","assetVersion":"1.4.0"}`,
		},
		"an empty one": {"p.json", policyOf(jwtValidation, "1.4.0", ``)},
		"one that is a list": {
			"p.json",
			`{"assetId":"jwt-validation","configurationData":[1]}`,
		},
		"a plan":                       {"p.json", plan},
		"what the vendor's tool lists": {"p.json", byCLI},
		"Terraform's JSON":             {"p.json", resourceJSON},
		"a claim that is null": {
			"p.json",
			policyOf(jwtValidation, "1.4.0", base+nullClaim),
		},
	}
	requests := []*rules.Request{
		contracted(v1 + `,"aud":"api://orders-uat","roles":["Read"]`),
		contracted(v1 + `,"aud":"api://orders-dev","scp":"UAT.Access"`),
		contracted(v2 + `,"aud":"9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09","scp":"UAT.Access"`),
		contracted(v2 + `,"aud":"api://orders-uat","roles":["Read"],"idtyp":"app"`),
	}
	facts := rules.Facts{Audience: "api://orders-uat", Tenant: tenant, Version: 1, Scope: "UAT"}
	notWritten := map[string]bool{}
	for name, file := range files {
		c := configurationOf(t, file[0], file[1], rules.Options{Variant: Mule})
		made := compile(answerOf, c)
		goals := []rules.Goal{}
		for _, r := range requests {
			verdict := rules.Evaluate(made.Policies, r)
			goals = append(goals, rules.Goal{Verdict: &verdict, Facts: facts})
		}
		for _, rule := range repairable() {
			for _, check := range made.Policies[0].Checks() {
				goals = append(goals, rules.Goal{Facts: facts, Finding: &rules.Finding{
					Rule: rule, Policy: made.Policies[0], Field: check.Field,
					Pos: check.Pos, Span: check.Span,
				}})
			}
		}
		for _, goal := range goals {
			for _, change := range Adapter().Changes(c, goal) {
				if strings.HasPrefix(change.Refused, "line ") {
					notWritten[name] = true
				}
				if (change.Refused == "") == (change.Edited == nil) {
					t.Errorf("%s: %s: refused %q, edited %v", name, change.ID, change.Refused,
						change.Edited != nil)
				}
			}
		}
	}
	if len(notWritten) < 6 {
		t.Errorf("edits are refused in %v only", notWritten)
	}
}
