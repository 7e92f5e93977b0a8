package envoygateway

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

// handling is what Envoy Gateway and the API server make of policies. Most rows were seen when
// egctl, which is Envoy Gateway's own translation, ran over recorded files; what the proxies do
// then, the table of behaviours says.
func handling() []rules.Handling {
	rows := slices.Concat(handledPolicies(), handledTargets(), handledFilters())
	return envoy.Handling(rows, observed(), checkedOn)
}

// handledPolicies is what becomes of a policy, and of what it names.
func handledPolicies() []envoy.Handled {
	return []envoy.Handled{
		{
			"policy-refused", "the definition of a SecurityPolicy does not allow the policy",
			"the API server takes nothing of it: what was there before still holds", "",
		},
		{
			"policy-with-an-error", "the policy is taken and can't be translated, such as one " +
				"with two providers of one name",
			"its status says Accepted: False, and its routes answer 500 to every request that " +
				"the filters let pass which could be translated", "",
		},
		{
			"policy-with-an-error-before-1-2", "such a policy before Envoy Gateway 1.2",
			"its routes may be left open", notesClosed,
		},
		{
			"key-set-missing", "localJWKS names a ConfigMap that the policy's namespace does " +
				"not have, or one without data",
			"the policy has an error: its routes look at no token, and answer 500", "",
		},
		{
			"key-service-missing", "remoteJWKS has its keys from a Service that is not there",
			"the policy has an error, too", "",
		},
		{
			"passes-nothing", "a route's policy with passThroughAuthHeader, and no JWT provider " +
				"that looks for a token in a header",
			"nothing of it is taken: its status says Accepted: False, and the route is as open " +
				"as without it", "",
		},
		{
			"keys-by-proxy", "remoteJWKS",
			"the proxy fetches the keys itself, in the background; until it has them, every " +
				"token is refused", codeJWT,
		},
	}
}

// handledTargets is which policy counts for a route.
func handledTargets() []envoy.Handled {
	return []envoy.Handled{
		{
			"no-such-target", "a policy on a route or a Gateway that is not there",
			"it protects nothing, and its status does not say so", "",
		},
		{
			"no-such-section", "sectionName of a rule or a listener that is not there",
			"the policy is not attached, and its status says TargetNotFound", "",
		},
		{
			"two-on-one-target", "two policies on one route or Gateway",
			"the older one counts; the status of the other says Conflicted", "",
		},
		{
			"replaced", "a policy on a Gateway, and one on its route",
			"the route's alone counts, whatever it is about; the status of the other says " +
				"Overridden", "",
		},
		{
			"merged", "mergeType in the route's policy",
			"both count together, and where both say something, the route's does; its " +
				"authorization without a defaultAction removes the Gateway's", "",
		},
		{
			"merged-before-1-8", "mergeType before Envoy Gateway 1.8",
			"the API server does not know the field, and drops it: the route's policy replaces " +
				"the other", notesMerge,
		},
		{
			"selector-without-labels", "a target selector without labels",
			"the policy holds for all routes or Gateways of the kind in its namespace", "",
		},
	}
}

// handledFilters is what the proxies' filters are given.
func handledFilters() []envoy.Handled {
	return []envoy.Handled{
		{
			"providers", "several JWT providers",
			"one that accepts the token is enough", "",
		},
		{
			"token-needed", "jwt without optional and failOpen",
			"the proxy refuses a request without a token", "",
		},
		{
			"optional", "jwt with optional: true",
			"a request without a token passes the JWT filter, and one with a bad token does not",
			"",
		},
		{
			"fail-open", "jwt with failOpen: true",
			"a request without a token and one with a bad token pass the JWT filter", "",
		},
		{
			"fail-open-before-1-9", "failOpen before Envoy Gateway 1.9",
			"the API server does not know the field, and drops it: a token is needed",
			notesFailOpen,
		},
		{
			"split-claims", "claims whose text is a list of words",
			"scope and scp are split at blanks, and no others", "",
		},
		{
			"split-claims-before-1-7", "scp before Envoy Gateway 1.7",
			"it is not split, and the scopes of a rule are looked for in scope alone", notesScp,
		},
		{
			"scopes", "scopes of a rule",
			"the token needs each of them, in scope or in scp", "",
		},
		{
			"no-rules", "authorization without rules and without defaultAction",
			"every request is denied", "",
		},
		{
			"provider-not-in-policy", "a rule names a provider that the policy does not have",
			"the policy is taken, and the rule matches no token", "",
		},
	}
}
