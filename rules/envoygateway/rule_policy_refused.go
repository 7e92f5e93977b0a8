package envoygateway

import "github.com/gatewhy/gatewhy/rules"

func policyRefused() rules.Rule {
	return rules.Rule{
		Name:  "policy-refused",
		Title: "the cluster refuses a policy",
		Why: "Envoy Gateway has no webhook: the definition of SecurityPolicy alone says what is " +
			"refused.",
		Fix:        "In Envoy Gateway write the field as its API has it.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docAPI, codeTypes},
		Check: eachInstance(func(s subject) []rules.Finding {
			var all []rules.Finding
			p := s.policy
			for _, r := range p.refusals(s.cluster) {
				all = append(all, s.FindingAt(r.at, r.field, "%s is refused: %s", p.String(),
					r.why))
			}
			return all
		}),
	}
}
