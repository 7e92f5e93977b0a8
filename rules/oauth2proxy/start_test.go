package oauth2proxy

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// What keeps the program from starting is its own (pkg/validation, options.go and allowlist.go;
// providers/providers.go): nobody is let in then, and nobody is answered by it.
func TestAValueWithWhichTheProgramDoesNotStartLeavesEveryoneOpen(t *testing.T) {
	t.Parallel()
	without := func(name string) string {
		var kept []string
		for line := range strings.Lines(basic) {
			if !strings.HasPrefix(line, name+" ") {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "")
	}
	for _, of := range []struct {
		option, value string
		starts        bool
	}{
		{"provider", `"OIDC"`, false},
		{"provider", `""`, false},
		{"provider", `"entra-id"`, true},
		{"extra_jwt_issuers", `["https://issuer.example"]`, false},
		{"extra_jwt_issuers", `["https://issuer.example=a=b"]`, true},
		{"skip_auth_regex", `["("]`, false},
		{"skip_auth_routes", `["GET=["]`, false},
		{"skip_auth_routes", `["GET=^/x$"]`, true},
		{"client_id", `["` + app + `"]`, false},
		{"skip_jwt_bearer_tokens", `[true]`, false},
		{"provider", `"${PROVIDER}"`, true},
	} {
		policies := policiesOf(t, "proxy.cfg",
			without(of.option)+of.option+" = "+of.value+"\n")
		var present *rules.Check
		for check := range policies[0].Root.Checks() {
			if check.ID == rules.TokenPresent {
				present = check
			}
		}
		refused := present.Unknown != nil && strings.Contains(present.Unknown.Why, "not start")
		if refused == of.starts || refused && present.Field != of.option {
			t.Errorf("%s = %s: unknown %v at %s", of.option, of.value, present.Unknown,
				present.Field)
		}
		found := optionValueRefused().Check(&rules.Subject{Policies: policies})
		if (len(found) == 0) != of.starts {
			t.Errorf("%s = %s: %d findings", of.option, of.value, len(found))
		}
		v := rules.Evaluate(policies, requestOf("aud="+app))
		if !of.starts && v.Outcome == rules.Accepted {
			t.Errorf("%s = %s: accepted", of.option, of.value)
		}
	}
}
