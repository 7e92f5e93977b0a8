package envoygateway

import "github.com/gatewhy/gatewhy/rules"

func policyWithAnError() rules.Rule {
	return rules.Rule{
		Name:  "policy-with-an-error",
		Title: "a policy has an error, and its routes answer 500",
		Why: "The API server takes the policy, and Envoy Gateway can't translate it. Its routes " +
			"are not left open: they answer 500 to every request.",
		Fix: "Repair what the finding names. The condition Accepted in the status of the policy " +
			"says it too.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{codePolicy, notesClosed},
		Check: eachInstance(func(s subject) []rules.Finding {
			if _, _, refused := s.refused(); refused != "" || s.doubt != nil {
				return nil
			}
			if at, field, why := s.broken(); why != "" {
				return []rules.Finding{s.FindingAt(at, field, "%s: every request gets 500", why)}
			}
			return nil
		}),
	}
}
