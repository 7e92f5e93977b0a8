package istio

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// A change for one check is made where that check is written, and lets the token in.
func TestChangesLetATokenIn(t *testing.T) {
	t.Parallel()
	allow := func(rule string) string {
		return ofTenant() + policy("ALLOW", "rules: ["+rule+"]")
	}
	tests := []struct {
		name, text, claims, id, writes string
	}{
		{
			"another audience", ofTenant(), `aud="api://orders"`, "accept-audience",
			"audiences: [" + app + ", api://orders]",
		},
		{
			"the issuer's principals",
			allow(`{from: [{source: {requestPrincipals: [other/x]}}]}`), "", "accept-issuer",
			v2Issuer + "/*",
		},
		{
			"another client",
			allow(`{when: [{key: "request.auth.claims[azp]", values: [x]}]}`), "",
			"accept-client", client,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := configurationOf(t, rules.Options{}, "istio.yaml", test.text)
			v := rules.Evaluate(compile(behaviours(), c).Policies, requestOf(test.claims))
			all := Adapter().Changes(c, rules.Goal{Verdict: &v})
			if len(all) != 1 || all[0].ID != test.id {
				t.Fatalf("got %+v", all)
			}
			text := string(all[0].Edited.Files[0].Text)
			if !strings.Contains(text, test.writes) {
				t.Errorf("%q is not in\n%s", test.writes, text)
			}
			after := compile(behaviours(), all[0].Edited).Policies
			got := short(rules.Evaluate(after, requestOf(test.claims)))
			if got != accepted() {
				t.Errorf("after it: %v", got)
			}
		})
	}
}

