package istio

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// What people have asked in public, each from the policy and the token to the check that decides
// and the words of the proxy.
func TestPublicSituations(t *testing.T) {
	t.Parallel()
	const (
		login = "https://login.microsoftonline.com/" + tenant
		ofV1  = `ver="1.0";iss="` + v1Issuer + `";aud="api://orders";azp=;appid="` + client + `"`
		all   = `rules: [{}]`
	)
	v1Rule := authentication("issuer: "+v1Issuer, `audiences: ["api://orders"]`)
	ofPrincipals := func(of string) string {
		return policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["`+of+`"]}}]}]`)
	}
	// the rules that Kyma's api-gateway writes for the scopes of a client
	kyma := policy("ALLOW", `rules:`,
		`- when: [{key: "request.auth.claims[scp]", values: [read, write]}]`,
		`- when: [{key: "request.auth.claims[scope]", values: [read, write]}]`,
		`- when: [{key: "request.auth.claims[scopes]", values: [read, write]}]`)
	tests := []struct {
		name, config, claims string
		want                 decided
		body                 string
	}{
		{
			// #26559 and #35973 are cited beside it, for the same question
			"istio#15122: what exactly caused a 401, the issuer", ofTenant(), ofV1,
			rejected(401, rules.Issuer), "Jwt issuer is not configured",
		},
		{
			"istio#15122: what exactly caused a 401, the time", ofTenant(), "exp=1778000000",
			rejected(401, rules.Expiry), "Jwt is expired",
		},
		{
			"istio#15122: what exactly caused a 401, a time to come", ofTenant(), "nbf=1778065000",
			rejected(401, rules.NotBefore), "Jwt not yet valid",
		},
		{
			"istio#15122: what is 403 is the audience", ofTenant(), `aud="api://orders"`,
			rejected(403, rules.Audience), "Audiences in Jwt are not allowed",
		},
		{
			"an issuer with a slash too much in the policy is a 401 for the issuer",
			authentication("issuer: " + v2Issuer + "/"), "",
			rejected(401, rules.Issuer), "Jwt issuer is not configured",
		},
		{
			"istio#24371: an unknown issuer is 401, though ALLOW covers all",
			ofTenant() + policy("ALLOW", all), ofV1,
			rejected(401, rules.Issuer), "Jwt issuer is not configured",
		},
		{
			"istio#22540: an empty subject", ofTenant() + ofPrincipals("*"), `sub=""`,
			rejected(403, rules.Authorization), "RBAC: access denied",
		},
		{
			"istio#51901: the tenant without its version",
			ofTenant() + ofPrincipals(login+"/*"), "",
			rejected(403, rules.Authorization), "RBAC: access denied",
		},
		{
			"istio#50246: a subject with a slash can't be named",
			ofTenant() + ofPrincipals(v2Issuer+"/a/b"), `sub="a/b"`,
			rejected(403, rules.Authorization), "RBAC: access denied",
		},
		{
			"istio#49979, and the AKS guide: the principal of a v1.0 token with one slash",
			v1Rule + ofPrincipals("https://sts.windows.net/"+tenant+"/subject"), ofV1,
			rejected(403, rules.Authorization), "RBAC: access denied",
		},
		{
			"the AKS guide's principal with both slashes",
			v1Rule + ofPrincipals(v1Issuer+"/subject"), ofV1, accepted(), "",
		},
		{
			"Kyma's rules and a token with two scopes", ofTenant() + kyma, `scp="read write"`,
			rejected(403, rules.CustomClaim), "RBAC: access denied",
		},
		{
			"Kyma's rules and a token with one scope", ofTenant() + kyma, `scp="read"`,
			accepted(), "",
		},
		{
			"the same scopes as a list, as another issuer writes them", ofTenant() + kyma,
			`scp=["read","write"]`, accepted(), "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v := answered(t, test.config, requestOf(test.claims))
			if got := short(v); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if v.Answer.Body != test.body {
				t.Errorf("answers %q, want %q", v.Answer.Body, test.body)
			}
		})
	}
}

// istio#26559: why a request without a token gets 403, and not 401.
func TestNoTokenIsForbiddenAndNotUnauthorized(t *testing.T) {
	t.Parallel()
	text := ofTenant() +
		policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	v := answered(t, text, tokenless())
	if got := short(v); got != rejected(403, rules.TokenPresent) ||
		v.Answer.Body != "RBAC: access denied" {
		t.Errorf("got %v %q", got, v.Answer.Body)
	}
}

// istio#26559, with its own shape: one rule for who has a token and one for some paths, in one
// policy, and a second policy for some namespaces. Without a token it is 403, but for those paths.
func TestTheShapeOfAQuestionAboutNoToken(t *testing.T) {
	t.Parallel()
	text := authentication("issuer: "+v2Issuer, "forwardOriginalToken: true") +
		policy("ALLOW", `rules:`,
			`- from: [{source: {requestPrincipals: ["*"]}}]`,
			`- to: [{operation: {paths: [/health, /metrics]}}]`)
	for path, want := range map[string]decided{
		"/orders":  rejected(403, rules.TokenPresent),
		"/health":  accepted(),
		"/healthz": rejected(403, rules.TokenPresent),
	} {
		r := tokenless()
		r.Path = path
		if got := short(answered(t, text, r)); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if got := short(answered(t, text, requestOf(""))); got != accepted() {
		t.Errorf("with a token: got %v", got)
	}
}

// istio#24665: a from and a to that are two rules let in who has no token; as one they do not.
// lint says so of the rule that asks for nothing of a token.
func TestAFromAndAToAsTwoRules(t *testing.T) {
	t.Parallel()
	const from = `from: [{source: {requestPrincipals: ["*"]}}]`
	const to = `to: [{operation: {methods: [GET]}}]`
	two := ofTenant() + policy("ALLOW", "rules:", "- "+from, "- "+to)
	one := ofTenant() + policy("ALLOW", "rules:", "- "+from, "  "+to)
	if got := short(answered(t, two, tokenless())); got != accepted() {
		t.Errorf("as two rules: got %v", got)
	}
	if got := short(answered(t, one, tokenless())); got != rejected(403, rules.TokenPresent) {
		t.Errorf("as one: got %v", got)
	}
	if got := foundIn(t, two); !slices.Equal(got, []string{"token-not-needed"}) {
		t.Errorf("of two rules lint says %q", got)
	}
	if got := foundIn(t, one); len(got) > 0 {
		t.Errorf("of one rule lint says %q", got)
	}
}

// istio#51901: the tenant's principal without the version of its issuer is 403 from 1.21 on.
func TestAPrincipalByVersion(t *testing.T) {
	t.Parallel()
	text := ofTenant() + policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: `+
		`["https://login.microsoftonline.com/`+tenant+`/*"]}}]}]`)
	for version, want := range map[string]decided{
		"1.20.8": open(rules.Authorization),
		"1.21.0": rejected(403, rules.Authorization),
		"":       rejected(403, rules.Authorization),
	} {
		policies := policiesOf(t, rules.Options{Runtime: version}, text)
		if got := short(rules.Evaluate(policies, requestOf(""))); got != want {
			t.Errorf("%q: got %v, want %v", version, got, want)
		}
	}
}

