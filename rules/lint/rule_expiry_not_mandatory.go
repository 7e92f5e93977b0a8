package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
)

func expiryNotMandatory() rules.Rule {
	return rules.Rule{
		Name:  "expiry-not-mandatory",
		Title: "a token without an expiry is accepted",
		Why: "An expiry is checked if the token has one, but a token without exp is valid " +
			"forever.",
		Fix:        "Make exp mandatory.",
		Severity:   rules.Warning,
		References: []string{jwtStandard},
		Check:      eachCheckOf(checkExpiry),
	}
}

func checkExpiry(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	if c.ID != rules.Expiry || !inForce(c) || c.Test.Op != rules.Or ||
		find(p, rules.Signature) == nil || demandsClaim(s, p, "exp") {
		return nil
	}
	return one(at(c, "a token without exp is accepted, and never expires"))
}

// demandsClaim reports whether a request to a policy surely meets a check, of that policy or of
// another one, that wants a claim of the token to be there.
func demandsClaim(s *rules.Subject, p *rules.Policy, claim string) bool {
	isThere := func(part rules.Predicate) bool {
		return part.Op == rules.Present && part.Input.IsClaim(claim)
	}
	wants := func(c *rules.Check) bool {
		return inForce(c) && slices.ContainsFunc(c.Test.Conjuncts(), isThere)
	}
	free := func(way []*rules.Check) bool { return !slices.ContainsFunc(way, wants) }
	return slices.ContainsFunc(together(s, p), func(other *rules.Policy) bool {
		ways, known := other.Root.Ways()
		return known && !slices.ContainsFunc(ways, free) &&
			(other == p || p.ReadsAuthorization() && other.ReadsAuthorization())
	})
}
