package mulesoft

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
)

// TestATokenThatReadersDifferOnIsNotKnown asks each kind of policy that reads the token about
// tokens of which no page says what the gateway makes of them. HAProxy and mod_auth_openidc, which
// were run with such tokens, differ on them.
func TestATokenThatReadersDifferOnIsNotKnown(t *testing.T) {
	t.Parallel()
	const header, claims = `{"alg":"RS256","kid":"k","typ":"JWT"}`, "{" + v1 + `,"aud":"a"}`
	in := func(text, more string) string {
		return strings.TrimSuffix(text, "}") + "," + more + "}"
	}
	audience := base + skip + `,"validateAudClaim":true,"supportedAudiences":"a"`
	for _, of := range []struct {
		name, header, claims string
		want                 decided // of JWT Validation
	}{
		{"nothing is odd", header, claims, accepted()},
		{"crit", in(header, `"crit":["b64"]`), claims, unknown(rules.Signature)},
		{"an empty crit", in(header, `"crit":[]`), claims, unknown(rules.Signature)},
		{"zip", in(header, `"zip":"DEF"`), claims, unknown(rules.Signature)},
		{"a nested token", in(header, `"cty":"JWT"`), claims, unknown(rules.Signature)},
		{"b64", in(header, `"b64":false`), claims, unknown(rules.Signature)},
		{"a kid of a number", `{"alg":"RS256","kid":7}`, claims, unknown(rules.Signature)},
		{"a jwk of a text", in(header, `"jwk":"x"`), claims, unknown(rules.Signature)},
		{"a jwk", in(header, `"jwk":{"kty":"RSA"}`), claims, accepted()},
		{"jku and x5u", in(header, `"jku":"http://a","x5u":"http://b"`), claims, accepted()},
		{"alg twice", in(header, `"alg":"none"`), claims, unknown(rules.TokenFormat)},
		{"no alg", `{"kid":"k"}`, claims, rejected(401, rules.Algorithm)},
		{"an alg in lower case", `{"alg":"rs256"}`, claims, rejected(401, rules.Algorithm)},
		{"a claim twice", header, in(claims, `"x":1,"x":2`), unknown(rules.TokenFormat)},
		{"aud twice", header, in(claims, `"aud":"b"`), unknown(rules.Audience)},
		{
			"a null in aud", header, strings.Replace(claims, `"a"}`, `["a",null]}`, 1),
			unknown(rules.Audience),
		},
		{"text behind the payload", header, claims + "{}", unknown(rules.TokenFormat)},
		{
			"a byte order mark before the payload", header, "\ufeff" + claims,
			unknown(rules.TokenFormat),
		},
		{
			"a line break in a text", header, in(claims, "\"x\":\"a\nb\""),
			unknown(rules.TokenFormat),
		},
		{"a payload cut off", header, claims[:len(claims)-1], rejected(401, rules.TokenFormat)},
		{"no JSON", header, "[" + claims + "]", rejected(401, rules.TokenFormat)},
		{
			"a NUL in aud", header, strings.Replace(claims, `"a"}`, `"a\u0000"}`, 1),
			unknown(rules.Audience),
		},
		{"a NUL in a claim that nobody reads", header, in(claims, `"x":"\u0000"`), accepted()},
		{
			"a NUL in kid", `{"alg":"RS256","kid":"k\u0000"}`, claims, unknown(rules.Signature),
		},
		{"a number out of range", header, in(claims, `"x":1e400`), unknown(rules.TokenFormat)},
		{"a large number", header, in(claims, `"x":1e300`), accepted()},
		{"half a character", header, in(claims, `"x":"\ud800"`), unknown(rules.TokenFormat)},
		{
			"deep nesting", header,
			in(claims, `"x":`+strings.Repeat("[", 120)+strings.Repeat("]", 120)),
			unknown(rules.TokenFormat),
		},
		{
			"an exp before 1970", header, strings.Replace(claims, "1778064600", "-1", 1),
			unknown(rules.Expiry),
		},
	} {
		encode := base64.RawURLEncoding.EncodeToString
		r := &rules.Request{At: at, Signatures: signed(keys.Pass), Token: inspect.Parse(
			encode([]byte(of.header)) + "." + encode([]byte(of.claims)) + ".c2ln")}
		for _, version := range []string{"1.4.0", "0.12.0"} {
			got := short(verdictOf(t, policyOf(jwtValidation, version, audience), r))
			if got != of.want {
				t.Errorf("%s, JWT Validation %s: %v, want %v", of.name, version, got, of.want)
			}
		}
	}
}

