package lint

import (
	"slices"
	"strings"
	"unicode"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

func substringMatchOnScopes() rules.Rule {
	return rules.Rule{
		Name:  "substring-match-on-scopes",
		Title: "a scope is matched as a substring",
		Why: "scp is one text of words: \"contains 'Orders.Read'\" is true for Orders.ReadWrite " +
			"and NotOrders.Read too.",
		Fix:      "Split it into words first.",
		Severity: rules.Warning,
		Lesser: "a note if the tokens are another issuer's and the claim is scp, which may be a " +
			"list there",
		References: []string{claimsRef},
		Check:      eachCheckOf(checkScopePart),
	}
}

// checkScopePart gives a note for scp in the tokens of another issuer, because Okta's is a list.
// The standard (RFC 9068) makes scope a text of words.
func checkScopePart(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	scope := partOfScope(s, c)
	if scope == "" {
		return nil
	}
	f := at(c, "%s is matched as a substring: a longer scope that contains it passes too", scope)
	if !mayBeEntra(s, p) && !reads(c, "scope") {
		f.Message += ", unless scp is a list in this issuer's tokens"
		return one(less(f, rules.Note))
	}
	return one(f)
}

// partOfScope returns a text that the check finds inside a longer scope: a token with that scope
// gets past, and without it the token is kept out. It is empty where there is no such text.
func partOfScope(s *rules.Subject, c *rules.Check) string {
	if !inForce(c) || !ofClaims(c) || !reads(c, "scp", "scope") || comparesWords(c) {
		return ""
	}
	e := alone(s, c)
	for _, tokens := range []issued.Tokens{
		usersOf(e.holders.StrangersElsewhere(false, false)), usersOf(e.holders.Own()),
	} {
		if e.havingScope(tokens, unrelated, reads(c, "roles")) != keptOut {
			continue
		}
		for _, literal := range issued.TextsOf(c) {
			if strings.HasPrefix(literal, " ") && strings.HasSuffix(literal, " ") {
				continue // it is found as a whole word only
			}
			if e.havingScope(tokens, "Other"+literal+"Other", reads(c, "roles")) == letIn {
				return literal
			}
		}
	}
	return ""
}

// comparesWords reports whether a check only asks whether whole words are there, none of them with
// a blank in it: a longer word is another word.
func comparesWords(c *rules.Check) bool {
	whole := true
	c.Test.EachLeaf(func(leaf *rules.Predicate) {
		switch leaf.Op {
		case rules.Present, rules.Equals, rules.OneOf, rules.HasAll, rules.HasAny:
			whole = whole && leaf.Texts == nil && leaf.Input.Opaque == nil &&
				!slices.ContainsFunc(leaf.Values, hasBlank)
		default:
			whole = false
		}
	})
	return whole
}

func hasBlank(v *source.Value) bool {
	return v.Kind != source.String || strings.ContainsFunc(v.Text, unicode.IsSpace)
}

// havingScope is how far somebody gets with this scope in scp and in scope, where other issuers
// write it. Where the check reads roles too, the token has a role that nobody asks for, because a
// gateway may fail on a token without roles.
func (e *exposed) havingScope(tokens issued.Tokens, scope string, roles bool) exposure {
	got, _ := e.get(changed(tokens, func(t *issued.Token) []*issued.Token {
		t = t.Chose("scp", source.NewString(scope)).Chose("scope", source.NewString(scope))
		if roles {
			t = t.Chose("roles", source.NewList(unrelated))
		}
		return []*issued.Token{t}
	}))
	return got
}
