package istio

import "github.com/gatewhy/gatewhy/rules"

// handling is what istiod and the API server make of policies. Most rows were seen when Istio's
// own validation and translation ran over recorded files; what the proxies do then, the table of
// behaviours says.
func handling() []rules.Handling {
	row := func(situation, title, does string, evidence rules.Evidence) rules.Handling {
		return rules.Handling{
			Situation: situation, Title: title, Does: does, Evidence: evidence,
			Checked: checkedOn,
		}
	}
	return []rules.Handling{
		row("policy-refused",
			"the API server's schema or istiod's webhook does not allow the policy",
			"kubectl apply fails, and nothing of it gets into the cluster: what was there before "+
				"still holds", observed()),
		row("field-unknown", "a field that the schema does not know, such as audience",
			"the API server drops it with a warning, and the rest of the policy holds",
			observed()),
		row("selected", "a policy in the root namespace, or in the workload's own",
			"it holds where its selector or targetRefs fit; without either, for all of its "+
				"namespace, or of the mesh. All that fit add up", observed()),
		row("no-jwt-rules", "a RequestAuthentication without jwtRules",
			"the proxy gets no JWT filter from it: no token is looked at", observed()),
		row("jwt-rules", "the jwtRules of all RequestAuthentications that fit",
			"one JWT filter has them as alternatives, sorted by issuer, and lets a request "+
				"without a token pass, and a CORS preflight", observed()),
		row("split-claims", "claims whose text is a list of words",
			"scope and permission are split at blanks, and what spaceDelimitedClaims names: scp "+
				"is not by itself", observed()),
		row("split-claims-before-1-28", "spaceDelimitedClaims before Istio 1.28",
			"the API server does not know the field, and drops it: the claims are not split",
			inferred(issueSplit)),
		row("keys-not-fetched", "istiod can't fetch the key set of a rule",
			"the proxy gets a key set that fits no token: each token of that issuer is 401 "+
				"Jwks doesn't have key to match kid or alg from Jwt", inferred(codeApplier)),
		row("keys-by-proxy",
			"PILOT_JWT_ENABLE_REMOTE_JWKS is envoy, and no ServiceEntry has the host of jwksUri",
			"the proxy is sent to a cluster that does not exist: each token of that issuer is "+
				"refused", inferred(codeApplier)),
		row("principal-split", "a request principal, as ISSUER/SUBJECT",
			"it is split at its last slash, and iss and sub are compared by themselves",
			observed()),
		row("principal-before-1-21", "a request principal before Istio 1.21",
			"it is compared as one text with ISSUER/SUBJECT of the token",
			inferred(issuePrincipal)),
		row("no-rules", "an ALLOW policy without rules",
			"the proxy gets a rule that nothing matches: every request is 403, unless another "+
				"ALLOW policy lets it in", observed()),
		row("allow-rule-left-out",
			"an ALLOW rule has a condition that can't be built, such as a wrong address",
			"the webhook refuses the policy; where it got in all the same, the whole rule is "+
				"left out: the policy allows less", observed()),
		row("deny-condition-left-out", "a DENY rule has such a condition",
			"the webhook refuses the policy; where it got in all the same, the condition is left "+
				"out, and the rest of the rule holds: the policy denies more", observed()),
		row("attribute-unknown", "a when names an attribute that Istio does not know",
			"the webhook refuses the policy; where it got in all the same, the whole rule is "+
				"left out, whatever the action", observed()),
		row("dry-run", "the annotation "+dryRun+" is true",
			"the proxy only logs what the policy would do, and no request meets it", observed()),
		row("order", "policies of several actions",
			"the proxy asks CUSTOM first, then DENY, then ALLOW; AUDIT only logs",
			inferred(codeBuilder)),
	}
}
