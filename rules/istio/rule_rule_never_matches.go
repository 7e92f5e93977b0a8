package istio

import "github.com/gatewhy/gatewhy/rules"

func ruleNeverMatches() rules.Rule {
	return rules.Rule{
		Name:  "rule-never-matches",
		Title: "a rule can't match any request",
		Why: "All conditions of a rule must hold, and these exclude each other. A DENY rule " +
			"that never matches denies nothing; an ALLOW rule lets nobody in.",
		Fix:        "Write alternatives as values of one list, or as rules of their own.",
		Severity:   rules.Error,
		Lesser:     "a warning for an ALLOW rule: others may let in whom it is for",
		Since:      since,
		References: []string{docPolicy, docKeys},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			for _, r := range i.authRules() {
				why := r.never()
				if why == "" || r.broken != "" {
					continue
				}
				f := i.FindingAt(r.at, r.path(), "this %s rule never matches: %s",
					r.of.action(), why)
				if r.of.action() == actionAllow {
					f.Severity = rules.Warning
				}
				all = append(all, f)
			}
			return all
		}),
	}
}
