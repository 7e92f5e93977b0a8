package mulesoft

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
)

// What is not known of one field stays so, whatever the fields say that are read after it.
func TestALaterFieldDropsNoDoubt(t *testing.T) {
	with := func(name, value string) string {
		fields := map[string]string{
			"signingMethod": `"rsa"`, "signingKeyLength": "256", "jwtKeyOrigin": `"jwks"`,
			"jwksUrl": `"https://keys.example/keys"`, "skipClientIdValidation": "true",
			name: value,
		}
		var all []string
		for field, text := range fields {
			if text != "" {
				all = append(all, `"`+field+`":`+text)
			}
		}
		return strings.Join(all, ",")
	}
	aud := `,"validateAudClaim":true,"supportedAudiences":"api://x"`
	for _, test := range []struct {
		name, config string
		by           rules.ID
	}{
		{"a method that is a variable", with("signingMethod", `"${m}"`), rules.Algorithm},
		{"one in capitals", with("signingMethod", `"RSA"`), rules.Algorithm},
		{"one that is a list", with("signingMethod", `["rsa"]`), rules.Algorithm},
		{"a length that is a variable", with("signingKeyLength", `"#{len}#"`), rules.Algorithm},
		{"a length that no algorithm has", with("signingKeyLength", `2048`), rules.Algorithm},
		{"an origin of keys that is a variable", with("jwtKeyOrigin", `"${o}"`), rules.Signature},
		{"one in capitals", with("jwtKeyOrigin", `"JWKS"`), rules.Signature},
		{"one that is absent", with("jwtKeyOrigin", ""), rules.Signature},
		{
			"one that is absent beside a key", with("jwtKeyOrigin", "") + `,"textKey":"abc"`,
			rules.Signature,
		},
		{"keys at a list", with("jwksUrl", `["https://keys.example/keys"]`), rules.Signature},
		{
			"a switch of the audience that is a text",
			with("", "") + aud + `,"mandatoryAudClaim":"perhaps"`, rules.Audience,
		},
		{
			"a switch of the client id that is a variable",
			with("skipClientIdValidation", `"${skip}"`), rules.ClientID,
		},
		{
			"a switch of the claims that is a variable",
			with("", "") + `,"validateCustomClaim":"${v}","mandatoryCustomClaims":[{"key":"a",` +
				`"value":"b"}]`, rules.CustomClaim,
		},
		{
			"a claim without a value under a switch that is a variable",
			with("", "") + `,"validateCustomClaim":"${v}","mandatoryCustomClaims":[{"key":"a"}]`,
			rules.CustomClaim,
		},
		{
			"a claim that is absent, and whose value is a variable",
			with("", "") + `,"validateCustomClaim":true,"mandatoryCustomClaims":[{"key":"a",` +
				`"value":"${v}"}]`, rules.CustomClaim,
		},
		{
			"an origin of the token that is a variable",
			with("jwtOrigin", `"${where}"`), rules.TokenPresent,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := verdictOf(t, policyOf(jwtValidation, "1.4.0", test.config), request(v1))
			if got := short(v); got != unknown(test.by) {
				t.Errorf("got %v, want unknown at %s", got, test.by)
			}
		})
	}
}

// The same of a policy that asks a validation endpoint: which member names the client decides.
func TestAnUnknownMemberOfAnAnswerIsNotReadAsNone(t *testing.T) {
	const introspection = `"introspectionURL":"https://i.example","authorizationValue":"x"`
	for name, consumer := range map[string]string{
		"a variable": `"${by}"`, "another mark": `"__By__"`, "a list": `["client_id"]`,
		"a number": `7`, "an object": `{}`, "in capitals": `"CLIENT_ID"`,
	} {
		text := policyOf(tokenIntrospection, "1.0.1",
			introspection+`,"skipClientIdValidation":false,"consumerBy":`+consumer)
		for check := range compiled(t, "p.json", text, rules.Options{}).Policies[0].Root.Checks() {
			if check.ID == rules.ClientID && check.Unknown == nil {
				t.Errorf("%s: the client id counts as known", name)
			}
		}
	}
}

// A check that reads no token is made on a request without one.
func TestARequestWithoutATokenIsCheckedByWhatReadsNone(t *testing.T) {
	const sends = "Client_id"
	by := func(expression string) string {
		return policyOf(
			clientIDEnforcement, "1.3.3", `"clientIdExpression":"#[`+expression+`]"`,
		)
	}
	basic := policyOf(clientIDEnforcement, "1.3.3", `"clientSecretExpression":"",`+
		`"credentialsOriginHasHttpBasicAuthenticationHeader":"`+basicOrigin+`"`)
	sla := policyOf(rateLimitingSLA, "1.3.1",
		`"clientIdExpression":"#[attributes.headers['client_id']]"`)
	flex := strings.Replace(by("attributes.headers['client_id']"), clientIDEnforcement,
		clientIDEnforcement+"-flex", 1)
	token := policyOf(jwtValidation, "1.4.0", base+skip)
	header := by("attributes.headers['client_id']")
	for name, row := range map[string]struct {
		text   string
		client string // what the header holds; empty for none
		want   rules.Decision
	}{
		"a client id in a header, known":    {header, client, rules.Accepted},
		"another":                           {header, "x", rules.Rejected},
		"none":                              {header, "", rules.Rejected},
		"in a list of one":                  {"[" + header + "]", "", rules.Rejected},
		"of the SLA policy":                 {sla, "", rules.Rejected},
		"of the SLA policy, known":          {sla, client, rules.Accepted},
		"by the name that Flex Gateway has": {flex, "", rules.Rejected},
		"in basic form":                     {basic, "", rules.Rejected},
		"in the payload":                    {by("payload.client_id"), "", rules.Undetermined},
		"in a parameter": {
			by("attributes.queryParams.client_id"), "", rules.Undetermined,
		},
		"a variable in its place": {
			policyOf(clientIDEnforcement, "1.3.3", `"clientIdExpression":"${id}"`), "",
			rules.Undetermined,
		},
		"a kind that is not modelled": {
			policyOf("http-basic-authentication", "1.0.0", ""), "", rules.Undetermined,
		},
		"a kind that looks at nothing": {policyOf("cors", "1.3.1", ""), "", rules.Accepted},
		"beside a token policy":        {"[" + header + "," + token + "]", client, rules.Rejected},
		"a second policy of its kind":  {"[" + header + "," + sla + "]", "", rules.Rejected},
	} {
		t.Run(name, func(t *testing.T) {
			r := &rules.Request{
				At: at, HeadersWhole: true, Headers: map[string]string{},
				Contracts:  &rules.Contracts{IDs: []string{client}},
				Signatures: signed(keys.Pass),
			}
			if row.client != "" {
				r.Headers[sends] = row.client
			}
			if got := verdictOf(t, row.text, r).Outcome; got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}
