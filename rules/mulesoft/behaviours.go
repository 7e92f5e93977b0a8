package mulesoft

import (
	"slices"
	"time"

	"github.com/gatewhy/gatewhy/rules"
)

// checkedOn is the day on which all references were last checked.
const checkedOn = "2026-11-23"

// largestLeeway is the largest leeway that a gateway may give to clocks. The vendor
// documents none, so we do not know what it does with a time that is missed by less.
const largestLeeway = 5 * time.Minute

// row is a row of the table of behaviours. A row without policies holds whatever policies run on
// the gateway.
type row struct {
	situation, variant string
	policies           []string
	answer             rules.Answer
	headers            []string
}

// behaviours is the table of how the gateways answer, as far as we know. It has a body only where
// somebody published one.
func behaviours() []rules.Behaviour {
	return tableOf(func([]string) bool { return true })
}

// behavioursOf is the part of the table in which the answers of a policy kind are looked up. Most
// configurations have policies of one kind.
func behavioursOf(asset string) []rules.Behaviour {
	return tableOf(func(policies []string) bool { return slices.Contains(policies, asset) })
}

// part is the part of the table for some kinds of policies; nil where none runs.
type part struct {
	policies []string
	rows     func(policies []string) []row
}

// parts lists them. OpenID Connect is the first of its family.
func parts() []part {
	family := []string{openIDConnect, openAM, pingFederate, externalOAuth2, tokenIntrospection}
	return []part{
		{nil, gatewayRows},
		{[]string{jwtValidation}, jwtRows},
		{family[:4:4], oauthRows},
		{family, oauthFlexRows},
		{[]string{clientIDEnforcement}, clientIDRows},
		{[]string{rateLimitingSLA}, slaRows},
		{[]string{ipAllowlist, ipBlocklist, rateLimiting, spikeControl}, blindRows},
	}
}

// tableOf makes the rows of the table for the kinds of policies that are wanted.
func tableOf(wanted func(policies []string) bool) []rules.Behaviour {
	t := table{wanted: wanted, titles: situations()}
	for _, p := range parts() {
		if wanted(p.policies) {
			t.add(p.rows(p.policies))
		}
	}
	if enforcement := []string{clientIDEnforcement}; wanted(enforcement) {
		t.addBasic(enforcement)
	}
	if sla := []string{rateLimitingSLA}; wanted(sla) {
		t.addSOAP(sla)
	}
	return t.rows
}

// table is what is made of the rows that are wanted.
type table struct {
	rows   []rules.Behaviour
	wanted func(policies []string) bool
	titles []situation
}

// add adds rows, and returns what it added.
func (t *table) add(rows []row) []rules.Behaviour {
	first := len(t.rows)
	for i := range rows {
		r := &rows[i]
		if !t.wanted(r.policies) {
			continue
		}
		if len(t.rows) == cap(t.rows) {
			t.rows = slices.Grow(t.rows, len(rows)-i)
		}
		r.answer.Situation = r.situation
		t.rows = append(t.rows, rules.Behaviour{
			Situation: r.situation, Title: titleOf(t.titles, r.situation),
			Variant: r.variant, Policies: r.policies,
			Answer: r.answer, Headers: r.headers, Checked: checkedOn,
		})
	}
	return t.rows[first:]
}

// gatewayRows are the answers of a gateway on which no policy runs.
func gatewayRows([]string) []row {
	none := answer(503, "", rules.Observed, obsMule)
	none.NoBody = true
	return []row{
		{noInstance, Mule, nil, none, nil},
		{notBound, Mule, nil, answer(200, "", rules.Observed, obsMule), nil},
		{notActive, Mule, nil, answer(200, "", rules.Observed, obsApproov), nil},
	}
}

// answer is an answer with this body. A body that nobody published is empty, and so unknown.
func answer(status int, body string, level rules.Level, reference string) rules.Answer {
	return rules.Answer{
		Status: status, Body: body, Evidence: rules.Evidence{Level: level, Reference: reference},
	}
}

// saying is an answer that is published in some words only, and not as the exact body.
func saying(status int, says string, level rules.Level, reference string) rules.Answer {
	return rules.Answer{
		Status: status, Says: says, Evidence: rules.Evidence{Level: level, Reference: reference},
	}
}

