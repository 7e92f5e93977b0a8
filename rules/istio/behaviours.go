package istio

import (
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

// behaviours is the table of what a proxy answers. That the status is 401, or 403 for an audience,
// Istio's own tests say.
func behaviours() []rules.Behaviour {
	return envoy.Gateway{
		Name: Name, Checked: checkedOn,
		Denies: "an AuthorizationPolicy denies the request, or none allows it",
		Proof:  documented(docTaskAuthz),
	}.Behaviours()
}

// row looks up what a proxy sends in a situation.
func (c *compiler) row(situation string) rules.Answer { return envoy.Row(c.table, situation) }

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
			Evidence:   inferred(codeApplier),
			Situations: []string{envoy.NoKey},
		},
		{
			ID:    "other-policies",
			Title: "another policy selects the workload too",
			Why: "policies of the root namespace and of the workload's own add up, and each can " +
				"deny; the access log names the one that did, or none",
			Look: "istioctl x authz check POD, and in the access log " +
				"rbac_access_denied_matched_policy",
			Evidence:   documented(docPolicy),
			Situations: []string{envoy.Denied},
		},
	}
}
