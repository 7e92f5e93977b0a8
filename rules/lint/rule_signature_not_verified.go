package lint

import "github.com/gatewhy/gatewhy/rules"

func signatureNotVerified() rules.Rule {
	return rules.Rule{
		Name:  "signature-not-verified",
		Title: "the signature of tokens is not verified",
		Why: "Anyone can make up a token with any claims. If the signature is not checked, the " +
			"caller decides what every other check finds.",
		Fix: "Verify with the tenant's key set and the algorithm that Entra ID signs with, " +
			"RS256.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{jwtPractices},
		Check: eachCheck(func(c *rules.Check) []rules.Finding {
			switch {
			case c.ID != rules.Signature:
				return nil
			case c.Skip != "":
				return one(at(c, "no signature is verified: a token that the caller made up "+
					"is accepted"))
			case c.MaySkip != nil && c.Unknown == nil:
				return one(less(at(c, "perhaps no signature is verified: %s",
					c.MaySkip.Why), rules.Warning))
			}
			return nil
		}),
	}
}
