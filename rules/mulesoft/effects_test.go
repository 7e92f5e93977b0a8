package mulesoft

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
)

// ordered is API Manager's form of a policy with an order and more members.
func ordered(asset string, order int, configuration, more string) string {
	return fmt.Sprintf(
		`{"assetId": %q, "assetVersion": "1.4.0", "order": %d, %s "configurationData": %s}`,
		asset, order, more, configuration,
	)
}

// bearerPolicy is a JWT Validation that accepts any signed token in the Authorization header.
func bearerPolicy(order int) string {
	return ordered(jwtValidation, order, `{"signingMethod": "rsa", "jwtKeyOrigin": "jwks",
		"jwksUrl": "https://keys.example/keys", "skipClientIdValidation": true}`, "")
}

// headerPolicy is one that looks for the token in the header x-jwt.
func headerPolicy(order int) string {
	return ordered(jwtValidation, order, `{"signingMethod": "rsa", "jwtKeyOrigin": "jwks",
		"jwtOrigin": "customExpression", "jwtExpression": "#[attributes.headers['x-jwt']]",
		"jwksUrl": "https://keys.example/keys", "skipClientIdValidation": true}`, "")
}

// anyOrder is the policy with an order that only a deployment knows, in place of 9.
func anyOrder(policy string) string {
	return strings.Replace(policy, `"order": 9`, `"order": "${order}"`, 1)
}

// injection writes another token.
func injection(order int) string {
	return ordered("header-injection", order,
		`{"inboundHeaders": [{"key": "Authorization", "value": "Bearer x"}]}`, "")
}

func removal(order int, headers, more string) string {
	return ordered("header-removal", order, `{"inboundHeaders": `+headers+`}`, more)
}

// claimsToHeaders writes headers for the upstream. Nobody says whether later policies see them.
func TestAHeaderWithAForwardedClaimIsNotKnown(t *testing.T) {
	enforce := ordered(clientIDEnforcement, 2,
		`{"clientIdExpression": "#[attributes.headers['client_id']]"}`, "")
	for forwards, want := range map[string]decided{
		`[]`:            rejected(401, rules.ClientID),
		`null`:          rejected(401, rules.ClientID),
		`["client_id"]`: unknown(rules.ClientID),
		`["sub"]`:       rejected(401, rules.ClientID),
		`"client_id"`:   unknown(rules.ClientID),
		`[{"claimName": "appid", "headerName": "Client_ID"}]`: unknown(rules.ClientID),
		`[{"claimName": "appid", "headerName": "x-client"}]`:  rejected(401, rules.ClientID),
		`[{"claimName": "appid"}]`:                            unknown(rules.ClientID),
	} {
		jwt := strings.Replace(bearerPolicy(1), "{\"signingMethod", `{"claimsToHeaders": `+
			forwards+`, "signingMethod`, 1)
		for _, policies := range []string{jwt + "," + enforce, enforce + "," + jwt} {
			r := request(v1)
			r.Headers = map[string]string{"Client_id": ""}
			v := verdictOf(t, "["+policies+"]", r)
			if got := short(v); got != want {
				t.Errorf("%s: got %v, want %v: %s", forwards, got, want, v.Why())
			}
		}
	}
}

