package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func issuerOfOtherVersion() rules.Rule {
	return rules.Rule{
		Name:  "issuer-of-other-version",
		Title: "the issuer is that of the other token version",
		Why: "The app registration decides whether the API gets v1.0 or v2.0 tokens, and each " +
			"has an issuer of its own form. Every token is rejected.",
		Fix: "Require the issuer of the version that the registration has " +
			"(requestedAccessTokenVersion), with the client id claim and the audience that " +
			"belong to it.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{accessTokens, claimsRef},
		Check: func(s *rules.Subject) []rules.Finding {
			return withApp(s, func(app *entra.Registration, p *rules.Policy) []rules.Finding {
				c, issuers := issuersOf(s, p)
				version, known := app.TokenVersion()
				right := func(i entra.Issuer) bool { return i.Version == version }
				if len(issuers) == 0 || !known || slices.ContainsFunc(issuers, right) {
					return nil
				}
				return one(at(c, "this is the issuer of v%s tokens, and the app registration %s "+
					"gives its API v%s tokens", issuers[0].Version, app.Title(), version))
			})
		},
	}
}
