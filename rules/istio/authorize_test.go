package istio

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// The sources that these rows follow: security/authz/builder, model and matcher of Istio.
func TestWhatAnAuthorizationPolicyLetsIn(t *testing.T) {
	t.Parallel()
	with := func(all ...string) string {
		text := ofTenant()
		for _, one := range all {
			text += one
		}
		return text
	}
	allow := func(rule string) string { return with(policy("ALLOW", "rules: ["+rule+"]")) }
	deny := func(rule string) string { return with(policy("DENY", "rules: ["+rule+"]")) }
	principals := func(of string) string {
		return allow(`{from: [{source: {requestPrincipals: ["` + of + `"]}}]}`)
	}
	claim := func(name, values string) string {
		return `{when: [{key: "request.auth.claims` + name + `", values: ` + values + `}]}`
	}
	const (
		roles = `{when: [{key: "request.auth.claims[roles]", values: [Reader]}]}`
		none  = `{from: [{source: {notRequestPrincipals: ["*"]}}]}`
		inGet = `{to: [{operation: {methods: [GET], paths: ["/orders*"]}}]}`
	)
	tests := []struct {
		name, config, claims string
		want                 decided
	}{
		{"no policy", with(), "", accepted()},
		{"ALLOW without rules", with(policy("ALLOW")), "", rejected(403, rules.Authorization)},
		{"ALLOW with an empty rule", allow("{}"), "", accepted()},
		{"the API server refuses a rule that is null", allow("null"), "", open(rules.NotModelled)},
		{"DENY without rules is refused", with(policy("DENY")), "", open(rules.NotModelled)},
		{
			"who is not authenticated stays out, whichever AuthorizationPolicy is refused",
			with(policy("DENY")), `iss="https://other.test"`,
			rejected(401, rules.Issuer),
		},
		{"DENY with an empty rule", deny("{}"), "", rejected(403, rules.Authorization)},
		{"and one of DENY", deny("null"), "", open(rules.NotModelled)},
		{"AUDIT decides nothing", with(policy("AUDIT", "rules: [{}]")), "", accepted()},
		{
			"CUSTOM is not modelled",
			with(policy("CUSTOM", "provider: {name: opa}", "rules: [{}]")), "",
			open(rules.NotModelled),
		},
		{
			"CUSTOM for other requests",
			with(policy("CUSTOM", "provider: {name: opa}",
				"rules: [{to: [{operation: {methods: [PUT]}}]}]")), "", accepted(),
		},
		{
			"DENY before ALLOW", with(policy("ALLOW", "rules: [{}]"),
				renamed(policy("DENY", "rules: [{}]"))), "", rejected(403, rules.Authorization),
		},
		{
			"one of two ALLOW policies",
			with(policy("ALLOW"), renamed(policy("ALLOW", "rules: [{}]"))), "", accepted(),
		},

		{"any principal", principals("*"), "", accepted()},
		{
			"any principal, of a token without sub", principals("*"), "sub=",
			rejected(403, rules.Authorization),
		},
		{
			"any principal, of a token with an empty sub", principals("*"), `sub=""`,
			rejected(403, rules.Authorization),
		},
		{"a principal", principals(v2Issuer + "/subject"), "", accepted()},
		{"an issuer's principals", principals(v2Issuer + "/*"), "", accepted()},
		{"a prefix of the subject", principals(v2Issuer + "/sub*"), "", accepted()},
		{"a suffix of the issuer", principals("*/v2.0/subject"), "", accepted()},
		{"any issuer", principals("*/subject"), "", accepted()},
		{"a suffix of the subject", principals("*ject"), "", accepted()},
		{
			"an issuer alone has no subject", principals("orders"), "",
			rejected(403, rules.Authorization),
		},

		{"a role in a list", allow(roles), `roles=["Writer","Reader"]`, accepted()},
		{"a role as a text", allow(roles), `roles="Reader"`, accepted()},
		{"another role", allow(roles), `roles=["Writer"]`, rejected(403, rules.CustomClaim)},
		{
			"a role in another case", allow(roles), `roles=["reader"]`,
			rejected(403, rules.CustomClaim),
		},
		{
			"a number never matches", allow(claim("[level]", `["3"]`)), "level=3",
			rejected(403, rules.CustomClaim),
		},
		{
			"a boolean never matches", allow(claim("[ok]", `["true"]`)), "ok=true",
			rejected(403, rules.CustomClaim),
		},
		{"a claim in a claim", allow(claim("[a][b]", "[x]")), `a={"b":["x"]}`, accepted()},
		{
			"a claim in a claim that is not there", allow(claim("[a][b]", "[x]")), `a="x"`,
			rejected(403, rules.CustomClaim),
		},
		{
			"a bracket in a name makes one name of all", allow(claim("[a][b[c]]", "[x]")),
			`a={"b[c]":["x"]}`, rejected(403, rules.CustomClaim),
		},
		{"of that name", allow(claim("[a][b[c]]", "[x]")), `a][b[c]="x"`, accepted()},
		{"a prefix", allow(claim("[roles]", `["Read*"]`)), `roles=["Reader"]`, accepted()},
		{"a suffix", allow(claim("[roles]", `["*er"]`)), `roles=["Reader"]`, accepted()},
		{"there", allow(claim("[roles]", `["*"]`)), `roles=["Reader"]`, accepted()},
		{
			"a star in the middle is a star", allow(claim("[roles]", `["R*r"]`)),
			`roles=["Reader"]`, rejected(403, rules.CustomClaim),
		},
		{
			"scp is not split", allow(claim("[scp]", "[Read]")), `scp="Read Write"`,
			rejected(403, rules.CustomClaim),
		},
		{"scp with one scope", allow(claim("[scp]", "[Read]")), `scp="Read"`, accepted()},
		{"scope is split", allow(claim("[scope]", "[Read]")), `scope="Read Write"`, accepted()},
		{
			"a prefix of a word", allow(claim("[scope]", `["Re*"]`)), `scope="Write Read"`,
			accepted(),
		},
		{
			"no word of scope", allow(claim("[scope]", "[Read]")), `scope="ReadAll Write"`,
			rejected(403, rules.CustomClaim),
		},
		{
			"the presenter is azp",
			allow(`{when: [{key: request.auth.presenter, values: [` + client + `]}]}`), "",
			accepted(),
		},
		{
			"the presenter of a v1.0 token",
			allow(`{when: [{key: request.auth.presenter, values: [` + client + `]}]}`),
			`azp=;appid="` + client + `"`, rejected(403, rules.CustomClaim),
		},
		{
			"an audience of the rule",
			allow(`{when: [{key: request.auth.audiences, values: [` + app + `]}]}`), "",
			accepted(),
		},
		{
			"not another role",
			allow(`{when: [{key: "request.auth.claims[roles]", notValues: [Blocked]}]}`), "",
			accepted(),
		},
		{
			"not that role",
			allow(`{when: [{key: "request.auth.claims[roles]", notValues: [Blocked]}]}`),
			`roles=["Blocked"]`, rejected(403, rules.CustomClaim),
		},

		{"a method and a path", allow(inGet), "", accepted()},
		{
			"another path", allow(`{to: [{operation: {paths: ["/orders/*"]}}]}`), "",
			rejected(403, rules.Conditional),
		},
		{
			"a template of a path", allow(`{to: [{operation: {paths: ["/{*}"]}}]}`), "",
			accepted(),
		},
		{
			"a template with another segment",
			allow(`{to: [{operation: {paths: ["/{*}/{**}"]}}]}`), "",
			rejected(403, rules.Conditional),
		},
		{
			"not a method", allow(`{to: [{operation: {notMethods: [GET]}}]}`), "",
			rejected(403, rules.Conditional),
		},
		{
			"one of two operations",
			allow(`{to: [{operation: {methods: [PUT]}}, {operation: {methods: [GET]}}]}`), "",
			accepted(),
		},
		{
			"a header", allow(`{when: [{key: "request.headers[x-team]", values: [a]}]}`), "",
			rejected(403, rules.Conditional),
		},
		{
			"the header that the proxy takes the token out of", deny(
				`{when: [{key: "request.headers[authorization]", values: ["*"]}]}`), "",
			accepted(),
		},
		{
			"and in ALLOW", allow(
				`{when: [{key: "request.headers[Authorization]", values: ["Bearer *"]}]}`), "",
			rejected(403, rules.Conditional),
		},
		{
			"and that it is not there", allow(
				`{when: [{key: "request.headers[authorization]", notValues: ["*"]}]}`), "",
			accepted(),
		},
		{
			"the method as a header", allow(`{when: [{key: "request.headers[:method]", ` +
				`values: [GET]}]}`), "", accepted(),
		},
		{
			"a filter without a name is refused",
			allow(`{when: [{key: experimental.envoy.filters.a.b, values: [x]}]}`), "",
			open(rules.NotModelled),
		},
		{
			"claims without a name are refused",
			deny(`{when: [{key: request.auth.claims, values: [x]}]}`), "",
			open(rules.NotModelled),
		},
		{
			"the peer is not known", allow(`{from: [{source: {namespaces: [shop]}}]}`), "",
			open(rules.Authorization),
		},
		{
			"an address is not known", deny(`{from: [{source: {ipBlocks: [10.0.0.0/8]}}]}`), "",
			open(rules.Authorization),
		},
		{
			"a text that is not an address is refused",
			allow(`{from: [{source: {ipBlocks: [office], requestPrincipals: ["*"]}}]}`), "",
			open(rules.NotModelled),
		},
		{
			"and in DENY",
			deny(`{from: [{source: {ipBlocks: [office], requestPrincipals: ["*"]}}]}`), "",
			open(rules.NotModelled),
		},
		{
			"an unknown attribute is refused",
			allow(`{when: [{key: custom.team, values: [a]}]}`), "",
			open(rules.NotModelled),
		},
		{
			"and in DENY, which does not let everybody in for it",
			deny(`{when: [{key: custom.team, values: [a]}]}`), "", open(rules.NotModelled),
		},
		{"a rule for those without a token", deny(none), "", accepted()},
		{
			"an action that is not known", with(policy("ALOW", "rules: [{}]")), "",
			open(rules.NotModelled),
		},
		{
			"a value that only a deployment knows",
			allow(claim("[roles]", `["{{ .Values.role }}"]`)), `roles=["x"]`,
			open(rules.CustomClaim),
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

func TestARequestWithoutATokenIsDeniedByAuthorizationOnly(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]string{
		"any principal": policy("ALLOW",
			`rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`),
		"a claim": policy("ALLOW",
			`rules: [{when: [{key: "request.auth.claims[a]", values: [x]}]}]`),
		"DENY without a principal": policy("DENY",
			`rules: [{from: [{source: {notRequestPrincipals: ["*"]}}]}]`),
	} {
		v := answered(t, ofTenant()+of, tokenless())
		if v.Outcome != rules.Rejected || v.Status != 403 ||
			v.Answer.Body != "RBAC: access denied" {
			t.Errorf("%s: got %v %q", name, short(v), v.Answer.Body)
		}
	}
	// istio#24665: from and to as two rules
	two := policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}, `+
		`{to: [{operation: {methods: [GET]}}]}]`)
	if got := short(answered(t, ofTenant()+two, tokenless())); got != accepted() {
		t.Errorf("from and to as two rules: got %v", got)
	}
}

// spaceDelimitedClaims is a field of Istio 1.28, and before it the API server drops it.
func TestSplitClaimsDependOnTheVersion(t *testing.T) {
	t.Parallel()
	text := authentication("issuer: "+v2Issuer, "spaceDelimitedClaims: [scp]") +
		policy("ALLOW", `rules: [{when: [{key: "request.auth.claims[scp]", values: [Read]}]}]`)
	for version, want := range map[string]decided{
		"1.28.0": accepted(), "v1.29": accepted(), "1.27.4": rejected(403, rules.CustomClaim),
		"": open(rules.CustomClaim),
	} {
		policies := policiesOf(t, rules.Options{Runtime: version}, text)
		if got := short(rules.Evaluate(policies, requestOf(`scp="Read Write"`))); got != want {
			t.Errorf("%q: got %v, want %v", version, got, want)
		}
		if got := short(rules.Evaluate(policies, requestOf(`scp="Read"`))); got != accepted() {
			t.Errorf("%q, one scope: got %v", version, got)
		}
	}
}

// A request principal and a presenter are compared with texts, which a claim that is split is not.
func TestWhatIsComparedWithATextIsNotKnownOfASplitClaim(t *testing.T) {
	t.Parallel()
	const (
		principal = `{from: [{source: {requestPrincipals: ["*"]}}]}`
		presenter = `{when: [{key: request.auth.presenter, values: [a]}]}`
		either    = `{when: [{key: request.auth.audiences, values: [a]}]}`
	)
	for _, test := range []struct {
		split, rule, version string
		want                 rules.Decision
	}{
		{"sub", principal, "1.30.0", rules.Undetermined},
		{"iss", principal, "1.30.0", rules.Undetermined},
		{"azp", principal, "1.30.0", rules.Accepted},
		{"sub", principal, "1.27.4", rules.Accepted},
		{"azp", presenter, "1.30.0", rules.Undetermined},
		{"sub", presenter, "1.30.0", rules.Accepted},
		{"azp", presenter, "1.27.4", rules.Accepted},
		{"aud", either, "1.30.0", rules.Accepted},
	} {
		text := authentication("issuer: "+v2Issuer, "spaceDelimitedClaims: ["+test.split+"]") +
			policy("ALLOW", "rules: ["+test.rule+"]")
		policies := policiesOf(t, rules.Options{Runtime: test.version}, text)
		got := rules.Evaluate(policies, requestOf(`sub="a";azp="a";aud="a"`)).Outcome
		if got != test.want {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}

// Of two rules for one issuer the first that accepts the token decides whether a claim is split.
func TestAClaimIsAsTheRuleHasItThatAcceptsTheToken(t *testing.T) {
	t.Parallel()
	text := authentication("issuer: "+v2Issuer, "audiences: ["+app+"]") +
		"  - issuer: " + v2Issuer + "\n    audiences: [api://orders]\n" +
		"    spaceDelimitedClaims: [scp]\n" +
		policy("ALLOW", `rules: [{when: [{key: "request.auth.claims[scp]", values: [Read]}]}]`)
	policies := policiesOf(t, rules.Options{Runtime: "1.30.0"}, text)
	for audience, want := range map[string]decided{
		app: rejected(403, rules.CustomClaim), "api://orders": accepted(),
	} {
		r := requestOf(`scp="Read Write";aud="` + audience + `"`)
		if got := short(rules.Evaluate(policies, r)); got != want {
			t.Errorf("%s: got %v, want %v", audience, got, want)
		}
	}
}

// An ALLOW policy without rules is how a namespace is closed, for others to open (istio.io,
// "allow nothing"); one whose rules are left out is a mistake.
func TestAPolicyWithoutRulesIsMeantToAllowNothing(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]bool{
		"spec: {}": true, "spec: {action: ALLOW}": true, "spec: {rules: []}": false,
	} {
		policies := policiesOf(t, rules.Options{}, `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: a, namespace: orders}