func TestANULInAScopeIsNotKnownAtAValidationEndpoint(t *testing.T) {
	t.Parallel()
	policy := policyOf(openIDConnect, "1.3.0", `"scopes":"UAT.Access",`+skip[1:])
	for scope, want := range map[string]decided{
		"UAT.Access": accepted(), `UAT.Access\u0000`: unknown(rules.Scopes),
	} {
		v := verdictOf(t, policy, request(v1+`,"scp":"`+scope+`"`))
		if got := short(v); got != want {
			t.Errorf("%s: %v, want %v", scope, got, want)
		}
	}
}

// An automated policy is in force on some gateways and Mule runtimes only.
func TestAnAutomatedPolicyAppliesWhereItsRuleSays(t *testing.T) {
	t.Parallel()
	const policy = `{"automatedPolicies":[{"assetId":"jwt-validation","assetVersion":"1.4.0",
		"configurationData":{` + base + skip + `},
		"ruleOfApplication":{"environmentId":"e",RULE}}]}`
	wrong := &rules.Request{Token: token(v1, "HS256"), At: at, Signatures: signed(keys.Pass)}
	refused := rejected(401, rules.Algorithm)
	for _, of := range []struct {
		rule, gateway, runtime string
		want                   decided
	}{
		{`"technologies":["mule4"]`, Mule, "", refused},
		{`"technologies":["mule4"]`, Flex, "", accepted()},
		{`"technologies":["mule4","flexGateway"]`, Flex, "", refused},
		{`"technologies":["flexGateway"]`, Mule, "", accepted()},
		{`"range":{"from":"4.1.1"}`, Mule, "", refused},
		{`"range":{"from":"4.6.0"}`, Mule, "", unknown(rules.Routed)},
		{`"range":{"from":"4.6.0"}`, Mule, "4.6.0", refused},
		{`"range":{"from":"4.6.0"}`, Mule, "4.5.9", accepted()},
		{`"range":{"from":"4.1.1","to":"4.4.0"}`, Mule, "4.6.0", accepted()},
		{`"range":{"from":"4.1.1","to":"4.4.0"}`, Mule, "", unknown(rules.Routed)},
		{`"range":{"from":"${first}"}`, Mule, "4.6.0", unknown(rules.Routed)},
		{`"range":["4.6.0"]`, Mule, "4.6.0", unknown(rules.Routed)},
		{`"javaVersions":["8","11","17"]`, Mule, "", refused},
		{`"javaVersions":["17"]`, Mule, "", unknown(rules.Routed)},
	} {
		made := compiled(t, "automated.json", strings.Replace(policy, "RULE", of.rule, 1),
			rules.Options{Variant: of.gateway, Runtime: of.runtime})
		v := rules.Evaluate(made.Policies, wrong)
		if got := short(v); got != of.want {
			t.Errorf("%s on %s %s: %v, want %v", of.rule, of.gateway, of.runtime, got, of.want)
		}
	}
}

// Gateways take the first key of a name, the last, or try all.
func TestASignatureByOneOfTwoKeysOfANameIsNotKnown(t *testing.T) {
	t.Parallel()
	r := &rules.Request{Token: token(v1, "RS256"), At: at, Signatures: namesakes{}}
	got := short(verdictOf(t, policyOf(jwtValidation, "1.4.0", base+skip), r))
	if want := unknown(rules.Signature); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

// namesakes verifies every token with one of two keys of its name.
type namesakes struct{}

func (namesakes) Verify(*inspect.Token, *rules.Key) rules.SignatureResult {
	return rules.SignatureResult{Result: keys.Result{
		Outcome: keys.Pass, Notes: []keys.Note{{ID: "duplicate-kid", Message: "two keys"}},
	}}
}
