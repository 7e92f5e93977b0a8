package istio

import "github.com/gatewhy/gatewhy/rules"

// checkedOn is the day on which all references were last checked.
const checkedOn = "2026-11-28"

// The sources that checks and answers rest on.
const (
	code          = "istio.io/istio, commit eed52ebb66ad, "
	codeApplier   = code + "pilot/pkg/security/authn/policy_applier.go"
	codeBuilder   = code + "pilot/pkg/security/authz/builder/builder.go"
	codeListener  = code + "pilot/pkg/networking/core/listener_builder.go"
	codeModel     = code + "pilot/pkg/security/authz/model/model.go"
	codeGenerate  = code + "pilot/pkg/security/authz/model/generator.go"
	codeValidate  = code + "pkg/config/validation/validation.go"
	codeMatcher   = code + "pilot/pkg/security/authz/matcher/string.go"
	codeExtractor = "envoyproxy/envoy, source/extensions/filters/http/jwt_authn/extractor.cc"
	codeVerifier  = "envoyproxy/envoy, source/extensions/filters/http/jwt_authn/verifier.cc"
)

// The pages and threads that rules and checks refer to.
const (
	docRequest     = "istio.io/latest/docs/reference/config/security/request_authentication"
	docRules       = "istio.io/latest/docs/reference/config/security/jwt"
	docPolicy      = "istio.io/latest/docs/reference/config/security/authorization-policy"
	docKeys        = "istio.io/latest/docs/reference/config/security/conditions"
	docTaskAuthz   = "istio.io/latest/docs/tasks/security/authorization/authz-jwt"
	docDryRun      = "istio.io/latest/docs/tasks/security/authorization/authz-dry-run"
	docAmbient     = "istio.io/latest/docs/ambient/usage/l4-policy"
	issueSlash     = "github.com/istio/istio/issues/49979"
	issueSplit     = "github.com/istio/istio/issues/56873"
	issuePrincipal = "github.com/istio/istio/issues/51901"
	issueCookies   = "github.com/istio/istio/issues/47847"
	issueAudiences = "github.com/istio/istio/issues/49913"
	issueTwoRule   = "github.com/istio/istio/issues/24665"
)

// translation is what istiod makes of policies. It was seen to run, and Envoy was not: what Envoy
// does with it, its documentation says.
const translation = "what istiod gives to Envoy, istio.io/istio " + recordedVersion +
	", run on " + recordedOn

// The version of Istio that was recorded, and when.
const (
	recordedVersion = "v0.0.0-20260827124520-eed52ebb66ad"
	recordedOn      = "2026-11-29"
)

// observed is for what istiod was seen to make of a policy.
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