// The situations in which a gateway answers by itself, or lets a request through without judging
// it.
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
	missingTime        = "missing-time"
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
	addressRefused     = "address-refused"
	tooManyRequests    = "too-many-requests"
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
		{malformedToken, "the token is not a readable signed JWT"},
		{wrongAlgorithm, "the token is signed with another algorithm than the policy's"},
		{badSignature, "no key of the policy verifies the signature"},
		{noKeys, "no key server can be reached, and no keys are cached"},
		{expiredToken, "the token has expired"},
		{enormousExpiry, "exp is a number too large for the gateway's clock"},
		{notYetValid, "the token is not valid yet"},
		{missingTime, "the token lacks exp or nbf, and the policy requires it"},
		{wrongAudience, "the token is for another audience, or has none although one is required"},
		{claimFails, "a custom claim is missing or has another value"},
		{inactiveToken, "the validation endpoint calls the token inactive"},
		{
			notValidated,
			"the validation endpoint's answer does not validate the token for another reason",
		},
		{endpointDown, "the validation endpoint can't be reached in time"},
		{endpointForbids, "the validation endpoint answers 403"},
		{endpointObjects, "the validation endpoint answers 400"},
		{
			endpointFails,
			"the validation endpoint answers with another status than 200, 400 and 403",
		},
		{endpointUnreadable, "the validation endpoint's answer can't be read"},
		{missingScopes, "the token lacks a scope that the policy requires"},
		{noClientID, "no client id can be read"},
		{credentialsWrong, "the client id or secret is wrong"},
		{noContract, "the client has no approved contract on the API instance"},
		{noContractsYet, "the gateway has not downloaded the contracts yet"},
		{quotaExceeded, "the client has used up the quota of its SLA tier"},
		{addressRefused, "the caller's IP address is not one that the policy lets in"},
		{tooManyRequests, "there are more requests than the policy lets through in a time"},
		{soapFault, "the API is described by a WSDL, and a refusal is a SOAP fault"},
		{unavailable, "the policy can't do its work (the documentation gives no details)"},
	}
}

// titleOf is the title of a situation; empty for any other text.
func titleOf(all []situation, id string) string {
	for _, s := range all {
		if s.id == id {
			return s.title
		}
	}
	return ""
}

