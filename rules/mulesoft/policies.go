package mulesoft

import (
	"iter"
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

// The vendor's policies that refuse requests whatever token they carry.
const (
	ipAllowlist  = "ip-allowlist"
	ipBlocklist  = "ip-blocklist"
	rateLimiting = "rate-limiting"
	spikeControl = "spike-control"
)

// standing is what a policy has to do with a request's credentials.
type standing uint8

const (
	isModelled   standing = iota
	isBlind               // it does not look at them
	changesLater          // it changes what later policies read of the request, and rejects nobody
	decides               // it decides on the caller, or may answer itself, and is not modelled
	isOutbound            // it runs on the call of the upstream, and never sees the caller
)

// vendorPolicy is one of the vendor's policies.
type vendorPolicy struct {
	asset  string
	stands standing
	alias  string // another name for it in files; empty for none

	// effects are what it does to headers of a request; nil for nothing.
	effects func(*compiler) []rules.Effect

	// Of a policy that is modelled: its name in the console, its fields, and its checks.
	name    string
	fields  func() []field
	compile func(*compiler) []*rules.Check
}

// policies lists the vendor's policies with their places (mulesoft/terraform-provider-anypoint,
// known policies; MuleSoft documentation, included policies). Where nothing is published of what a
// policy does with headers of the request, its fields decide. The first ones are those whose
// checks are known.
func policies() iter.Seq[vendorPolicy] {
	return func(yield func(vendorPolicy) bool) {
		for _, row := range [...]vendorPolicy{
			{
				asset:  jwtValidation,
				name:   "JWT Validation",
				fields: jwtFields, compile: (*compiler).jwtValidation, effects: forwarded,
			},
			{
				asset:  openIDConnect,
				name:   "OpenID Connect access token enforcement",
				fields: oidcFields, compile: (*compiler).introspecting,
			},
			{
				asset:  openAM,
				name:   "OpenAM access token enforcement",
				fields: oidcFields, compile: (*compiler).introspecting,
			},
			{
				asset:  pingFederate,
				name:   "PingFederate access token enforcement",
				fields: oidcFields, compile: (*compiler).introspecting,
			},
			{
				asset:  externalOAuth2,
				name:   "OAuth 2.0 access token enforcement using Mule OAuth provider",
				fields: externalFields, compile: (*compiler).introspecting,
			},
			{
				asset:  tokenIntrospection,
				name:   "OAuth 2.0 token introspection",
				fields: introspectionFields, compile: (*compiler).introspecting,
			},
			{
				asset:  clientIDEnforcement,
				name:   "Client ID Enforcement",
				fields: credentialFields, compile: (*compiler).clientCredentials,
			},
			{
				asset: rateLimitingSLA, alias: "rate-limiting-sla",
				name:   "Rate Limiting: SLA-based",
				fields: credentialFields, compile: (*compiler).clientCredentials,
			},

			{asset: "a2a-agent-card", stands: isBlind, alias: "a-two-a-agent-card"},
			{asset: "a2a-pii-detector", stands: isBlind, alias: "a-two-a-pii-detector"},
			{asset: "a2a-prompt-decorator", stands: isBlind, alias: "a-two-a-prompt-decorator"},
			{asset: "a2a-schema-validation", stands: isBlind, alias: "a-two-a-schema-validation"},
			{asset: "a2a-token-rate-limit", stands: isBlind, alias: "a-two-a-token-rate-limit"},
			{asset: "access-block", stands: decides},
			{asset: "agent-connection-telemetry", stands: isBlind},
			{asset: "bedrock-llm-provider-policy", stands: isOutbound},
			{asset: "body-transformation", stands: changesLater, effects: byScript},
			{asset: "circuit-breaker", stands: isOutbound},
			{asset: corsPolicy, stands: isBlind},
			{asset: "credential-injection-basic-auth", stands: isOutbound},
			{asset: "credential-injection-oauth2", stands: isOutbound},
			{asset: "credential-injection-oauth2-obo", stands: isOutbound},
			{asset: "custom-response", stands: isBlind},
			{asset: "dataweave-body-transformation", stands: changesLater}, // the body alone
			{asset: "dataweave-headers-transformation", stands: changesLater, effects: byScript},
			{asset: "dataweave-request-filter", stands: decides},
			{asset: "detokenization", stands: isBlind},
			{asset: "gemini-llm-provider-policy", stands: isOutbound},
			{asset: "gemini-transcoding-policy", stands: isOutbound},
			{asset: "header-injection", stands: changesLater, effects: injected},
			{asset: "header-removal", stands: changesLater, effects: removed},
			{asset: "header-transformation", stands: changesLater, effects: byScript},
			{asset: "health-check", stands: isBlind},
			{asset: "http-basic-authentication", stands: decides, alias: "basic-auth"},
			{asset: "http-caching", stands: isBlind},
			{asset: "idle-timeout", stands: isOutbound},
			{asset: "injection-protection", stands: isBlind},
			{asset: "intask-authentication-policy", stands: decides},
			{asset: "intask-authorization-code-policy", stands: decides},
			{asset: ipAllowlist, stands: isBlind},
			{asset: ipBlocklist, stands: isBlind},
			{asset: "json-threat-protection", stands: isBlind},
			{asset: "ldap-authentication", stands: decides},
			{asset: "llm-gw-core-policy", stands: changesLater, effects: unpublishedEffects},
			{asset: "llm-proxy-core", stands: decides, effects: unpublishedEffects},
			{asset: "llm-proxy-core-policy", stands: changesLater, effects: unpublishedEffects},
			{asset: "mcp-access-control", stands: decides},
			{asset: "mcp-global-access-policy", stands: decides},
			{asset: "mcp-pii-detector", stands: isBlind},
			{asset: "mcp-schema-validation", stands: isBlind},
			{asset: "mcp-support", stands: isBlind},
			{asset: "mcp-tool-mapping", stands: changesLater}, // the body alone
			{asset: "mcp-transcoding-router", stands: changesLater, effects: unpublishedEffects},
			{asset: "message-logging", stands: isBlind},
			{asset: "message-logging-outbound", stands: isOutbound},
			{asset: "model-based-routing", stands: isBlind},
			{asset: "native-aws-lambda", stands: isOutbound},
			{asset: "native-ext-authz", stands: decides, effects: unpublishedEffects},
			{asset: "native-ext-proc", stands: decides, effects: unpublishedEffects},
			{asset: "oauth2-access-token-enforcement", stands: decides},
			{asset: "openai-transcoding-policy", stands: isOutbound},
			{asset: rateLimiting, stands: isBlind},
			{asset: "response-timeout", stands: isBlind},
			{asset: "schema-validation", stands: isBlind},
			{asset: "script-evaluation-transformation", stands: changesLater, effects: byScript},
			{asset: "semantic-prompt-guard-policy-openai", stands: isBlind},
			{asset: "semantic-routing-policy-huggingface", stands: isBlind},
			{asset: "spec-validation", stands: isBlind},
			{asset: spikeControl, stands: isBlind},
			{asset: "sse-logging", stands: isBlind},
			{asset: "stream-idle-timeout", stands: isBlind},
			{asset: "tokenization", stands: isBlind},
			{asset: "tracing", stands: isBlind},
			{asset: "traffic-management-timeout", stands: isBlind},
			{asset: "upstream-idle-timeout", stands: isOutbound},
			{asset: "xml-threat-protection", stands: isBlind},
		} {
			if !yield(row) {
				return
			}
		}
	}
}

// policyNamed finds the row of a policy by any of the vendor's names of it. The policies of OpenAM
// and PingFederate have more, with the same beginning.
func policyNamed(asset string) (vendorPolicy, bool) {
	if asset == "" {
		return vendorPolicy{}, false
	}
	for p := range policies() {
		if asset == p.asset || asset == p.alias {
			return p, true
		}
	}
	for _, own := range []string{openAM, pingFederate} {
		vendor, _, _ := strings.Cut(own, "-")
		if asset != own && strings.HasPrefix(asset, vendor+"-") {
			return policyNamed(own)
		}
	}
	return vendorPolicy{}, false
}

// ownName is the asset id in the table of policies for any of the vendor's names of a policy.
func ownName(asset string) string {
	if p, ok := policyNamed(asset); ok {
		return p.asset
	}
	return asset
}

// modelled finds a policy whose checks are known, by any of its names.
func modelled(asset string) (vendorPolicy, bool) {
	p, ok := policyNamed(asset)
	return p, ok && p.stands == isModelled
}

// assets lists the policy kinds that are modelled.
func assets() []string {
	var all []string
	for p := range policies() {
		if p.stands == isModelled {
			all = append(all, p.asset)
		}
	}
	return all
}

// fieldsOf describes the fields of a policy kind that is modelled; nil for any other.
func fieldsOf(asset string) []field {
	if p, ok := modelled(asset); ok && p.asset == asset {
		return p.fields()
	}
	return nil
}

// policyName is the console's name for a policy kind; its id where it is not modelled.
func policyName(asset string) string {
	if p, ok := modelled(asset); ok {
		return p.name
	}
	return asset
}

// known reports whether an asset id is one of the vendor's, modelled or not.
func known(asset string) bool {
	_, ok := policyNamed(asset)
	return ok
}
