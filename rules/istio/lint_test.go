package istio

import (
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// foundIn are the names of this adapter's rules that a file breaks.
func foundIn(t *testing.T, text string) []string {
	t.Helper()
	s := &rules.Subject{Policies: policiesOf(t, rules.Options{}, text)}
	var all []string
	for _, rule := range lintRules() {
		for _, f := range rule.Check(s) {
			if f.Pos.Line == 0 || f.Message == "" {
				t.Errorf("%s: an incomplete finding: %+v", rule.Name, f)
			}
			if !slices.Contains(all, rule.Name) {
				all = append(all, rule.Name)
			}
		}
	}
	return all
}

func TestWhatTheRulesOfIstioFind(t *testing.T) {
	t.Parallel()
	allow := func(rule string) string {
		return ofTenant() + policy("ALLOW", "rules: ["+rule+"]")
	}
	of := func(principal string) string {
		return allow(`{from: [{source: {requestPrincipals: ["` + principal + `"]}}]}`)
	}
	const nobody = `{from: [{source: {notRequestPrincipals: ["*"]}}]}`
	tests := []struct {
		name, text string
		want       []string
	}{
		{"a token that is needed", of("*"), nil},
		{"RequestAuthentication alone", ofTenant(), []string{"token-not-needed"}},
		{"a rule that asks for nothing", allow("{}"), []string{"token-not-needed"}},
		{"a DENY rule for requests without a token", ofTenant() + policy("DENY",
			"rules: ["+nobody+"]"), nil},
		{"a RequestAuthentication without rules", resourceOf(requestAuthentication, "a", "r",
			"selector: {}"), []string{"policy-decides-nothing"}},
		{
			"a v1.0 principal with one slash", of("https://sts.windows.net/" + tenant + "/x"),
			[]string{"principal-slash"},
		},
		{"a v1.0 principal with two", of(v1Issuer + "/x"), nil},
		{"a v2.0 principal", of(v2Issuer + "/*"), nil},
		{"a principal of another issuer", of("https://issuer.example/x"), nil},
		{
			"a star before the issuer and in the subject", of("*/v2.0/a*"),
			[]string{"star-is-literal"},
		},
		{"a star in the middle of an issuer", of("https://*/v2.0/*"), []string{"star-is-literal"}},
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
