package istio

import "github.com/gatewhy/gatewhy/rules"

func ruleLeftOut() rules.Rule {
	return rules.Rule{
		Name:  "rule-left-out",
		Title: "Istio leaves a rule, or a part of it, out",
		Why: "A rule with an attribute that Istio does not know is left out, whatever its " +
			"action: a DENY rule then denies nothing. Of a value that it can't build, such as " +
			"an address that is none, an ALLOW rule is left out whole, and a DENY rule loses " +
			"the condition and denies more. Istio's admission webhook refuses most of this: " +
			"then the policy of before stays.",
		Fix:        "Name the attribute and the value as the list of conditions has them.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docKeys, codeModel},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			for _, r := range i.authRules() {
				why := i.unbuilt(r)
				what := "this rule"
				if r.broken == "" && r.of.action() != actionAllow {
					what = "a condition of this rule"
				}
				if why != "" {
					all = append(all, i.FindingAt(r.at, r.path(), "%s is left out: %s", what, why))
				}
			}
			return all
		}),
	}
}
