package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

// advice lists what this program's options are for the rules that hold for every gateway.
func advice() []rules.Advice {
	return []rules.Advice{
		{
			Rule: "issuer-not-pinned",
			Fix: "OAuth2 Proxy compares the issuer unless " +
				"insecure_oidc_skip_issuer_verification is on.",
			References: []string{docEntra},
		},
		{
			Rule: "issuer-of-other-version",
			Fix: "In OAuth2 Proxy the issuer is oidc_issuer_url; extra_jwt_issuers takes both " +
				"versions beside each other.",
			References: []string{issueIssuer},
		},
		{
			Rule: "audience-of-microsoft-api",
			Fix:  "In OAuth2 Proxy the audiences are client_id and oidc_extra_audiences.",
		},
		{
			Rule: "audience-not-of-app",
			Fix: "In OAuth2 Proxy the client id is an audience too, that of ID tokens: an " +
				"access token for the API has the API's, which belongs into oidc_extra_audiences.",
			References: []string{issueAccess},
		},
		{
			Rule: "any-client-accepted",
			Fix: "OAuth2 Proxy does not look at azp or appid: restrict callers by app roles, " +
				"with oidc_groups_claim set to roles and the roles in allowed_groups.",
			References: []string{docOptions},
		},
	}
}
