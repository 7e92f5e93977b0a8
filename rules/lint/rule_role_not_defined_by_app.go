package lint

import "github.com/gatewhy/gatewhy/rules"

func roleNotDefinedByApp() rules.Rule {
	return rules.Rule{
		Name:  "role-not-defined-by-app",
		Title: "the app registration does not define a required role",
		Why: "A token has only roles of its own API. No token has a role that the API does not " +
			"define or that is disabled: every token is rejected.",
		Fix: "Define the app role in the registration and assign it to the clients, or require " +
			"one that it defines.",
		Severity:   rules.Error,
		Locks:      true,
		Lesser:     "a warning if another one in the list is defined, and one is enough",
		References: []string{claimsRef},
		Check: withApp(func(s *rules.Subject, p *rules.Policy) []rules.Finding {
			return undefined(s, p, s.App.Roles, "app role", "roles")
		}),
	}
}
