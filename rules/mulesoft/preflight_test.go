package mulesoft

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

func TestWhatBecomesOfAPreflightIsOpenWhereTheAPIHasTheCORSPolicy(t *testing.T) {
	t.Parallel()
	const keys = `"jwtKeyOrigin":"jwks","jwksUrl":"https://keys.example"`
	jwt := policyOf(jwtValidation, "1.4.0", keys)
	cors := policyOf(corsPolicy, "1.3.1", "")
	automated := func(policy string) string {
		return strings.Replace(policy, "{", `{"ruleOfApplication": {"environmentId": "e"}, `, 1)
	}
	of := func(api, policy string) string {
		return strings.Replace(policy, "{", `{"apiId": `+api+`, `, 1)
	}
	off := strings.Replace(cors, "{", `{"disabled": true, `, 1)
	plain := map[string]string{"Origin": "https://app.example"}
	asking := map[string]string{"Access-Control-Request-Method": "GET"}
	for _, test := range []struct {
		name, text, method string
		headers            map[string]string
		whole              bool
		want               rules.Decision
	}{
		{"behind the token policy", jwt + "," + cors, "OPTIONS", nil, false, rules.Undetermined},
		{"before it", cors + "," + jwt, "OPTIONS", nil, false, rules.Undetermined},
		{"a preflight for sure", jwt + "," + cors, "OPTIONS", asking, true, rules.Undetermined},
		{"no preflight", jwt + "," + cors, "OPTIONS", plain, true, rules.Rejected},
		{"another method", jwt + "," + cors, "GET", nil, false, rules.Rejected},
		{"switched off", jwt + "," + off, "OPTIONS", nil, false, rules.Rejected},
		{"no CORS policy", jwt, "OPTIONS", nil, false, rules.Rejected},
		{
			"an automated one", automated(cors) + "," + of("1", jwt), "OPTIONS", nil, false,
			rules.Undetermined,
		},
		{
			"before an automated token policy", automated(jwt) + "," + of("1", cors), "OPTIONS",
			nil, false, rules.Undetermined,
		},
		{
			"of another API", of("1", jwt) + "," + of("2", cors), "OPTIONS", nil, false,
			rules.Rejected,
		},
	} {
		c := configurationOf(t, "p.json", "["+test.text+"]", rules.Options{Variant: Mule})
		v := rules.Evaluate(compile(answerOf, c).Policies, &rules.Request{
			At: at, Method: test.method, Path: "/",
			Headers: test.headers, HeadersWhole: test.whole,
		})
		if v.Outcome != test.want {
			t.Errorf("%s: %s, want %s", test.name, v.Outcome, test.want)
		}
		if v.Outcome == rules.Undetermined && v.Decided.Check.Evidence.Level != rules.Documented {
			t.Errorf("%s: no evidence", test.name)
		}
	}
}
