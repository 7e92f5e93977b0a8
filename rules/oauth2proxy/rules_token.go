package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

func bearerTokensIgnored() rules.Rule {
	return rules.Rule{
		Name:  "bearer-tokens-ignored",
		Title: "bearer tokens are not looked at",
		Why: "Without skip_jwt_bearer_tokens OAuth2 Proxy knows a caller by its own session " +
			"cookie alone. A program that sends an access token is sent to the sign-in page, " +
			"whatever the token says.",
		Fix:        "Switch skip_jwt_bearer_tokens on where programs are to call with a token.",
		Severity:   rules.Note,
		Since:      since,
		References: []string{docOptions},
		Check: eachInstance(func(i instance) []rules.Finding {
			bearer := i.get("skip_jwt_bearer_tokens")
			if !bearer.off() {
				return nil
			}
			return i.finding(bearer, "skip_jwt_bearer_tokens is off: a caller with an access "+
				"token is sent to the sign-in page")
		}),
	}
}

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

func allowedTenantsNotForBearer() rules.Rule {
	return rules.Rule{
		Name:  "allowed-tenants-not-for-bearer",
		Title: "the list of allowed tenants does not hold for bearer tokens",
		Why: "OAuth2 Proxy looks at entra_id_allowed_tenants when it validates a session of its " +
			"cookie, and not when it makes a session of a bearer token. Where the issuer is not " +
			"verified either, a token of any tenant gets in that has the audience.",
		Fix: "Verify the issuer: one tenant as oidc_issuer_url, others in extra_jwt_issuers as " +
			"https://login.microsoftonline.com/TENANT-ID/v2.0=AUDIENCE.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docEntra, program + "providers/ms_entra_id.go"},
		Check: eachBearer(func(i instance) []rules.Finding {
			tenants, skip := i.get("entra_id_allowed_tenants"),
				i.get("insecure_oidc_skip_issuer_verification")
			provider := i.get("provider")
			if !tenants.set() || provider.text() != "entra-id" || !skip.on() {
				return nil
			}
			return i.finding(tenants, "entra_id_allowed_tenants does not hold for bearer tokens, "+
				"and the issuer is not verified: tokens of every tenant get in")
		}),
	}
}

func extraIssuersShareAudiences() rules.Rule {
	return rules.Rule{
		Name:  "extra-issuers-share-audiences",
		Title: "extra issuers accept the extra audiences too",
		Why: "Each of extra_jwt_issuers is written with its own audience, but accepts all of " +
			"oidc_extra_audiences as well. An audience that was meant for the tenant's own " +
			"tokens is accepted from every extra issuer, and whoever controls that issuer can " +
			"write it.",
		Fix: "Leave oidc_extra_audiences empty, and write one issuer=audience pair for each " +
			"audience.",
		Severity:   rules.Note,
		Since:      since,
		References: []string{docOptions, codeIssuers},
		Check: eachBearer(func(i instance) []rules.Finding {
			extra, audiences := i.get("extra_jwt_issuers"), i.get("oidc_extra_audiences")
			if !extra.set() || len(extra.values) == 0 || len(audiences.values) == 0 {
				return nil
			}
			return i.finding(audiences, "the extra issuers accept oidc_extra_audiences too, "+
				"beside their own audience")
		}),
	}
}

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