// jwtRows are the answers of JWT Validation. The bodies of the two gateways do differ in a space.
// Flex Gateway takes nothing but "Bearer", one space and the token. We do not know with which
// status either gateway refuses another header.
func jwtRows(jwt []string) []row {
	const (
		required     = `{"error": "JWT Token is required."}`
		requiredFlex = `{"error":"JWT Token is required."}`
		invalid      = `{"error": "Invalid token."}`
		invalidFlex  = `{"error":"Invalid token."}`
		denied       = `{"error": "Authentication denied."}`
	)
	bearer := []string{"www-authenticate: Bearer"}
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
		{missingTime, Mule, jwt, answer(401, "", rules.Documented, docJWT), nil},
		{missingTime, Flex, jwt, answer(401, "", rules.Documented, docJWT), nil},
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

// oauthRows are the answers of the policies that ask a validation endpoint, on Mule Gateway. The
// status for a token that the endpoint refuses is not known: the documentation lists 400 for an
// invalid token and 401 for unauthorized access, and does not say which of them such a token gets.
func oauthRows(family []string) []row {
	const invalidClient = "Invalid Client"
	oidc, others := family[:1:1], family[1:]
	refused := answer(0, "", rules.Inferred, docOIDC)
	refused.OneOf = []int{400, 401}
	return []row{
		{noToken, Mule, family, answer(400, "", rules.Documented, docOAuth), nil},
		{malformedHeader, Mule, family, answer(400, "", rules.Documented, docOAuth), nil},
		{tokenTwice, Mule, family, answer(400, "", rules.Documented, docOAuth), nil},
		{inactiveToken, Mule, family, refused, nil},
		{expiredToken, Mule, family, refused, nil},
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

// oauthFlexRows are the answers of those policies on Flex Gateway, deduced from the vendor's own
// introspection example. Its words are in the member error of a JSON object, whose exact form is
// not published.
func oauthFlexRows(family []string) []row {
	oidc, others := family[:1:1], family[1:]
	json := []string{"Content-Type: application/json; charset=UTF-8"}
	realm := append(
		[]string{`WWW-Authenticate: Bearer realm="OAuth2 Introspection Client Realm"`}, json...,
	)
	says := func(status int, words string) rules.Answer {
		return saying(status, words, rules.Inferred, pdkExample)
	}
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
		{
			endpointUnreadable, Flex, family,
			says(500, "Unexpected error processing Authentication Server response"), json,
		},
		{missingScopes, Flex, family, says(403, "The required scopes are not authorized"), json},
		{noClientID, Flex, oidc, saying(403, "Invalid Client", rules.Inferred, kbInvalid), nil},
		{noClientID, Flex, others, answer(403, "", rules.Inferred, docOIDC), nil},
		{noContract, Flex, family, answer(403, "", rules.Inferred, docOIDC), nil},
		{noContractsYet, Flex, family, answer(503, "", rules.Inferred, pdkContracts), nil},
	}
}

// clientIDRows are the answers of Client ID Enforcement to credentials that an expression reads.
func clientIDRows(enforcement []string) []row {
	challenge := []string{"WWW-Authenticate: Client-ID-Enforcement"}
	refused := answer(401, "", rules.Documented, docClientID)
	return []row{
		{noClientID, Mule, enforcement, refused, challenge},
		{
			noClientID, Flex, enforcement,
			answer(401, `{"error":"Client ID is not present"}`, rules.Observed, obsFlexClientID),
			challenge,
		},
		{credentialsWrong, Mule, enforcement, refused, challenge},
		{credentialsWrong, Flex, enforcement, refused, challenge},
		{noContract, Mule, enforcement, refused, challenge},
		{noContract, Flex, enforcement, refused, challenge},
	}
}

// inBasicForm is the condition of the rows about credentials in the Authorization header.
const inBasicForm = "credentials in basic form"

// addBasic adds the answers of Client ID Enforcement to credentials in basic form, which come with
// another challenge.
func (t *table) addBasic(enforcement []string) {
	added := t.add(clientIDRows(enforcement))
	for i := range added {
		added[i].Condition, added[i].Answer.Condition = inBasicForm, inBasicForm
		added[i].Answer.Body, added[i].Answer.Evidence = "", documented(docClientID)
		added[i].Headers = []string{`WWW-Authenticate: Basic realm="mule-realm"`}
	}
}

// slaRows are the answers of the SLA-based rate limit.
func slaRows(sla []string) []row {
	refused := answer(401, "", rules.Documented, docSLA)
	exceeded := answer(429, "", rules.Documented, docSLA)
	return []row{
		{noClientID, Mule, sla, refused, nil},
		{noClientID, Flex, sla, refused, nil},
		{credentialsWrong, Mule, sla, refused, nil},
		{credentialsWrong, Flex, sla, refused, nil},
		{noContract, Mule, sla, refused, nil},
		{noContract, Flex, sla, refused, nil},
		{quotaExceeded, Mule, sla, exceeded, nil},
		{quotaExceeded, Flex, sla, exceeded, nil},
		{unavailable, Mule, sla, answer(503, "", rules.Documented, docSLA), nil},
	}
}

// blindRows are the answers of policies that refuse requests whatever token they carry.
func blindRows([]string) []row {
	var all []row
	for _, variant := range [...]string{Mule, Flex} {
		for _, of := range [...]struct {
			situation, asset, reference string
			status                      int
		}{
			{addressRefused, ipAllowlist, docIPAllowlist, 403},
			{addressRefused, ipBlocklist, docIPBlocklist, 403},
			{tooManyRequests, rateLimiting, docRateLimit, 429},
			{tooManyRequests, spikeControl, docSpike, 429},
		} {
			refused := answer(of.status, "", rules.Documented, of.reference)
			all = append(all, row{of.situation, variant, []string{of.asset}, refused, nil})
		}
	}
	return all
}

// addSOAP adds the answers of the SLA-based rate limit for an API that is described by a WSDL.
func (t *table) addSOAP(sla []string) {
	for _, of := range []struct {
		version string
		status  int
	}{{"SOAP 1.1", 500}, {"SOAP 1.2", 400}} {
		added := t.add([]row{
			{soapFault, Mule, sla, answer(of.status, "", rules.Documented, docSLA), nil},
		})
		for i := range added {
			added[i].Condition = of.version
		}
	}
}
