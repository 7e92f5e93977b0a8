package lint

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

const scopeLocksOut = "scope-locks-out-daemons"

func scopeLocksOutDaemons() rules.Rule {
	return rules.Rule{
		Name:  scopeLocksOut,
		Title: "a scope is required, but app-only tokens never have one",
		Why: "A client that works without a user (client credentials) gets a token with roles " +
			"and without scp: a required scope locks it out.",
		Fix: "If daemons are to get in, require an app role for them, or either of the " +
			"two.",
		Severity:   rules.Note,
		References: []string{claimsRef, daemonFlow},
		Check:      eachCheckOf(checkDaemons),
	}
}

// checkDaemons leaves out another issuer's tokens: its clients have scopes, with a user and
// without.
func checkDaemons(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	if !inForce(c) || !mayBeEntra(s, p) || !locksOutDaemons(s, c) {
		return nil
	}
	return one(at(c, "a scope is required: clients without a user (client credentials) have "+
		"none and are locked out"))
}

// locksOutDaemons reports whether a check lets nobody past without a scope.
func locksOutDaemons(s *rules.Subject, c *rules.Check) bool {
	if c.ID == rules.Scopes {
		return true
	}
	if !ofClaims(c) || !reads(c, "scp", "scope") {
		return false
	}
	e := alone(s, c)
	without, _ := e.get(daemonsOf(e.holders.Own()))
	with, _ := e.get(inAnyForm(usersOf(e.holders.Own()), c))
	return without == keptOut && with != keptOut
}

// inAnyForm adds to users' tokens those with scopes in a list, which Entra ID never writes and a
// policy may still be written for.
func inAnyForm(tokens issued.Tokens, c *rules.Check) issued.Tokens {
	return changed(tokens, func(t *issued.Token) []*issued.Token {
		return []*issued.Token{t, t.Chose("scp", source.NewList(issued.TextsOf(c)...))}
	})
}