`+spec+"\n")
		for check := range policies[0].Root.Checks() {
			if check.ID == rules.Authorization && check.Meant != want {
				t.Errorf("%s: meant %t", spec, check.Meant)
			}
		}
	}
}

func TestAPolicyInDryRunDecidesNothing(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]decided{
		"true": accepted(), "1": accepted(), "T": accepted(), "TRUE": accepted(),
		"false": rejected(403, rules.Authorization), "yes": open(rules.NotModelled), // refused
	} {
		text := ofTenant() + `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: a, namespace: orders, annotations: {istio.io/dry-run: "` + value + `"}}
spec: {}
`
		if got := short(answered(t, text, requestOf(""))); got != want {
			t.Errorf("%s: got %v, want %v", value, got, want)
		}
	}
}

func TestWithoutRequestAuthenticationNoTokenIsRead(t *testing.T) {
	t.Parallel()
	text := policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	v := answered(t, text, requestOf(""))
	if got := short(v); got != rejected(403, rules.TokenPresent) {
		t.Errorf("got %v", got)
	}
}

// A part of a rule that has another form, or that only its deployment knows, does not open it.
func TestAPartOfARuleOfAnotherFormIsNotKnown(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{
		`{from: "{{ .Values.from }}"}`, `{from: 7}`, `{from: ["{{ . }}"]}`, `{from: [7]}`,
		`{from: [{source: "{{ . }}"}]}`, `{from: [{source: []}]}`, `{when: "{{ . }}"}`, `{to: {}}`,
	} {
		text := ofTenant() + policy("ALLOW", "rules: ["+rule+"]")
		v := rules.Evaluate(policiesOf(t, rules.Options{}, text), requestOf(""))
		if v.Outcome != rules.Undetermined {
			t.Errorf("%s: %v", rule, short(v))
		}
	}
}

// What only a deployment knows decides nothing, in whichever place it is: another part of the
// policy says no more than it did.
func TestWhatADeploymentFillsIn(t *testing.T) {
	t.Parallel()
	const hole = `"{{ .Values.x }}"`
	asks := policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	other := renamed(policy("ALLOW",
		`rules: [{when: [{key: "request.auth.claims[azp]", values: [another]}]}]`))
	dryRun := strings.Replace(policy("DENY", "rules: [{}]"), "namespace: orders}",
		"namespace: orders, annotations: {istio.io/dry-run: "+hole+"}}", 1)
	rulesOfTwo := strings.Replace(ofTenant(), "spec:\n  jwtRules:", "spec:\n  jwtRules:\n  - "+
		hole, 1)
	for name, test := range map[string]struct {
		text string
		by   rules.ID
	}{
		"the key of a condition": {
			ofTenant() + policy("ALLOW", `rules: [{when: [{key: `+hole+`, values: [a]}]}]`),
			rules.Authorization,
		},
		"a part of the key": {
			ofTenant() + policy("DENY",
				`rules: [{when: [{key: "request.auth.claims[{{ .x }}]", values: [a]}]}]`),
			rules.Authorization,
		},
		"the action, beside a policy that does not allow": {
			ofTenant() + policy(hole, "rules: [{}]") + other, rules.NotModelled,
		},
		"whether it is a dry run": {ofTenant() + dryRun, rules.NotModelled},
		"all JWT rules": {
			strings.Replace(authentication("issuer: x"), "jwtRules:\n  - issuer: x",
				"jwtRules: "+hole, 1) + asks, rules.NotModelled,
		},
		"one of the JWT rules": {rulesOfTwo + asks, rules.NotModelled},
		"the issuer of a JWT rule": {
			authentication("issuer: "+hole) + asks, rules.Issuer,
		},
	} {
		if got := short(answered(t, test.text, requestOf(""))); got != open(test.by) {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestWithoutARequestAuthenticationTheRemedyIsToAddOne(t *testing.T) {
	t.Parallel()
	v := answered(t, policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`),
		requestOf(""))
	if v.Decided == nil || !strings.HasPrefix(v.Decided.Check.Remedy, "Add a Req") {
		t.Errorf("got %+v", v.Decided)
	}
}

