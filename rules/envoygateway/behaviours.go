package envoygateway

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

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
		Proof:  documented(docClaims),
	}.Behaviours()
	return envoy.AlsoGRPC(slices.Concat(all, []rules.Behaviour{
		row(noRoute, "no route of the Gateway is for the request's host, method or path", "",
			rules.Answer{Status: 404, NoBody: true, Evidence: inferred(issueNoRoute)}),
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
			Evidence:   inferred(codeJWT),
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
			Evidence:   inferred(codePolicy),
			Situations: []string{broken, envoy.Denied, envoy.NoToken},
		},
	}
}