// istio#49913: from the split of principals on Istio did not look into a list of audiences, until
// some release of 1.21 and of 1.22.
func TestAListOfAudiencesByVersion(t *testing.T) {
	t.Parallel()
	text := authentication("issuer: "+v2Issuer) +
		policy("ALLOW", `rules: [{when: [{key: request.auth.audiences, values: [a]}]}]`)
	for version, want := range map[string]decided{
		"1.20.8": accepted(), "1.21.0": open(rules.Audience), "1.22.9": open(rules.Audience),
		"1.23.0": accepted(), "": accepted(),
	} {
		policies := policiesOf(t, rules.Options{Runtime: version}, text)
		if got := short(rules.Evaluate(policies, requestOf(`aud=["a","b"]`))); got != want {
			t.Errorf("%q: got %v, want %v", version, got, want)
		}
		if got := short(rules.Evaluate(policies, requestOf(`aud="a"`))); got != accepted() {
			t.Errorf("%q, a text: got %v", version, got)
		}
		refused := rules.Evaluate(policies, requestOf(`aud=["x","b"]`))
		if got := refused.Decided.Expected(); got != "a" {
			t.Errorf("%q: it wants %q", version, got)
		}
	}
}

// fromCookies is a field of the resource since 1.21, and an API server before it drops it: the
// token is then looked for where it is by default.
func TestCookiesByVersion(t *testing.T) {
	t.Parallel()
	text := authentication("issuer: "+v2Issuer, "fromCookies: [token]") +
		policy("DENY", `rules: [{to: [{operation: {methods: [DELETE]}}]}]`)
	for version, inCookie := range map[string]bool{
		"1.20.8": false, "1.21.0": true, "": true,
	} {
		policies := policiesOf(t, rules.Options{Runtime: version}, text)
		for _, sent := range []struct {
			header, before string
			seen           bool
		}{{"Cookie", "token=", inCookie}, {"Authorization", "Bearer ", !inCookie}} {
			r := requestOf("exp=1")
			r.Headers = map[string]string{sent.header: sent.before + r.Token.Compact()}
			v := rules.Evaluate(policies, r)
			if seen := v.Outcome == rules.Rejected; seen != sent.seen {
				t.Errorf("%q: looked for in %s: %v", version, sent.header, seen)
			}
		}
	}
}

