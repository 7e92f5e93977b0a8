package istio

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// foundIn are the names of this adapter's rules that a file breaks.
func foundIn(t *testing.T, text string) []string {
	t.Helper()
	return requests.Found(t, lintRules(), policiesOf(t, rules.Options{}, text))
}

func TestWhatTheRulesOfIstioFind(t *testing.T) {
	t.Parallel()
	allow := func(rule string) string {
		return ofTenant() + policy("ALLOW", "rules: ["+rule+"]")
	}
	of := func(principal string) string {
		return allow(`{from: [{source: {requestPrincipals: ["` + principal + `"]}}]}`)
	}
	deny := func(rule string) string {
		return of("*") + policy("DENY", "rules: ["+rule+"]")
	}
	// two rules: that for v1.0 tokens comes behind the other, for its issuer does
	two := func(ofV1, ofV2 string) string {
		return authentication("issuer: "+v1Issuer, "audiences: [x]", ofV1) +
			"  - issuer: " + v2Issuer + "\n    audiences: [z]\n    " + ofV2 + "\n" +
			policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	}
	const nobody = `{from: [{source: {notRequestPrincipals: ["*"]}}]}`
	tests := []struct {
		name, text string
		want       []string
	}{
		{"a token that is needed", of("*"), nil},
		{
			"a mark for a principal", of("{{ .Values.issuer }}/*"),
			[]string{"value-not-known"},
		},
		{"RequestAuthentication alone", ofTenant(), []string{"token-not-needed"}},
		{"a rule that asks for nothing", allow("{}"), []string{"token-not-needed"}},
		{
			"a rule that asks for nothing, alone", policy("ALLOW", "rules: [{}]"),
			[]string{"rule-always-matches"},
		},
		{
			"an AUDIT policy alone", policy("AUDIT", "rules: [{}]"),
			[]string{"policy-decides-nothing"},
		},
		{
			"an AUDIT policy beside an ALLOW policy",
			of("*") + policy("AUDIT", "rules: [{}]"), nil,
		},
		{
			"a DENY rule about a header", ofTenant() +
				policy("DENY", `rules: [{when: [{key: "request.headers[x-a]", values: [b]}]}]`),
			[]string{"token-not-needed"},
		},
		{
			"a DENY rule about the host", ofTenant() +
				policy("DENY", `rules: [{to: [{operation: {hosts: [h.example]}}]}]`),
			[]string{"token-not-needed"},
		},
		{
			"a rule about the host alone", allow(`{to: [{operation: {hosts: ["*.example"]}}]}`),
			[]string{"token-not-needed"},
		},
		{
			"a rule about a header alone",
			allow(`{when: [{key: "request.headers[x-a]", values: ["b*"]}]}`),
			[]string{"token-not-needed"},
		},
		{
			"a rule about a header, which another one denies",
			allow(`{when: [{key: "request.headers[x-a]", values: [b]}]}`) +
				renamed(policy("DENY", `rules: [{when: [{key: "request.headers[X-A]", `+
					`values: ["*"]}]}]`)), nil,
		},
		{"a DENY rule for requests without a token", ofTenant() + policy("DENY",
			"rules: ["+nobody+"]"), nil},
		{"a RequestAuthentication without rules", resourceOf(requestAuthentication, "a", "r",
			"selector: {}"), []string{"policy-decides-nothing"}},
		{
			"a v1.0 principal with one slash", of("https://sts.windows.net/" + tenant + "/x"),
			[]string{"principal-slash"},
		},
		{
			"a v1.0 principal with two", authentication("issuer: "+v1Issuer) +
				policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["`+v1Issuer+
					`/x"]}}]}]`), nil,
		},
		{"a v2.0 principal", of(v2Issuer + "/*"), nil},
		{
			"a principal of another issuer", of("https://issuer.example/x"),
			[]string{"value-never-matches"},
		},
		{"a principal without a slash", of("x"), []string{"value-never-matches"}},
		{"any principal by its end", of("*x"), nil},
		{
			"keys for any issuer", authentication("jwksUri: https://x.test/k") +
				policy("ALLOW",
					`rules: [{from: [{source: {requestPrincipals: ["https://x/y"]}}]}]`),
			nil,
		},
		{
			"a method in lower case", deny("{to: [{operation: {methods: [post]}}]}"),
			[]string{"value-never-matches"},
		},
		{"a method in capitals", deny("{to: [{operation: {methods: [POST, \"P*\"]}}]}"), nil},
		{
			"a path without its slash", deny("{to: [{operation: {paths: [admin]}}]}"),
			[]string{"value-never-matches"},
		},
		{
			"a path with a query", deny(`{to: [{operation: {paths: ["/a?b=c"]}}]}`),
			[]string{"value-never-matches"},
		},
		{
			"paths that begin with a slash, a star or a template",
			deny(`{to: [{operation: {paths: [/a, "*.html", "/{*}/x", "*"], methods: [GET]}}]}`),
			nil,
		},
		{
			"an audience that no JWT rule accepts",
			deny(`{when: [{key: request.auth.audiences, values: ["api://x"]}]}`),
			[]string{"value-never-matches"},
		},
		{
			"the audience of the JWT rule in another form",
			deny(`{when: [{key: request.auth.audiences, values: ["https://` + app + `/"]}]}`),
			nil,
		},
		{
			"one claim that is to be two things",
			deny(`{when: [{key: "request.auth.claims[azp]",` +
				` values: [a]}, {key: "request.auth.claims[azp]", values: [b]}]}`),
			[]string{"rule-never-matches"},
		},
		{
			"a list that is to hold two things", deny(`{when: [{key: ` +
				`"request.auth.claims[roles]", values: [a]}, {key: ` +
				`"request.auth.claims[roles]", values: [b]}]}`), nil,
		},
		{
			"what is wanted and excluded",
			deny(`{to: [{operation: {methods: [GET], notMethods: [GET, PUT]}}]}`),
			[]string{"rule-never-matches"},
		},
		{
			"one alternative of two that excludes itself", deny(`{to: [{operation: {methods: ` +
				`[GET], notMethods: [GET]}}, {operation: {methods: [PUT]}}]}`), nil,
		},
		{
			"an ALLOW rule that always matches beside another",
			allow(`{from: [{source: {requestPrincipals: ["*"]}}]}, {to: [{operation: ` +
				`{paths: ["/*"]}}]}`),
			[]string{"token-not-needed", "rule-always-matches"},
		},
		{
			"a DENY rule that always matches beside ALLOW rules", of("*") +
				policy("DENY", "rules: [{}]"), []string{"rule-always-matches"},
		},
		{"a DENY rule that always matches alone", ofTenant() + policy("DENY", "rules: [{}]"), nil},
		{
			"a rule that excludes something is not one that always matches",
			allow(`{from: [{source: {requestPrincipals: ["*"]}}]}, {from: [{source: ` +
				`{notRequestPrincipals: ["a/b"]}}]}`),
			[]string{"token-not-needed", "value-never-matches"},
		},
		{
			"a header of the rule behind", two("outputClaimToHeaders: [{header: x-sub, claim: "+
				"sub}]", ""), []string{"output-header-kept"},
		},
		{
			"a header of both rules", two("outputPayloadToHeader: X-Sub",
				"outputClaimToHeaders: [{header: x-sub, claim: sub}]"), nil,
		},
		{
			"a header of the rule in front", two("",
				"outputClaimToHeaders: [{header: x-sub, claim: sub}]"), nil,
		},
		{
			"a star before the issuer and in the subject", of("*/v2.0/a*"),
			[]string{"star-is-literal"},
		},
		{"a star in the middle of an issuer", of("https://*/v2.0/*"), []string{"star-is-literal"}},
		{
			"a selector by expressions",
			of("*") + policy("DENY",
				"selector: {matchExpressions: [{key: app, operator: Exists}]}",
				"rules: [{to: [{operation: {methods: [PUT]}}]}]"),
			[]string{"field-not-known"},
		},
		{
			"a selector that is a list", of("*") + policy("DENY", "selector: [app]"),
			[]string{"policy-refused"},
		},
		{
			"labels that are a list", of("*") + policy("DENY", "selector: {matchLabels: [app]}"),
			[]string{"policy-refused"},
		},
		{
			"a name in capitals", strings.Replace(of("*"), "name: entra", "name: Entra", 1),
			[]string{"policy-refused"},
		},
		{
			"a label of more than 63 characters", of("*") + policy("DENY",
				"selector: {matchLabels: {app: "+strings.Repeat("x", 64)+"}}",
				"rules: [{to: [{operation: {ports: [\"1\"]}}]}]"),
			[]string{"policy-refused"},
		},
		{
			"more than 16 service accounts", of("*") + policy("DENY", "rules: [{from: [{source: "+
				"{serviceAccounts: ["+strings.Repeat("a, ", 16)+"a]}}]}]"),
			[]string{"policy-refused"},
		},
		{
			"more than 64 claims to split", authentication("issuer: "+v2Issuer,
				"audiences: ["+app+"]", "spaceDelimitedClaims: ["+strings.Repeat("scp, ", 64)+
					"scp]") + policy("ALLOW",
				`rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`),
			[]string{"policy-refused"},
		},
		{
			"a header whose name is a number", authentication("issuer: "+v2Issuer,
				"audiences: ["+app+"]", "fromHeaders: [{name: 5}]") + policy("ALLOW",
				`rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`),
			[]string{"policy-refused"},
		},
		{
			"a spec that is a text", of("*") + "---\napiVersion: security.istio.io/v1\n" +
				"kind: AuthorizationPolicy\nmetadata: {name: x, namespace: orders}\nspec: text\n",
			[]string{"policy-refused"},
		},
		{
			"no RequestAuthentication", policy("DENY", "rules: ["+nobody+"]"),
			[]string{"no-request-authentication"},
		},
		{
			"DENY with a rule that is null", of("*") + policy("DENY", "rules: [null]"),
			[]string{"policy-refused"},
		},
		{
			"scp of another issuer", authentication("issuer: https://issuer.example") +
				policy("ALLOW", "rules:",
					`- when: [{key: "request.auth.claims[scp]", values: [a]}]`),
			nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := foundIn(t, test.text); !slices.Equal(got, test.want) {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

// Before 1.28 spaceDelimitedClaims does nothing; where the version is not known it is believed.
// To ask for a token on some paths or hosts alone is what Istio's documentation shows.
func TestARequestWithoutATokenIsLessSevereWhereThatIsOfSomeRequestsAlone(t *testing.T) {
	t.Parallel()
	const none = `rules: [{from: [{source: {notRequestPrincipals: ["*"]}}], to: `
	allow := func(rule string) string { return policy("ALLOW", "rules: ["+rule+"]") }
	for text, want := range map[string]rules.Severity{
		"": "",
		policy("DENY", `rules: [{to: [{operation: {hosts: [h.example]}}]}]`): "",
		policy("DENY", none+`[{operation: {hosts: [h.example]}}]}]`):         rules.Warning,
		policy("DENY", none+`[{operation: {paths: [/orders]}}]}]`):           rules.Warning,
		policy("DENY", none+`[{operation: {notPaths: [/health]}}]}]`):        rules.Warning,
		policy("DENY", strings.Replace(none, ", to: ", ", when: ", 1)+
			`[{key: "request.auth.claims[tid]", values: [a]}]}]`): "",

		allow(`{to: [{operation: {paths: [/health]}}]}`):                           rules.Warning,
		allow(`{to: [{operation: {paths: ["/*"]}}]}`):                              "",
		allow(`{to: [{operation: {paths: [/a]}}, {operation: {methods: ["*"]}}]}`): "",
		allow(`{when: [{key: "request.headers[x-a]", notValues: [b]}]}`):           rules.Warning,
		allow(`{when: [{key: "request.auth.claims[azp]", notValues: [b]}]}`):       "",
	} {
		rule := tokenNotNeeded()
		found := rule.Check(&rules.Subject{
			Policies: policiesOf(t, rules.Options{}, ofTenant()+text),
		})
		if len(found) != 1 || found[0].Severity != want {
			t.Errorf("%s: found %+v, want one, %q", text, found, want)
		}
	}
}

// Behind a waypoint the policies of Services say who gets in.
func TestAWaypointIsLessSevereWhereServicesHavePolicies(t *testing.T) {
	t.Parallel()
	at := func(kind, name, text string) string {
		return strings.Replace(text, "spec:\n", "spec:\n  targetRefs: [{"+kind+", name: "+
			name+"}]\n", 1)
	}
	const waypoint = "---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n" +
		"metadata: {name: w, namespace: orders}\nspec: {gatewayClassName: istio-waypoint}\n"
	ours := policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	entra := at("group: gateway.networking.k8s.io, kind: Gateway", "w", ofTenant()) + waypoint
	for text, want := range map[string]rules.Severity{
		"":                                  "",
		at("kind: Service", "orders", ours): rules.Warning,
	} {
		found := tokenNotNeeded().Check(&rules.Subject{
			Policies: policiesOf(t, rules.Options{}, entra+text),
		})
		if len(found) != 1 || found[0].Severity != want {
			t.Errorf("%s: found %+v, want one, %q", text, found, want)
		}
	}
}

func TestScopesAreSplitByTheVersionsThatSplitThem(t *testing.T) {
	t.Parallel()
	text := authentication("issuer: "+v2Issuer, "spaceDelimitedClaims: [scp]") +
		policy("ALLOW", `rules: [{when: [{key: "request.auth.claims[scp]", values: [Read]}]}]`)
	for version, want := range map[string]int{"": 0, "1.27.3": 1, "1.28.0": 0} {
		options := rules.Options{Runtime: version}
		s := &rules.Subject{Policies: policiesOf(t, options, text)}
		if got := scopeNotSplit().Check(s); len(got) != want {
			t.Errorf("%q: %+v", version, got)
		}
	}
}

// What is said once of several policies is said of the same one, in whichever order they are read.
func TestTheOrderOfFilesDoesNotMatter(t *testing.T) {
	t.Parallel()
	first := policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	second := renamed(first)
	for _, files := range [][]string{
		{"first.yaml", first, "second.yaml", second}, {"second.yaml", second, "first.yaml", first},
	} {
		c := configurationOf(t, rules.Options{}, files...)
		found := noRequestAuthentication().Check(&rules.Subject{
			Policies: compile(behaviours(), c).Policies,
		})
		if len(found) != 1 || found[0].Pos.File != "first.yaml" {
			t.Errorf("%s before %s: found %v", files[0], files[2], found)
		}
	}
}
