package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

func providerVerifiesNoToken() rules.Rule {
	return rules.Rule{
		Name:  "provider-verifies-no-token",
		Title: "the provider verifies no bearer tokens",
		Why: "The providers google (the default), github, keycloak, linkedin and some others " +
			"have no verifier of their own: only extra_jwt_issuers count then, and without them " +
			"no bearer token is accepted.",
		Fix: "Use the provider oidc or entra-id with the issuer of the tokens, or name that in " +
			"extra_jwt_issuers.",
		Severity:   rules.Error,
		Lesser:     "a note if extra_jwt_issuers names issuers",
		Since:      since,
		References: []string{docOptions, docEntra},
		Check: eachBearer(func(i instance) []rules.Finding {
			provider, extra := i.get("provider"), i.get("extra_jwt_issuers")
			switch {
			case provider.unknown != nil || !withoutVerifier(provider.text()):
				return nil
			case len(extra.values) > 0 || extra.unknown != nil:
				return less(i.finding(provider, "the provider %s verifies no tokens: those of "+
					"extra_jwt_issuers alone are accepted", provider.text()), rules.Note)
			}
			return i.finding(provider, "%s", i.noVerifier())
		}),
	}
}
