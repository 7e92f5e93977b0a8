package istio

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

func claimIsNoText() rules.Rule {
	return rules.Rule{
		Name:  "claim-is-no-text",
		Title: "a claim is compared that is a number or a boolean",
		Why: "Istio compares claims with texts alone: a text, or a list that holds one. A " +
			"number or a boolean never matches, however the value is written in the policy.",
		Fix:        "Compare a claim that is a text, such as roles, scp or azp.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docKeys, codeGenerate},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			i.eachValue(func(r *authRule, one condition, v *source.Value, l kubernetes.List) {
				for _, name := range envoy.NoTexts() {
					if one.attribute == ofClaims+"["+name+"]" {
						all = append(all, i.FindingAt(v, l.Field, "%s is a number or a boolean "+
							"in tokens: this never matches", name))
					}
				}
			})
			return all
		}),
	}
}
