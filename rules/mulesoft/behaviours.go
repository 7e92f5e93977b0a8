package mulesoft

import "github.com/gatewhy/gatewhy/rules"

// The situations in which a gateway answers by itself.
const (
	noToken          = "no-token"
	malformedToken   = "malformed-token"
	wrongAlgorithm   = "wrong-algorithm"
	badSignature     = "bad-signature"
	expiredToken     = "expired-token"
	notYetValid      = "not-yet-valid"
	wrongAudience    = "wrong-audience"
	claimFails       = "custom-claim"
	noClientID       = "null-client-id"
	noContract       = "no-contract"
	inactiveToken    = "inactive-token"
	missingScopes    = "missing-scopes"
	enormousExpiry   = "enormous-exp"
	noKeys           = "no-keys"
	noContractsYet   = "contracts-not-downloaded"
	noInstance       = "no-api-instance"
	credentialsWrong = "wrong-client-credentials"
)

// The references that behaviours and checks rest on.
const (
	docJWT          = "MuleSoft documentation, JWT Validation policy"
	docOIDC         = "MuleSoft documentation, OpenID Connect access token enforcement policy"
	docOAuth        = "MuleSoft documentation, OAuth policy implementation (API Manager 2.x)"
	docClientID     = "MuleSoft documentation, Client ID Enforcement policy"
	docFlexDW       = "MuleSoft documentation, DataWeave support in Flex Gateway policies"
	kbInvalid       = "Salesforce KB 005321722"
	obsApproov      = "approov/quickstart-mulesoft-api-gateway, policy 1.2.0 on Mule 4.4"
	obsMule         = "public report, JWT Validation on CloudHub 2"
	obsFlex         = "public reports, Flex Gateway 1.13"
	obsFlexClientID = "public report, Client ID Enforcement 1.3.3 on Flex Gateway"
	pdkExample      = "mulesoft/pdk-custom-policy-examples, OAuth 2.0 token introspection"
	pdkJWT          = "mulesoft/pdk-custom-policy-examples, JWT validation"
	pdkContracts    = "docs.rs, pdk-contracts-lib 1.9"
	pdkJWTLibrary   = "docs.rs, pdk-jwt-lib 1.10"
	docPointcut     = "MuleSoft documentation, applying a policy to specific methods and resources"
	tfCommunity     = "mulesoft-anypoint/terraform-provider-anypoint, JWT validation"
)

const checkedOn = "2026-11-23"

// row is a line of the table of behaviours.
type row struct {
	situation, variant string
	policies           []string
	answer             rules.Answer
	headers            []string
}

