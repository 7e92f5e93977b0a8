package istio

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// The sources that these rows follow: authn/policy_applier.go of Istio, and of Envoy's jwt_authn
// filter authenticator.cc, extractor.cc, verifier.cc and check_audience.cc.
func TestWhatBecomesOfATokenWithAJWTRule(t *testing.T) {
	t.Parallel()
	ofV1 := `iss="` + v1Issuer + `"`
	lines := func(lines ...string) string {
		return authentication(append([]string{"issuer: " + v2Issuer}, lines...)...)
	}
	two := ofTenant() + "  - issuer: " + v1Issuer + "\n    audiences: [\"api://orders\"]\n"
	tests := []struct {
		name, config, claims string
		want                 decided
	}{
		{"a token of the issuer for the audience", ofTenant(), "", accepted()},
		{"another issuer", ofTenant(), ofV1, rejected(401, rules.Issuer)},
		{"another audience", ofTenant(), `aud="api://x"`, rejected(403, rules.Audience)},
		{"one of several audiences", ofTenant(), `aud=["x","` + app + `"]`, accepted()},
		{"no audience in the token", ofTenant(), `aud=`, rejected(403, rules.Audience)},
		{"any audience where none is listed", lines(), `aud="x"`, accepted()},
		{
			"an audience without its scheme and slash", lines(`audiences: ["https://orders/"]`),
			`aud="orders"`, accepted(),
		},
		{
			"api:// is no scheme that is left out", lines(`audiences: ["api://orders"]`),
			`aud="orders"`, rejected(403, rules.Audience),
		},
		{
			"any issuer where there are keys alone", authentication("jwksUri: https://x.test/k"),
			ofV1, accepted(),
		},

		{"expired by a minute", ofTenant(), "exp=1778061540", accepted()},
		{"expired by more", ofTenant(), "exp=1778061539", rejected(401, rules.Expiry)},
		{"no exp", ofTenant(), "exp=", accepted()},
		{"exp that is 0", ofTenant(), "exp=0", accepted()},
		{"exp in quotes", ofTenant(), `exp="1778064600"`, rejected(401, rules.TokenFormat)},
		{"exp that is null", ofTenant(), "exp=null", rejected(401, rules.TokenFormat)},
		{"early by a minute", ofTenant(), "nbf=1778061660", accepted()},
		{"early by more", ofTenant(), "nbf=1778061661", rejected(401, rules.NotBefore)},
		{"no nbf", ofTenant(), "nbf=", accepted()},

		{
			"expired and for another audience: the time comes first", ofTenant(),
			`exp=1;aud="x"`, rejected(401, rules.Expiry),
		},
		{
			"another issuer and expired: the issuer comes first", ofTenant(), ofV1 + ";exp=1",
			rejected(401, rules.Issuer),
		},
		{"the second of two rules", two, ofV1 + `;aud="api://orders"`, accepted()},
		{
			"the rules do not lend each other audiences", two, `aud="api://orders"`,
			rejected(403, rules.Audience),
		},
		{
			"of two rules the one for the issuer answers", two, ofV1 + ";exp=1",
			rejected(401, rules.Expiry),
		},
		{
			"an issuer of no rule", two, `iss="https://other.test"`, rejected(401, rules.Issuer),
		},
		{
			"an issuer that only a deployment knows",
			authentication(`issuer: "{{ .Values.iss }}"`), "", open(rules.Issuer),
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := short(answered(t, test.config, requestOf(test.claims))); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// Istio wants one of the rules, or each of them in turn: so the first that refuses a token
// answers, and the last only where the token has another issuer than the first.
func TestWhichOfTwoRulesAnswers(t *testing.T) {
	t.Parallel()
	two := authentication("issuer: "+v2Issuer, "audiences: [a]") +
		"  - issuer: " + v2Issuer + "\n"
	if got := short(answered(t, two, requestOf("exp=1"))); got != rejected(401, rules.Expiry) {
		t.Errorf("got %v", got)
	}
	r := requestOf("")
	r.Signatures = requests.Signed(keys.Fail)
	if got := short(answered(t, two, r)); got != rejected(403, rules.Audience) {
		t.Errorf("with a wrong signature: got %v", got)
	}
}

// The text of jwt_verify_lib is "Jwt header [kid] field is not a string".
func TestAKeyIDThatIsNotATextMakesATokenUnreadable(t *testing.T) {
	t.Parallel()
	r := requestOf("")
	r.Token = requests.Token(`{"alg":"RS256","kid":7}`, requests.Claims(""))
	if got := short(answered(t, ofTenant(), r)); got != rejected(401, rules.TokenFormat) {
		t.Errorf("got %v", got)
	}
}

// Envoy reads a token by source/common/jwt/jwt.cc, parseFromString, and its JSON by protobuf.
func TestTokensThatEnvoyReadsOtherwise(t *testing.T) {
	t.Parallel()
	signed, claims := `{"alg":"RS256","kid":"a"}`, requests.Claims("")
	with := func(more string) string { return strings.TrimSuffix(claims, "}") + more + "}" }
	for _, test := range []struct {
		name, header, claims string
		want                 decided
	}{
		{"a good token", signed, claims, accepted()},
		{"an iat before 1970", signed, requests.Claims("iat=-1"), open(rules.TokenFormat)},
		{"an iat beyond 64 bits", signed, requests.Claims("iat=1e20"), open(rules.TokenFormat)},
		{"a fraction of a second", signed, requests.Claims("iat=1.5"), accepted()},
		{"a claim twice", signed, with(`,"a":1,"a":2`), open(rules.TokenFormat)},
		{"a character in half", signed, with(`,"a":"\ud800"`), open(rules.TokenFormat)},
		{"a number beyond all range", signed, with(`,"a":1e999`), open(rules.TokenFormat)},
		{
			"deep nesting", signed,
			with(`,"a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200)),
			open(rules.TokenFormat),
		},
	} {
		r := requestOf("")
		r.Token = requests.Token(test.header, test.claims)
		if got := short(answered(t, ofTenant(), r)); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// The texts of jwt_verify_lib for a part that is missing and for an alg that is no text have other
// words than that for an alg that it does not know.
func TestWhatEnvoySaysOfATokenWithoutAlgorithmOrSignature(t *testing.T) {
	t.Parallel()
	const unknown = "Jwt header [alg] is not supported"
	for _, test := range []struct {
		name, header, body string
		unsigned           bool
		by                 rules.ID
	}{
		{"no alg", `{"kid":"a"}`, "", false, rules.Algorithm},
		{"an alg that is no text", `{"alg":1}`, "", false, rules.Algorithm},
		{"an alg that is unknown", `{"alg":"rs256"}`, unknown, false, rules.Algorithm},
		{"an unsigned token without a third part", `{"alg":"none"}`, "", true, rules.Algorithm},
		{"no signature", `{"alg":"RS256"}`, "", true, rules.TokenFormat},
	} {
		r := requestOf("")
		r.Token = requests.Token(test.header, requests.Claims(`aud="x"`))
		if test.unsigned {
			text := r.Token.Compact()
			r.Token = inspect.Parse(text[:strings.LastIndex(text, ".")+1])
		}
		v := answered(t, ofTenant(), r)
		if short(v) != rejected(401, test.by) || v.Answer.Body != test.body ||
			v.Answer.Says != "Jwt" && test.body == "" {
			t.Errorf("%s: got %v %q", test.name, short(v), v.Answer.Body)
		}
	}
}

// Of the header Envoy reads alg and kid (source/common/jwt/jwt.cc and verify.cc): a crit that RFC
// 7515 has it refuse says nothing to it.
func TestEnvoyDoesNotLookAtCrit(t *testing.T) {
	t.Parallel()
	check := rules.Check{}
	for _, policy := range policiesOf(t, rules.Options{}, ofTenant()) {
		for c := range policy.Root.Checks() {
			if c.ID == rules.Signature {
				check = *c
			}
		}
	}
	if key := check.Test.Key; key == nil || !key.Lenience.AnyCrit || !key.Lenience.Kidless {
		t.Errorf("the signature is checked with %+v", key)
	}
}

// A policy that a file has twice, and both say the same, is one.
func TestAPolicyThatIsThereTwiceIsOne(t *testing.T) {
	t.Parallel()
	twice := ofTenant() + "---\n" + ofTenant()
	results := answered(t, twice, requestOf("")).Results
	if once := answered(t, ofTenant(), requestOf("")).Results; len(results) != len(once) {
		t.Errorf("%d checks, and of one %d", len(results), len(once))
	}
}

func TestARequestWithoutATokenPassesRequestAuthentication(t *testing.T) {
	t.Parallel()
	if got := short(answered(t, ofTenant(), tokenless())); got != accepted() {
		t.Errorf("got %v", got)
	}
	if got := short(answered(t, ofTenant()+"  - issuer: x\n", tokenless())); got != accepted() {
		t.Errorf("with two rules: got %v", got)
	}
}

// Where a token is looked for is not known of a header that only a deployment knows. A request
// with a token is open then, with a policy that wants one and without; one without a token carries
// nothing there. A header without a name is refused, and nothing is known.
func TestAPlaceThatIsNotKnownLeavesATokenOpen(t *testing.T) {
	t.Parallel()
	wanted := policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	for place, want := range map[string]decided{
		`[{name: "${HEADER}"}]`:                  accepted(),
		`[{name: x-token}, {name: "${HEADER}"}]`: accepted(),
		"[{name: 5}]":                            open(rules.NotModelled),
		"[5]":                                    open(rules.NotModelled),
		"[[{name: x-token}]]":                    open(rules.NotModelled),
		"[{prefix: x}]":                          open(rules.NotModelled),
	} {
		config := authentication("issuer: "+v2Issuer, "fromHeaders: "+place)
		for name, more := range map[string]string{"alone": "", "a token is wanted": wanted} {
			v := answered(t, config+more, requestOf(""))
			if v.Outcome != rules.Undetermined {
				t.Errorf("%s, %s: got %v", place, name, short(v))
			}
			for _, result := range v.Results {
				_ = result.Why() // it has a reason to give
			}
		}
		if got := short(answered(t, config, tokenless())); got != want {
			t.Errorf("%s, no token: got %v", place, got)
		}
	}
}

func TestWhereTheTokenIsLookedFor(t *testing.T) {
	t.Parallel()
	token := requestOf("").Token.Compact()
	custom := authentication(
		"issuer: "+v2Issuer, "fromHeaders: [{name: x-token, prefix: \"JWT \"}]",
		"fromParams: [token]", "fromCookies: [session]",
	) + policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	usual := ofTenant() + policy("ALLOW",
		`rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	// a second rule looks for another prefix in the same header
	prefixes := authentication("issuer: "+v2Issuer) + `  - issuer: ` + v1Issuer + `
    fromHeaders: [{name: Authorization, prefix: "Token "}]
` + policy("DENY", `rules: [{when: [{key: "request.auth.claims[sub]", values: [subject]}]}]`)
	tests := []struct {
		name, config string
		send         func(*rules.Request)
		want         decided
	}{
		{"in the usual header", usual, func(r *rules.Request) {
			r.Headers = map[string]string{"Authorization": "Bearer " + token}
		}, accepted()},
		{"in the usual parameter", usual, func(r *rules.Request) {
			r.Headers = map[string]string{"Authorization": ""}
			r.Query = map[string]string{"access_token": token}
		}, accepted()},
		{"behind bearer in lower case it is not seen", usual, func(r *rules.Request) {
			r.Headers = map[string]string{"Authorization": "bearer " + token}
		}, rejected(403, rules.TokenPresent)},
		{"beside something else in the parameter", usual, func(r *rules.Request) {
			r.Headers = map[string]string{"Authorization": "Bearer " + token}
			r.Query = map[string]string{"access_token": "else"}
		}, rejected(401, rules.TokenPresent)},
		{
			"behind the first of two prefixes, a policy sees its claims", prefixes,
			func(r *rules.Request) {
				r.Headers = map[string]string{"Authorization": "Bearer " + token}
			}, rejected(403, rules.Authorization),
		},
		{"in a header of its own", custom, func(r *rules.Request) {
			r.Headers = map[string]string{"X-Token": "JWT " + token}
		}, accepted()},
		{"in a cookie", custom, func(r *rules.Request) {
			r.Headers = map[string]string{"X-Token": ""}
			r.Cookies = map[string]string{"session": token}
		}, accepted()},
		{"a parameter of its own", custom, func(r *rules.Request) {
			r.Headers = map[string]string{"X-Token": ""}
			r.Query = map[string]string{"token": token}
		}, accepted()},
		{"the usual header is not looked at then", custom, func(r *rules.Request) {
			r.Headers = map[string]string{
				"Authorization": "Bearer " + token, "X-Token": "", "Cookie": "theme=dark",
			}
			r.QueryWhole = true
		}, rejected(403, rules.TokenPresent)},
		{"a cookie without a value", custom, func(r *rules.Request) { // extractor.cc: a token
			r.Headers = map[string]string{
				"Authorization": "Bearer " + token, "X-Token": "", "Cookie": "session=",
			}
			r.QueryWhole = true
		}, open(rules.Conditional)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := requestOf("")
			test.send(r)
			if got := short(answered(t, test.config, r)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// The API server takes no number for an issuer: what holds then is not known.
func TestAnIssuerThatIsNoTextIsNotKnown(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"7", "[]", "true", "{a: 1}"} {
		v := rules.Evaluate(
			policiesOf(t, rules.Options{}, authentication("issuer: "+value)), requestOf(""),
		)
		if v.Outcome != rules.Undetermined {
			t.Errorf("%s: %v", value, short(v))
		}
	}
}

// TestTheOrderOfFilesIsNotThatOfPolicies holds two policies for one issuer, of which one splits
// scp: the one that was created first counts, or the first by its name.
func TestTheOrderOfFilesIsNotThatOfPolicies(t *testing.T) {
	t.Parallel()
	named := func(metadata, more string) string {
		return "---\n" + strings.Replace(
			authentication("issuer: "+v2Issuer, more), "name: entra", metadata, 1,
		)
	}
	const splitting, other = "spaceDelimitedClaims: [scp]", "audiences: [" + app + "]"
	early, late := "name: b, creationTimestamp: '2026-01-01T00:00:00Z'",
		"name: a, creationTimestamp: '2026-02-01T00:00:00Z'"
	ask := policy("ALLOW", "rules:", "- when:",
		"  - {key: 'request.auth.claims[scp]', values: [a]}")
	for name, test := range map[string]struct {
		one, two string
		want     decided
	}{
		"the first by name splits": {
			named("name: a", splitting), named("name: b", other), accepted(),
		},
		"the second by name splits": {
			named("name: b", splitting), named("name: a", other),
			rejected(403, rules.CustomClaim),
		},
		"the one that was created first splits": {
			named(late, other), named(early, splitting), accepted(),
		},
	} {
		for _, config := range []string{test.one + test.two, test.two + test.one} {
			policies := policiesOf(t, rules.Options{Runtime: "1.28"}, config+ask)
			got := short(rules.Evaluate(policies, requestOf(`scp="a b"`)))
			if got != test.want {
				t.Errorf("%s: got %v, want %v:\n%s", name, got, test.want, config)
			}
		}
	}
}

// A rule that looks for two prefixes in one header wants all that it finds to be good tokens
// (authenticator.cc), where two rules want that of one.
func TestAllThatARuleFindsInAHeaderMustBeGood(t *testing.T) {
	t.Parallel()
	const prefixed, bare = "{name: Authorization, prefix: Bearer}", "{name: Authorization}"
	one := authentication("issuer: "+v2Issuer, "fromHeaders: ["+prefixed+", "+bare+"]")
	two := authentication("issuer: "+v2Issuer, "fromHeaders: ["+prefixed+"]") +
		"  - issuer: " + v2Issuer + "\n    fromHeaders: [" + bare + "]\n"
	for text, want := range map[string]decided{
		one: rejected(401, rules.TokenPresent), two: accepted(),
	} {
		r := requestOf("")
		r.Headers = map[string]string{"Authorization": "Bearer " + r.Token.Compact()}
		if got := short(answered(t, text, r)); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}
