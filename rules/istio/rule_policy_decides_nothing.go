package istio

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func policyDecidesNothing() rules.Rule {
	return rules.Rule{
		Name:  "policy-decides-nothing",
		Title: "a policy has no rule, and decides nothing",
		Why: "A RequestAuthentication without jwtRules looks at no token. A DENY policy denies " +
			"what one of its rules matches, and without a rule nothing: that is not the " +
			"opposite of an ALLOW policy without rules, which allows nothing.",
		Fix: "Write what is to be checked. In a DENY policy, rules: [{}] denies everything; to " +
			"deny all but what is allowed, an ALLOW policy without rules will do.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docPolicy, docRequest, codeBuilder},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			for _, p := range i.policies {
				rulesIn := p.Spec.Member("rules")
				at, what := p.Spec.Member("action"), "denies"
				if p.Kind == requestAuthentication {
					rulesIn, at, what = p.Spec.Member("jwtRules"), p.At, "checks"
				} else if p.action() != actionDeny {
					continue
				}
				none := rulesIn == nil || rulesIn.Is(source.Null) ||
					rulesIn.Is(source.List) && len(rulesIn.Items) == 0
				if !none || p.selectorUnread != "" {
					continue
				}
				if rulesIn != nil {
					at = rulesIn
				}
				all = append(all, i.FindingAt(at, "rules",
					"%s %s nothing: it has no rule", p, what))
			}
			return all
		}),
	}
}
