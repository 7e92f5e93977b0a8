package envoygateway

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

func claimIsNoText() rules.Rule {
	return rules.Rule{
		Name:  "claim-is-no-text",
		Title: "a claim is compared that is a number or a boolean",
		Why: "Envoy Gateway too compares a claim with texts alone, or with what a list of texts " +
			"holds.",
		Fix:        "In Envoy Gateway a cel expression can compare numbers (1.9 and later).",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docAPI, codeRules},
		Check: eachInstance(func(s subject) []rules.Finding {
			var all []rules.Finding
			s.eachClaim(func(_ *authRule, claim *source.Value, path string) {
				name, _ := claim.Member("name").Str()
				if slices.Contains(envoy.NoTexts(), name) {
					all = append(all, s.FindingAt(claim.Member("name"), path+"name", "%s is a "+
						"number or a boolean in tokens: this never matches", name))
				}
			})
			return all
		}),
	}
}
