package envoygateway

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// Each repair of a finding removes it, and is proved by what the policy then does.
func TestRepairsOfFindings(t *testing.T) {
	t.Parallel()
	ours := ruleOf("Allow", claim("azp", "", client))
	gateway := policyOn(gatewayKind, "public", jwt())
	route := resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	for _, test := range []struct {
		rule, text, id string
		after          decided // of a request without a token
	}{
		{
			"token-not-needed", onRoute(jwt("optional: true")), "need-token",
			rejected(401, rules.TokenPresent),
		},
		{
			"token-not-needed", onRoute(jwt("failOpen: true")), "need-token",
			rejected(401, rules.TokenPresent),
		},
		{
			"rules-decide-nothing", onRoute(authorization("Allow",
				`{action: Allow, principal: {headers: [{name: x, values: [a]}]}}`)),
			"deny-by-default",
			rejected(403, rules.Conditional),
		},
		{
			"outer-policy-dropped", gateway + route + onRoute("cors: {}"), "merge-policies",
			rejected(401, rules.TokenPresent),
		},
		{
			"text-claim-compared-with-list", onRoute(jwt(), authorization("", ruleOf("Allow",
				claim("azp", "StringArray", client)))), "compare-text",
			rejected(401, rules.TokenPresent),
		},
		{"text-claim-compared-with-list", onRoute(jwt(), authorization("", ours, ruleOf("Allow",
			claim("scp", "", "a")))), "compare-list", rejected(401, rules.TokenPresent)},
	} {
		t.Run(test.rule+" "+test.id, func(t *testing.T) {
			t.Parallel()
			options := rules.Options{Runtime: "1.9"}
			c := configurationOf(t, options, "policies.yaml", test.text)
			s := &rules.Subject{Policies: compile(behaviours(), c).Policies}
			var f rules.Finding
			for _, rule := range lintRules() {
				if found := rule.Check(s); rule.Name == test.rule && len(found) > 0 {
					f, f.Rule = found[0], rule.Name
				}
			}
			if f.Rule != test.rule {
				t.Fatal("no such finding")
			}
			f.Rule = test.rule
			all := Adapter().Changes(c, rules.Goal{Finding: &f})
			if len(all) != 1 || all[0].Refused != "" || all[0].ID != test.id {
				t.Fatalf("got %+v", all)
			}
			after := compile(behaviours(), all[0].Edited).Policies
			none := tokenless()
			none.Headers = map[string]string{"X": "b"}
			if got := short(rules.Evaluate(after, none)); got != test.after {
				t.Errorf("without a token: %v, in\n%s", got, all[0].Edited.Files[0].Text)
			}
			for _, rule := range lintRules() {
				found := rule.Check(&rules.Subject{Policies: after})
				if rule.Name == test.rule && len(found) > 0 {
					t.Errorf("still found: %+v", found)
				}
			}
		})
	}
}

// Where mergeType does not count, or perhaps not, the route's policy repeats the Gateway's.
func TestARoutesPolicyRepeatsItsGateways(t *testing.T) {
	t.Parallel()
	text := policyOn(gatewayKind, "public", jwt(), authorization("", ruleOf("Allow",
		claim("azp", "", client)))) + onRoute("cors: {}") +
		resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	for _, version := range []string{"", "1.7.0"} {
		c := configurationOf(t, rules.Options{Runtime: version}, "policies.yaml", text)
		f := outerPolicyDropped().Check(&rules.Subject{
			Policies: compile(behaviours(), c).Policies,
		})[0]
		f.Rule = "outer-policy-dropped"
		all := Adapter().Changes(c, rules.Goal{Finding: &f})
		if all[0].Refused != "" {
			t.Fatalf("%q: got %+v", version, all)
		}
		after := compile(behaviours(), all[0].Edited).Policies
		if got := short(rules.Evaluate(after, requestOf(""))); got != accepted() {
			t.Errorf("%q: its own token: %v", version, got)
		}
		if got := short(rules.Evaluate(after, requestOf(`azp="x"`))); got !=
			rejected(403, rules.CustomClaim) {
			t.Errorf("%q: another client's: %v", version, got)
		}
	}
}

