package mulesoft

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// withAudiences is a policy that checks the audience, which is written like this.
func withAudiences(value string) string {
	return base + skip + `,"validateAudClaim":true,"supportedAudiences":` + value
}

func TestAValueThatADeploymentReplacesIsNotKnown(t *testing.T) {
	var tests []jwtCase
	for _, mark := range []string{
		"${AUD}", "{{ aud }}", "#{Orders.Audience}#", "$(ordersAudience)", "__Audience__",
		"<AUDIENCE>",
		"%AUDIENCE%", "<%= audience %>", "{% audience %}",
	} {
		tests = append(
			tests,
			jwtCase{
				"alone: " + mark, withAudiences(`"` + mark + `"`), v1 + `,"aud":"api://x"`,
				unknown(rules.Audience),
			},
			jwtCase{
				"in a list: " + mark, withAudiences(`"api://y,api://` + mark + `"`),
				v1 + `,"aud":"api://x"`, unknown(rules.Audience),
			},
			jwtCase{
				"as a claim's value: " + mark,
				claimList(`{"key":"env","value":"` + mark + `"}`), v1 + `,"env":"uat"`,
				unknown(rules.CustomClaim),
			},
			jwtCase{
				"as a claim's key: " + mark, claimList(`{"key":"` + mark + `","value":"uat"}`),
				v1 + `,"env":"uat"`, unknown(rules.CustomClaim),
			},
		)
	}
	runJWT(t, tests)
}

func TestATextThatOnlyLooksLikeAMarkIsCompared(t *testing.T) {
	var tests []jwtCase
	for _, text := range []string{
		"https://x/a%20b%2Fc", "api://orders_uat", "a<b", "cost: 5$ (net)", "#x", "100% or 50%",
		"<tenant>",
	} {
		tests = append(tests, jwtCase{
			text, withAudiences(`"` + text + `"`), v1 + `,"aud":"api://other"`,
			rejected(401, rules.Audience),
		})
	}
	runJWT(t, tests)
}

// claimList is a policy with one mandatory custom claim.
func claimList(entry string) string {
	return base + skip + `,"validateCustomClaim":true,"mandatoryCustomClaims":[` + entry + `]`
}

func TestAMemberThatAppearsTwiceWithTwoValuesIsNotKnown(t *testing.T) {
	aud := v1 + `,"aud":"api://x"`
	uat := v1 + `,"env":"uat"`
	runJWT(t, []jwtCase{
		{
			"the audiences, of which the last fits", withAudiences(`"api://y"`) +
				`,"supportedAudiences":"api://x"`, aud, unknown(rules.Audience),
		},
		{
			"the audiences, of which the first fits", withAudiences(`"api://x"`) +
				`,"supportedAudiences":"api://y"`, aud, unknown(rules.Audience),
		},
		{
			"the switch of the audience check", withAudiences(`"api://y"`) +
				`,"validateAudClaim":false`, aud, unknown(rules.Audience),
		},
		{
			"the method of signing", base + skip + `,"signingMethod":"none"`, v1,
			unknown(rules.Algorithm),
		},
		{
			"the switch of the custom claims", claimList(`{"key":"env","value":"dev"}`) +
				`,"validateCustomClaim":false`, uat, unknown(rules.CustomClaim),
		},
		{
			"the custom claims", claimList(`{"key":"env","value":"dev"}`) +
				`,"mandatoryCustomClaims":[]`, uat, unknown(rules.CustomClaim),
		},
		{
			"a value of two types", base + skip + `,"skipClientIdValidation":"true"`, v1,
			unknown(rules.ClientID),
		},
		{"the same value twice is one", base + skip + skip, v1, accepted()},
	})
}

func TestAnEntryOfTheCustomClaimsWithoutAKeyIsNotKnown(t *testing.T) {
	runJWT(t, []jwtCase{
		{"no key", claimList(`{"value":"uat"}`), v1, unknown(rules.CustomClaim)},
		{"an empty key", claimList(`{"key":"","value":"uat"}`), v1, unknown(rules.CustomClaim)},
		{"a number", claimList(`{"key":7,"value":"uat"}`), v1, unknown(rules.CustomClaim)},
	})
}

func TestAKeyURLWithoutAKeySetIsNotKnown(t *testing.T) {
	for name, url := range map[string]string{
		"empty": "", "blank": " ",
		"the console's sample":    "http://your-jwks-service.example:80/base/path",
		"a list, on Mule Gateway": "https://a.example/keys,https://b.example/keys",
	} {
		config := strings.Replace(base, "https://keys.example/keys", url, 1) + skip
		got := short(verdictOf(t, policyOf(jwtValidation, "1.4.0", config), request(v1)))
		if want := unknown(rules.Signature); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// The numbers are those of a public report on Flex Gateway: 5,000,000,000 works, and
// 9,999,999,999 ends in a 503.
func TestAnInstantWhoseReadingIsNotDocumentedIsNotKnown(t *testing.T) {
	for claims, want := range map[string]decided{
		`"exp":5000000000`:   accepted(),
		`"exp":5000000001`:   unknown(rules.Expiry),
		`"exp":9223372036`:   unknown(rules.Expiry),
		`"exp":9999999998`:   unknown(rules.Expiry),
		`"exp":9999999999`:   rejected(503, rules.Expiry),
		`"exp":1778065200.5`: unknown(rules.Expiry),
		`"exp":1778050000.5`: rejected(401, rules.Expiry),
		`"nbf":1.5`:          unknown(rules.NotBefore),
		`"nbf":5000000000`:   rejected(401, rules.NotBefore),
		`"nbf":9999999999`:   rejected(0, rules.NotBefore), // the clock may overflow there too
	} {
		policy := policyOf(jwtValidation, "0.12.0", base+skip)
		if got := short(verdictOf(t, policy, request(claims))); got != want {
			t.Errorf("%s: %v, want %v", claims, got, want)
		}
	}
}
