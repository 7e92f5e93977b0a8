package mulesoft

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// binding is a PolicyBinding of a policy that rejects a request without a token.
func binding(target, policy string) string {
	return `apiVersion: gateway.mulesoft.com/v1alpha1
kind: PolicyBinding
metadata: {name: b}
spec:
` + target + `
  policyRef: ` + policy + `
  config: {signingMethod: rsa, jwtKeyOrigin: jwks, skipClientIdValidation: true}
`
}

// A binding that was seen to attach nowhere keeps nobody out for sure, and lint says so at what is
// wrong.
func TestABindingThatAttachesNowhereIsNotInForceForSure(t *testing.T) {
	const (
		orders = "  targetRef: {kind: ApiInstance, name: orders}"
		jwt    = "{name: jwt-validation-flex}"
		inline = `apiVersion: gateway.mulesoft.com/v1alpha1
kind: ApiInstance
metadata: {name: orders}
spec:
  policies:
    - policyRef: {name: `
		config = "      config: {signingMethod: rsa, skipClientIdValidation: true}\n"
	)
	for _, test := range []struct {
		name, text string
		want       rules.Decision
		field      string // of the finding
	}{
		{"as it should be", binding(orders, jwt), rules.Rejected, ""},
		{
			"the order of the members", binding("", jwt) + orders + "\n", rules.Rejected, "",
		},
		{
			"no suffix", binding(orders, "{name: jwt-validation}"), rules.Undetermined,
			"policyRef",
		},
		{
			"Mule's suffix", binding(orders, "{name: jwt-validation-mule}"),
			rules.Undetermined, "policyRef",
		},
		{"no kind", binding("  targetRef: {name: orders}", jwt), rules.Undetermined, "targetRef"},
		{
			"a kind that is null", binding("  targetRef: {kind: null, name: orders}", jwt),
			rules.Undetermined, "targetRef",
		},
		{
			"a kind that is empty", binding(`  targetRef: {kind: "", name: orders}`, jwt),
			rules.Undetermined, "targetRef",
		},
		{
			"a kind that is a list", binding("  targetRef: {kind: [ApiInstance]}", jwt),
			rules.Undetermined, "targetRef",
		},
		{
			"a kind that only a deployment knows",
			binding(`  targetRef: {kind: "{{ .Values.kind }}", name: orders}`, jwt),
			rules.Undetermined, "",
		},
		{
			"all instances", binding("  targetRef: {kind: Selector, selector: {kind: "+
				"ApiInstance}}", jwt), rules.Rejected, "",
		},
		{
			"an upstream service", binding("  targetRef: {kind: Service, name: s}", jwt),
			rules.Undetermined, "",
		},
		{
			"another kind", binding("  targetRef: {kind: Gateway, name: s}", jwt),
			rules.Undetermined, "",
		},
		{"no target", binding("", jwt), rules.Undetermined, "targetRef"},
		{
			"a target that is a text", binding("  targetRef: orders", jwt),
			rules.Undetermined, "targetRef",
		},
		{
			"a switch that no documentation has", binding(orders+"\n  disabled: true", jwt),
			rules.Undetermined, "",
		},
		{
			"another, that only a deployment knows", binding(orders+"\n  enabled: ${ON}", jwt),
			rules.Undetermined, "",
		},
		{
			"one that changes nothing", binding(orders+"\n  disabled: false", jwt),
			rules.Rejected, "",
		},
		{
			"a switch inside of an instance",
			inline + "jwt-validation-flex}\n      disabled: true\n" + config,
			rules.Undetermined, "",
		},
		{
			"a policy of an instance", inline + "jwt-validation-flex}\n" + config,
			rules.Rejected, "",
		},
		{
			"one without a suffix", inline + "jwt-validation}\n" + config,
			rules.Undetermined, "policyRef",
		},
		{
			"a policy of one's own", binding(orders, "{name: my-jwt-v1-0-impl}"),
			rules.Undetermined, "",
		},
		{
			"a second policy that attaches",
			binding(orders, "{name: jwt-validation}") + "---\n" + binding(orders, jwt),
			rules.Rejected, "policyRef",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			policies := compiled(t, "p.yaml", test.text, rules.Options{}).Policies
			r := request(v1)
			r.Token = nil
			if got := rules.Evaluate(policies, r); got.Outcome != test.want {
				t.Errorf("got %s, want %s", got.Outcome, test.want)
			}
			field := ""
			for _, f := range attachesNowhere(&rules.Subject{Policies: policies}) {
				field = f.Field
				if f.Pos.Line == 0 {
					t.Error("the finding has no place")
				}
			}
			if field != test.field {
				t.Errorf("the finding is about %q, want %q", field, test.field)
			}
		})
	}
}
