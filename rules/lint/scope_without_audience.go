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
		Fix:      "Check the audience as well.",
		Severity: rules.Error,
		Lesser: "a warning or a note where a validation endpoint decides, which may look at the " +
			"audience",
		Since:      since,
		References: []string{validating},
		Check:      checkScopeAudience,
	}
}

// checkScopeAudience is less sure of policies that ask a validation endpoint: whether that looks at the audience is not known, and of
// some of them nothing is published at all.
func checkScopeAudience(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		checks := covers(s, p)
		c := scopeCheck(p)
		if c == nil || !openToStrangersAPIs(checks) {
			continue
		}
		f := at(c, "the audience is not checked: any API of the tenant can use the same name, and a token for it is accepted")
		if endpoint := find(p, rules.Introspection); endpoint != nil {
			f.Message += ", unless the validation endpoint looks at it"
			f = less(f, rules.Warning)
			if endpoint.Test.Input.Model == nil {
				f = less(f, rules.Note)
			}
		}
		all = append(all, f)
	}
	return all
}

// openToStrangersAPIs reports whether a stranger's client gets in with a token for an API of its own, whatever that is called.
func openToStrangersAPIs(checks []*rules.Check) bool {
	got, _ := forAudience(otherAudiences()...).gets(checks)
	client, _ := strangers().lets(checks)
	return got == open && client == open
}

// scopeCheck returns the check of scopes or roles that is in force, or nil.
func scopeCheck(p *rules.Policy) *rules.Check {
	for _, c := range p.Checks() {
		if !inForce(c) || !ofClaims(c) {
			continue
		}
		if c.ID == rules.Scopes {
			return c
		}
		if got, _ := withoutNames().gets([]*rules.Check{c}); got == shut && reads(c, "scp", "scope", "roles") {
			return c
		}
	}
	return nil
}
