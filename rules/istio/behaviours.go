package istio

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

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
	return rules.Observed.From(translation)
}

// behaviours is the table of what a proxy answers. That the status is 401, or 403 for an audience,
// Istio's own tests say.
func behaviours() []rules.Behaviour {
	return envoy.AlsoGRPC(envoy.Gateway{
		Name: Name, Checked: checkedOn,
		Denies: "an AuthorizationPolicy denies the request, or none allows it",
		Proof:  rules.Documented.From(docTaskAuthz),
	}.Behaviours(), rules.No)
}

// denial is what a proxy sends where a policy denies a request.
func (c *compiler) denial() rules.Answer { return envoy.Row(c.table, envoy.Denied) }

// causes are what a prediction does not see.
func causes() []rules.Cause {
	return []rules.Cause{
		{
			ID:    "keys-not-fetched",
			Title: "istiod could not fetch the keys, so that every token is refused",
			Why: "istiod then gives the proxies a key set that fits no token, and each is " +
				"refused as by a wrong signature",
			Look: "the log of istiod for the address of the keys, and whether it may go out " +
				"there: a firewall or a proxy on the way",
			Evidence:   rules.Inferred.From(codeApplier),
			Situations: []string{envoy.NoKey},
		},
		{
			ID:    "preflight",
			Title: "what was refused is a browser's CORS preflight, which carries no token",
			Why: "before some requests a browser sends OPTIONS without a token: " +
				"RequestAuthentication lets that pass, and ALLOW rules that ask for a token " +
				"refuse it",
			Look: "the method in the access log; if it is OPTIONS, an ALLOW rule of its own " +
				"lets it in",
			Evidence:   rules.Inferred.From(codeApplier),
			Situations: []string{envoy.Denied},
		},
		{
			ID:    "token-not-forwarded",
			Title: "the workload behind the proxy did not get the token, and answers itself",
			Why: "the proxy removes a token from the header in which it accepted it, " +
				"unless forwardOriginalToken of the JWT rule is true",
			Look: "the log of the workload; and forwardOriginalToken: true, if it reads the " +
				"token itself",
			Evidence: rules.Documented.From(docRules),
			Any:      true,
			Possible: tokenTaken,
		},
		{
			ID:    "other-policies",
			Title: "another policy selects the workload too",
			Why: "policies of the root namespace and of the workload's own add up, and each can " +
				"deny; the access log names the one that did, or none",
			Look: "istioctl x authz check POD, and in the access log " +
				"rbac_access_denied_matched_policy",
			Evidence:   rules.Documented.From(docPolicy),
			Situations: []string{envoy.Denied},
		},
		rules.AnsweredBeside(),
	}
}

// tokenTaken reports whether a request is let in, the proxy takes its token away, and 401 was
// answered.
func tokenTaken(p *rules.Prediction, o *rules.Observation) bool {
	if p.Verdict.Outcome != rules.Accepted || o.Status != 401 {
		return false
	}
	takes := func(r *jwtRule) bool {
		on, _ := r.at.Member("forwardOriginalToken").Bool()
		return !on
	}
	return slices.ContainsFunc(p.Policies, func(policy *rules.Policy) bool {
		w, ours := policy.Entry.(*workload)
		return ours && slices.ContainsFunc(jwtRulesOf(w), takes)
	})
}

// handling is what istiod and the API server make of policies. Most rows were seen when Istio's
// own validation and translation ran over recorded files; what the proxies do then, the table of
// behaviours says.
func handling() []rules.Handling {
	rows := slices.Concat(handledPolicies(), handledTokens(), handledAuthorization())
	return envoy.Handling(rows, observed(), checkedOn)
}

