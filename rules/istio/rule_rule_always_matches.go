package istio

import "github.com/gatewhy/gatewhy/rules"

func ruleAlwaysMatches() rules.Rule {
	return rules.Rule{
		Name:  "rule-always-matches",
		Title: "a rule matches every request, so that other rules decide nothing",
		Why: "ALLOW rules are alternatives, of all policies that select the workload: one that " +
			"matches every request lets in what the others would not. A DENY rule that matches " +
			"every request denies what ALLOW rules let in, for DENY comes first.",
		Fix: "Say in the rule what it is for, or remove it. A policy that is to allow nothing " +
			"has no rules.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docPolicy},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			allowed := i.allowRules()
			for _, r := range allowed {
				if n := len(allowed) - 1; r.always() && n > 0 {
					all = append(all, i.FindingAt(r.at, r.path(), "this rule lets in every "+
						"request: %s %s nothing", otherRules(n), decide(n)))
				}
			}
			for _, p := range i.enforced(actionDeny) {
				for _, r := range rulesOf(p) {
					if n := len(allowed); r.always() && n > 0 {
						all = append(all, i.FindingAt(r.at, r.path(), "this rule denies every "+
							"request: the ALLOW rules of this workload let in nobody"))
					}
				}
			}
			return all
		}),
	}
}

func otherRules(n int) string {
	if n == 1 {
		return "the other ALLOW rule of this workload"
	}
	return "the other ALLOW rules of this workload"
}

func decide(n int) string {
	if n == 1 {
		return "decides"
	}
	return "decide"
}
