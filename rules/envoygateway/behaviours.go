package envoygateway

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

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
	return rules.Observed.From(translation)
}

// The situations that only Envoy Gateway has.
const (
	noRoute = "no-route"
	broken  = "policy-with-an-error"
)

// behaviours is the table of what a proxy of Envoy Gateway answers: what Envoy's filters do, and
// two answers of routes.
func behaviours() []rules.Behaviour {
	row := func(situation, title, condition string, answer rules.Answer) rules.Behaviour {
		answer.Situation, answer.Condition = situation, condition
		return rules.Behaviour{
			Situation: situation, Title: title, Condition: condition, Variant: Name,
			Policies: []string{Name}, Answer: answer, Checked: checkedOn,
		}
	}
	all := envoy.Gateway{
		Name: Name, Checked: checkedOn, NeedsToken: true,
		Denies: "an authorization rule denies the request, or none allows it",
		Proof:  rules.Documented.From(docClaims),
	}.Behaviours()
	return envoy.AlsoGRPC(slices.Concat(all, []rules.Behaviour{
		row(noRoute, "no route of the Gateway is for the request's host, method or path", "",
			rules.Answer{Status: 404, NoBody: true, Evidence: rules.Inferred.From(issueNoRoute)}),
		row(broken, "the SecurityPolicy has an error", "from Envoy Gateway 1.2 on",
			rules.Answer{Status: 500, Evidence: observed()}),
	}), rules.No)
}

// row looks up what a proxy sends in a situation.
func (c *compiler) row(situation string) rules.Answer { return envoy.Row(c.table, situation) }

// causes are what a prediction does not see.
func causes() []rules.Cause {
	return []rules.Cause{
		{
			ID:    "proxy-has-no-keys",
			Title: "the proxy could not fetch the keys, so that every token is refused",
			Why: "the proxy itself fetches them, in the background: until it has them, it " +
				"answers Jwks remote fetch is failed, or that no key fits",
			Look: "the log of the proxy for jwks, and whether its pod may go out to the address " +
				"of the keys: a firewall, a proxy or a DNS policy on the way",
			Evidence:   rules.Inferred.From(codeJWT),
			Situations: []string{envoy.NoKey, envoy.BadSignature},
		},
		{
			ID:    "policy-not-accepted",
			Title: "the policy is not accepted, or another one counts",
			Why: "a SecurityPolicy that can't be translated makes its routes answer 500, one " +
				"that came second to the same target is not attached, and a route's replaces " +
				"its Gateway's",
			Look: "kubectl describe securitypolicy: the conditions Accepted, Overridden and " +
				"Merged of each ancestor",
			Evidence:   rules.Inferred.From(codePolicy),
			Situations: []string{broken, envoy.Denied, envoy.NoToken},
		},
		rules.AnsweredBeside(),
	}
}

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
