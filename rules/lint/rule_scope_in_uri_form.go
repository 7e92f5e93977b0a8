package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func scopeInURIForm() rules.Rule {
	return rules.Rule{
		Name:  "scope-in-uri-form",
		Title: "a scope is required in the form that clients use to ask for it",
		Why: "A client asks for api://orders-uat/UAT.Access or api://orders-uat/.default; the " +
			"token carries the short value, UAT.Access. No token has the long form: every token " +
			"is rejected.",
		Fix: "Require the short value of the scope. .default is not a scope: name one that the " +
			"API exposes.",
		Severity: rules.Error,
		Locks:    true,
		Lesser: "a note if the tokens may be another issuer's, whose scopes have such a form, a " +
			"warning if another scope in the list is enough",
		References: []string{claimsRef},
		Check:      eachCheckOf(checkScopeForm),
	}
}

// checkScopeForm gives an error for a form that only Entra ID's clients write, unless the tokens
// are another issuer's. It gives a warning where the other scopes are enough.
func checkScopeForm(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	scopes := demanded(s, c, "scp", "scope")
	i := slices.IndexFunc(scopes, inURIForm)
	if i < 0 {
		return nil
	}
	f := at(c, "no Entra ID token has the scope %s: clients ask for it in that form, and scp "+
		"has the short value", scopes[i])
	short := source.Without(scopes, inURIForm)
	switch {
	case !mayBeEntra(s, p), !isEntra(s, p) && !ofEntrasClients(scopes[i]):
		// another issuer may have such scopes
		return one(less(f, rules.Note))
	case len(short) > 0 && alone(s, c).having([]string{"scp", "scope"}, short) != keptOut:
		return one(less(f, rules.Warning))
	}
	return one(f)
}

func inURIForm(scope string) bool {
	return ofEntrasClients(scope) || strings.Contains(scope, "://")
}

// ofEntrasClients reports whether only a client of Entra ID asks for a scope in this form.
func ofEntrasClients(scope string) bool {
	return strings.HasPrefix(scope, "api://") || strings.HasSuffix(scope, "/.default")
}