// All that fails is repaired at once, for one change alone would let nobody in; and what the
// policy is right to refuse stays refused.
func TestWhatARefusalIsRepairedBy(t *testing.T) {
	t.Parallel()
	const uri = `audiences: ["api://orders"]`
	when := func(claim, value string) string {
		return policy("ALLOW", `rules: [{when: [{key: "request.auth.claims[`+claim+
			`]", values: ["`+value+`"]}]}]`)
	}
	v2 := authentication("issuer: "+v2Issuer, uri)
	ofV1 := `ver="1.0";iss="` + v1Issuer + `";aud="api://orders";azp=;appid="` + client + `"`
	principal := func(of string) string {
		return policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["`+of+`"]}}]}]`)
	}
	tests := []struct {
		name, text, claims string
		want               []string
	}{
		{
			"a v2.0 token at a policy for v1.0 tokens", v2 + when("appid", client), "",
			[]string{"accept-audience+map-client-id"},
		},
		{"an issuer of the other version", v2, ofV1, []string{"set-issuer"}},
		{"one slash", authentication("issuer: "+v1Issuer, uri) +
			principal("https://sts.windows.net/"+tenant+"/*"), ofV1, []string{"principal-slash"}},
		{
			"a scope for a daemon", ofTenant() + when("scp", "Read"),
			`idtyp="app";roles=["Call"]`,
			[]string{"require-role"},
		},
		{
			"two scopes where one is asked for", ofTenant() + when("scp", "Read"),
			`scp="Read Write"`,
			[]string{"split-scopes"},
		},
		{
			"either of two rules",
			ofTenant() + when("azp", "x") + renamed(when("azp", "y")), "",
			[]string{"accept-client", "accept-client"},
		},
		{"another API's audience", ofTenant(), `aud="0b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94"`, nil},
		{"another tenant", ofTenant(), `iss="https://sts.windows.net/` + app + `/"`, nil},
		{"an expired token", ofTenant(), "exp=1", nil},
		{"a DENY rule", ofTenant() + strings.Replace(
			when("azp", client), "action: ALLOW", "action: DENY", 1), "", nil},
		{"a role that the token lacks", ofTenant() + when("roles", "Call"), `scp="Read"`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := configurationOf(t, rules.Options{}, "istio.yaml", test.text)
			v := rules.Evaluate(compile(behaviours(), c).Policies, requestOf(test.claims))
			if got := idsOf(t, c, rules.Goal{Verdict: &v}); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// idsOf are the ids of the changes for a goal. One that is refused has a minus before it.
func idsOf(t *testing.T, c *rules.Configuration, goal rules.Goal) []string {
	t.Helper()
	all := Adapter().Changes(c, goal)
	var ids []string
	for _, change := range all {
		if change.Refused != "" {
			change.ID = "-" + change.ID
		}
		ids = append(ids, change.ID)
	}
	return ids
}

// What lets everybody in is narrowed to this API, its clients, or a role; and not by a token of
// another tenant.
func TestWhatPoliciesAreNarrowedTo(t *testing.T) {
	t.Parallel()
	const keys = "jwksUri: https://login.microsoftonline.com/"
	any := policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	own := rules.Facts{Own: []string{client}}
	tests := []struct {
		name, text string
		goal       rules.Goal
		want       []string
	}{
		{
			"keys alone", authentication(keys+"common/discovery/keys") + any,
			rules.Goal{Facts: own},
			[]string{"check-audience+pin-issuer", "require-client", "require-role"},
		},
		{
			"no audience", authentication("issuer: "+v2Issuer) + any,
			rules.Goal{},
			[]string{"check-audience", "require-role"},
		},
		{
			"no ALLOW policy", ofTenant(),
			rules.Goal{Facts: own},
			[]string{"require-client", "require-role"},
		},
		{
			"no ALLOW policy, and no place for one",
			strings.Replace(ofTenant(), "  jwtRules", "  targetRefs: [{kind: Gateway, group: "+
				"gateway.networking.k8s.io, name: public}]\n  jwtRules", 1),
			rules.Goal{Facts: own},
			[]string{"-require-client", "-require-role"},
		},
		{
			"the token's client alone", ofTenant() + any,
			rules.Goal{OneClient: true},
			[]string{"only-client", "require-role"},
		},
		{
			"keys of another tenant", authentication(keys+app+"/discovery/keys") + any,
			rules.Goal{Facts: own},
			[]string{"-check-audience+pin-issuer"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := configurationOf(t, rules.Options{}, "istio.yaml", test.text)
			r := requestOf(`roles=["Call"]`)
			v := rules.Evaluate(compile(behaviours(), c).Policies, r)
			test.goal.Verdict = &v
			if got := idsOf(t, c, test.goal); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			for _, change := range Adapter().Changes(c, test.goal) {
				if change.Edited == nil {
					continue
				}
				after := compile(behaviours(), change.Edited).Policies
				if got := short(rules.Evaluate(after, r)); got != accepted() {
					t.Errorf("after %s: %v", change.ID, got)
				}
			}
		})
	}
}

// The policy that asks for a token is a DENY policy: it lets nobody in whom others keep out. It is
// added in the way in which the file holds policies.
func TestTheAddedPolicyOnlyNarrows(t *testing.T) {
	t.Parallel()
	const object = `{"apiVersion": "security.istio.io/v1", "kind": "RequestAuthentication",
		"metadata": {"name": "entra", "namespace": "orders"},
		"spec": {"jwtRules": [{"issuer": "` + v2Issuer + `", "audiences": ["` + app + `"]}]}}`
	tests := []struct {
		name, file, text string
		refused          string
	}{
		{"a document", "istio.yaml", ofTenant(), ""},
		{"a List in YAML", "istio.yaml", "kind: List\nitems:\n- " + object + "\n", ""},
		{"a List in JSON", "istio.json", `{"kind": "List", "items": [` + object + `]}`, ""},
		{
			"a label that is a boolean to YAML 1.1", "istio.yaml",
			strings.Replace(ofTenant(), "  jwtRules:",
				"  selector: {matchLabels: {n: orders}}\n  jwtRules:", 1), "",
		},
		{
			"a name that the API server completes", "istio.yaml",
			strings.Replace(ofTenant(), "name: entra", "generateName: entra-", 1), "",
		},
		{"an object in JSON", "istio.json", object, "it is a resource of its own"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := configurationOf(t, rules.Options{}, test.file, test.text)
			compiled := compile(behaviours(), c)
			f := tokenNotNeeded().Check(&rules.Subject{Policies: compiled.Policies})[0]
			f.Rule = "token-not-needed"
			all := Adapter().Changes(c, rules.Goal{Finding: &f})
			if len(all) != 1 || !strings.HasSuffix(all[0].Refused, test.refused) ||
				(all[0].Edited == nil) != (test.refused != "") {
				t.Fatalf("got %+v", all)
			}
			if all[0].Edited == nil {
				return
			}
			after := compile(behaviours(), all[0].Edited).Policies
			if got := short(rules.Evaluate(after, tokenless())); got != rejected(403,
				rules.Authorization) {
				t.Errorf("without a token: %v", got)
			}
			if got := short(rules.Evaluate(after, requestOf(""))); got != accepted() {
				t.Errorf("with one: %v", got)
			}
			if i := all[0].Edited.Index(after[0]); i != 0 {
				t.Errorf("the workload is at %d", i)
			}
		})
	}
}

func TestAnIssuerOfTwoRulesIsNamedOnce(t *testing.T) {
	t.Parallel()
	const more = "  - {issuer: " + v2Issuer + ", audiences: [other]}\n"
	c := configurationOf(t, rules.Options{}, "istio.yaml",
		ofTenant()+more+policy("ALLOW", "rules: [{}]"))
	f := tokenNotNeeded().Check(&rules.Subject{Policies: compile(behaviours(), c).Policies})[0]
	f.Rule = "token-not-needed"
	all := Adapter().Changes(c, rules.Goal{Finding: &f})
	if len(all) != 1 || all[0].Edited == nil {
		t.Fatalf("got %+v", all)
	}
	text := string(all[0].Edited.Files[0].Text)
	if n := strings.Count(text, v2Issuer+"/*"); n != 1 {
		t.Errorf("the principal is there %d times:\n%s", n, text)
	}
}

// A field in another case is given its name, also where other parts of the policies are absent.
func TestAFieldInAnotherCaseIsRenamed(t *testing.T) {
	t.Parallel()
	text := authentication("issuer: "+v2Issuer, "Audiences: ["+app+"]")
	for name, more := range map[string]string{
		"a policy without a selector": "",
		"a rule without an operation": policy("ALLOW", "rules: [{to: [{}], from: [{}]}]"),
	} {
		c := configurationOf(t, rules.Options{}, "istio.yaml", text+more)
		f := fieldNotKnown().Check(&rules.Subject{Policies: compile(behaviours(), c).Policies})[0]
		f.Rule = "field-not-known"
		all := Adapter().Changes(c, rules.Goal{Finding: &f})
		if len(all) != 1 || all[0].ID != "rename-field" {
			t.Errorf("%s: got %+v", name, all)
		}
	}
}