// The API server completes each generateName with other letters: two policies of one prefix are
// two.
func TestPoliciesWithNamesThatTheAPIServerCompletesAreNotOne(t *testing.T) {
	t.Parallel()
	all := strings.ReplaceAll(ofTenant()+
		policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)+
		policy("DENY", "rules: [{to: [{operation: {methods: [PUT]}}]}]"),
		"{name: callers", "{generateName: callers-")
	for method, want := range map[string]decided{
		"GET": accepted(), "PUT": rejected(403, rules.Authorization),
	} {
		r := requestOf("")
		r.Method = method
		if got := short(answered(t, all, r)); got != want {
			t.Errorf("%s: got %v, want %v", method, got, want)
		}
	}
}

// A name that the API server makes up is one.
func TestAPolicyWithoutANameIsRefused(t *testing.T) {
	t.Parallel()
	asks := ofTenant() + policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	for metadata, want := range map[string]decided{
		"{name: callers, namespace: orders}":                     accepted(),
		"{generateName: callers-, namespace: orders}":            accepted(),
		"{namespace: orders}":                                    open(rules.NotModelled),
		"{name: null, namespace: orders}":                        open(rules.NotModelled),
		"{name: '{{ .Values.name }}', namespace: orders}":        accepted(),
		"{'{{ .Values.key }}': callers, namespace: orders}":      accepted(),
		"{name: callers, generateName: null, namespace: orders}": accepted(),
	} {
		text := strings.Replace(asks, "{name: callers, namespace: orders}", metadata, 1)
		if got := short(answered(t, text, requestOf(""))); got != want {
			t.Errorf("%s: got %+v, want %+v", metadata, got, want)
		}
	}
}

