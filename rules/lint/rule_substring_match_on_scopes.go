package lint

import (
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

func substringMatchOnScopes() rules.Rule {
	return rules.Rule{
		Name:  "substring-match-on-scopes",
		Title: "a scope is looked for as a part of the text",
		Why: "scp is one text of words: \"contains 'Orders.Read'\" is true for Orders.ReadWrite " +
			"and NotOrders.Read too.",
		Fix:      "Split it into words first.",
		Severity: rules.Warning,
		Lesser: "a note where the tokens are another issuer's and the claim is scp, which may " +
			"be a list there",
		Since:      since,
		References: []string{claimsRef},
		Check: func(s *rules.Subject) []rules.Finding {
			return eachCheckOf(s, func(p *rules.Policy) look {
				others := ofAnotherIssuer(p)
				return func(c *rules.Check) []rules.Finding { return checkScopePart(c, others) }
			})
		},
	}
}

// checkScopePart is not sure of scp in the tokens of another issuer: Okta's is a list. scope is a
// text of words by standard (RFC 9068).
func checkScopePart(c *rules.Check, others bool) []rules.Finding {
	scope := partOfScope(c)
	f := at(c, "%s is looked for as a part of the text: "+
		"a longer scope that has it inside passes too", scope)
	switch {
	case scope == "":
		return none()
	case others && !reads(c, "scope"):
		f.Message += ", unless scp is a list in this issuer's tokens"
		return one(less(f, rules.Note))
	}
	return one(f)
}

// partOfScope returns a text that lets a token past the check where a longer scope has it inside,
// and without which the same token is kept out; empty where there is none.
func partOfScope(c *rules.Check) string {
	if !inForce(c) || !ofClaims(c) || !reads(c, "scp", "scope") {
		return ""
	}
	e := alone(c)
	for _, tokens := range []issued.Tokens{
		usersOf(e.holders.StrangersElsewhere(false, false)), usersOf(e.holders.Own()),
	} {
		if e.havingScope(tokens, unrelated, reads(c, "roles")) != keptOut {
			continue
		}
		for _, literal := range issued.TextsOf(c) {
			if e.havingScope(tokens, "Other"+literal+"Other", reads(c, "roles")) == letIn {
				return literal
			}
		}
	}
	return ""
}

// havingScope is how far somebody gets with this in scp, or where another issuer writes it, in
// scope. Where roles matter too, they have one that nobody asks for: a gateway may fail on a token
// without any.
func (e *exposed) havingScope(tokens issued.Tokens, scope string, roles bool) exposure {
	got, _ := e.get(changed(tokens, func(t *issued.Token) []*issued.Token {
		t = t.Chose("scp", text(scope)).Chose("scope", text(scope))
		if roles {
			t = t.Chose("roles", list(unrelated))
		}
		return []*issued.Token{t}
	}))
	return got
}
