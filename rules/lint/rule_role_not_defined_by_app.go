package lint

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func roleNotDefinedByApp() rules.Rule {
	return rules.Rule{
		Name:  "role-not-defined-by-app",
		Title: "a role is required that the app registration does not define",
		Why: "A token carries roles of its own API only. One that the API does not define, or " +
			"that is disabled, is in no token: every token is rejected.",
		Fix: "Define the app role in the registration and assign it to the clients, or require " +
			"one that it defines.",
		Severity:   rules.Error,
		Lesser:     "a warning where another one beside it is defined, and is enough",
		Since:      since,
		References: []string{claimsRef},
		Check: func(s *rules.Subject) []rules.Finding {
			return withApp(s, func(app *entra.Registration, p *rules.Policy) []rules.Finding {
				return undefined(s, app, p, app.Roles, "app role", "roles")
			})
		},
	}
}
