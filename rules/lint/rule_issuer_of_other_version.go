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
		Locks:      true,
		References: []string{accessTokens, claimsRef},
		Check: withApp(func(s *rules.Subject, p *rules.Policy) []rules.Finding {
			known := factsOf(s, p)
			version, registered := s.App.TokenVersion()
			right := func(i entra.Issuer) bool { return i.Version == version }
			if len(known.issuers) == 0 || !registered ||
				slices.ContainsFunc(known.issuers, right) {
				return nil
			}
			return one(at(known.pins, "this is the issuer of v%s tokens, and the app "+
				"registration %s gives its API v%s tokens",
				known.issuers[0].Version, s.App.Title(), version))
		}),
	}
}
