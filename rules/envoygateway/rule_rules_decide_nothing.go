package envoygateway

import "github.com/gatewhy/gatewhy/rules"

func rulesDecideNothing() rules.Rule {
	return rules.Rule{
		Name:  "rules-decide-nothing",
		Title: "authorization rules allow what is allowed anyway",
		Why: "With defaultAction Allow a request passes that no rule matches. Rules that only " +
			"allow then decide nothing: every request gets in that has an accepted token.",
		Fix:        "Leave defaultAction out, or set it to Deny.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docAPI, codeRules},
		Check: eachInstance(func(s subject) []rules.Finding {
			if s.doubt != nil || s.defaultAllows() != rules.Yes {
				return nil
			}
			all := rulesIn(s.spec)
			for _, r := range all {
				if r.action != actionAllow {
					return nil
				}
			}
			v := s.spec.At("authorization", "defaultAction")
			if len(all) == 0 || s.unreadable(s.spec.Member("authorization")) != nil {
				return nil
			}
			return []rules.Finding{s.FindingAt(v, "authorization.defaultAction",
				"the rules decide nothing: each allows, and so does defaultAction")}
		}),
	}
}
