package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
)

func audienceOptional() rules.Rule {
	return rules.Rule{
		Name:  "audience-optional",
		Title: "a token without an audience is accepted",
		Why: "Every access token of Entra ID has aud. A policy that accepts tokens without it " +
			"relies on that alone.",
		Fix:        "Make the audience mandatory.",
		Severity:   rules.Warning,
		References: []string{jwtPractices},
		Check:      eachCheckOf(checkAudienceAbsent),
	}
}

func checkAudienceAbsent(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	if c.ID != rules.Audience || !inForce(c) || !passesAbsent(c.Test) ||
		demandsClaim(s, p, "aud") {
		return nil
	}
	return one(atPlace(c, c.Optional, "the audience is checked only where the token has one"))
}

// passesAbsent reports whether one of the alternatives of a test is that a claim is absent.
func passesAbsent(test rules.Predicate) bool {
	return test.Op == rules.Or && slices.ContainsFunc(test.Of, func(part rules.Predicate) bool {
		return part.Op == rules.Not && part.Of[0].Op == rules.Present
	})
}
