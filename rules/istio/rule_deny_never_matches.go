package istio

import "github.com/gatewhy/gatewhy/rules"

func denyNeverMatches() rules.Rule {
	return rules.Rule{
		Name:  "deny-never-matches",
		Title: "a DENY policy denies nothing",
		Why: "A DENY policy denies what one of its rules matches. Without a rule it denies " +
			"nothing: that is not the opposite of an ALLOW policy without rules, which allows " +
			"nothing.",
		Fix: "Write what is to be denied: rules: [{}] denies everything. To deny all but what " +
			"is allowed, an ALLOW policy without rules will do.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docPolicy, codeBuilder},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			for _, p := range i.enforced(actionDeny) {
				if p.unreadable() == nil && len(rulesOf(p)) == 0 {
					at := p.spec.Member("rules")
					if at == nil {
						at = p.spec.Member("action")
					}
					all = append(all, i.findingAt(at, "rules", "%s denies nothing: it has no rule",
						p))
				}
			}
			return all
		}),
	}
}
