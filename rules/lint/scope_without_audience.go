package lint

import (
	"github.com/gatewhy/gatewhy/rules"
)

func scopeWithoutAudience() rules.Rule {
	return rules.Rule{
		Name:  "scope-without-audience",
		Title: "a scope or role is checked, and the audience is not",
		Why: "A scope or a role is a name. Whoever may register an application in the tenant can give an API of their own a scope of the " +
			"same name, and the token for that API is accepted here.",
		Fix:        "Check the audience as well. Where the policy can't (enforcement by a validation endpoint), JWT Validation can.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{validating, kbArticle},
		Check:      checkScopeAudience,
	}
}

// checkScopeAudience is a note for policies that ask a validation endpoint: whether that looks at the audience is not known.
func checkScopeAudience(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		checks := covers(s, p)
		c := scopeCheck(p)
		if c == nil || anyPins(checks, "aud") != rules.No || closesClients(checks) {
			continue
		}
		f := at(c, "the audience is not checked: any API of the tenant can use the same name, and a token for it is accepted")
		if find(p, rules.Audience) == nil {
			f = less(f, rules.Note)
		}
		all = append(all, f)
	}
	return all
}

// scopeCheck returns the check of scopes or roles that is in force, or nil.
func scopeCheck(p *rules.Policy) *rules.Check {
	for _, c := range p.Checks() {
		if inForce(c) && pins(c, "scp", "scope", "roles") == rules.Yes {
			return c
		}
	}
	return nil
}

// closesClients reports whether only known clients get in, so that a stranger's API does not matter.
func closesClients(checks []*rules.Check) bool {
	for _, c := range checks {
		if c.Skip == "" && (c.ID == rules.Contract || c.ID == rules.ClientSecret || c.ID == rules.NotModelled) || pins(c, "appid", "azp") != rules.No {
			return true
		}
	}
	return false
}
