package mulesoft

import "github.com/gatewhy/gatewhy/rules"

// oauthRows are the answers of the policies that ask a validation endpoint, on Mule Gateway. What it answers for a token
// that the endpoint refuses is deduced from the vendor's example: the documentation lists 400 for an invalid
// token and 401 for unauthorized access, and does not say which is which.
func oauthRows() []row {
	const invalidClient = "Invalid Client"
	family := []string{openIDConnect, openAM, pingFederate, externalOAuth2}
	oidc, others := family[:1], family[1:]
	return []row{
		{noToken, Mule, family, answer(400, "", rules.Documented, docOAuth), nil},
		{malformedHeader, Mule, family, answer(400, "", rules.Documented, docOAuth), nil},
		{tokenTwice, Mule, family, answer(400, "", rules.Documented, docOAuth), nil},
		{inactiveToken, Mule, family, answer(401, "", rules.Inferred, pdkExample), nil},
		{expiredToken, Mule, family, answer(401, "", rules.Inferred, pdkExample), nil},
		{endpointDown, Mule, family, answer(401, "", rules.Documented, docOIDC), nil},
		{endpointForbids, Mule, family, answer(403, "", rules.Documented, docOAuth), nil},
		{endpointUnreadable, Mule, family, answer(500, "", rules.Documented, docOIDC), nil},
		{soapFault, Mule, family, answer(500, "", rules.Documented, docOIDC), nil},
		{missingScopes, Mule, family, answer(403, "", rules.Documented, docOAuth), nil},
		{noClientID, Mule, oidc, saying(403, invalidClient, rules.Documented, kbInvalid), nil},
		{noClientID, Mule, others, answer(403, "", rules.Documented, docOIDC), nil},
		{noContract, Mule, oidc, saying(403, invalidClient, rules.Documented, kbInvalid), nil},
		{noContract, Mule, others, answer(403, "", rules.Documented, docOIDC), nil},
	}
}

// oauthFlexRows are the answers on Flex Gateway, deduced from the vendor's own introspection example: its words stand in
// the member error of a JSON object whose spelling is not published.
func oauthFlexRows() []row {
	family := []string{openIDConnect, openAM, pingFederate, externalOAuth2, tokenIntrospection}
	oidc, others := family[:1], family[1:]
	json := []string{"Content-Type: application/json; charset=UTF-8"}
	realm := append([]string{`WWW-Authenticate: Bearer realm="OAuth2 Introspection Client Realm"`}, json...)
	says := func(status int, words string) rules.Answer { return saying(status, words, rules.Inferred, pdkExample) }
	return []row{
		{noToken, Flex, family, says(400, "Access token was not provided"), json},
		{malformedHeader, Flex, family, says(400, "Authorization header is invalid"), json},
		{inactiveToken, Flex, family, says(401, "Token has been revoked."), json},
		{expiredToken, Flex, family, says(401, "Token has expired."), json},
		{notValidated, Flex, family, says(401, "Token validation failed"), json},
		{endpointDown, Flex, family, says(401, "Unauthorized"), realm},
		{endpointForbids, Flex, family, says(403, ""), json},
		{endpointObjects, Flex, family, says(500, ""), json},
		{endpointFails, Flex, family, says(401, ""), json},
		{endpointUnreadable, Flex, family, says(500, "Unexpected error processing Authentication Server response"), json},
		{missingScopes, Flex, family, says(403, "The required scopes are not authorized"), json},
		{noClientID, Flex, oidc, saying(403, "Invalid Client", rules.Inferred, kbInvalid), nil},
		{noClientID, Flex, others, answer(403, "", rules.Inferred, docOIDC), nil},
		{noContract, Flex, family, answer(403, "", rules.Inferred, docOIDC), nil},
		{noContractsYet, Flex, family, answer(503, "", rules.Inferred, pdkContracts), nil},
	}
}
