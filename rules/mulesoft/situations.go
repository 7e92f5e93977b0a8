package mulesoft

// The situations in which a gateway answers by itself, or lets a request through that it should judge.
const (
	noToken            = "no-token"
	malformedHeader    = "malformed-header"
	tokenTwice         = "token-in-header-and-query"
	malformedToken     = "malformed-token"
	wrongAlgorithm     = "wrong-algorithm"
	badSignature       = "bad-signature"
	noKeys             = "no-keys"
	expiredToken       = "expired-token"
	enormousExpiry     = "enormous-exp"
	notYetValid        = "not-yet-valid"
	wrongAudience      = "wrong-audience"
	claimFails         = "custom-claim"
	inactiveToken      = "inactive-token"
	notValidated       = "token-not-validated"
	endpointDown       = "endpoint-unreachable"
	endpointForbids    = "endpoint-answers-403"
	endpointObjects    = "endpoint-answers-400"
	endpointFails      = "endpoint-answers-otherwise"
	endpointUnreadable = "endpoint-answer-unreadable"
	missingScopes      = "missing-scopes"
	noClientID         = "null-client-id"
	credentialsWrong   = "wrong-client-credentials"
	noContract         = "no-contract"
	noContractsYet     = "contracts-not-downloaded"
	quotaExceeded      = "quota-exceeded"
	soapFault          = "soap-fault"
	unavailable        = "policy-unavailable"
	noInstance         = "no-api-instance"
	notBound           = "api-not-bound"
	notActive          = "policy-not-active"
)

// situation is a situation in the words of a reader.
type situation struct{ id, title string }

// situations lists the situations in the order in which a gateway runs into them.
func situations() []situation {
	return []situation{
		{noInstance, "the API instance that the gateway was given does not exist"},
		{notBound, "the application is not bound to its API instance, so no policy runs"},
		{notActive, "a policy was applied a moment ago, and does not run yet"},
		{noToken, "the request carries no token where the policy looks for it"},
		{malformedHeader, "the Authorization header is not Bearer and a token"},
		{tokenTwice, "the request carries a token in the header and in the query"},
		{malformedToken, "the token is no signed JWT that can be read"},
		{wrongAlgorithm, "the token is signed with another algorithm than the policy's"},
		{badSignature, "no key of the policy verifies the signature"},
		{noKeys, "no key server can be reached, and no keys are cached"},
		{expiredToken, "the token has expired"},
		{enormousExpiry, "exp is a number beyond what the gateway's clock can hold"},
		{notYetValid, "the token is not valid yet"},
		{wrongAudience, "the token is for another audience, or has none where one is demanded"},
		{claimFails, "a custom claim is missing or has another value"},
		{inactiveToken, "the validation endpoint calls the token inactive"},
		{notValidated, "the validation endpoint's answer does not validate the token for another reason"},
		{endpointDown, "the validation endpoint can't be reached in time"},
		{endpointForbids, "the validation endpoint answers 403"},
		{endpointObjects, "the validation endpoint answers 400"},
		{endpointFails, "the validation endpoint answers with another status than 200, 400 and 403"},
		{endpointUnreadable, "the validation endpoint's answer can't be read"},
		{missingScopes, "the token lacks a scope that the policy requires"},
		{noClientID, "no client id can be read"},
		{credentialsWrong, "the client id or secret is wrong"},
		{noContract, "the client has no approved contract on the API instance"},
		{noContractsYet, "the gateway has not downloaded the contracts yet"},
		{quotaExceeded, "the client has used up the quota of its SLA tier"},
		{soapFault, "the API is described by a WSDL, and a refusal is a SOAP fault"},
		{unavailable, "the policy can't do its work (the documentation says no more)"},
	}
}

// titleOf is a situation in words.
func titleOf(all []situation, id string) string {
	for _, s := range all {
		if s.id == id {
			return s.title
		}
	}
	return ""
}
