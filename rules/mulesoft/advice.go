package mulesoft

import "github.com/gatewhy/gatewhy/rules"

// advice lists what the vendor adds to the rules that hold for every gateway, in their order.
func advice() []rules.Advice {
	jwtPage := []string{docJWTPage}
	article := []string{kbArticle}
	return []rules.Advice{
		{Rule: "signature-not-verified", References: jwtPage},
		{
			Rule:       "any-client-accepted",
			Fix:        "MuleSoft's JWT Validation can check both the audience and the client id.",
			References: article,
		},
		{Rule: "audience-not-checked", References: article},
		{
			Rule:       "audience-check-switched-off",
			Fix:        "In MuleSoft's JWT Validation the switch is validateAudClaim.",
			References: jwtPage,
		},
		{
			Rule:       "audience-optional",
			Fix:        "In MuleSoft's JWT Validation the switch is mandatoryAudClaim.",
			References: jwtPage,
		},
		{Rule: "audience-list-empty", References: jwtPage},
		{
			Rule:       "issuer-not-pinned",
			Fix:        "In MuleSoft's JWT Validation that is a mandatory custom claim iss.",
			References: article,
		},
		{Rule: "key-set-over-http", References: jwtPage},
		{Rule: "text-key-is-no-key", References: jwtPage},
		{
			Rule: "algorithm-never-signed-with",
			Fix: "In MuleSoft's JWT Validation that is signingMethod rsa with signingKeyLength " +
				"256, which is the length of the hash and not of the key.",
		},
		{
			Rule: "wildcard-compared-exactly",
			Why: "That MuleSoft's JWT Validation compares so is inferred: its documentation " +
				"knows no wildcard.",
			References: jwtPage,
		},
		{Rule: "client-id-chosen-by-caller", References: jwtPage},
		{
			Rule: "client-id-claim-never-issued",
			Why:  "OpenID Connect access token enforcement answers with 403, \"Invalid Client\".",
			Fix: "Where the policy can't be told so (OpenID Connect access token enforcement), " +
				"use JWT Validation in its place, or skip the client id and require a scope.",
			References: article,
		},
		{
			Rule:       "client-id-claim-names-no-client",
			Why:        "MuleSoft's token policies answer with 403.",
			References: article,
		},
		{
			Rule:       "claim-check-switched-off",
			Fix:        "In MuleSoft's JWT Validation the switch is validateCustomClaim.",
			References: jwtPage,
		},
		{
			Rule:       "list-claim-compared-with-text",
			Fix:        "In DataWeave: #[vars.claimSet.roles contains 'Orders.Read'].",
			References: jwtPage,
		},
		{
			Rule: "substring-match-on-scopes",
			Fix:  "In DataWeave: #[(vars.claimSet.scp splitBy ' ') contains 'Orders.Read'].",
		},
		{Rule: "scope-list-empty", References: []string{kbArticle, docOIDCPage}},
		{Rule: "scope-in-uri-form", References: article},
		{
			Rule: "scope-without-audience",
			Fix: "Where the policy can't (enforcement by a validation endpoint), JWT Validation " +
				"can.",
			References: article,
		},
		{
			Rule:       "expiry-not-mandatory",
			Fix:        "In MuleSoft's JWT Validation the switch is mandatoryExpClaim.",
			References: jwtPage,
		},
		{Rule: "policy-disabled", References: jwtPage},
		{Rule: "route-not-covered", References: []string{docPointcutPage}},
		{Rule: "route-assumed", References: []string{docPointcutPage}},
		{Rule: "gateway-not-known", References: jwtPage},
		{Rule: "byte-order-mark", Why: "API Manager's is perhaps one of them."},
		{Rule: "scope-not-defined-by-app", References: article},
	}
}