// What is behind a token in a header is part of it with Envoy 1.28, and so with Istio 1.20: one in
// quotes, or with another one behind it, is none. An older one drops it.
func TestWhatIsBehindATokenByVersion(t *testing.T) {
	t.Parallel()
	text := authentication("issuer: " + v2Issuer)
	for version, want := range map[string]decided{
		"1.19.7": accepted(), "1.20.0": rejected(401, rules.TokenPresent),
		"": rejected(401, rules.TokenPresent),
	} {
		policies := policiesOf(t, rules.Options{Runtime: version}, text)
		for _, behind := range []string{`"`, ", Bearer x", " x"} {
			r := requestOf("")
			r.Headers = map[string]string{
				"Authorization": "Bearer " + r.Token.Compact() + behind,
			}
			v := rules.Evaluate(policies, r)
			if got := short(v); got != want {
				t.Errorf("%q, %s behind the token: got %v, want %v", version, behind, got, want)
			}
			if why := v.Why(); want != accepted() && !strings.Contains(why, "something other") {
				t.Errorf("%q, %s behind the token: %s", version, behind, why)
			}
		}
	}
}

// A parameter without a value is a token that can't be read (extractor.cc, extract; jwt.cc,
// parseFromString), beside a good one too.
func TestAParameterWithoutAValueIsNoMissingToken(t *testing.T) {
	t.Parallel()
	text := authentication("issuer: " + v2Issuer)
	for name, want := range map[string]decided{
		"access_token": rejected(401, rules.TokenPresent), "token": accepted(),
	} {
		policies := policiesOf(t, rules.Options{}, text)
		for who, r := range map[string]*rules.Request{
			"without a token": tokenless(), "with one in the header": requestOf(""),
		} {
			r.Query = map[string]string{name: ""}
			if got := short(rules.Evaluate(policies, r)); got != want {
				t.Errorf("%s %s: got %v, want %v", name, who, got, want)
			}
		}
	}
}

// Kyma's rules with scp split at its blanks: from 1.28 on a token with two scopes gets in, before
// it does not, and where the version is not known it may.
func TestKymasRulesByVersion(t *testing.T) {
	t.Parallel()
	text := authentication("issuer: "+v2Issuer, "spaceDelimitedClaims: [scp]") +
		policy("ALLOW", "rules:",
			`- when: [{key: "request.auth.claims[scp]", values: [read]}]`,
			`- when: [{key: "request.auth.claims[scope]", values: [read]}]`)
	for version, want := range map[string]decided{
		"1.27.3": rejected(403, rules.CustomClaim), "1.28.0": accepted(),
		"": open(rules.CustomClaim),
	} {
		policies := policiesOf(t, rules.Options{Runtime: version}, text)
		r := requestOf(`scp="read write"`)
		if got := short(rules.Evaluate(policies, r)); got != want {
			t.Errorf("%q: got %v, want %v", version, got, want)
		}
	}
}

// What a workload that reads the token itself answers is explained by the token that it lacks.
func TestABackendWithoutTheTokenIsACause(t *testing.T) {
	t.Parallel()
	forwarding := authentication("issuer: "+v2Issuer, "forwardOriginalToken: true")
	for _, test := range []struct {
		name, text string
		status     int
		want       bool
	}{
		{"the token is taken away", ofTenant(), 401, true},
		{"it is forwarded", forwarding, 401, false},
		{"another answer", ofTenant(), 404, false},
		{"the proxy refuses it itself", ofTenant() + policy("DENY", "rules: [{}]"), 401, false},
	} {
		policies := policiesOf(t, rules.Options{}, test.text)
		v := rules.Evaluate(policies, requestOf(""))
		p := &rules.Prediction{Policies: policies, Verdict: &v}
		got := tokenTaken(p, &rules.Observation{Status: test.status})
		if got != test.want {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
}

// Before Istio 1.21 a principal was one text (istio#51901): that is not modelled, and said.
func TestPrincipalsOfOldVersionsAreNotKnown(t *testing.T) {
	t.Parallel()
	text := ofTenant() + policy("ALLOW",
		`rules: [{from: [{source: {requestPrincipals: ["`+v2Issuer+`/*"]}}]}]`)
	policies := policiesOf(t, rules.Options{Runtime: "1.20.3"}, text)
	if got := short(rules.Evaluate(policies, requestOf(""))); got != open(rules.Authorization) {
		t.Errorf("got %v", got)
	}
}