// behaviours is everything that is known of how the gateways answer. A body stands there only where somebody
// published it.
func behaviours() []rules.Behaviour {
	const (
		required      = `{"error": "JWT Token is required."}`
		requiredFlex  = `{"error":"JWT Token is required."}`
		invalid       = `{"error": "Invalid token."}`
		invalidFlex   = `{"error":"Invalid token."}`
		denied        = `{"error": "Authentication denied."}`
		bearer        = "www-authenticate: Bearer"
		invalidClient = "Invalid Client"
		challenge     = "WWW-Authenticate: Client-ID-Enforcement"
	)
	jwt, oidc := []string{jwtValidation}, []string{openIDConnect}
	family := []string{openAM, pingFederate, externalOAuth2}
	flexFamily := []string{openIDConnect, openAM, pingFederate, externalOAuth2, tokenIntrospection}
	credentials := []string{clientIDEnforcement, rateLimitingSLA}
	return published([]row{
		{noToken, Mule, jwt, answer(400, required, rules.Observed, obsApproov), nil},
		{noToken, Flex, jwt, answer(400, requiredFlex, rules.Observed, obsFlex), []string{bearer}},
		{malformedToken, Mule, jwt, answer(401, invalid, rules.Observed, obsApproov), nil},
		{malformedToken, Flex, jwt, answer(401, invalidFlex, rules.Observed, obsFlex), []string{bearer}},
		{wrongAlgorithm, Mule, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{wrongAlgorithm, Flex, jwt, answer(401, "", rules.Documented, docJWT), []string{bearer}},
		{badSignature, Mule, jwt, answer(401, invalid, rules.Observed, obsApproov), nil},
		{badSignature, Flex, jwt, answer(401, invalidFlex, rules.Observed, obsFlex), []string{bearer}},
		{expiredToken, Mule, jwt, answer(401, invalid, rules.Observed, obsApproov), nil},
		{expiredToken, Flex, jwt, answer(401, invalidFlex, rules.Observed, obsFlex), []string{bearer}},
		{notYetValid, Mule, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{notYetValid, Flex, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{enormousExpiry, Flex, jwt, answer(503, "", rules.Observed, obsFlex), nil},
		{wrongAudience, Mule, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{wrongAudience, Flex, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{claimFails, Mule, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{claimFails, Flex, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{noClientID, Mule, jwt, answer(403, denied, rules.Observed, obsMule), nil},
		{noClientID, Flex, jwt, answer(403, "", rules.Inferred, obsMule), nil},
		{noContract, Mule, jwt, answer(403, "", rules.Inferred, kbInvalid), nil},
		{noContract, Flex, jwt, answer(403, "", rules.Inferred, pdkContracts), nil},
		{noKeys, Mule, jwt, answer(503, "", rules.Documented, docJWT), nil},
		{noKeys, Flex, jwt, answer(503, "", rules.Documented, docJWT), nil},
		{noContractsYet, Flex, jwt, answer(503, "", rules.Inferred, pdkContracts), nil},

		{noToken, Mule, append(oidc, family...), answer(400, "", rules.Documented, docOAuth), nil},
		{noToken, Flex, flexFamily, saying(400, "Access token was not provided", rules.Inferred, pdkExample), nil},
		{inactiveToken, Mule, append(oidc, family...), answer(401, "", rules.Inferred, pdkExample), nil},
		{inactiveToken, Flex, flexFamily, saying(401, "Token has been revoked.", rules.Inferred, pdkExample), nil},
		{expiredToken, Mule, append(oidc, family...), answer(401, "", rules.Inferred, pdkExample), nil},
		{expiredToken, Flex, flexFamily, saying(401, "Token has expired.", rules.Inferred, pdkExample), nil},
		{missingScopes, Mule, append(oidc, family...), answer(403, "", rules.Documented, docOAuth), nil},
		{missingScopes, Flex, flexFamily, saying(403, "The required scopes are not authorized", rules.Inferred, pdkExample), nil},
		{noClientID, Mule, oidc, saying(403, invalidClient, rules.Documented, kbInvalid), nil},
		{noClientID, Mule, family, answer(403, "", rules.Documented, docOIDC), nil},
		{noClientID, Flex, oidc, saying(403, invalidClient, rules.Inferred, kbInvalid), nil},
		{noClientID, Flex, flexFamily, answer(403, "", rules.Inferred, docOIDC), nil},
		{noContract, Mule, oidc, saying(403, invalidClient, rules.Documented, kbInvalid), nil},
		{noContract, Mule, family, answer(403, "", rules.Documented, docOIDC), nil},
		{noContract, Flex, flexFamily, answer(403, "", rules.Inferred, docOIDC), nil},

		{noClientID, Mule, credentials, answer(401, "", rules.Documented, docClientID), []string{challenge}},
		{noClientID, Flex, credentials, answer(401, `{"error":"Client ID is not present"}`, rules.Observed, obsFlexClientID), []string{challenge}},
		{credentialsWrong, Mule, credentials, answer(401, "", rules.Documented, docClientID), []string{challenge}},
		{credentialsWrong, Flex, credentials, answer(401, "", rules.Documented, docClientID), []string{challenge}},
		{noContract, Mule, credentials, answer(401, "", rules.Documented, docClientID), []string{challenge}},
		{noContract, Flex, credentials, answer(401, "", rules.Documented, docClientID), []string{challenge}},
	})
}

func published(rows []row) []rules.Behaviour {
	all := make([]rules.Behaviour, len(rows))
	for i, r := range rows {
		all[i] = rules.Behaviour{
			Situation: r.situation, Variant: r.variant, Policies: r.policies,
			Answer: r.answer, Headers: r.headers, Checked: checkedOn,
		}
	}
	return all
}

func answer(status int, body string, level rules.Level, reference string) rules.Answer {
	return rules.Answer{Status: status, Body: body, Evidence: rules.Evidence{Level: level, Reference: reference}}
}

// saying is an answer whose exact body is not published, only words that stand in it.
func saying(status int, says string, level rules.Level, reference string) rules.Answer {
	return rules.Answer{Status: status, Says: says, Evidence: rules.Evidence{Level: level, Reference: reference}}
}