// The proxy compares a path without its dot segments and the like, which often makes no
// difference; a template matches only the characters that Envoy has in it.
func TestWhichPathsAreComparedAsTheyAre(t *testing.T) {
	t.Parallel()
	accepts, refuses := accepted(), rejected(403, rules.Conditional)
	notKnown := open(rules.Conditional)
	for _, test := range []struct {
		paths, path string
		want        decided
	}{
		{"/public/*", "/public/x", accepts},
		{"/public/*", "/public/a%20b;v=1/..x/.y", accepts},
		{"/public/*", "/other", refuses},
		{"/public/*", "/public/../admin", notKnown},
		{"/public/*", "/public/%2e%2E/admin", notKnown},
		{"/public/*", "/public/x/.", accepts},
		{"/public/*", "/public//x", accepts},
		{"/public/*", "/other//x/../y", refuses},
		{"/public/x", "/public//x", notKnown},
		{"*", "//public/../x", accepts},
		{"/public/*", "//public/x", notKnown},
		{"/public/*", "/x%2Fpublic/", notKnown},
		{"/public/*", `/public\..\admin`, notKnown},
		{"/public/*", "/publi%63/x", notKnown},
		{"/public/*", "/public/é", notKnown},
		{"/{*}/lines", "/7/lines", accepts},
		{"/{*}/lines", "/*/lines", refuses},
		{"/{**}", "/orders/7/lines", accepts},
		{"/{**}", "/orders/*", refuses},
	} {
		request := tokenless()
		request.Path = test.path
		text := policy("ALLOW", `rules: [{to: [{operation: {paths: ["`+test.paths+`"]}}]}]`)
		if got := short(answered(t, text, request)); got != test.want {
			t.Errorf("%s, %s: got %v, want %v", test.paths, test.path, got, test.want)
		}
	}
}

