package envoygateway

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// What the JWT filter makes of a request, by its switches.
func TestSwitchesOfTheFilter(t *testing.T) {
	t.Parallel()
	expired := `exp=1778000000`
	asking := authorization("", ruleOf("Allow", claim("azp", "", client)))
	noToken := rejected(401, rules.TokenPresent)
	tests := []struct {
		name, beside, part, claims string
		token                      bool
		want                       decided
	}{
		{"a good token", "", "", "", true, accepted()},
		{"none", "", "", "", false, noToken},
		{"an expired one", "", "", expired, true, rejected(401, rules.Expiry)},
		{"none, optional", "optional: true", "", "", false, accepted()},
		{"none, not optional", "optional: false", "", "", false, noToken},
		{"a bad one, optional", "optional: true", "", expired, true, rejected(401, rules.Expiry)},
		{"none, optional, and a rule", "optional: true", asking, "", false, rejected(403,
			rules.TokenPresent)},
		{"a good one, optional, and a rule", "optional: true", asking, "", true, accepted()},
		{"none, failOpen", "failOpen: true", "", "", false, accepted()},
		{"a bad one, failOpen", "failOpen: true", "", expired, true, accepted()},
		{
			"a bad one, failOpen, and a rule", "failOpen: true", asking, expired, true,
			rejected(403, rules.Expiry),
		},
		{"a good one, failOpen, and a rule", "failOpen: true", asking, "", true, accepted()},
		{
			"both: the API server refuses that", "optional: true, failOpen: true", "", "", true,
			open(rules.NotModelled),
		},
		{"a mark", `optional: "{{ .Values.optional }}"`, "", "", true, accepted()},
		{
			"none, and a mark", `optional: "{{ .Values.optional }}"`, "", "", false,
			open(rules.Conditional),
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := tokenless()
			if test.token {
				r = requestOf(test.claims)
			}
			text := onRoute(jwt(test.beside), test.part)
			got := short(rules.Evaluate(policiesOf(t, rules.Options{Runtime: "1.9"}, text), r))
			if got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// failOpen came with 1.9: an older version drops it, and without a version it is not known.
func TestFailOpenDependsOnTheVersion(t *testing.T) {
	t.Parallel()
	text := onRoute(jwt("failOpen: true"))
	for version, want := range map[string]decided{
		"1.8.3": rejected(401, rules.TokenPresent), "1.9.0": accepted(),
		"": open(rules.NotModelled),
	} {
		got := short(rules.Evaluate(policiesOf(t, rules.Options{Runtime: version}, text),
			tokenless()))
		if got != want {
			t.Errorf("%q: got %v, want %v", version, got, want)
		}
	}
}

// The claims are those that the first provider has left that accepts the token.
func TestRulesNameTheProviderThatAccepts(t *testing.T) {
	t.Parallel()
	two := func(first, second string) string {
		return "jwt: {providers: [" + first + ", " + second + "]}"
	}
	of := func(provider string) string {
		return authorization("", "{action: Allow, principal: {jwt: {provider: "+provider+", "+
			claim("azp", "", client)+"}}}")
	}
	v2 := providerNamed("v2", v2Issuer, app)
	v1 := providerNamed("v1", v1Issuer, app)
	any := providerNamed("any", "", app)
	for _, test := range []struct {
		name, jwt, rule string
		want            decided
	}{
		{"its own", two(v2, v1), "v2", accepted()},
		{"in the other order", two(v1, v2), "v2", accepted()},
		{"the other one", two(v2, v1), "v1", rejected(403, rules.Authorization)},
		{"the first of two that accept", two(v2, any), "v2", accepted()},
		{"the second of two that accept", two(v2, any), "any", rejected(403, rules.Authorization)},
		{"any issuer, first", two(any, v2), "any", accepted()},
		{"any issuer first", two(any, v2), "v2", rejected(403, rules.Authorization)},
	} {
		if got := short(answered(t, onRoute(test.jwt, of(test.rule)), requestOf(""))); got !=
			test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// A policy with an error answers 500, and of one that the API server refuses nothing is known.
func TestPoliciesWithErrors(t *testing.T) {
	t.Parallel()
	keys := "remoteJWKS: {uri: " + keysURL + "}"
	provider := func(fields string) string { return "jwt: {providers: [{" + fields + "}]}" }
	broken := rejected(500, rules.Authorization)
	refused := open(rules.NotModelled)
	for _, test := range []struct {
		name string
		part []string
		want decided
	}{
		{"an issuer that is no URI", []string{provider("name: a, issuer: ':x', " + keys)}, broken},
		{
			"an issuer without a colon",
			[]string{provider("name: a, issuer: me, " + keys)},
			rejected(401, rules.Issuer),
		},
		{"two of one name", []string{"jwt: {providers: [{name: a, " + keys + "}, {name: a, " +
			keys +
			"}]}"}, broken},
		{"the range is not a CIDR", []string{jwt(), authorization("",
			"{action: Allow, principal: {clientCIDRs: [x]}}")}, refused},
		{"a range with too many bits", []string{jwt(), authorization("",
			"{action: Allow, principal: {clientCIDRs: [10.0.0.0/33]}}")}, broken},
		{"the type of the values does not exist", []string{jwt(), authorization("", ruleOf("Allow",
			"claims: [{name: a, valueType: Array, values: [x]}]"))}, refused},
		{"no claims", []string{jwt(), authorization("", ruleOf("Allow", "claims: []"))}, refused},
		{"no scopes", []string{jwt(), authorization("", ruleOf("Allow", "scopes: []"))}, refused},
		{"no ranges", []string{jwt(), authorization("",
			"{action: Allow, principal: {clientCIDRs: []}}")}, refused},
		{"no methods", []string{jwt(), authorization("", "{action: Allow, operation: "+
			"{methods: []}, principal: {jwt: {provider: entra, scopes: [a]}}}")}, refused},
		{"a claim without values", []string{jwt(), authorization("", ruleOf("Allow",
			"claims: [{name: a, values: []}]"))}, refused},
		{"a claim with an empty member", []string{jwt(), authorization("", ruleOf("Allow",
			"claims: [{name: scp., values: [x]}]"))}, refused},
		{"a route that is computed again of no header", []string{provider(
			"name: a, recomputeRoute: true, " + keys)}, refused},
		{"an empty principal", []string{jwt(), authorization("",
			"{action: Allow, principal: {}}")}, refused},
		{"no keys", []string{provider("name: a")}, refused},
		{"keys twice", []string{provider("name: a, localJWKS: {inline: '{}'}, " + keys)}, refused},
		{"a rule about a token without jwt", []string{authorization("", ruleOf("Allow",
			"scopes: [a]"))}, refused},
		{"a rule about nothing", []string{jwt(), authorization("", "{action: Allow}")}, refused},
		{"no providers", []string{"jwt: {}"}, refused},
		{"the providers are not objects", []string{"jwt: {providers: [entra]}"}, refused},
	} {
		if got := short(answered(t, onRoute(test.part...), requestOf(""))); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// The filters that the part without the error has made come before the answer of the route.
func TestWhatRefusesARequestBeforeAnError(t *testing.T) {
	t.Parallel()
	const keys = "remoteJWKS: {uri: " + keysURL + "}"
	twice := "jwt: {providers: [{name: entra, " + keys + "}, {name: entra, " + keys + "}]}"
	ofRule := onRoute(jwt(), authorization("",
		"{action: Allow, principal: {clientCIDRs: [10.0.0.0/33]}}"))
	broken, expired := rejected(500, rules.Authorization), requestOf("exp=1")
	for _, test := range []struct {
		name, text string
		request    *rules.Request
		want       decided
	}{
		{"in a rule, and a good token", ofRule, requestOf(""), broken},
		{"a bad one", ofRule, expired, rejected(401, rules.Expiry)},
		{"none", ofRule, tokenless(), rejected(401, rules.TokenPresent)},
		{"in jwt, which looks at no token then", onRoute(twice), expired, broken},
		{
			"of which rules find no claims",
			onRoute(twice, authorization("", ruleOf("Allow", "scopes: [Read]"))), expired,
			rejected(403, rules.Authorization),
		},
		{
			"a rule about something else lets it come to the answer",
			onRoute(twice, authorization("", "{action: Allow, operation: {methods: [GET, POST]}, "+
				"principal: {clientCIDRs: [0.0.0.0/0, '::/0']}}")), expired, broken,
		},
	} {
		if got := short(answered(t, test.text, test.request)); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// What else a SecurityPolicy holds is not known here; CORS alone asks nothing.
func TestOtherPartsOfAPolicy(t *testing.T) {
	t.Parallel()
	for part, want := range map[string]decided{
		"cors: {allowOrigins: ['*']}": accepted(), "extAuth: {}": open(rules.NotModelled),
		"basicAuth: {}": open(rules.NotModelled), "apiKeyAuth: {}": open(rules.NotModelled),
		"oidc: {}": open(rules.NotModelled), "oidc: {passThroughAuthHeader: true}": accepted(),
		"csrf: {}": accepted(), "oidc: null": accepted(),
	} {
		if got := short(answered(t, onRoute(jwt(), part), requestOf(""))); got != want {
			t.Errorf("%s: got %v, want %v", part, got, want)
		}
	}
	post := requestOf("")
	post.Method = "POST"
	if got := short(answered(t, onRoute(jwt(), "csrf: {}"), post)); got !=
		open(rules.NotModelled) {
		t.Errorf("csrf and POST: got %v", got)
	}
}

// The API server takes no text for a truth value: what holds then is not known.
func TestASwitchThatIsNoTruthValueIsNotKnown(t *testing.T) {
	t.Parallel()
	for _, value := range []string{`"true"`, `"yes"`, "1", "[]", "{}", `"{{ .Values.open }}"`} {
		for _, field := range []string{"optional", "failOpen"} {
			text := onRoute(jwt(field + ": " + value))
			c := configurationOf(t, rules.Options{Runtime: "1.9"}, "policies.yaml", text)
			v := rules.Evaluate(compile(behaviours(), c).Policies, tokenless())
			if v.Outcome != rules.Undetermined {
				t.Errorf("%s: %s: %v", field, value, short(v))
			}
		}
	}
}

// The API server takes no number for an issuer: what holds then is not known.
func TestAnIssuerThatIsNoTextIsNotKnown(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"7", "[]", "true", "{a: 1}"} {
		text := onRoute("jwt: {providers: [" + providerNamed("entra", value, app) + "]}")
		c := configurationOf(t, rules.Options{}, "policies.yaml", text)
		v := rules.Evaluate(compile(behaviours(), c).Policies, requestOf(""))
		if v.Outcome != rules.Undetermined {
			t.Errorf("%s: %v in\n%s", value, short(v), text)
		}
	}
}

// A key set of a ConfigMap is read where the files show it: its entry jwks, or the only one.
func TestKeysOfAConfigMap(t *testing.T) {
	t.Parallel()
	policy := strings.Replace(onRoute(jwt()), "remoteJWKS: {uri: "+keysURL+"}",
		"localJWKS: {type: ValueRef, valueRef: {group: \"\", kind: ConfigMap, name: keys}}", 1)
	mapOf := func(namespace, data string) string {
		return "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: keys, namespace: " +
			namespace + "}\ndata: {" + data + "}\n"
	}
	one := mapOf("orders", "jwks: one")
	for name, test := range map[string]struct{ beside, want string }{
		"no map":               {"", ""},
		"its entry":            {mapOf("orders", "jwks: one, other: two"), "one"},
		"the only one":         {mapOf("orders", "keys: one"), "one"},
		"one of several":       {mapOf("orders", "a: one, b: two"), ""},
		"of another namespace": {mapOf("web", "jwks: one"), ""},
		"of a deployment":      {mapOf("orders", `jwks: "{{ .keys }}"`), ""},
		"twice, alike":         {one + one, "one"},
		"twice, and not alike": {one + mapOf("orders", "jwks: two"), ""},
	} {
		var keys []*rules.Key
		for check := range policiesOf(t, rules.Options{}, policy+test.beside)[0].Root.Checks() {
			keys = append(keys, check.Test.Keys()...)
		}
		if len(keys) != 1 || keys[0].Text != test.want || keys[0].Own != (test.want != "") {
			t.Errorf("%s: got %+v", name, keys)
		}
	}
}

// A ConfigMap that is not there makes every request get 500, once the files show all ConfigMaps of
// the namespace: then they have the one that Kubernetes puts into each.
func TestAConfigMapThatIsNotThere(t *testing.T) {
	t.Parallel()
	policy := strings.Replace(onRoute(jwt()), "remoteJWKS: {uri: "+keysURL+"}",
		"localJWKS: {type: ValueRef, valueRef: {group: \"\", kind: ConfigMap, name: keys}}", 1)
	mapOf := func(namespace, name, data string) string {
		return "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: " +
			namespace + "}\n" + data + "\n"
	}
	const full = "data: {jwks: k}"
	root := mapOf("orders", "kube-root-ca.crt", "data: {ca.crt: x}")
	listed := "---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, " +
		"metadata: {name: kube-root-ca.crt, namespace: orders}, data: {ca.crt: x}}\n"
	missing := rejected(500, rules.Authorization)
	for name, test := range map[string]struct {
		text string
		want decided
	}{
		"all of the namespace":     {policy + root, missing},
		"as a list":                {policy + listed, missing},
		"an empty one":             {policy + root + mapOf("orders", "keys", "data: {}"), missing},
		"one without data":         {policy + root + mapOf("orders", "keys", ""), missing},
		"one of another namespace": {policy + root + mapOf("web", "keys", full), missing},
		"one with keys":            {policy + root + mapOf("orders", "keys", full), accepted()},
		"data of a template": {
			policy + root + mapOf("orders", "keys", "data: {{ .keys }}"), accepted(),
		},
		"a name of a template": {
			policy + root + mapOf("orders", `"{{ .n }}"`, full), accepted(),
		},
		"a reference of a template": {
			strings.Replace(policy, "name: keys", "name: {{ .keys }}", 1) + root +
				mapOf("orders", "keys", full), accepted(),
		},
		"one of no namespace": {
			policy + root + strings.Replace(mapOf("", "keys", full), ", namespace: ", "", 1),
			accepted(),
		},
		"some of the namespace": {policy + mapOf("orders", "other", "data: {a: b}"), accepted()},
		"all of another namespace": {
			policy + mapOf("web", "kube-root-ca.crt", "data: {ca.crt: x}"), accepted(),
		},
	} {
		if got := short(answered(t, test.text, requestOf(""))); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// kubectl reads YAML 1.1, where yes without quotes is a truth value, and no text.
func TestAWordWithoutQuotesIsATruthValue(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]decided{
		"yes": accepted(), "on": accepted(), "Y": accepted(),
		"no": rejected(401, rules.TokenPresent), "off": rejected(401, rules.TokenPresent),
	} {
		if got := short(answered(t, onRoute(jwt("optional: "+value)), tokenless())); got != want {
			t.Errorf("optional: %s: got %v, want %v", value, got, want)
		}
	}
	text := onRoute("jwt: {providers: [" + providerNamed("entra", "yes", app) + "]}")
	if v := answered(t, text, requestOf("")); v.Outcome != rules.Undetermined {
		t.Errorf("an issuer: got %v", short(v))
	}
}
