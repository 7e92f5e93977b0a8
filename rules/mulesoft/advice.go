package mulesoft

import "github.com/gatewhy/gatewhy/rules"

// advice lists what the vendor adds to the rules that hold for every gateway.
func advice() []rules.Advice {
	return []rules.Advice{
		// The signature, the audience, the issuer and the keys.
		{Rule: "signature-not-verified", References: []string{docJWTPage}},
		{
			Rule:       "any-client-accepted",
			Fix:        "MuleSoft's JWT Validation can check both the audience and the client id.",
			References: []string{kbArticle},
		},
		{
			Rule: "assignment-not-required",
			Fix:  "In MuleSoft a contract lets in a client by its id.",
		},
		{Rule: "audience-not-checked", References: []string{kbArticle}},
		{
			Rule:       "audience-check-switched-off",
			Fix:        "In MuleSoft's JWT Validation the switch is validateAudClaim.",
			References: []string{docJWTPage},
		},
		{
			Rule:       "audience-optional",
			Fix:        "In MuleSoft's JWT Validation the switch is mandatoryAudClaim.",
			References: []string{docJWTPage},
		},
		{Rule: "audience-list-empty", References: []string{docJWTPage}},
		{
			Rule:       "issuer-not-pinned",
			Fix:        "In MuleSoft's JWT Validation that is a mandatory custom claim iss.",
			References: []string{kbArticle},
		},
		{
			Rule: "key-set-not-fetchable",
			Why: "MuleSoft's JWT Validation answers with 503 if it has no key set. Flex Gateway " +
				"takes several addresses with commas between them, Mule Gateway one.",
			References: []string{docJWTPage},
		},
		{Rule: "key-set-over-http", References: []string{docJWTPage}},
		{Rule: "text-key-is-no-key", References: []string{docJWTPage}},
		{
			Rule: "algorithm-never-signed-with",
			Fix: "In MuleSoft's JWT Validation that is signingMethod rsa with signingKeyLength " +
				"256, which is the length of the hash and not of the key.",
		},
		{
			Rule: "wildcard-compared-exactly",
			Why: "That MuleSoft's JWT Validation compares like this is inferred: its " +
				"documentation mentions no wildcards.",
			References: []string{docJWTPage},
		},

		// The client id.
		{Rule: "client-id-chosen-by-caller", References: []string{docJWTPage}},
		{
			Rule: "client-id-claim-never-issued",
			Why:  "OpenID Connect access token enforcement answers with 403, \"Invalid Client\".",
			Fix: "If the policy can't be configured like that (OpenID Connect access token " +
				"enforcement), use JWT Validation instead, or skip the client id and require a " +
				"scope.",
			References: []string{kbArticle},
		},
		{
			Rule:       "client-id-put-together",
			Fix:        "In DataWeave: #[vars.claimSet.azp default vars.claimSet.appid].",
			References: []string{docDataWeave},
		},
		{
			Rule:       "client-id-claim-names-no-client",
			Why:        "MuleSoft's token policies answer with 403.",
			References: []string{kbArticle},
		},

		// Custom claims, scopes and the expiry.
		{
			Rule:       "claim-check-switched-off",
			Fix:        "In MuleSoft's JWT Validation the switch is validateCustomClaim.",
			References: []string{docJWTPage},
		},
		{
			Rule:       "list-claim-compared-with-text",
			Fix:        "In DataWeave: #[vars.claimSet.roles contains 'Orders.Read'].",
			References: []string{docJWTPage},
		},
		{
			Rule: "substring-match-on-scopes",
			Fix:  "In DataWeave: #[(vars.claimSet.scp splitBy ' ') contains 'Orders.Read'].",
		},
		{Rule: "scope-list-empty", References: []string{kbArticle, docOIDCPage}},
		{Rule: "scope-in-uri-form", References: []string{kbArticle}},
		{
			Rule: "scope-without-audience",
			Fix: "If the policy can't do that (enforcement by a validation endpoint), JWT " +
				"Validation can.",
			References: []string{kbArticle},
		},
		{
			Rule:       "expiry-not-mandatory",
			Fix:        "In MuleSoft's JWT Validation the switch is mandatoryExpClaim.",
			References: []string{docJWTPage},
		},

		// Where a policy applies, and the file.
		{Rule: "policy-disabled", References: []string{docJWTPage}},
		{Rule: "route-not-covered", References: []string{docPointcutPage}},
		{Rule: "route-assumed", References: []string{docPointcutPage}},
		{Rule: "gateway-not-known", References: []string{docJWTPage}},
		{Rule: "byte-order-mark", Why: "API Manager's is perhaps one of them."},
		{Rule: "scope-not-defined-by-app", References: []string{kbArticle}},
	}
}
