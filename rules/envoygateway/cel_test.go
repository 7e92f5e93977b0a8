package envoygateway

import (
	"strconv"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

const entraClaims = "metadata.filter_metadata['envoy.filters.http.jwt_authn']['entra']"

// celRule is a rule with an expression, in which CLAIMS stands for those of the provider entra.
func celRule(action, expression string) string {
	return "{action: " + action + ", cel: " +
		strconv.Quote(strings.ReplaceAll(expression, "CLAIMS", entraClaims)) + "}"
}

// What a rule with an expression answers, from the file and the token to the check that decides.
func TestARuleWithAnExpression(t *testing.T) {
	t.Parallel()
	allow := func(expression string) string {
		return onRoute(jwt(), authorization("", celRule("Allow", expression)))
	}
	deny := func(expression string) string {
		return onRoute(jwt(), authorization("Allow", celRule("Deny", expression)))
	}
	beside := func(expression string) string {
		rule := strings.TrimSuffix(celRule("Allow", expression), "}")
		return onRoute(jwt(), authorization("", rule+", principal: {jwt: {provider: entra, "+
			claim("ver", "", "2.0")+"}}}"))
	}
	two := "jwt: {providers: [" + providerNamed("entra", v2Issuer, app) + ", " +
		providerNamed("old", v1Issuer, app) + "]}"
	const other = `azp="7e2d9c1b-6a4f-4b0e-9d3c-1f5a8b2c6e70"`
	ofClient := "CLAIMS.azp == '" + client + "'"
	tests := []struct {
		name, version, text, claims string
		want                        decided
	}{
		{"the client that is meant", "1.9", allow(ofClient), "", accepted()},
		{"another client", "1.9", allow(ofClient), other, rejected(403, rules.CustomClaim)},
		{"no client", "1.9", allow(ofClient), "azp=", rejected(403, rules.CustomClaim)},
		{"Deny of the client", "1.9", deny(ofClient), "", rejected(403, rules.Authorization)},
		{"Deny of another client", "1.9", deny(ofClient), other, accepted()},
		{
			"Deny where the claim is absent: no match", "1.9", deny(ofClient), "azp=",
			accepted(),
		},
		{
			"Deny of what is not the client, where the claim is absent", "1.9",
			deny("!(" + ofClient + ")"), "azp=", accepted(),
		},
		{
			"Deny of whoever lacks a role, where there is no roles", "1.9",
			deny("!('read' in CLAIMS.roles)"), "", accepted(),
		},
		{
			"Deny of whoever lacks a role, or has none", "1.9",
			deny("!has(CLAIMS.roles) || !('read' in CLAIMS.roles)"), "",
			rejected(403, rules.Authorization),
		},
		{"a role", "1.9", allow("'read' in CLAIMS.roles"), `roles=["read"]`, accepted()},
		{
			"roles as one text", "1.9", allow("'read' in CLAIMS.roles"), `roles="read"`,
			rejected(403, rules.CustomClaim),
		},
		{
			"a scope is a word of a list", "1.9", allow("'orders.read' in CLAIMS.scp"),
			`scp="openid orders.read"`, accepted(),
		},
		{
			"scp is no text", "1.9", allow("CLAIMS.scp == 'orders.read'"), `scp="orders.read"`,
			rejected(403, rules.CustomClaim),
		},
		{
			"nor is a part of it looked for", "1.9", allow("CLAIMS.scp.contains('orders.read')"),
			`scp="orders.read"`, rejected(403, rules.CustomClaim),
		},
		{
			"a method", "1.9", allow("request.method == 'POST'"), "",
			rejected(403, rules.Conditional),
		},
		{
			"a method or a claim", "1.9", allow("request.method == 'POST' || " + ofClient), "",
			accepted(),
		},
		{
			"a method and a claim", "1.9", allow("request.method == 'GET' && " + ofClient), other,
			rejected(403, rules.CustomClaim),
		},
		{
			"a header that is not sent", "1.9", allow("request.headers['x-tenant'] == 'a'"), "",
			rejected(403, rules.Conditional),
		},
		{
			"an address", "1.9", allow("source.address.startsWith('10.')"), "",
			open(rules.Authorization),
		},
		{
			"a provider that is not there", "1.9", allow(strings.ReplaceAll(ofClient, "CLAIMS",
				"metadata.filter_metadata['envoy.filters.http.jwt_authn'].azure")), "",
			rejected(403, rules.CustomClaim),
		},
		{
			"a filter of another name", "1.9", allow(
				"metadata.filter_metadata['envoy.filters.http.jwt'].entra.azp == 'a'"), "",
			open(rules.Authorization),
		},
		{
			"a text that is not CEL makes the route answer 500", "1.9", allow("azp = 'a'"), "",
			rejected(500, rules.Authorization),
		},
		{
			"a comprehension, which Envoy refuses", "1.9",
			allow("CLAIMS.roles.exists(r, r == 'read')"), `roles=["read"]`,
			open(rules.CustomClaim),
		},
		{
			"before 1.9 a rule without principal is refused", "1.8", allow(ofClient), other,
			open(rules.NotModelled),
		},
		{
			"before 1.9 there is no cel", "1.8", beside("azp == 'a'"), other, accepted(),
		},
		{
			"before 1.9 what is not CEL is dropped too", "1.8", beside("azp = 'a'"), other,
			accepted(),
		},
		{
			"of an unknown version that takes a rule without principal", "", allow(ofClient),
			other, rejected(403, rules.CustomClaim),
		},
		{
			"of an unknown version", "", beside("CLAIMS.azp == 'a'"), other,
			open(rules.CustomClaim),
		},
		{
			"two providers, and the token is the other's", "1.9",
			onRoute(two, authorization("", celRule("Allow", "has(CLAIMS.aud)"))),
			`ver="1.0";iss="` + v1Issuer + `"`, rejected(403, rules.CustomClaim),
		},
		{
			"two providers, and the token is of the one that is meant", "1.9",
			onRoute(two, authorization("", celRule("Allow", "has(CLAIMS.aud)"))), "", accepted(),
		},
		{
			"two providers, and no claim is asked for", "1.9",
			onRoute(two, authorization("", celRule("Allow", "request.method == 'GET'"))),
			`ver="1.0";iss="` + v1Issuer + `"`, accepted(),
		},
		{
			"two providers, and the token is not of the one", "1.9",
			onRoute(two, authorization("", celRule("Allow", strings.ReplaceAll(
				"!('entra' in JWT) && JWT.old.ver == '1.0'", "JWT",
				"metadata.filter_metadata['envoy.filters.http.jwt_authn']")))),
			`ver="1.0";iss="` + v1Issuer + `"`, accepted(),
		},
		{"an empty text is refused before", "1.9", allow(""), "", open(rules.Authorization)},
		{
			"a text that is too long is", "1.9", allow(strings.Repeat("true&&", 700) + "true"),
			"", open(rules.Authorization),
		},
		{
			"a header that is written from a claim", "1.9", onRoute(strings.Replace(jwt(),
				"name: entra", "name: entra, claimToHeaders: [{header: X-Azp, claim: azp}]", 1),
				authorization("", celRule("Allow", "request.headers['x-azp'] == 'a'"))), "",
			open(rules.Conditional),
		},
		{
			"a mark", "1.9", allow("CLAIMS.azp == '{{ .Values.client }}'"), "",
			open(rules.Authorization),
		},
		{"an expression over several lines", "1.9", onRoute(jwt(), "authorization:\n    rules:\n"+
			"    - action: Allow\n      cel: |\n        request.method == 'GET' &&\n"+
			"          request.path.startsWith('/orders')"), "", accepted()},
		{
			"optional: without a token there are no claims", "1.9",
			onRoute(jwt("optional: true"), authorization("", celRule("Allow", "!has(CLAIMS.x)"))),
			"none", rejected(403, rules.CustomClaim),
		},
		{
			"failOpen: nor of a bad one", "1.9",
			onRoute(jwt("failOpen: true"), authorization("", celRule("Allow", "!has(CLAIMS.x)"))),
			"exp=1", rejected(403, rules.CustomClaim),
		},
		{
			"failOpen: and of a good one there are", "1.9",
			onRoute(jwt("failOpen: true"), authorization("", celRule("Allow", "!has(CLAIMS.x)"))),
			"", accepted(),
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := requestOf(test.claims)
			if test.claims == "none" {
				r = tokenless()
			}
			policies := policiesOf(t, rules.Options{Runtime: test.version}, test.text)
			v := rules.Evaluate(policies, r)
			if got := short(v); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// What decides is said by the part of the expression that is not true.
func TestAnExpressionIsNamedByThePartThatDecides(t *testing.T) {
	t.Parallel()
	text := onRoute(jwt(), authorization("", celRule("Allow",
		"request.method in ['GET', 'HEAD'] && CLAIMS.azp == 'a' && 'read' in CLAIMS.scp")))
	v := rules.Evaluate(policiesOf(t, rules.Options{Runtime: "1.9"}, text),
		requestOf(`scp="read write"`))
	why := v.Decided.Why()
	for _, part := range []string{client, "wants azp == 'a'"} {
		if !strings.Contains(why, part) {
			t.Errorf("%s\ndoes not say %s", why, part)
		}
	}
}

// A rule's own fields and an expression that asks the same decide alike, whatever the claim is.
func TestAnExpressionDecidesAsTheFieldsDo(t *testing.T) {
	t.Parallel()
	pairs := []struct{ fields, expression string }{
		{claim("azp", "", "a"), "CLAIMS.azp == 'a'"},
		{claim("azp", "", "a", "b"), "CLAIMS.azp in ['a', 'b']"},
		{claim("roles", "StringArray", "a"), "'a' in CLAIMS.roles"},
		{claim("n.a", "", "a"), "CLAIMS.n.a == 'a'"},
		{claim("n.l", "StringArray", "a"), "'a' in CLAIMS.n.l"},
		{claim("scp", "StringArray", "a"), "'a' in CLAIMS.scp"},
		{claim("scp", "", "a"), "CLAIMS.scp == 'a'"},
		{"scopes: [a]", "'a' in CLAIMS.scope || 'a' in CLAIMS.scp"},
		{"scopes: [a, b]", "['a', 'b'] == [] || ('a' in CLAIMS.scope || 'a' in CLAIMS.scp) && " +
			"('b' in CLAIMS.scp || 'b' in CLAIMS.scope)"},
	}
	values := []string{
		``, `"a"`, `"b"`, `"A"`, `""`, `" a"`, `"a b"`, `"b  a"`, `"ab"`, `1`, `1.0`, `true`,
		`null`, `[]`, `["a"]`, `["b","a"]`, `["b"]`, `[1]`, `[["a"]]`, `{}`, `[null]`,
	}
	for _, pair := range pairs {
		name, _, _ := strings.Cut(strings.TrimPrefix(pair.expression, "'a' in "), " ")
		name = strings.TrimPrefix(name, "CLAIMS.")
		for _, value := range values {
			over := name + "=" + value
			switch outer, inner, nested := strings.Cut(name, "."); {
			case pair.fields[0] == 's':
				over = "scp=" + value
			case nested:
				over = outer + `={"` + inner + `":` + value + "}"
				if value == "" {
					over = outer + "={}"
				}
			}
			for _, action := range []string{"Allow", "Deny"} {
				otherwise := map[string]string{"Allow": "", "Deny": "Allow"}[action]
				byFields := onRoute(jwt(), authorization(otherwise, ruleOf(action, pair.fields)))
				byExpression := onRoute(jwt(),
					authorization(otherwise, celRule(action, pair.expression)))
				options := rules.Options{Runtime: "1.9"}
				a := rules.Evaluate(policiesOf(t, options, byFields), requestOf(over)).Outcome
				b := rules.Evaluate(policiesOf(t, options, byExpression), requestOf(over)).Outcome
				if a != b {
					t.Errorf("%s of %s: %s by %s, %s by %s",
						action, over, a, pair.fields, b, pair.expression)
				}
			}
		}
	}
}
