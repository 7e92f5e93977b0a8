package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

// version is the version of the program whose source every rule here was read from, and that was
// run.
const version = "v7.15.6"

// The references that checks and answers rest on.
const (
	program      = "oauth2-proxy " + version + ", "
	codeSession  = program + "pkg/middleware/jwt_session.go"
	codeVerifier = program + "pkg/providers/oidc/verifier.go"
	codeIssuers  = program + "pkg/validation/options.go"
	codeEmail    = program + "validator.go"
	codeGroups   = program + "providers/provider_default.go"
	codeClaims   = program + "providers/provider_data.go"
	codeProxy    = program + "oauthproxy.go"
	codeUpstream = program + "pkg/upstream/http.go"
	codeOIDC     = "coreos/go-oidc v3.21.0, oidc/verify.go"
	codeSessions = program + "pkg/apis/middleware/session.go"
)

// The pages that rules refer to.
const (
	docOptions  = "oauth2-proxy.github.io/oauth2-proxy/configuration/overview"
	docEntra    = "oauth2-proxy.github.io/oauth2-proxy/configuration/providers/ms_entra_id"
	issueEmail  = "github.com/oauth2-proxy/oauth2-proxy/issues/1270"
	issueIssuer = "github.com/oauth2-proxy/oauth2-proxy/issues/2719"
	issueAccess = "github.com/oauth2-proxy/oauth2-proxy/issues/1350"
)

// observed is for what the program did when we ran it, and where its source says so. What it
// answered then is recorded: see testdata/oracles/oauth2-proxy.
func observed(reference string) rules.Evidence {
	const ran = ", run on " + checkedOn
	return rules.Evidence{Level: rules.Observed, Reference: reference + ran}
}

// notRun are the options with which the program was not run: what they do was read in its source.
func notRun() []string {
	return []string{
		"allowed_roles", "authenticated_emails_file", "oidc_public_key_files", "trusted_ips",
		"gitlab_projects", "keycloak_groups",
	}
}
