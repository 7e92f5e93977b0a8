package mulesoft

import (
	"iter"

	"github.com/gatewhy/gatewhy/rules"
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
}

// policies lists the vendor's policies with their places (mulesoft/terraform-provider-anypoint,
// known policies; MuleSoft documentation, included policies). Where nothing is published of what a
// policy does with headers of the request, its fields decide. The first ones are those whose
// checks are known.
func policies() iter.Seq[vendorPolicy] {
	return func(yield func(vendorPolicy) bool) {
		for _, row := range [...]vendorPolicy{
			{asset: jwtValidation},
			{asset: openIDConnect},
			{asset: openAM},
			{asset: pingFederate},
			{asset: externalOAuth2},
			{asset: tokenIntrospection},
			{asset: clientIDEnforcement},
			{asset: rateLimitingSLA, alias: "rate-limiting-sla"},

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
			{asset: "ip-allowlist", stands: isBlind},
			{asset: "ip-blocklist", stands: isBlind},
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
			{asset: "rate-limiting", stands: isBlind},
			{asset: "response-timeout", stands: isBlind},
			{asset: "schema-validation", stands: isBlind},
			{asset: "script-evaluation-transformation", stands: changesLater, effects: byScript},
			{asset: "semantic-prompt-guard-policy-openai", stands: isBlind},
			{asset: "semantic-routing-policy-huggingface", stands: isBlind},
			{asset: "spec-validation", stands: isBlind},
			{asset: "spike-control", stands: isBlind},
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

// policyNamed finds the row of a policy by any of its names.
func policyNamed(asset string) (vendorPolicy, bool) {
	asset = ownName(asset)
	for p := range policies() {
		if p.asset == asset {
			return p, true
		}
	}
	return vendorPolicy{}, false
}
