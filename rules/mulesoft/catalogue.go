package mulesoft

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// The vendor's policies that are modelled, by asset id.
const (
	jwtValidation       = "jwt-validation"
	openIDConnect       = "openidconnect-access-token-enforcement"
	openAM              = "openam-access-token-enforcement"
	pingFederate        = "pingfederate-access-token-enforcement"
	externalOAuth2      = "external-oauth2-access-token-enforcement"
	tokenIntrospection  = "oauth2-token-introspection"
	clientIDEnforcement = "client-id-enforcement"
	rateLimitingSLA     = "rate-limiting-sla"
)

// kind is a policy kind that is modelled.
type kind struct {
	asset   string
	name    string // in the console
	compile func(*compiler) []*rules.Check
}

// kinds lists the policy kinds that are modelled.
func kinds() []kind {
	oidc := introspecting(oidcFields, articleModel)
	external := introspecting(externalFields, unpublished)
	introspection := introspecting(introspectionFields, unpublished)
	return []kind{
		{jwtValidation, "JWT Validation", (*compiler).jwtValidation},
		{openIDConnect, "OpenID Connect access token enforcement", oidc},
		{openAM, "OpenAM access token enforcement", oidc},
		{pingFederate, "PingFederate access token enforcement", oidc},
		{
			externalOAuth2, "OAuth 2.0 access token enforcement using Mule OAuth provider",
			external,
		},
		{tokenIntrospection, "OAuth 2.0 token introspection", introspection},
		{clientIDEnforcement, "Client ID Enforcement", (*compiler).clientCredentials},
		{rateLimitingSLA, "Rate Limiting: SLA-based", (*compiler).clientCredentials},
	}
}

// assets lists the policy kinds that are modelled.
func assets() []string {
	var all []string
	for _, k := range kinds() {
		all = append(all, k.asset)
	}
	return all
}

// kindNamed finds the kind of an asset. The vendor has further names for the policies of OpenAM
// and PingFederate, with the same beginning.
func kindNamed(asset string) (kind, bool) {
	for _, k := range kinds() {
		if k.asset == asset {
			return k, true
		}
	}
	for _, prefix := range []string{"openam-", "pingfederate-"} {
		if strings.HasPrefix(asset, prefix) {
			return kindNamed(prefix + "access-token-enforcement")
		}
	}
	return kind{}, false
}

// policyName is the console's name for a policy kind; its id where it is not modelled.
func policyName(asset string) string {
	if k, ok := kindNamed(asset); ok {
		return k.name
	}
	return asset
}

// withoutCredentials lists the vendor's policies that surely do not look at a request's
// credentials.
func withoutCredentials() []string {
	return []string{
		"rate-limiting", "spike-control", "message-logging", "cors",
		"header-injection", "header-removal", "http-caching", "ip-allowlist", "ip-blocklist",
		"json-threat-protection", "xml-threat-protection", "detokenization", "tokenization",
		"schema-validation", "tracing", "health-check", "traffic-management-timeout",
		"upstream-idle-timeout", "stream-idle-timeout", "response-timeout", "custom-response",
		"injection-protection", "agent-connection-telemetry", "idle-timeout",
	}
}

// known reports whether an asset id is one of the vendor's, modelled or not.
func known(asset string) bool {
	_, ok := kindNamed(asset)
	return ok || slices.Contains(withoutCredentials(), asset)
}
