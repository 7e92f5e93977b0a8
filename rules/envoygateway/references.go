package envoygateway

import "github.com/gatewhy/gatewhy/rules"

// checkedOn is the day on which all references were last checked.
const checkedOn = "2026-11-28"

// The sources that checks and answers rest on.
const (
	code          = "github.com/envoyproxy/gateway v1.9.1, "
	codeJWT       = code + "internal/xds/translator/jwt.go"
	codeRules     = code + "internal/xds/translator/authorization.go"
	codeCEL       = code + "internal/xds/translator/authorization.go, and Envoy's own evaluator.cc"
	codePolicy    = code + "internal/gatewayapi/securitypolicy.go"
	codeTypes     = code + "api/v1alpha1/securitypolicy_types.go"
	codeRegex     = code + "internal/utils/regex/regex.go"
	notesScp      = "Envoy Gateway release notes, v1.7.0"
	notesMerge    = "Envoy Gateway release notes, v1.8.0"
	notesFailOpen = "Envoy Gateway release notes, v1.9.0"
	notesClosed   = "Envoy Gateway release notes, v1.2.0"
	codeFilters   = code + "internal/xds/translator/httpfilters.go"
	codeOverride  = code + "internal/xds/translator/custom_response.go"
	docAttributes = "envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes"
	docAPI        = "gateway.envoyproxy.io/docs/api/extension_types"
	docJWT        = "gateway.envoyproxy.io/docs/tasks/security/jwt-authentication"
	docClaims     = "gateway.envoyproxy.io/docs/tasks/security/jwt-claim-authorization"
	docAttach     = "gateway.envoyproxy.io/docs/concepts/gateway_api_extensions/security-policy"
	issueDefaults = "github.com/envoyproxy/gateway/issues/5851"
	issueClients  = "github.com/envoyproxy/gateway/issues/7633"
	issueNoRoute  = "github.com/envoyproxy/gateway/issues/4678"
	issueBasic    = "github.com/envoyproxy/gateway/issues/8491"
	issueDropped  = "github.com/envoyproxy/gateway/issues/8781"
	issueMerged   = "github.com/envoyproxy/gateway/issues/9722"
	issueDots     = "github.com/envoyproxy/gateway/issues/9964"
)

// translation is what Envoy Gateway makes of policies. It was seen to run, and Envoy was not: what
// Envoy does with it, its documentation says.
const translation = "what egctl gives to Envoy, github.com/envoyproxy/gateway " + recordedVersion +
	", run on " + recordedOn

// The version of Envoy Gateway that was recorded, and when.
const (
	recordedVersion = "v1.9.1"
	recordedOn      = "2026-11-30"
)

// observed is for what Envoy Gateway was seen to make of a policy.
func observed() rules.Evidence {
	return rules.Evidence{Level: rules.Observed, Reference: translation}
}

func documented(reference string) rules.Evidence {
	return rules.Evidence{Level: rules.Documented, Reference: reference}
}

// inferred is for what we have read in the source, and have not seen run.
func inferred(reference string) rules.Evidence {
	return rules.Evidence{Level: rules.Inferred, Reference: reference}
}
