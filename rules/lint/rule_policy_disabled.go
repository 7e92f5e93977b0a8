package lint

import "github.com/gatewhy/gatewhy/rules"

func policyDisabled() rules.Rule {
	return rules.Rule{
		Name:     "policy-disabled",
		Title:    "a policy that decides on tokens is disabled",
		Why:      "A disabled policy lets everything through, with or without a token.",
		Fix:      "Enable it, or remove it from the file.",
		Severity: rules.Warning,
		Check: func(s *rules.Subject) []rules.Finding {
			var all []rules.Finding
			for _, p := range s.Policies {
				if judges(p) && p.When.Disabled && !p.When.OfOthers {
					all = append(all, ofGuard(p, "this policy is disabled: "+
						"it lets everything through"))
				}
			}
			return all
		},
	}
}
