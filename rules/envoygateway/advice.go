package envoygateway

import "github.com/gatewhy/gatewhy/rules"

// advice lists what Envoy Gateway's fields are for the rules that hold for every gateway.
func advice() []rules.Advice {
	return []rules.Advice{
		{
			Rule: "audience-not-checked",
			Fix: "In Envoy Gateway list the API's audiences under audiences of each JWT " +
				"provider of the SecurityPolicy.",
			References: []string{docAPI},
		},
		{
			Rule: "issuer-not-pinned",
			Fix: "In Envoy Gateway write the tenant's issuer as issuer of the provider: without " +
				"it, every issuer is accepted that a key verifies.",
			References: []string{docAPI},
		},
		{
			Rule: "any-client-accepted",
			Fix: "Envoy Gateway has no field for a client id: allow the clients by an " +
				"authorization rule on the claim azp of v2.0 tokens, or appid of v1.0, with " +
				"defaultAction Deny.",
			References: []string{docClaims, issueClients},
		},
		{
			Rule: "list-claim-compared-with-text",
			Fix: "In Envoy Gateway set valueType: StringArray; in cel write 'a-role' in … for " +
				"… == 'a-role'.",
			References: []string{
				docAPI,
			},
		},
	}
}