// A change for what fails is made where it is written, and lets the token in.
func TestChangesLetATokenIn(t *testing.T) {
	t.Parallel()
	v1 := `ver="1.0";iss="` + v1Issuer + `";aud="api://orders";azp=;appid="` + client + `"`
	for _, test := range []struct{ name, text, claims, id, writes string }{
		{
			"the audience in the other form", onRoute(jwt()), `aud="api://orders"`,
			"accept-audience", `"` + app + `", "api://orders"`,
		},
		{"another client", onRoute(jwt(), authorization("", ruleOf("Allow", claim("azp", "",
			"x")))), "", "accept-client", client},
		{"a v1.0 token", onRoute(jwt(), authorization("", ruleOf("Allow", claim("azp", "",
			client)))), v1, "set-issuer+accept-audience+map-client-id", "name: appid"},
		{
			"a role instead of a scope", onRoute(jwt(), authorization("", ruleOf("Allow",
				"scopes: [a]"))), `idtyp="app";roles=["run"];oid="subject"`, "require-role",
			"valueType: StringArray",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			options := rules.Options{Runtime: "1.9"}
			c := configurationOf(t, options, "policies.yaml", test.text)
			v := rules.Evaluate(compile(behaviours(), c).Policies, requestOf(test.claims))
			all := Adapter().Changes(c, rules.Goal{Verdict: &v})
			if len(all) != 1 || all[0].ID != test.id {
				t.Fatalf("got %+v", all)
			}
			if all[0].Refused != "" {
				t.Fatal(all[0].Refused)
			}
			text := string(all[0].Edited.Files[0].Text)
			if !strings.Contains(text, test.writes) {
				t.Errorf("%q is not in\n%s", test.writes, text)
			}
			after := compile(behaviours(), all[0].Edited).Policies
			if got := short(rules.Evaluate(after, requestOf(test.claims))); got != accepted() {
				t.Errorf("after it: %v", got)
			}
		})
	}
}

// gateway#7633: the change that separates two clients of one tenant.
func TestChangesThatNarrow(t *testing.T) {
	t.Parallel()
	const other = `azp="7e2d9c1b-6a4f-4b0e-9d3c-1f5a8b2c6e70"`
	for _, test := range []struct {
		name, text, claims, id string
		goal                   rules.Goal
	}{
		{"the client alone", onRoute(jwt()), "", "only-client", rules.Goal{OneClient: true}},
		{
			"the clients of the environment", onRoute(jwt()), "", "require-client",
			rules.Goal{Facts: rules.Facts{Own: []string{client, "x"}}},
		},
		{"a role", onRoute(jwt()), `roles=["run"]`, "require-role", rules.Goal{}},
		{"in a rule that is there", onRoute(jwt(), authorization("", ruleOf("Allow",
			claim("tid", "", tenant)))), "", "only-client", rules.Goal{OneClient: true}},
		{
			"in a rule about addresses", onRoute(jwt(), authorization("",
				`{action: Allow, principal: {clientCIDRs: ["0.0.0.0/0", "::/0"]}}`)), "",
			"only-client",
			rules.Goal{OneClient: true},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := configurationOf(t, rules.Options{}, "policies.yaml", test.text)
			v := rules.Evaluate(compile(behaviours(), c).Policies, requestOf(test.claims))
			test.goal.Verdict = &v
			all := Adapter().Changes(c, test.goal)
			if len(all) != 1 || all[0].ID != test.id || all[0].Refused != "" {
				t.Fatalf("got %+v", all)
			}
			after := compile(behaviours(), all[0].Edited).Policies
			if got := short(rules.Evaluate(after, requestOf(test.claims))); got != accepted() {
				t.Errorf("its own token: %v in\n%s", got, all[0].Edited.Files[0].Text)
			}
			if got := rules.Evaluate(after, requestOf(other)); got.Outcome != rules.Rejected {
				t.Errorf("another client's: %v", short(got))
			}
		})
	}
}
