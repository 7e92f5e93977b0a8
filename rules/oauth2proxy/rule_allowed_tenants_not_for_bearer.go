package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

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
