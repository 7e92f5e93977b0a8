package lint

import (
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

func signatureNotVerified() rules.Rule {
	return rules.Rule{
		Name:  "signature-not-verified",
		Title: "the signature of tokens is not verified",
		Why: "Anyone can make up a token with any claims. If the signature is not checked, the " +
			"caller decides what every other check finds.",
		Fix: "Verify with the tenant's key set and the algorithm that Entra ID signs with, " +
			"RS256.",
		Severity: rules.Error,
		Lesser: "a warning if it is not known whether it is verified, a note if another policy " +
			"verifies the same token",
		References: []string{jwtPractices},
		Check:      eachCheckOf(checkVerifies),
	}
}

func checkVerifies(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	var f rules.Finding
	switch {
	case c.ID != rules.Signature:
		return nil
	case c.Skip != "":
		f = at(c, "no signature is verified: a token that the caller made up is accepted")
	case c.MaySkip != nil && c.Unknown == nil:
		f = less(at(c, "perhaps no signature is verified: %s", c.MaySkip.Why), rules.Warning)
	default:
		return nil
	}
	if other := verifiesInstead(s, p); other != nil {
		f = less(at(c, "no signature is verified here: another policy, %s, verifies the same "+
			"token, and it alone keeps out what a caller made up", other.Asset), rules.Note)
	}
	return one(f)
}

// verifiesInstead is another policy that every request to this one meets, and that verifies the
// same token; nil where there is none.
func verifiesInstead(s *rules.Subject, p *rules.Policy) *rules.Policy {
	if !p.ReadsAuthorization() {
		return nil
	}
	for _, other := range together(s, p) {
		if other != p && other.ReadsAuthorization() && issued.VerifiesAlways(other) {
			return other
		}
	}
	return nil
}
