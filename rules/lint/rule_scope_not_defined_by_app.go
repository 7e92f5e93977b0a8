package lint

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func scopeNotDefinedByApp() rules.Rule {
	return rules.Rule{
		Name:  "scope-not-defined-by-app",
		Title: "a scope is required that the app registration does not expose",
		Why: "A token carries scopes of its own API only. One that the API does not expose, or " +
			"that is disabled, is in no token: every token is rejected.",
		Fix:        "Expose the scope in the app registration, or require one that it exposes.",
		Severity:   rules.Error,
		Lesser:     "a warning where another one beside it is defined, and is enough",
		Since:      since,
		References: []string{claimsRef},
		Check: func(s *rules.Subject) []rules.Finding {
			return withApp(s, func(app *entra.Registration, p *rules.Policy) []rules.Finding {
				return undefined(s, app, p, app.Scopes, "scope", "scp", "scope")
			})
		},
	}
}
