package istio

import (
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
			all, err := changes(c, rules.Goal{Verdict: &v})
			if err != nil || len(all) != 1 || all[0].ID != test.id {
				t.Fatalf("got %+v, %v", all, err)
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

// The policy that asks for a token is a DENY policy: it lets nobody in whom others keep out.
func TestTheAddedPolicyOnlyNarrows(t *testing.T) {
	t.Parallel()
	c := configurationOf(t, rules.Options{}, "istio.yaml", ofTenant())
	compiled := compile(behaviours(), c)
	f := tokenNotNeeded().Check(&rules.Subject{Policies: compiled.Policies})[0]
	f.Rule = "token-not-needed"
	all, err := changes(c, rules.Goal{Finding: &f})
	if err != nil || len(all) != 1 || all[0].Refused != "" {
		t.Fatalf("got %+v, %v", all, err)
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
}
