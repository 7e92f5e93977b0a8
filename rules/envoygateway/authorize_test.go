package envoygateway

import (
	"net/mail"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// The first rule that matches decides, and defaultAction where none does.
func TestTheFirstRuleThatMatchesDecides(t *testing.T) {
	t.Parallel()
	ours := ruleOf("Allow", claim("azp", "", client))
	denied := rejected(403, rules.Authorization)
	all := func(action string) string {
		return `{action: ` + action + `, principal: {clientCIDRs: ["0.0.0.0/0", "::/0"]}}`
	}
	theirs := ruleOf("Deny", claim("azp", "", client))
	reads := `{action: Allow, operation: {methods: [get]}, principal: {clientCIDRs: ` +
		`["0.0.0.0/0", "::/0"]}}`
	x := claim("azp", "", "x")
	address := func(action string) string {
		return `{action: ` + action + `, principal: {clientCIDRs: [10.0.0.0/8]}}`
	}
	tests := []struct {
		name, part string
		want       decided
	}{
		{"no authorization", "", accepted()},
		{"no rule", "authorization: {}", denied},
		{"no rule, and Allow", "authorization: {defaultAction: Allow}", accepted()},
		{"a client that is allowed", authorization("", ours), accepted()},
		{
			"another client", authorization("", ruleOf("Allow", claim("azp", "", "x"))),
			rejected(403, rules.CustomClaim),
		},
		{"Deny behind Allow", authorization("", ours, theirs), accepted()},
		{"Deny before Allow", authorization("", theirs, ours), denied},
		{"Deny alone", authorization("Allow", theirs), denied},
		{"Deny of another", authorization("Allow", ruleOf("Deny", x)), accepted()},
		{"all before Deny", authorization("", all("Allow"), theirs), accepted()},
		{"Deny all before Allow", authorization("Allow", all("Deny"), ours), denied},
		{"Allow where all are", authorization("Allow", ruleOf("Allow", x)), accepted()},
		{
			"Deny between Allows", authorization("", ruleOf("Allow", x), theirs,
				all("Allow")), denied,
		},
		{
			"a method in another case, which is refused", authorization("", reads),
			open(rules.NotModelled),
		},
		{
			"an address", authorization("", address("Allow")),
			open(rules.Authorization),
		},
		{
			"Deny of an address", authorization("Allow",
				address("Deny")), open(rules.Authorization),
		},
		{
			"an expression that is always true", authorization("", `{action: Allow, cel: "true"}`),
			accepted(),
		},
		{
			"an expression that is not true", authorization("",
				`{action: Allow, cel: "request.method == 'PUT'"}`),
			rejected(403, rules.Conditional),
		},
		{
			"a provider that is not there", authorization("",
				`{action: Allow, principal: {jwt: {provider: x, scopes: [a]}}}`), denied,
		},
		{
			"Deny by a provider that is not there", authorization("Allow",
				`{action: Deny, principal: {jwt: {provider: x, scopes: [a]}}}`), accepted(),
		},
		{
			"the action does not exist", authorization("", `{action: allow, principal: {}}`),
			open(rules.NotModelled),
		},
		{
			"a mark for the rules", `authorization: {rules: "{{ .Values.rules }}"}`,
			open(rules.NotModelled),
		},
		{"a mark for a value", authorization("", ruleOf("Allow",
			`claims: [{name: azp, values: ["{{ .Values.client }}"]}]`)), open(rules.CustomClaim)},
		{"a mark beside the value", authorization("", ruleOf("Allow",
			`claims: [{name: azp, values: ["{{ .Values.client }}", "`+client+`"]}]`)), accepted()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := short(answered(t, onRoute(jwt(), test.part), requestOf("")))
			if got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// A claim is compared as its type says: a text never with a list, nor the reverse.
func TestClaimsAreTextsOrLists(t *testing.T) {
	t.Parallel()
	kept := rejected(403, rules.CustomClaim)
	tests := []struct {
		name, claim, claims string
		want                decided
	}{
		{"a role as a text", claim("roles", "", "read"), `roles=["read"]`, kept},
		{"a role", claim("roles", "StringArray", "read"), `roles=["x","read"]`, accepted()},
		{"another role", claim("roles", "StringArray", "read"), `roles=["x"]`, kept},
		{"a text as a list", claim("azp", "StringArray", client), "", kept},
		{"one of two", claim("azp", "String", "x", client), "", accepted()},
		{"a number", claim("acct", "", "0"), `acct=0`, kept},
		{"absent", claim("roles", "StringArray", "read"), "", kept},
		{"null", claim("azp", "", client), "azp=null", kept},
		{"inside of another", claim("a.b", "", "c"), `a={"b":"c"}`, accepted()},
		{"a name with a dot", claim("a.b", "", "c"), `a.b="c"`, kept},
		{"a list inside", claim("a.b", "StringArray", "c"), `a={"b":["c"]}`, accepted()},
		{"case", claim("roles", "StringArray", "Read"), `roles=["read"]`, kept},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := onRoute(jwt(), authorization("", ruleOf("Allow", test.claim)))
			if got := short(answered(t, text, requestOf(test.claims))); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// Scopes are looked for in scp from 1.7 on (envoyproxy/gateway#8027); which it is without a
// version is said.
func TestScopesAndVersions(t *testing.T) {
	t.Parallel()
	kept := rejected(403, rules.Scopes)
	tests := []struct {
		version, scopes, claims string
		want                    decided
	}{
		{"1.6.2", "[read]", `scp="read write"`, kept},
		{"1.7.0", "[read]", `scp="read write"`, accepted()},
		{"v1.9", "[read, write]", `scp="read write"`, accepted()},
		{"1.9.1", "[read, admin]", `scp="read write"`, kept},
		{"1.6.2", "[read]", `scope="read write"`, accepted()},
		{"1.9.1", "[read]", `scp="reader"`, kept},
		{"1.9.1", "[read]", "", kept},
		{"", "[read]", `scp="read"`, open(rules.Scopes)},
		{"", "[read]", `scope="read"`, accepted()},
		{"", "[read]", `scp="write"`, kept},
		{"latest", "[read]", `scp="read"`, open(rules.Scopes)},
	}
	for _, test := range tests {
		text := onRoute(jwt(), authorization("", ruleOf("Allow", "scopes: "+test.scopes)))
		policies := policiesOf(t, rules.Options{Runtime: test.version}, text)
		if got := short(rules.Evaluate(policies, requestOf(test.claims))); got != test.want {
			t.Errorf("%q, %s, %s: got %v, want %v", test.version, test.scopes, test.claims, got,
				test.want)
		}
	}
}

// scp as a claim is one text before 1.7, and a list from then on.
func TestScopeClaimsAreSplit(t *testing.T) {
	t.Parallel()
	kept := rejected(403, rules.CustomClaim)
	for _, test := range []struct {
		version, claim, claims string
		want                   decided
	}{
		{"1.6", claim("scp", "", "read"), `scp="read"`, accepted()},
		{"1.6", claim("scp", "StringArray", "read"), `scp="read write"`, kept},
		{"1.7", claim("scp", "", "read"), `scp="read"`, kept},
		{"1.7", claim("scp", "StringArray", "read"), `scp="read write"`, accepted()},
		{"1.6", claim("scope", "StringArray", "read"), `scope="read write"`, accepted()},
		{"", claim("scp", "StringArray", "read"), `scp="read"`, open(rules.CustomClaim)},
	} {
		text := onRoute(jwt(), authorization("", ruleOf("Allow", test.claim)))
		policies := policiesOf(t, rules.Options{Runtime: test.version}, text)
		if got := short(rules.Evaluate(policies, requestOf(test.claims))); got != test.want {
			t.Errorf("%q, %s, %s: got %v, want %v", test.version, test.claim, test.claims, got,
				test.want)
		}
	}
}

// Paths came with 1.9, and an older version drops them, so that the rule is about more.
func TestPathsOfRules(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		version, path, of string
		want              rules.Decision
	}{
		{"1.9", "{type: Exact, value: /orders}", "/orders", rules.Accepted},
		{"1.9", "{type: Exact, value: /orders}", "/orders/1", rules.Rejected},
		{"1.9", "{value: /orders}", "/orders/1", rules.Accepted},
		{"1.9", "{value: /orders/}", "/orders", rules.Accepted},
		{"1.9", "{value: /orders}", "/orders2", rules.Rejected},
		{"1.9", "{type: PathPrefix, value: /}", "/x", rules.Accepted},
		{"1.9", "{type: RegularExpression, value: /o.*}", "/orders", rules.Accepted},
		{"1.9", "{type: RegularExpression, value: /o}", "/orders", rules.Rejected},
		{"1.9", "{type: Exact, value: /orders, invert: true}", "/orders", rules.Rejected},
		{"1.9", "{type: RegularExpression, value: '('}", "/orders", rules.Rejected},
		{"1.8", "{type: Exact, value: /x}", "/orders", rules.Accepted},
		{"", "{type: Exact, value: /x}", "/orders", rules.Undetermined},
		{"", "{type: Exact, value: /orders}", "/orders", rules.Accepted},
	} {
		rule := "{action: Allow, operation: {path: " + test.path + "}, principal: {clientCIDRs: " +
			`["0.0.0.0/0", "::/0"]}}`
		policies := policiesOf(t, rules.Options{Runtime: test.version},
			onRoute(jwt(), authorization("", rule)))
		r := requestOf("")
		r.Path = test.of
		if got := rules.Evaluate(policies, r); got.Outcome != test.want {
			t.Errorf("%q, %s, %s: got %v, want %v", test.version, test.path, test.of, got.Outcome,
				test.want)
		}
	}
}

// Headers are compared exactly, and one that the JWT filter writes is not what the caller sends.
func TestHeadersOfRules(t *testing.T) {
	t.Parallel()
	rule := `{action: Allow, principal: {headers: [{name: X-Team, values: [a, b]}]}}`
	request := requestOf("")
	request.Headers = map[string]string{"X-Team": "b"}
	other := requestOf("")
	other.Headers = map[string]string{"X-Team": "B"}
	text := onRoute(jwt(), authorization("", rule))
	if got := short(answered(t, text, request)); got != accepted() {
		t.Errorf("got %v", got)
	}
	if got := short(answered(t, text, other)); got != rejected(403, rules.Conditional) {
		t.Errorf("got %v", got)
	}
	written := "jwt: {providers: [{name: entra, issuer: " + v2Issuer + ", remoteJWKS: {uri: " +
		keysURL + "}, claimToHeaders: [{header: x-team, claim: team}]}]}"
	text = onRoute(written, authorization("", rule))
	if got := short(answered(t, text, request)); got != open(rules.Conditional) {
		t.Errorf("got %v", got)
	}
}

// A part of a rule that has another form, or that only its deployment knows, does not open it.
func TestAPartOfARuleOfAnotherFormIsNotKnown(t *testing.T) {
	t.Parallel()
	for _, principal := range []string{
		`"{{ .Values.principal }}"`, `7`, `[]`, `{jwt: "{{ . }}"}`, `{jwt: 7}`,
		`{jwt: {provider: entra, claims: "{{ . }}"}}`, `{jwt: {provider: entra, claims: {}}}`,
		`{jwt: {provider: entra, claims: [7]}}`, `{headers: "{{ . }}"}`,
	} {
		text := onRoute(jwt(), authorization("", "{action: Allow, principal: "+principal+"}"))
		c := configurationOf(t, rules.Options{}, "policies.yaml", text)
		v := rules.Evaluate(compile(behaviours(), c).Policies, requestOf(""))
		if v.Outcome != rules.Undetermined {
			t.Errorf("%s: %v", principal, short(v))
		}
	}
}

// Whose token a rule is about is not known where a deployment fills in the providers, or the name
// of one.
func TestProvidersThatADeploymentFillsIn(t *testing.T) {
	t.Parallel()
	const hole = `"{{ .Values.x }}"`
	ours := authorization("", ruleOf("Allow", claim("azp", "", client)))
	for name, jwtPart := range map[string]string{
		"all of them":          "jwt: " + hole,
		"the list":             "jwt: {providers: " + hole + "}",
		"one of them":          "jwt: {providers: [" + hole + "]}",
		"the name of a second": strings.Replace(jwt(), "name: entra", "name: "+hole, 1),
	} {
		got := answered(t, onRoute(jwtPart, ours), requestOf(""))
		if got.Outcome != rules.Undetermined {
			t.Errorf("%s: got %v", name, short(got))
		}
	}
}

// The path is compared as the proxy normalizes it, and of one that this changes it is not known,
// unless it makes no difference.
func TestPathsThatTheProxyNormalizes(t *testing.T) {
	t.Parallel()
	accepts, refuses := accepted(), rejected(403, rules.Conditional)
	notKnown := open(rules.Conditional)
	paths := []string{"/orders/7", "/orders/..", "/orders//7", "/orders/%2e"}
	for name, test := range map[string]struct {
		rule string
		want []decided // by path
	}{
		"an operation": {
			"principal: {clientCIDRs: [0.0.0.0/0, '::/0']}, " +
				"operation: {path: {type: PathPrefix, value: /orders}}",
			[]decided{accepts, notKnown, accepts, notKnown},
		},
		"an expression": {
			`cel: "request.url_path.startsWith('/orders')"`,
			[]decided{accepts, notKnown, accepts, notKnown},
		},
		"another one": {
			`cel: "request.url_path == '/orders/7' || 1 > 2"`,
			[]decided{accepts, refuses, notKnown, notKnown},
		},
		"what is evaluated": {
			`cel: "size(request.url_path) == 9"`,
			[]decided{accepts, notKnown, notKnown, notKnown},
		},
	} {
		text := onRoute(jwt(), authorization("", "{action: Allow, "+test.rule+"}"))
		for i, path := range paths {
			r := requestOf("")
			r.Path, r.QueryWhole = path, true
			if got := short(answered(t, text, r)); got != test.want[i] {
				t.Errorf("%s, %s: got %v, want %v", name, path, got, test.want[i])
			}
		}
	}
}

func TestWhatIsSurelyNoAddressIsNoneToGo(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"a@b", "a.b@c.d", " a@b ", "ä@b.example", "a+b@c", "@", "a@", "@b",
		"a@b@c", "a b@c", "a@b c",
		".a@b", "a.@b", "a..b@c", "a@b.", "a@.b", "a@b..c", "a\x00@b", "a@b\x7f", "no address",
	} {
		_, err := mail.ParseAddress(text)
		if got := notAnAddress(text); got != (err != nil) {
			t.Errorf("%q: %v, and net/mail says %v", text, got, err)
		}
	}
	for _, text := range []string{`"a b"@c`, "A <a@b>", "a@[127.0.0.1]", "a@b (comment)"} {
		if notAnAddress(text) {
			t.Errorf("%q may be an address", text)
		}
	}
}
