package lint

import (
	"cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

func scopeWithoutAudience() rules.Rule {
	return rules.Rule{
		Name:  "scope-without-audience",
		Title: "a scope or role is checked, and the audience is not",
		Why: "A scope or a role is a name. Anyone who may register an application in the tenant " +
			"can give their own API a scope of the same name, and the token for that API is " +
			"accepted here.",
		Fix:      "Check the audience as well.",
		Severity: rules.Error,
		Lesser: "a warning if an expression on other claims can't be evaluated, a warning or a " +
			"note if a validation endpoint decides, which may look at the audience",
		References: []string{validating},
		About:      []string{"aud", "appid", "azp", "oid", "sub", "groups", "wids"},
		Check:      eachPolicy(checkScopeAudience),
	}
}

// checkScopeAudience gives less than an error for policies that ask a validation endpoint: we do
// not know whether the endpoint looks at the audience.
func checkScopeAudience(s *rules.Subject, p *rules.Policy) []rules.Finding {
	if !exposing(s, p).openToStrangersAPIs() {
		return nil
	}
	c := scopeCheck(s, p)
	if c == nil {
		return nil
	}
	open := cmp.Or(claimCheck(p, "aud"), find(p, rules.Audience), c)
	f := at(open, "the audience is not checked: "+
		"any API of the tenant can use the same name, and a token for it is accepted")
	if endpoint := find(p, rules.Introspection); endpoint != nil {
		f.Message += ", unless the validation endpoint looks at it"
		f = less(f, rules.Warning)
		if endpoint.Test.Input.Model == nil {
			f = less(f, rules.Note)
		}
	}
	return one(f)
}

// openToStrangersAPIs reports whether a stranger's client gets in with a token for its own API.
// That API has any name, and its scopes and roles have the names of ours.
func (e *exposed) openToStrangersAPIs() bool {
	return e.strangersElsewhere(false, true) == letIn
}

// scopeCheck returns the check of scopes or roles that is in force, or nil. It is one that keeps
// out whoever has none, else the first that reads them, if strangers without any do not get in.
func scopeCheck(s *rules.Subject, p *rules.Policy) *rules.Check {
	var asks *rules.Check
	for c := range p.Root.Checks() {
		if !inForce(c) || !looksAtClaims(c) {
			continue
		}
		names := reads(c, "scp", "scope", "roles")
		if c.ID == rules.Scopes || names && needsNames(s, c) {
			return c
		}
		if asks == nil && names {
			asks = c
		}
	}
	if exposing(s, p).openToAny(false) {
		return nil
	}
	return asks
}

// needsNames reports whether nobody without scopes and roles surely gets past a check.
func needsNames(s *rules.Subject, c *rules.Check) bool {
	e := alone(s, c)
	got, _ := e.asked("own without names", func(h *issued.Holders) issued.Tokens {
		return withoutNames(h.Own())
	}, false)
	return got != letIn
}

// withoutNames are the same tokens without roles, and with scopes that no policy asks for.
func withoutNames(tokens issued.Tokens) issued.Tokens {
	return changed(tokens, func(t *issued.Token) []*issued.Token {
		if t.User() {
			t = t.Chose("scp", source.NewString("openid profile"))
		}
		return []*issued.Token{t.Chose("roles", nil)}
	})
}