// handledPolicies is what becomes of a policy, and of what it names.
func handledPolicies() []envoy.Handled {
	return []envoy.Handled{
		{
			"policy-refused",
			"the API server's schema or istiod's webhook does not allow the policy",
			"kubectl apply fails, and nothing of it gets into the cluster: what was there " +
				"before still holds", "",
		},
		{
			"field-unknown", "a field that the schema does not know, such as audience",
			"the API server drops it with a warning, and the rest of the policy holds",
			"",
		},
		{
			"selected", "a policy in the root namespace, or in the workload's own",
			"it holds where its selector or targetRefs fit; without either, for all of its " +
				"namespace, or of the mesh. All that fit add up", "",
		},
		{
			"ambient", "a policy that selects a workload in ambient mode",
			"ztunnel holds it, which reads no token and no HTTP; a waypoint holds the policies " +
				"that are attached to it with targetRefs", docAmbient,
		},
		{
			"label-null", "a label of a selector that is null, as of an empty value in a template",
			"the API server drops it: without another label the policy holds for all of its " +
				"namespace, or of the mesh", "",
		},
	}
}

// handledTokens is what istiod makes of RequestAuthentications.
func handledTokens() []envoy.Handled {
	return []envoy.Handled{
		{
			"no-jwt-rules", "a RequestAuthentication without jwtRules",
			"the proxy gets no JWT filter from it: no token is looked at", "",
		},
		{
			"jwt-rules", "the jwtRules of all RequestAuthentications that fit",
			"one JWT filter has them as alternatives, sorted by issuer, and lets a request " +
				"without a token pass, and a CORS preflight", "",
		},
		{
			"split-claims", "claims whose text is a list of words",
			"scope and permission are split at blanks, and what spaceDelimitedClaims names: scp " +
				"is not by itself", "",
		},
		{
			"split-claims-before-1-28", "spaceDelimitedClaims before Istio 1.28",
			"the API server does not know the field, and drops it: the claims are not split",
			issueSplit,
		},
		{
			"keys-not-fetched", "istiod can't fetch the key set of a rule",
			"the proxy gets a key set that fits no token: each token of that issuer is 401 " +
				"Jwks doesn't have key to match kid or alg from Jwt", codeApplier,
		},
		{
			"keys-by-proxy",
			"PILOT_JWT_ENABLE_REMOTE_JWKS is envoy, and no ServiceEntry has the host of jwksUri",
			"the proxy is sent to a cluster that does not exist: each token of that issuer is " +
				"refused", codeApplier,
		},
		{
			"principal-split", "a request principal, as ISSUER/SUBJECT",
			"it is split at its last slash, and iss and sub are compared by themselves",
			"",
		},
		{
			"cookies-before-1-21", "fromCookies before Istio 1.21",
			"the API server does not know the field, and drops it: the token is looked for at " +
				"the other places", issueCookies,
		},
		{
			"audience-lists-before-1-23", "request.auth.audiences and a list aud, in Istio " +
				"1.21 and 1.22",
			"earlier releases of both do not look into the list: the condition does not hold",
			issueAudiences,
		},
		{
			"principal-before-1-21", "a request principal before Istio 1.21",
			"it is compared as one text with ISSUER/SUBJECT of the token",
			issuePrincipal,
		},
	}
}

// handledAuthorization is what istiod makes of AuthorizationPolicies.
func handledAuthorization() []envoy.Handled {
	return []envoy.Handled{
		{
			"no-rules", "an ALLOW policy without rules",
			"the proxy gets a rule that nothing matches: every request is 403, unless another " +
				"ALLOW policy lets it in", "",
		},
		{
			"allow-rule-left-out",
			"an ALLOW rule has a condition that can't be built, such as a wrong address",
			"the webhook refuses the policy; where it got in all the same, the whole rule is " +
				"left out: the policy allows less", "",
		},
		{
			"deny-condition-left-out", "a DENY rule has such a condition",
			"the webhook refuses the policy; where it got in all the same, the condition is " +
				"left out, and the rest of the rule holds: the policy denies more", "",
		},
		{
			"attribute-unknown", "a when names an attribute that Istio does not know",
			"the webhook refuses the policy; where it got in all the same, the whole rule is " +
				"left out, whatever the action", "",
		},
		{
			"dry-run", "the annotation " + dryRun + " is true",
			"the proxy only logs what the policy would do, and no request meets it", "",
		},
		{
			"order", "policies of several actions",
			"the proxy asks CUSTOM first, before it looks at the token, then DENY, then ALLOW; " +
				"AUDIT only logs",
			codeListener,
		},
	}
}
