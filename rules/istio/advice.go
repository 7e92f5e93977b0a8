package istio

import "github.com/gatewhy/gatewhy/rules"

// advice lists what Istio's fields are for the rules that hold for every gateway.
func advice() []rules.Advice {
	return []rules.Advice{
		{
			Rule: "audience-not-checked",
			Fix: "In Istio list the API's audiences under audiences of each of the jwtRules of " +
				"the RequestAuthentication.",
			References: []string{docRules},
		},
		{
			Rule: "issuer-not-pinned",
			Fix: "In Istio write the tenant's issuer as issuer of the JWT rule: with jwksUri " +
				"alone, every issuer is accepted.",
			References: []string{docRules},
		},
		{
			Rule: "any-client-accepted",
			Fix: "In Istio name the clients in a when of each ALLOW rule: " +
				"request.auth.claims[azp] for v2.0 tokens, request.auth.claims[appid] for v1.0.",
			References: []string{docKeys},
		},
	}
}
