package envoygateway

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

func providerNotInPolicy() rules.Rule {
	return rules.Rule{
		Name:  "provider-not-in-policy",
		Title: "a rule names a JWT provider that its SecurityPolicy does not have",
		Why: "A rule reads the claims that the provider of its name has left. If the policy has " +
			"no provider of that name there are none, and the rule matches nothing. If it has " +
			"no jwt at all, the API server refuses it: the providers of the Gateway's policy " +
			"do not count, even if the two are merged.",
		Fix: "Name a provider of the same SecurityPolicy; repeat jwt in the route's policy if " +
			"the Gateway's has it.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docAPI, issueMerged, codeTypes},
		Check: eachInstance(func(s subject) []rules.Finding {
			var all []rules.Finding
			for _, r := range rulesIn(s.spec) {
				jwt := r.at.At("principal", "jwt")
				name := jwt.Member("provider")
				if !jwt.Is(source.Object) || kubernetes.Marked(name) || s.doubt != nil {
					continue
				}
				if name == nil {
					name = jwt
				}
				if s.providerOf(jwt) == nil && len(s.providers) > 0 {
					all = append(all, s.FindingAt(name, r.path+"principal.jwt.provider",
						"this SecurityPolicy has no provider %s: the rule matches nothing",
						name.Text))
				}
			}
			return all
		}),
	}
}
