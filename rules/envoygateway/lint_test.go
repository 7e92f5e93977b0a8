package envoygateway

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// foundIn are the names of this adapter's rules that a file breaks.
func foundIn(t *testing.T, version, text string) []string {
	t.Helper()
	return requests.Found(t, lintRules(), policiesOf(t, rules.Options{Runtime: version}, text))
}

func TestWhatTheRulesOfEnvoyGatewayFind(t *testing.T) {
	t.Parallel()
	ours := ruleOf("Allow", claim("azp", "", client))
	theirs := ruleOf("Deny", claim("azp", "", client))
	all := `{action: Allow, principal: {clientCIDRs: ["0.0.0.0/0", "::/0"]}}`
	four := `{action: Allow, principal: {clientCIDRs: ["0.0.0.0/0"]}}`
	some := `{action: Allow, principal: {clientCIDRs: ["10.0.0.0/8"]}}`
	with := func(part string) string { return onRoute(jwt(), part) }
	of := func(name, kind string) string {
		return with(authorization("", ruleOf("Allow", claim(name, kind, "x"))))
	}
	from := func(place string) string {
		return with(authorization("", `{action: Allow, principal: {clientIPGeoLocations: [{`+
			place+"}]}}"))
	}
	gateway := policyOn(gatewayKind, "public", jwt())
	route := resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	none := []string(nil)
	tests := []struct {
		name, text string
		want       []string
	}{
		{"jwt alone", onRoute(jwt()), none},
		{"optional", onRoute(jwt("optional: true")), []string{"token-not-needed"}},
		{"optional, and a rule", onRoute(jwt("optional: true"), authorization("", ours)), none},
		{"optional, and a rule about nothing of a token", onRoute(jwt("optional: true"),
			authorization("", ours, all)), []string{"token-not-needed", "rules-decide-nothing"}},
		{
			"optional, and a rule about a header", onRoute(jwt("optional: true"),
				authorization("", `{action: Allow, principal: {headers: `+
					`[{name: x, values: [a]}]}}`)), []string{"token-not-needed"},
		},
		{
			"optional, and a Deny rule about a header", onRoute(jwt("optional: true"),
				authorization("Allow", `{action: Deny, principal: {headers: `+
					`[{name: x, values: [a]}]}}`)), []string{"token-not-needed"},
		},
		{
			"optional, and a rule about two headers", onRoute(jwt("optional: true"),
				authorization("", `{action: Allow, principal: {headers: `+
					`[{name: x, values: [a]}, {name: z, values: [b, c]}]}}`)),
			[]string{"token-not-needed"},
		},
		{"a country by its name", from("country: Sweden"), []string{"policy-refused"}},
		{"a country by its code", from("country: SE"), none},
		{"a region with a dot", from("region: S.E"), []string{"policy-refused"}},
		{"a network that is a text", from(`asn: "64512"`), []string{"policy-refused"}},
		{"a network", from("asn: 64512"), none},
		{"a place without a condition", from("anonymous: {}"), []string{"policy-refused"}},
		{"a place by another name", from("countryCode: SE, isp: x"), []string{"field-not-known"}},
		{"failOpen", onRoute(jwt("failOpen: true")), []string{"token-not-needed"}},
		{"failOpen, and a rule", onRoute(jwt("failOpen: true"), authorization("", ours)), none},
		{
			"a rule that is allowed anyway", with(authorization("Allow", ours)),
			[]string{"rules-decide-nothing"},
		},
		{
			"no rule, where all is allowed", with("authorization: {defaultAction: Allow}"),
			[]string{"rules-decide-nothing"},
		},
		{
			"no rule and no jwt, where all is allowed",
			onRoute("authorization: {defaultAction: Allow}"),
			[]string{"rules-decide-nothing"},
		},
		{"no rule, where nothing is allowed", with("authorization: {}"), none},
		{
			"a rule that allows all", with(authorization("", all)),
			[]string{"rules-decide-nothing"},
		},
		{
			"a rule that allows all behind another", with(authorization("", ours, all)),
			[]string{"rules-decide-nothing"},
		},
		{"a rule that allows all of IPv4", with(authorization("", four)), none},
		{
			"a Deny rule that never matches where all is allowed",
			with(authorization("Allow", "{action: Deny, cel: 'false'}")),
			[]string{"rules-decide-nothing", "expression-decides-nothing"},
		},
		{"a Deny rule where all is allowed", with(authorization("Allow", theirs)), none},
		{"Deny behind all", with(authorization("", all, theirs)), []string{"rule-shadowed"}},
		{
			"Deny behind all of IPv4", with(authorization("", four, theirs)),
			[]string{"rule-shadowed"},
		},
		{
			"Deny behind all addresses, of one method", with(authorization("",
				`{action: Allow, operation: {methods: [GET]}, principal: {clientCIDRs: `+
					`[0.0.0.0/0, "::/0"]}}`, theirs)), none,
		},
		{"Deny behind some", with(authorization("", some, theirs)), none},
		{
			"Deny of what is allowed before", with(authorization("", ours, theirs)),
			[]string{"rule-shadowed"},
		},
		{"Deny before Allow", with(authorization("", theirs, all)), none},
		{"a role as a text, which the neutral rule is about", of("roles", ""), none},
		{
			"a client as a list", of("azp", "StringArray"),
			[]string{"text-claim-compared-with-list"},
		},
		{"scope as a text", of("scope", ""), []string{"text-claim-compared-with-list"}},
		{"scp as a text", of("scp", ""), []string{"text-claim-compared-with-list"}},
		{"a number", of("exp", ""), []string{"claim-is-no-text"}},
		{
			"a provider that is not there", with(authorization("",
				"{action: Allow, principal: {jwt: {provider: x, scopes: [a]}}}")),
			[]string{"provider-not-in-policy"},
		},
		{
			"a provider without a name", with(authorization("",
				`{action: Allow, principal: {jwt: {provider: "", scopes: [a]}}}`)),
			[]string{"policy-refused"},
		},
		{
			"a mark for a provider", with(authorization("",
				`{action: Allow, principal: {jwt: {provider: "{{ .x }}", scopes: [a]}}}`)),
			[]string{"value-not-known"},
		},
		{
			"no jwt", onRoute(authorization("", ours)),
			[]string{"policy-refused"},
		},
		{
			"the action does not exist", with(authorization("",
				ruleOf("allow", claim("azp", "", "x")))),
			[]string{"policy-refused"},
		},
		{
			"the default action does not exist", with(authorization("deny", ours)),
			[]string{"policy-refused"},
		},
		{"the type does not exist", of("azp", "string"), []string{"policy-refused"}},
		{
			"optional and failOpen", onRoute(jwt("optional: true", "failOpen: false")),
			[]string{"policy-refused"},
		},
		{"the range is not a CIDR", with(authorization("",
			"{action: Allow, principal: {clientCIDRs: [x]}}")), []string{"policy-refused"}},
		{
			"a range with too many bits", with(authorization("",
				"{action: Allow, principal: {clientCIDRs: [10.0.0.0/33]}}")),
			[]string{"policy-with-an-error"},
		},
		{
			"tokens pass where no provider looks", onRoute(
				"oidc: {passThroughAuthHeader: true}",
				strings.Replace(jwt(), "issuer:", "extractFrom: {cookies: [token]}, issuer:", 1)),
			[]string{"policy-refused"},
		},
		{
			"tokens pass in the header that a session's token is written into", onRoute(jwt(),
				"oidc: {passThroughAuthHeader: true, forwardIDToken: {header: Authorization}}"),
			[]string{"policy-refused"},
		},
		{
			"a route's policy with CORS alone", gateway + route + onRoute("cors: {}"),
			[]string{"outer-policy-dropped"},
		},
		{"merged", gateway + route + onRoute("mergeType: JSONMerge", "cors: {}"), none},
		{"a route's policy with jwt of its own", gateway + route + onRoute(jwt()), none},
		{
			"a route that is not there", route + policyOn(httpRoute, "x", jwt()),
			[]string{"policy-selects-nothing"},
		},
		{"a Gateway that is not shown", route + policyOn(gatewayKind, "x", jwt()), none},
		{
			"a rule that the route does not have",
			strings.Replace(onRoute(jwt()), "name: api}", "name: api, sectionName: x}", 1) +
				resourceOf(httpRoute, "api", "rules: [{name: one}]"),
			[]string{"policy-selects-nothing"},
		},
		{
			"a label that is a number",
			strings.Replace(onRoute(jwt()), "targetRefs: [{group: gateway.networking.k8s.io, "+
				"kind: HTTPRoute, name: api}]", "targetSelectors: [{kind: HTTPRoute, "+
				"matchLabels: {version: 1}}]", 1),
			[]string{"policy-refused"},
		},
		{
			"a target of another namespace",
			strings.Replace(onRoute(jwt()), "name: api}", "name: api, namespace: x}", 1),
			[]string{"field-not-known"},
		},
		{"the field does not exist", onRoute(jwt(), "jwtt: {}"), []string{"field-not-known"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := foundIn(t, "1.9", test.text); !slices.Equal(got, test.want) {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

// A field that came later is none of an older version.
func TestFieldsOfLaterVersions(t *testing.T) {
	t.Parallel()
	for part, since := range map[string]string{
		"mergeType: JSONMerge": "1.8", jwt("failOpen: true"): "1.9",
		authorization("", `{action: Allow, principal: {headers: []}, cel: "true"}`): "1.9",
	} {
		text := onRoute(part)
		if got := foundIn(t, "1.7.4", text); !slices.Contains(got, "field-not-known") {
			t.Errorf("%s: found %q", part, got)
		}
		for _, version := range []string{since, ""} {
			if got := foundIn(t, version, text); slices.Contains(got, "field-not-known") {
				t.Errorf("%s, %q: found %q", part, version, got)
			}
		}
	}
}

// What is open on some routes alone may be meant to be.
func TestATokenThatIsNotNeededOnSomeRoutesIsAWarning(t *testing.T) {
	t.Parallel()
	const anybody = `principal: {clientCIDRs: ["0.0.0.0/0", "::/0"]}}`
	const health = `{action: Allow, operation: {methods: [GET]}, ` + anybody
	ours, all := ruleOf("Allow", claim("azp", "", client)), "{action: Allow, "+anybody
	denied := `{action: Deny, operation: {methods: [PUT]}, ` + anybody
	for _, of := range []struct {
		authorization string
		want          rules.Severity
	}{
		{authorization("", health, ours), rules.Warning},
		{authorization("", ours, all), rules.Error},
		{authorization("", health, all), rules.Error},
		{authorization("Allow", denied, health), rules.Error},
	} {
		rule := tokenNotNeeded()
		text := onRoute(jwt("optional: true"), of.authorization)
		policies := policiesOf(t, rules.Options{}, text)
		found := rule.Check(&rules.Subject{Policies: policies})
		if len(found) != 1 || cmp.Or(found[0].Severity, rule.Severity) != of.want {
			t.Errorf("%s: got %v, want %s", of.authorization, found, of.want)
		}
	}
}
