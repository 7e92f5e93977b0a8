package mulesoft

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
)

// apiManagerWith writes a policy with a line for its signing method, which may be empty. The
// method is written as the form has it.
func apiManagerWith(method string) string {
	return policyOf(jwtValidation, "1.4.0", method+`"jwtKeyOrigin":"jwks",`+
		`"jwksUrl":"https://keys.example/keys"`+skip)
}

func flexWith(method string) string {
	return `apiVersion: gateway.mulesoft.com/v1alpha1
kind: PolicyBinding
metadata: {name: x}
spec:
  targetRef: {kind: ApiInstance, name: orders}
  policyRef: {name: jwt-validation-flex}
  config:
    jwtKeyOrigin: jwks
    jwksUrl: https://keys.example/keys
    skipClientIdValidation: true
` + method
}

func terraformWith(resource, configuration, method string) string {
	return `resource "` + resource + `" "x" {
  asset_version = "1.4.0"
  ` + configuration + ` {
    jwt_key_origin            = "jwks"
    jwks_url                  = "https://keys.example/keys"
    skip_client_id_validation = true
` + method + `
  }
}
`
}

func TestAnAbsentSigningMethodIsNotRSAOnMuleGateway(t *testing.T) {
	community := terraformWith("anypoint_apim_policy_jwt_validation", "configuration_data", "")
	official := terraformWith("anypoint_api_policy_jwt_validation", "configuration =", "")
	second := `[` + apiManagerWith("") + `,` + apiManagerWith(`"signingMethod":"rsa",`) + `]`
	for _, test := range []struct {
		name, file, text, alg string
		verifies              keys.Outcome
		want                  decided
	}{
		{"RS256 that verifies", "p.json", apiManagerWith(""), "RS256", keys.Pass, accepted()},
		{
			"RS256 that does not verify", "p.json", apiManagerWith(""), "RS256", keys.Fail,
			unknown(rules.Signature),
		},
		{
			"RS256 with keys that are not known", "p.json", apiManagerWith(""), "RS256",
			keys.Unknown, unknown(rules.Signature),
		},
		{
			"another algorithm that verifies", "p.json", apiManagerWith(""), "ES256", keys.Pass,
			unknown(rules.Algorithm),
		},
		{
			"no signature", "p.json", apiManagerWith(""), "none", keys.Fail,
			unknown(rules.Algorithm),
		},
		{
			"null", "p.json", apiManagerWith(`"signingMethod":null,`), "none", keys.Fail,
			unknown(rules.Algorithm),
		},
		{
			"null, RS256 that verifies", "p.json", apiManagerWith(`"signingMethod":null,`),
			"RS256", keys.Pass, accepted(),
		},
		{
			"another type", "p.json", apiManagerWith(`"signingMethod":["rsa"],`), "RS256",
			keys.Pass, unknown(rules.Algorithm),
		},
		{
			"a variable", "p.json", apiManagerWith(`"signingMethod":"${m}",`), "RS256", keys.Pass,
			unknown(rules.Algorithm),
		},
		{
			"an empty text", "p.json", apiManagerWith(`"signingMethod":"",`), "RS256", keys.Pass,
			unknown(rules.Algorithm),
		},
		{
			"a list of one policy", "p.json", `[` + apiManagerWith("") + `]`, "RS256", keys.Fail,
			unknown(rules.Signature),
		},
		{
			"a second policy that has rsa", "p.json", second, "RS256", keys.Fail,
			rejected(401, rules.Signature),
		},
		{
			"Flex Gateway, whose default is rsa", "p.yaml", flexWith(""), "none", keys.Fail,
			rejected(401, rules.Algorithm),
		},
		{
			"Flex Gateway, null", "p.yaml", flexWith("    signingMethod: null\n"), "RS256",
			keys.Fail, rejected(401, rules.Signature),
		},
		{
			"Flex Gateway by its version", "p.json",
			strings.Replace(apiManagerWith(""), "1.4.0", "0.12.0", 1), "ES256", keys.Pass,
			rejected(401, rules.Algorithm),
		},
		{
			"a provider that writes its default", "p.tf", community, "none", keys.Fail,
			rejected(401, rules.Algorithm),
		},
		{
			"a provider of which that is not known", "p.tf", official, "none", keys.Fail,
			unknown(rules.Algorithm),
		},
		{"the same, RS256 that verifies", "p.tf", official, "RS256", keys.Pass, accepted()},
	} {
		t.Run(test.name, func(t *testing.T) {
			policies := compiled(t, test.file, test.text, rules.Options{}).Policies
			r := &rules.Request{
				Token: token(v1, test.alg), At: at, Signatures: signed(test.verifies),
			}
			if got := short(rules.Evaluate(policies, r)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// What is known of the failure is said beside what is not known of the method.
func TestAnAbsentSigningMethodIsSaidToBeAbsent(t *testing.T) {
	policies := compiled(t, "p.json", apiManagerWith(""), rules.Options{}).Policies
	verdict := rules.Evaluate(policies, &rules.Request{
		Token: token(v1, "ES256"), At: at, Signatures: signed(keys.Pass),
	})
	decided := verdict.Decided
	for _, part := range []string{"ES256", "signingMethod is absent"} {
		if !strings.Contains(decided.Why(), part) {
			t.Errorf("got %q, want %q in it", decided.Why(), part)
		}
	}
	if level := decided.Evidence().Level; level != rules.Inferred { // its pages disagree
		t.Errorf("got %v, want inferred", level)
	}
}
