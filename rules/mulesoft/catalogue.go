package mulesoft

import (
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
	rateLimitingSLA     = "rate-limiting-sla-based"
)

// kind is a policy kind that is modelled.
type kind struct {
	asset   string
	name    string // in the console
	compile func(*compiler) []*rules.Check
}

// kinds lists the policy kinds that are modelled.
func kinds() []kind {
	oidc := func(c *compiler) []*rules.Check {
		return c.introspecting(oidcFields(), articleModel())
	}
	external := func(c *compiler) []*rules.Check {
		return c.introspecting(externalFields(), unpublished())
	}
	introspection := func(c *compiler) []*rules.Check {
		return c.introspecting(introspectionFields(), unpublished())
	}
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

// kindNamed finds the kind of an asset, by any of the vendor's names for it.
func kindNamed(asset string) (kind, bool) {
	asset = ownName(asset)
	for _, k := range kinds() {
		if k.asset == asset {
			return k, true
		}
	}
	return kind{}, false
}

// ownName is the asset id in the table of policies for any of the vendor's names of a policy. The
// policies of OpenAM and PingFederate have more, with the same beginning.
func ownName(asset string) string {
	for p := range policies() {
		if p.alias != "" && p.alias == asset {
			return p.asset
		}
	}
	for _, prefix := range []string{"openam-", "pingfederate-"} {
		if strings.HasPrefix(asset, prefix) {
			return prefix + "access-token-enforcement"
		}
	}
	return asset
}

// policyName is the console's name for a policy kind; its id where it is not modelled.
func policyName(asset string) string {
	if k, ok := kindNamed(asset); ok {
		return k.name
	}
	return asset
}

// known reports whether an asset id is one of the vendor's, modelled or not.
func known(asset string) bool {
	_, ok := policyNamed(asset)
	return ok
}
