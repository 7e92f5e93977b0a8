package oauth2proxy

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func bearerTokensIgnored() rules.Rule {
	return rules.Rule{
		Name:  "bearer-tokens-ignored",
		Title: "bearer tokens are not looked at",
		Why: "Without skip_jwt_bearer_tokens OAuth2 Proxy knows a caller by its own session " +
			"cookie alone. A program that sends an access token is sent to the sign-in page, " +
			"whatever the token says.",
		Fix:        "Switch skip_jwt_bearer_tokens on where programs are to call with a token.",
		Severity:   rules.Note,
		References: []string{docOptions},
		Check: eachInstance(func(i instance) {
			if bearer := i.get("skip_jwt_bearer_tokens"); bearer.off() {
				i.about(bearer, "skip_jwt_bearer_tokens is off: a caller with an access token is "+
					"sent to the sign-in page")
			}
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
		References: []string{docOptions, docEntra},
		Check: eachBearer(func(i instance) {
			provider := i.get("provider")
			switch {
			case i.providerVerifies():
			case i.get("extra_jwt_issuers").none():
				i.about(provider, "%s", i.noVerifier())
			default:
				i.about(provider, "the provider %s verifies no tokens: those of "+
					"extra_jwt_issuers alone are accepted", provider.text(),
				).Severity = rules.Note
			}
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
		References: []string{docEntra, program + "providers/ms_entra_id.go"},
		Check: eachBearer(func(i instance) {
			tenants := i.get("entra_id_allowed_tenants")
			if tenants.set() && i.get("provider").text() == "entra-id" &&
				i.get("insecure_oidc_skip_issuer_verification").on() {
				i.about(tenants, "entra_id_allowed_tenants does not hold for bearer tokens, and "+
					"the issuer is not verified: tokens of every tenant get in")
			}
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
		References: []string{docOptions, codeIssuers},
		Check: eachBearer(func(i instance) {
			extra, audiences := i.get("extra_jwt_issuers"), i.get("oidc_extra_audiences")
			if extra.set() && len(extra.values) > 0 && len(audiences.values) > 0 {
				i.about(audiences, "the extra issuers accept oidc_extra_audiences too, beside "+
					"their own audience")
			}
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
			"token that the client has got for any other API is accepted, and one that another " +
			"client has got for this API is rejected.",
		Fix: "Leave oidc_audience_claims at aud, and add the API's audience to " +
			"oidc_extra_audiences.",
		Severity:   rules.Warning,
		References: []string{docOptions, codeVerifier},
		Check: eachBearer(func(i instance) {
			claims := i.get("oidc_audience_claims")
			n := slices.IndexFunc(claims.values, func(v *source.Value) bool {
				return v.Text != "aud" && !marked(v)
			})
			if n < 0 || !claims.set() {
				return
			}
			v := claims.values[n]
			if n == 0 {
				i.found.At(shown(v), claims.name, "a token with %s is accepted if that is the "+
					"client id or an extra audience, whatever aud says, and rejected if it is "+
					"not", v.Text)
				return
			}
			i.found.At(shown(v), claims.name, "a token without aud is accepted if its %s fits",
				v.Text).Severity = rules.Note
		}),
	}
}

func discoveryIssuerDiffers() rules.Rule {
	return rules.Rule{
		Name:  "discovery-issuer-differs",
		Title: "an issuer is not the one that its discovery document names",
		Why: "OAuth2 Proxy compares the issuer with the one that the discovery document names, " +
			"character by character, and does not start where they differ. Of an extra issuer " +
			"it then looks for keys at .well-known/jwks.json, where Entra ID has none. Entra " +
			"ID's documents name the tenant by its id, v2.0 without a slash at the end, and " +
			"v1.0 at sts.windows.net with one; of common and organizations they name no tenant.",
		Fix: "Write the issuer as the tokens have it: https://login.microsoftonline.com/" +
			"TENANT-ID/v2.0, or https://sts.windows.net/TENANT-ID/ for v1.0 tokens.",
		Severity:   rules.Error,
		References: []string{docEntra, issueIssuer},
		Check:      eachBearer(hasOtherIssuers),
	}
}

func hasOtherIssuers(i instance) {
	if issuer := i.get("oidc_issuer_url"); i.differsInDiscovery() {
		i.about(issuer, "the discovery document of %s names another issuer, and OAuth2 Proxy "+
			"does not start", issuer.text())
	}
	extra := i.get("extra_jwt_issuers")
	for _, item := range extra.values {
		if name, _, _ := strings.Cut(item.Text, "="); !marked(item) && differs(name) {
			i.found.At(shown(item), extra.name, "the discovery document of %s names another "+
				"issuer, and OAuth2 Proxy finds no keys for it", name)
		}
	}
}

// differs reports whether an address at Entra ID is not an issuer as its documents write it.
func differs(issuer string) bool {
	u, err := url.Parse(issuer)
	if err != nil || !entra.IsEntraHost(u.Host) {
		return false
	}
	read, ok := entra.ParseIssuer(issuer)
	if !ok {
		return true
	}
	if _, shared := entra.CloudOf(u.Host); read.Kind != entra.Workforce && !shared ||
		read.Policy != "" {
		return false // a tenant's own host, of which other rules hold
	}
	for _, id := range read.Clouds {
		cloud, _ := entra.CloudByID(id)
		if entra.IsGUID(read.Tenant) &&
			issuer == entra.IssuerURL(cloud, read.Tenant, read.Version) {
			return false
		}
	}
	return true
}
