package lint

import "github.com/gatewhy/gatewhy/rules"

func scopeNotDefinedByApp() rules.Rule {
	return rules.Rule{
		Name:  "scope-not-defined-by-app",
		Title: "the app registration does not expose a required scope",
		Why: "A token has only scopes of its own API. No token has a scope that the API does " +
			"not expose or that is disabled: every token is rejected.",
		Fix:        "Expose the scope in the app registration, or require one that it exposes.",
		Severity:   rules.Error,
		Locks:      true,
		Lesser:     "a warning if another one in the list is defined, and one is enough",
		References: []string{claimsRef},
		Check: withApp(func(s *rules.Subject, p *rules.Policy) []rules.Finding {
			return undefined(s, p, s.App.Scopes, "scope", "scp", "scope")
		}),
	}
}
