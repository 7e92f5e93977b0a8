package lint

import "github.com/gatewhy/gatewhy/rules"

func expiryNotMandatory() rules.Rule {
	return rules.Rule{
		Name:  "expiry-not-mandatory",
		Title: "a token without an expiry is accepted",
		Why: "An expiry is checked if the token has one, but a token without exp is valid " +
			"forever.",
		Fix:        "Make exp mandatory.",
		Severity:   rules.Warning,
		References: []string{jwtStandard},
		Check:      eachCheck(checkExpiry, verifies),
	}
}

func checkExpiry(c *rules.Check) []rules.Finding {
	if c.ID != rules.Expiry || !inForce(c) || c.Test.Op != rules.Or {
		return nil
	}
	return one(at(c, "a token without exp is accepted, and never expires"))
}
