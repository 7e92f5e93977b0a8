package istio

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

// behaviours is the table of what a proxy answers. That the status is 401, or 403 for an audience,
// Istio's own tests say.
func behaviours() []rules.Behaviour {
	return envoy.AlsoGRPC(envoy.Gateway{
		Name: Name, Checked: checkedOn,
		Denies: "an AuthorizationPolicy denies the request, or none allows it",
		Proof:  documented(docTaskAuthz),
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
			Evidence:   inferred(codeApplier),
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
			Evidence:   inferred(codeApplier),
			Situations: []string{envoy.Denied},
		},
		{
			ID:    "token-not-forwarded",
			Title: "the workload behind the proxy did not get the token, and answers itself",
			Why: "the proxy removes a token from the header in which it accepted it, " +
				"unless forwardOriginalToken of the JWT rule is true",
			Look: "the log of the workload; and forwardOriginalToken: true, if it reads the " +
				"token itself",
			Evidence: documented(docRules),
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
			Evidence:   documented(docPolicy),
			Situations: []string{envoy.Denied},
		},
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