// What an earlier policy does to the header with the token decides for a later one as far as the
// configuration says what it does.
func TestAnEarlierPolicyDecidesWhatALaterOneReads(t *testing.T) {
	const authorization = `["Authorization"]`
	taken := decided{rules.Rejected, 400, rules.TokenPresent}
	open := decided{rules.Undetermined, 0, rules.TokenPresent}
	accepted := decided{rules.Accepted, 200, ""}
	script := func(order int, flow string) string {
		return ordered("dataweave-headers-transformation", order,
			`{"script": "{}", "requestFlow": `+flow+`}`, "")
	}
	for _, test := range []struct {
		name     string
		policies []string
		want     decided
	}{
		{"removed before", []string{removal(1, authorization, ""), bearerPolicy(2)}, taken},
		{"removed before, listed after", []string{
			bearerPolicy(2), removal(1, authorization, ""),
		}, taken},
		{"in lower case", []string{removal(1, `["authorization"]`, ""), bearerPolicy(2)}, taken},
		{"removed after", []string{removal(2, authorization, ""), bearerPolicy(1)}, accepted},
		{"another header", []string{removal(1, `["x-id"]`, ""), bearerPolicy(2)}, accepted},
		{"the documentation's pattern", []string{
			removal(1, `["Access-Control.*"]`, ""), bearerPolicy(2),
		}, accepted},
		{"a pattern that may match", []string{
			removal(1, `["Auth.*"]`, ""), bearerPolicy(2),
		}, open},
		{"several in one text", []string{
			removal(1, `["x-id, x-y"]`, ""), bearerPolicy(2),
		}, open},
		{"an expression", []string{removal(1, `["#[vars.x]"]`, ""), bearerPolicy(2)}, open},
		{"a variable", []string{removal(1, `["${header}"]`, ""), bearerPolicy(2)}, open},
		{"null", []string{removal(1, `null`, ""), bearerPolicy(2)}, accepted},
		{"empty", []string{removal(1, `[]`, ""), bearerPolicy(2)}, accepted},
		{"a number", []string{removal(1, `[1]`, ""), bearerPolicy(2)}, open},
		{"a text for a list", []string{
			removal(1, `"Authorization"`, ""), bearerPolicy(2),
		}, open},
		{"outbound headers", []string{
			ordered("header-removal", 1, `{"outboundHeaders": ["Authorization"]}`, ""),
			bearerPolicy(2),
		}, accepted},
		{"no configuration that can be read", []string{
			ordered("header-removal", 1, `"nothing"`, ""), bearerPolicy(2),
		}, open},
		{"disabled", []string{
			removal(1, authorization, `"disabled": true,`), bearerPolicy(2),
		}, accepted},
		{"the same order", []string{removal(1, authorization, ""), bearerPolicy(1)}, open},
		{"no order", []string{removal(0, authorization, ""), bearerPolicy(2)}, open},
		{"a removal whose order only a deployment knows", []string{
			anyOrder(removal(9, authorization, "")), bearerPolicy(2),
		}, open},
		{"a token policy whose order only a deployment knows", []string{
			removal(1, authorization, ""), anyOrder(bearerPolicy(9)),
		}, open},
		{"both", []string{
			anyOrder(removal(9, authorization, "")), anyOrder(bearerPolicy(9)),
		}, open},
		{"a removal whose order is a text", []string{
			strings.Replace(removal(9, authorization, ""), "9", `"1"`, 1), bearerPolicy(2),
		}, open},
		{"a removal whose order is null", []string{
			strings.Replace(removal(9, authorization, ""), "9", "null", 1), bearerPolicy(2),
		}, open},
		{"a removal of another header in any order", []string{
			anyOrder(removal(9, `["x-id"]`, "")), bearerPolicy(2),
		}, accepted},
		{"an injection in any order beside a removal", []string{
			anyOrder(injection(9)), removal(1, authorization, ""), bearerPolicy(3),
		}, open},
		{"an injection in the removal's order", []string{
			injection(1), removal(1, authorization, ""), bearerPolicy(3),
		}, open},
		{"two removals in any order to each other", []string{
			removal(1, authorization, ""), removal(1, authorization, ""), bearerPolicy(3),
		}, taken},
		{"a removal in any order between others", []string{
			bearerPolicy(1), anyOrder(removal(9, authorization, "")), headerPolicy(2),
		}, open},
		{"of another group", []string{
			removal(1, authorization, `"groupId": "other",`), bearerPolicy(2),
		}, decided{rules.Undetermined, 0, rules.NotModelled}},
		{"a custom header", []string{removal(1, `["X-JWT"]`, ""), headerPolicy(2)}, taken},
		{"another one than the custom header", []string{
			removal(1, authorization, ""), headerPolicy(2),
		}, accepted},
		{"only the second of two", []string{
			headerPolicy(1), removal(2, authorization, ""), bearerPolicy(3),
		}, taken},
		{"a script", []string{script(1, `"onRequest"`), bearerPolicy(2)}, open},
		{"a script without a flow", []string{script(1, `null`), bearerPolicy(2)}, open},
		{"a script over the response", []string{
			script(1, `"onResponse"`), bearerPolicy(2),
		}, accepted},
		{"a script after", []string{script(2, `"onRequest"`), bearerPolicy(1)}, accepted},
		{"a script over the body", []string{
			ordered("dataweave-body-transformation", 1, `{"requestFlow": "onRequest"}`, ""),
			bearerPolicy(2),
		}, accepted},
		{"injection of the header", []string{
			ordered("header-injection", 1,
				`{"inboundHeaders": [{"key": "authorization", "value": "Bearer x"}]}`, ""),
			bearerPolicy(2),
		}, open},
		{"injection of another header", []string{
			ordered("header-injection", 1,
				`{"inboundHeaders": [{"key": "x-id", "value": "1"}]}`, ""),
			bearerPolicy(2),
		}, accepted},
		{"injection of a header that only a deployment knows", []string{
			ordered("header-injection", 1,
				`{"inboundHeaders": [{"key": "${x}", "value": "1"}]}`, ""),
			bearerPolicy(2),
		}, open},
		{"removal, then injection", []string{
			removal(1, authorization, ""),
			ordered("header-injection", 2,
				`{"inboundHeaders": [{"key": "Authorization", "value": "Bearer x"}]}`, ""),
			bearerPolicy(3),
		}, open},
		{"injection, then removal", []string{
			removal(2, authorization, ""),
			ordered("header-injection", 1,
				`{"inboundHeaders": [{"key": "Authorization", "value": "Bearer x"}]}`, ""),
			bearerPolicy(3),
		}, taken},
	} {
		t.Run(test.name, func(t *testing.T) {
			policy := "[" + strings.Join(test.policies, ",") + "]"
			r := request(v1)
			if got := short(verdictOf(t, policy, r)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// A removal on some routes takes the token away there alone.
func TestARemovalOnSomeRoutesCountsThere(t *testing.T) {
	const onPost = `"pointcutData": [{"methodRegex": "POST", "uriTemplateRegex": ".*"}],`
	policy := "[" + removal(1, `["Authorization"]`, onPost) + "," + bearerPolicy(2) + "]"
	for method, want := range map[string]rules.Decision{
		"GET": rules.Accepted, "POST": rules.Rejected, "": rules.Undetermined,
	} {
		r := request(v1)
		r.Method = method
		if method != "" {
			r.Path = "/orders"
		}
		if got := verdictOf(t, policy, r).Outcome; got != want {
			t.Errorf("%q is %s, want %s", method, got, want)
		}
	}
}

// Where it may be another token, nothing of this one decides.
func TestNothingIsSaidOfATokenThatMayBeAnotherOne(t *testing.T) {
	script := ordered("script-evaluation-transformation", 1, `{"script": "{}"}`, "")
	r := request(`"exp":1`)
	r.Signatures = signed(keys.Fail)
	v := verdictOf(t, "["+script+","+bearerPolicy(2)+"]", r)
	if v.Outcome != rules.Undetermined {
		t.Errorf("got %s", v.Outcome)
	}
	for i := range v.Results {
		if v.Results[i].Outcome == rules.Fail {
			t.Errorf("%s fails", v.Results[i].Check.ID)
		}
	}
}

// A client id in a header is changed like a token.
func TestAnEarlierPolicyDecidesWhichClientIDIsRead(t *testing.T) {
	enforcement := ordered(clientIDEnforcement, 3, `{}`, "")
	contracts := &rules.Contracts{}
	for _, test := range []struct {
		name, earlier string
		want          rules.Decision
	}{
		{"removed", removal(1, `["client_id"]`, ""), rules.Rejected},
		{"perhaps removed", removal(1, `["client.*"]`, ""), rules.Undetermined},
		{"injected", ordered("header-injection", 1,
			`{"inboundHeaders": [{"key": "client_id", "value": "a"}]}`, ""), rules.Undetermined},
		{
			"transformed", ordered("header-transformation", 1, `{"script": "{}"}`, ""),
			rules.Undetermined,
		},
		{"another one removed", removal(1, `["x"]`, ""), rules.Rejected},
		{"removed later", removal(4, `["client_id"]`, ""), rules.Rejected},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := request(v1)
			r.Contracts, r.Headers = contracts, map[string]string{"Client_id": "nobody"}
			v := verdictOf(t, "["+test.earlier+","+enforcement+"]", r)
			if v.Outcome != test.want {
				t.Errorf("got %s, want %s", v.Outcome, test.want)
			}
			if test.name == "removed" && v.Decided.Check.ID != rules.ClientID {
				t.Errorf("decided by %s", v.Decided.Check.ID)
			}
		})
	}
}

// A header that an earlier policy removes has nothing to do with a token in another one: what
// keeps the token out in any case does so, whatever else the request has.
func TestARemovalOfAnotherHeaderLeavesTheTokenAsItIs(t *testing.T) {
	r := request(v1)
	r.Headers = map[string]string{"X-Jwt": "something else"}
	r.Signatures = signed(keys.Fail)
	for headers, want := range map[string]decided{
		`["x-id"]`:   rejected(401, rules.Signature),
		`["x-.*"]`:   unknown(rules.TokenPresent),
		`["${any}"]`: unknown(rules.TokenPresent),
	} {
		policies := "[" + removal(1, headers, "") + "," + headerPolicy(2) + "]"
		if got := short(verdictOf(t, policies, r)); got.outcome != want.outcome {
			t.Errorf("%s: got %v, want %v", headers, got, want)
		}
	}
}

// What finds no token in any version of the runtime rejects, whether by null or by an error.
func TestAnExpressionOverARemovedHeaderFindsNoToken(t *testing.T) {
	policy := strings.Replace(headerPolicy(2), "attributes.headers['x-jwt']",
		"(attributes.headers['authorization'] splitBy ' ')[1]", 1)
	v := verdictOf(t, "["+removal(1, `["Authorization"]`, "")+","+policy+"]", request(v1))
	if got, want := short(v), rejected(400, rules.TokenPresent); got != want {
		t.Errorf("got %v, want %v: %s", got, want, v.Why())
	}
}

func TestWhereTheTokenMayBeSentElsewhereARemovalIsAWarning(t *testing.T) {
	two := strings.Replace(headerPolicy(2), "attributes.headers['x-jwt']",
		"attributes.headers['x-jwt'] default attributes.headers['x-old']", 1)
	oidc := ordered(openIDConnect, 2, `{"skipClientIdValidation": true}`, "")
	for _, test := range []struct {
		headers, policy string
		want            rules.Severity
	}{
		{`["x-jwt"]`, headerPolicy(2), ""},
		{`["x-jwt", "x-old"]`, two, ""},
		{`["x-old"]`, two, rules.Warning},
		{`["x-o.*"]`, two, rules.Note},
		{`["Authorization"]`, oidc, rules.Warning},
		{`["Authorization"]`, bearerPolicy(2), ""},
	} {
		c := compiled(t, "policy.json", "["+removal(1, test.headers, "")+","+test.policy+"]",
			rules.Options{})
		found := takenAway(&rules.Subject{Policies: c.Policies})
		if len(found) != 1 || found[0].Severity != test.want {
			t.Errorf("%s before %s: %+v", test.headers, test.policy, found)
		}
	}
}

func TestTheExpressionForTheTokenHasNoClaimsYet(t *testing.T) {
	policy := strings.Replace(
		headerPolicy(1), "attributes.headers['x-jwt']", "vars.claimSet.token", 1,
	)
	c := compiled(t, "policy.json", policy, rules.Options{})
	found := readsElsewhere(&rules.Subject{Policies: c.Policies})
	if len(found) != 1 || !strings.Contains(found[0].Message, "is not there yet") {
		t.Errorf("%+v", found)
	}
}
