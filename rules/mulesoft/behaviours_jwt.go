package mulesoft

import "github.com/gatewhy/gatewhy/rules"

// jwtRows are the answers of JWT Validation. That the bodies differ in a space is no mistake. Flex Gateway takes nothing but
// "Bearer", one space and the token; with which status either gateway refuses another header is not known.
func jwtRows() []row {
	const (
		required     = `{"error": "JWT Token is required."}`
		requiredFlex = `{"error":"JWT Token is required."}`
		invalid      = `{"error": "Invalid token."}`
		invalidFlex  = `{"error":"Invalid token."}`
		denied       = `{"error": "Authentication denied."}`
	)
	jwt, bearer := []string{jwtValidation}, []string{"www-authenticate: Bearer"}
	return []row{
		{noToken, Mule, jwt, answer(400, required, rules.Observed, obsApproov), nil},
		{noToken, Flex, jwt, answer(400, requiredFlex, rules.Observed, obsFlex), bearer},
		{malformedHeader, Mule, jwt, answer(0, "", rules.Inferred, docJWT), nil},
		{malformedHeader, Flex, jwt, answer(0, "", rules.Inferred, pdkJWTLibrary), nil},
		{malformedToken, Mule, jwt, answer(401, invalid, rules.Observed, obsApproov), nil},
		{malformedToken, Flex, jwt, answer(401, invalidFlex, rules.Observed, obsFlex), bearer},
		{wrongAlgorithm, Mule, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{wrongAlgorithm, Flex, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{badSignature, Mule, jwt, answer(401, invalid, rules.Observed, obsApproov), nil},
		{badSignature, Flex, jwt, answer(401, invalidFlex, rules.Observed, obsFlex), bearer},
		{noKeys, Mule, jwt, answer(503, "", rules.Documented, docJWT), nil},
		{noKeys, Flex, jwt, answer(503, "", rules.Documented, docJWT), nil},
		{expiredToken, Mule, jwt, answer(401, invalid, rules.Observed, obsApproov), nil},
		{expiredToken, Flex, jwt, answer(401, invalidFlex, rules.Observed, obsFlex), bearer},
		{enormousExpiry, Flex, jwt, answer(503, "", rules.Observed, obsFlex), nil},
		{notYetValid, Mule, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{notYetValid, Flex, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{wrongAudience, Mule, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{wrongAudience, Flex, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{claimFails, Mule, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{claimFails, Flex, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{noClientID, Mule, jwt, answer(403, denied, rules.Observed, obsMule), nil},
		{noClientID, Flex, jwt, answer(403, "", rules.Inferred, obsMule), nil},
		{noContract, Mule, jwt, answer(403, "", rules.Inferred, kbInvalid), nil},
		{noContract, Flex, jwt, answer(403, "", rules.Inferred, pdkContracts), nil},
		{noContractsYet, Flex, jwt, answer(503, "", rules.Inferred, pdkContracts), nil},
	}
}
