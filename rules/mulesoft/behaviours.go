package mulesoft

import (
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/rules"
)

// checkedOn is the day on which all references were last checked.
const checkedOn = "2026-11-23"

// largestLeeway is the largest leeway that a gateway may give to clocks. The vendor
// documents none, so we do not know what it does with a time that is missed by less.
const largestLeeway = 5 * time.Minute

// row is a row of the table of behaviours. It has a body only where somebody published one.
type row struct {
	situation string
	variant   string // the gateway; empty for both
	of        string // the policy kinds, a blank apart; empty for whatever runs on the gateway
	answer    rules.Answer
	headers   string // one a line
}

// behaviours is the table of how the gateways answer, as far as we know.
func behaviours() []rules.Behaviour {
	var all []rules.Behaviour
	titles := situations()
	for i := range rows {
		r := &rows[i]
		b := rules.Behaviour{
			Situation: r.situation, Title: titleOf(titles, r.situation),
			Condition: r.answer.Condition, Answer: r.said(), Checked: checkedOn,
		}
		if r.of != "" {
			b.Policies = strings.Fields(r.of)
		}
		if r.headers != "" {
			b.Headers = strings.Split(r.headers, "\n")
		}
		for _, gateway := range variants() {
			if b.Variant = gateway.Name; r.variant == "" || r.variant == b.Variant {
				all = append(all, b)
			}
		}
	}
	return all
}

// said is the answer of a row, which says what row that is.
func (r *row) said() rules.Answer {
	answer := r.answer
	answer.Situation = r.situation
	return answer
}

// answerOf is what a gateway sends in a situation in which a policy of a kind refuses a request,
// if a condition holds. It is empty where the table has no row.
func answerOf(kind, variant, situation, condition string) rules.Answer {
	for i := range rows {
		r := &rows[i]
		if r.situation == situation && (r.variant == "" || r.variant == variant) &&
			r.answer.Condition == condition && r.isOf(kind) {
			return r.said()
		}
	}
	return rules.Answer{}
}

// isOf reports whether a row is of a policy kind.
func (r *row) isOf(kind string) bool {
	return slices.Contains(strings.Fields(r.of), kind)
}

// answer is an answer with this body. A body that nobody published is empty, and so unknown.
func answer(status int, body string, level rules.Level, reference string) rules.Answer {
	return rules.Answer{Status: status, Body: body, Evidence: level.From(reference)}
}

// saying is an answer that is published in some words only, and not as the exact body.
func saying(status int, says string, level rules.Level, reference string) rules.Answer {
	return rules.Answer{Status: status, Says: says, Evidence: level.From(reference)}
}

