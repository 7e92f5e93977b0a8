package mulesoft

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// letInCauses are why a request gets through that should not.
func letInCauses() []rules.Cause {
	return []rules.Cause{
		{
			ID: "policy-not-active-yet", Title: "the policy, or a change of it, does not run yet",
			Why:      "over a minute was seen on CloudHub between applying a policy and its first answer",
			Look:     "when it was applied, and the same request a few minutes later",
			Evidence: observed(obsApproov), LetsIn: true, Possible: refused,
		},
		{
			ID: "api-not-bound", Title: "the application is not bound to its API instance, so no policy runs",
			Why:        "without autodiscovery, or with another API's id in it, the application answers ungoverned",
			Look:       "the API instance's status (gatewhy collect api-instance), and the autodiscovery id in the application",
			Evidence:   observed(obsMule),
			Situations: []string{notBound}, Possible: refused,
		},
		{
			ID: "route-not-covered", Title: "the policy does not apply to this method and path",
			Why:      "it is limited to some routes, and the request's is not known",
			Need:     rules.Need{Input: source.NeedRequest},
			Evidence: documented(docPointcut), LetsIn: true, Possible: both(refused, routeOpen),
		},
		{
			ID: "old-keys-cached", Title: "the gateway still has a key that the key set no longer has",
			Why:      "it keeps the key set for jwksServiceTimeToLive minutes, and an expired one while it can't fetch another",
			Look:     "the token's kid in an earlier key set",
			Evidence: documented(docJWT), LetsIn: true, Possible: both(tokenGiven, keysFromURL(rules.Fail)),
		},
		{
			ID: "seen-while-valid", Title: "the token was still valid when the gateway saw it",
			Why:      "the prediction is for another time; the request came earlier",
			Need:     rules.Need{Input: source.NeedTime, For: "issued, or the time of the request"},
			Evidence: inferred(docJWT), LetsIn: true, Possible: both(claimed("exp"), either(has(rules.Expiry, rules.Fail), has(rules.Introspection, rules.Fail))),
		},
		{
			ID: "answer-cached", Title: "the gateway has an earlier answer about this token in its cache",
			Why:      "a token that was valid once is not asked about again until it expires",
			Look:     "the same token after a restart, or max_federation_expiration_time",
			Evidence: documented(docOIDC), LetsIn: true, Possible: has(rules.Introspection, rules.Fail),
		},
		{
			ID: "group-contract", Title: "the client has a contract with an API group that the instance is in",
			Why:      "such a contract admits clients that the instance's own list does not show",
			Look:     "the API groups of the instance, and their contracts: gatewhy collect contracts",
			Evidence: documented(docContracts), LetsIn: true, Possible: has(rules.Contract, rules.Fail),
		},
	}
}

// otherCauses explain any answer, or one that points elsewhere.
func otherCauses() []rules.Cause {
	return []rules.Cause{
		{
			ID: "api-instance-missing", Title: "the API instance that the gateway was given does not exist",
			Why:        "the gateway then blocks every request",
			Look:       "the API instance's id in the application, and in API Manager of the same environment",
			Evidence:   observed(obsMule),
			Situations: []string{noInstance},
		},
		{
			ID: "quota-exceeded", Title: "the client has used up its quota",
			Why:        "the SLA tier of its contract allows so many requests in a time",
			Look:       "the SLA tier of the contract",
			Evidence:   documented(docSLA),
			Situations: []string{quotaExceeded},
		},
		{
			ID: "backend-or-firewall", Title: "not the gateway answers, but the API behind it, or a firewall before it",
			Why:      "both send statuses and bodies of their own, the API often 401 or 403 too",
			Look:     "whether the request is in the API's own log; headers such as server and via of the answer: gatewhy collect request",
			Evidence: inferred(anyGateway), Any: true, Possible: refusing,
		},
		{
			ID: "another-policy-first", Title: "another policy answers, before these or after them",
			Why:      "a policy that is not among the given files, an automated policy among them, judges the same request",
			Look:     "all policies of the API instance: gatewhy collect policies",
			Evidence: inferred(anyGateway), Elsewhere: true, Any: true, Possible: refusing,
		},
		{
			ID: "another-token", Title: "the request carried another token than this one",
			Why:      "a client fetches a new token when it likes, from a cache that may hold one for another API or environment",
			Look:     "the token of the request itself, by its kid, aud and iat: gatewhy collect request",
			Evidence: inferred(anyGateway), Any: true, Possible: tokenGiven,
		},
		{
			ID: "other-configuration", Title: "the gateway runs another configuration than this file",
			Why:      "the file is another environment's or an older one, or a change of it was never applied",
			Look:     "the policies as the gateway has them now: gatewhy collect policies",
			Evidence: inferred(anyGateway), Any: true,
		},
	}
}
