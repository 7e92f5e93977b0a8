package istio

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

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