// given is a documented answer that is sent if a condition holds.
func given(condition string, status int, reference string) rules.Answer {
	return rules.Answer{
		Condition: condition, Status: status,
		Evidence: rules.Documented.From(reference),
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

// What rows have in common.
const (
	jwt         = jwtValidation
	oidc        = openIDConnect
	enforcement = clientIDEnforcement
	sla         = rateLimitingSLA

	otherOnMule = openAM + " " + pingFederate + " " + externalOAuth2
	otherOnFlex = otherOnMule + " " + tokenIntrospection
	oauthOnMule = oidc + " " + otherOnMule
	oauthOnFlex = oidc + " " + otherOnFlex

	jwtRequired     = `{"error": "JWT Token is required."}`
	jwtRequiredFlex = `{"error":"JWT Token is required."}`
	jwtInvalid      = `{"error": "Invalid token."}`
	jwtInvalidFlex  = `{"error":"Invalid token."}`
	jwtDenied       = `{"error": "Authentication denied."}`
	noClientIDFlex  = `{"error":"Client ID is not present"}`
	invalidClient   = "Invalid Client"
	noJSON          = "Unexpected error processing Authentication Server response"

	bearer = "www-authenticate: Bearer"
	asJSON = "Content-Type: application/json; charset=UTF-8"
	realm  = `WWW-Authenticate: Bearer realm="OAuth2 Introspection Client Realm"` + "\n" +
		asJSON
	challenge  = "WWW-Authenticate: Client-ID-Enforcement"
	basicRealm = `WWW-Authenticate: Basic realm="mule-realm"`

	// inBasicForm is the condition of the rows about credentials in the Authorization header.
	inBasicForm = "credentials in basic form"
)

// rows are the table. Nobody changes them, and nothing is done for them when the program starts:
// the calls in a row are with constants alone.
var rows = [...]row{
	// A gateway on which no policy runs.
	{
		noInstance, Mule, "",
		rules.Answer{Status: 503, NoBody: true, Evidence: rules.Observed.From(obsMule)},
		"",
	},
	{notBound, Mule, "", answer(200, "", rules.Observed, obsMule), ""},
	{notActive, Mule, "", answer(200, "", rules.Observed, obsApproov), ""},

	// JWT Validation. The bodies of the two gateways do differ in a space. Flex Gateway takes
	// nothing but "Bearer", one space and the token. We do not know with which status either
	// gateway refuses another header.
	{noToken, Mule, jwt, answer(400, jwtRequired, rules.Observed, obsApproov), ""},
	{noToken, Flex, jwt, answer(400, jwtRequiredFlex, rules.Observed, obsFlex), bearer},
	{malformedHeader, Mule, jwt, answer(0, "", rules.Inferred, docJWT), ""},
	{malformedHeader, Flex, jwt, answer(0, "", rules.Inferred, pdkJWTLibrary), ""},
	{malformedToken, Mule, jwt, answer(401, jwtInvalid, rules.Observed, obsApproov), ""},
	{malformedToken, Flex, jwt, answer(401, jwtInvalidFlex, rules.Observed, obsFlex), bearer},
	{wrongAlgorithm, "", jwt, answer(401, "", rules.Documented, docJWT), ""},
	{badSignature, Mule, jwt, answer(401, jwtInvalid, rules.Observed, obsApproov), ""},
	{badSignature, Flex, jwt, answer(401, jwtInvalidFlex, rules.Observed, obsFlex), bearer},
	{noKeys, "", jwt, answer(503, "", rules.Documented, docJWT), ""},
	{expiredToken, Mule, jwt, answer(401, jwtInvalid, rules.Observed, obsApproov), ""},
	{expiredToken, Flex, jwt, answer(401, jwtInvalidFlex, rules.Observed, obsFlex), bearer},
	{enormousExpiry, Flex, jwt, answer(503, "", rules.Observed, obsFlex), ""},
	{notYetValid, "", jwt, answer(401, "", rules.Documented, docJWT), ""},
	{missingTime, "", jwt, answer(401, "", rules.Documented, docJWT), ""},
	{wrongAudience, "", jwt, answer(401, "", rules.Documented, docJWT), ""},
	{claimFails, "", jwt, answer(401, "", rules.Documented, docJWT), ""},
	{noClientID, Mule, jwt, answer(403, jwtDenied, rules.Observed, obsMule), ""},
	{noClientID, Flex, jwt, answer(403, "", rules.Inferred, obsMule), ""},
	{noContract, Mule, jwt, answer(403, "", rules.Inferred, kbInvalid), ""},
	{noContract, Flex, jwt, answer(403, "", rules.Inferred, pdkContracts), ""},
	{noContractsYet, Flex, jwt, answer(503, "", rules.Inferred, pdkContracts), ""},

	// The policies that ask a validation endpoint, on Mule Gateway. The status for a token that
	// the endpoint refuses is not known: the documentation lists 400 for an invalid token and 401
	// for unauthorized access, and does not say which of them such a token gets.
	{noToken, Mule, oauthOnMule, answer(400, "", rules.Documented, docOAuth), ""},
	{malformedHeader, Mule, oauthOnMule, answer(400, "", rules.Documented, docOAuth), ""},
	{tokenTwice, Mule, oauthOnMule, answer(400, "", rules.Documented, docOAuth), ""},
	{
		inactiveToken, Mule, oauthOnMule,
		rules.Answer{OneOf: []int{400, 401}, Evidence: rules.Inferred.From(docOIDC)},
		"",
	},
	{
		expiredToken, Mule, oauthOnMule,
		rules.Answer{OneOf: []int{400, 401}, Evidence: rules.Inferred.From(docOIDC)},
		"",
	},
	{endpointDown, Mule, oauthOnMule, answer(401, "", rules.Documented, docOIDC), ""},
	{endpointForbids, Mule, oauthOnMule, answer(403, "", rules.Documented, docOAuth), ""},
	{endpointUnreadable, Mule, oauthOnMule, answer(500, "", rules.Documented, docOIDC), ""},
	{soapFault, Mule, oauthOnMule, answer(500, "", rules.Documented, docOIDC), ""},
	{missingScopes, Mule, oauthOnMule, answer(403, "", rules.Documented, docOAuth), ""},
	{noClientID, Mule, oidc, saying(403, invalidClient, rules.Documented, kbInvalid), ""},
	{noClientID, Mule, otherOnMule, answer(403, "", rules.Documented, docOIDC), ""},
	{noContract, Mule, oidc, saying(403, invalidClient, rules.Documented, kbInvalid), ""},
	{noContract, Mule, otherOnMule, answer(403, "", rules.Documented, docOIDC), ""},

	// These policies on Flex Gateway, deduced from the vendor's own introspection example. Its
	// words are in the member error of a JSON object, whose exact form is not published.
	{
		noToken, Flex, oauthOnFlex,
		saying(400, "Access token was not provided", rules.Inferred, pdkExample), asJSON,
	},
	{
		malformedHeader, Flex, oauthOnFlex,
		saying(400, "Authorization header is invalid", rules.Inferred, pdkExample), asJSON,
	},
	{
		inactiveToken, Flex, oauthOnFlex,
		saying(401, "Token has been revoked.", rules.Inferred, pdkExample), asJSON,
	},
	{
		expiredToken, Flex, oauthOnFlex,
		saying(401, "Token has expired.", rules.Inferred, pdkExample), asJSON,
	},
	{
		notValidated, Flex, oauthOnFlex,
		saying(401, "Token validation failed", rules.Inferred, pdkExample), asJSON,
	},
	{
		endpointDown, Flex, oauthOnFlex,
		saying(401, "Unauthorized", rules.Inferred, pdkExample), realm,
	},
	{endpointForbids, Flex, oauthOnFlex, saying(403, "", rules.Inferred, pdkExample), asJSON},
	{endpointObjects, Flex, oauthOnFlex, saying(500, "", rules.Inferred, pdkExample), asJSON},
	{endpointFails, Flex, oauthOnFlex, saying(401, "", rules.Inferred, pdkExample), asJSON},
	{
		endpointUnreadable, Flex, oauthOnFlex,
		saying(500, noJSON, rules.Inferred, pdkExample), asJSON,
	},
	{
		missingScopes, Flex, oauthOnFlex,
		saying(403, "The required scopes are not authorized", rules.Inferred, pdkExample), asJSON,
	},
	{noClientID, Flex, oidc, saying(403, invalidClient, rules.Inferred, kbInvalid), ""},
	{noClientID, Flex, otherOnFlex, answer(403, "", rules.Inferred, docOIDC), ""},
	{noContract, Flex, oauthOnFlex, answer(403, "", rules.Inferred, docOIDC), ""},
	{noContractsYet, Flex, oauthOnFlex, answer(503, "", rules.Inferred, pdkContracts), ""},

	// Client ID Enforcement, of credentials that an expression reads.
	{noClientID, Mule, enforcement, answer(401, "", rules.Documented, docClientID), challenge},
	{
		noClientID, Flex, enforcement,
		answer(401, noClientIDFlex, rules.Observed, obsFlexClientID), challenge,
	},
	{credentialsWrong, "", enforcement, answer(401, "", rules.Documented, docClientID), challenge},
	{noContract, "", enforcement, answer(401, "", rules.Documented, docClientID), challenge},

	// The SLA-based rate limit.
	{noClientID, "", sla, answer(401, "", rules.Documented, docSLA), ""},
	{credentialsWrong, "", sla, answer(401, "", rules.Documented, docSLA), ""},
	{noContract, "", sla, answer(401, "", rules.Documented, docSLA), ""},
	{quotaExceeded, "", sla, answer(429, "", rules.Documented, docSLA), ""},
	{unavailable, Mule, sla, answer(503, "", rules.Documented, docSLA), ""},

	// Policies that refuse requests whatever token they carry.
	{addressRefused, "", ipAllowlist, answer(403, "", rules.Documented, docIPAllowlist), ""},
	{addressRefused, "", ipBlocklist, answer(403, "", rules.Documented, docIPBlocklist), ""},
	{tooManyRequests, "", rateLimiting, answer(429, "", rules.Documented, docRateLimit), ""},
	{tooManyRequests, "", spikeControl, answer(429, "", rules.Documented, docSpike), ""},

	// Client ID Enforcement, of credentials in basic form, which have another challenge.
	{noClientID, "", enforcement, given(inBasicForm, 401, docClientID), basicRealm},
	{credentialsWrong, "", enforcement, given(inBasicForm, 401, docClientID), basicRealm},
	{noContract, "", enforcement, given(inBasicForm, 401, docClientID), basicRealm},

	// The SLA-based rate limit, for an API that is described by a WSDL.
	{soapFault, Mule, sla, given("SOAP 1.1", 500, docSLA), ""},
	{soapFault, Mule, sla, given("SOAP 1.2", 400, docSLA), ""},
}