// Of a browser's preflight no token is looked at: it passes, and no policy sees a token.
func TestAPreflightPassesWithAnyToken(t *testing.T) {
	t.Parallel()
	anyone := policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	byMethod := policy("ALLOW", `rules: [{to: [{operation: {methods: [OPTIONS]}}]}]`)
	const expired = "exp=1"
	for name, test := range map[string]struct {
		text, over, origin string
		want               decided
	}{
		"a good token":       {byMethod, "", "https://x", accepted()},
		"an expired one":     {byMethod, expired, "https://x", accepted()},
		"without an Origin":  {byMethod, expired, "", rejected(401, rules.Expiry)},
		"a principal":        {anyone, "", "https://x", rejected(403, rules.TokenPresent)},
		"not of a preflight": {anyone, "", "", accepted()},
	} {
		request := requestOf(test.over)
		request.Method, request.HeadersWhole = rules.Preflight, false
		request.Headers = map[string]string{
			"Origin": test.origin, "Access-Control-Request-Method": "GET",
		}
		if got := short(answered(t, ofTenant()+test.text, request)); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// Of an OPTIONS request whose headers are not known it is not known whether it is a preflight: an
// answer is sure only where it is the same for both.
func TestAnOptionsRequestMayBeAPreflight(t *testing.T) {
	t.Parallel()
	anyone := policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	byMethod := policy("ALLOW", `rules: [{to: [{operation: {methods: [OPTIONS]}}]}]`)
	const options, expired = rules.Preflight, "exp=1"
	for name, test := range map[string]struct {
		method, text, over string
		given              map[string]string
		want               rules.Decision
		ask                string // the header that it asks for
	}{
		"a good token passes either way": {options, byMethod, "", nil, rules.Accepted, ""},
		"an expired one may pass": {
			options, byMethod, expired, nil, rules.Undetermined, "Origin",
		},
		"a principal may not be seen": {options, anyone, "", nil, rules.Undetermined, "Origin"},
		"with an Origin, which other requests have too": {
			options, byMethod, expired,
			map[string]string{"Origin": "https://x"},
			rules.Undetermined, "Access-Control-Request-Method",
		},
		"where the method was not given, it is none": {
			"", byMethod, expired, nil, rules.Rejected, "",
		},
		"without an Origin it is none": {
			options, anyone, "", map[string]string{"Origin": ""}, rules.Accepted, "",
		},
	} {
		request := requestOf(test.over)
		request.Method, request.HeadersWhole, request.Headers = test.method, false, test.given
		v := answered(t, ofTenant()+test.text, request)
		if v.Outcome != test.want {
			t.Errorf("%s: got %v, want %v", name, v.Outcome, test.want)
		}
		if need := v.Question(); need.Name != test.ask {
			t.Errorf("%s: asks for the header %q, want %q", name, need.Name, test.ask)
		}
	}
}

// Which header is left depends on the JWT rule that accepts the token, and on where it arrives
// (envoyproxy/envoy, authenticator.cc, handleGoodJwt).
func TestAHeaderIsTakenOutByTheRuleThatAcceptsTheToken(t *testing.T) {
	t.Parallel()
	denies := policy("DENY", "rules:", `- when: [{key: "request.headers[authorization]", `+
		`values: ["*"]}]`)
	other := "\n  - issuer: https://other.example/"
	inParam := requestOf("")
	inParam.Query = map[string]string{"access_token": inParam.Token.Compact()}
	inParam.Headers = map[string]string{"Authorization": "Basic eDp4"}
	for name, test := range map[string]struct {
		rule string
		r    *rules.Request
		want decided
	}{
		"none forwards it": {
			"issuer: " + v2Issuer + other, requestOf(""), accepted(),
		},
		"it is forwarded": {
			"issuer: " + v2Issuer + "\n    forwardOriginalToken: true", requestOf(""),
			rejected(403, rules.Authorization),
		},
		"it is forwarded, in a header of another name": {
			"issuer: " + v2Issuer + "\n    forwardOriginalToken: true\n    fromHeaders: " +
				"[{name: x-token}]", requestOf(""), accepted(),
		},
		"another forwards it": {
			"issuer: " + v2Issuer + other + "\n    forwardOriginalToken: true", requestOf(""),
			open(rules.Authorization),
		},
		"only its deployment knows": {
			"issuer: " + v2Issuer + "\n    forwardOriginalToken: ${FORWARD}", requestOf(""),
			open(rules.Authorization),
		},
		"a claim is written there": {
			"issuer: " + v2Issuer + "\n    outputClaimToHeaders: " +
				"[{header: Authorization, claim: sub}]", requestOf(""), open(rules.Authorization),
		},
		"the token is elsewhere": {
			"issuer: " + v2Issuer, inParam, open(rules.Authorization),
		},
	} {
		v := answered(t, authentication(test.rule)+denies, test.r)
		if got := short(v); got != test.want {
			t.Errorf("%s: got %v, want %v: %s", name, got, test.want, v.Why())
		}
	}
}
