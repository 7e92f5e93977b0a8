package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

func audienceOfAnotherClaim() rules.Rule {
	return rules.Rule{
		Name:  "audience-of-another-claim",
		Title: "the audience is read from a claim that does not say for whom a token is",
		Why: "The first of oidc_audience_claims that a token has is compared with the client id " +
			"and the extra audiences, and aud is not looked at where another one comes first. " +
			"azp and appid say which client asked for a token, not for which API it is: a " +
			"token that the client has got for any other API is accepted.",
		Fix: "Leave oidc_audience_claims at aud, and add the API's audience to " +
			"oidc_extra_audiences.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docOptions, codeVerifier},
		Check: eachBearer(func(i instance) []rules.Finding {
			claims := i.get("oidc_audience_claims")
			for n, v := range claims.values {
				if v.Text != "aud" && !marked(v) && claims.set() {
					found := i.findingAt(v, claims, "a token with %s is accepted whatever its "+
						"aud says", v.Text)
					if n > 0 {
						found[0].Message = "a token without aud is accepted if its " + v.Text +
							" fits"
						return less(found, rules.Note)
					}
					return found
				}
			}
			return nil
		}),
	}
}
