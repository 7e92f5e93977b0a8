package mulesoft

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// These are the 66 policies of the official Terraform provider, with the direction that
// it gives each.
const (
	inboundPolicies = `a-two-a-agent-card a-two-a-pii-detector a-two-a-prompt-decorator
		a-two-a-schema-validation a-two-a-token-rate-limit access-block
		agent-connection-telemetry body-transformation client-id-enforcement cors
		dataweave-body-transformation dataweave-headers-transformation dataweave-request-filter
		external-oauth2-access-token-enforcement header-injection header-removal
		header-transformation health-check http-basic-authentication http-caching
		injection-protection ip-allowlist ip-blocklist json-threat-protection jwt-validation
		ldap-authentication llm-gw-core-policy llm-proxy-core llm-proxy-core-policy
		mcp-access-control mcp-global-access-policy mcp-pii-detector mcp-schema-validation
		mcp-support mcp-tool-mapping mcp-transcoding-router message-logging model-based-routing
		native-ext-authz native-ext-proc oauth2-token-introspection rate-limiting
		rate-limiting-sla-based response-timeout script-evaluation-transformation
		semantic-prompt-guard-policy-openai semantic-routing-policy-huggingface spec-validation
		spike-control sse-logging stream-idle-timeout tracing xml-threat-protection`
	outboundPolicies = `bedrock-llm-provider-policy circuit-breaker
		credential-injection-basic-auth credential-injection-oauth2
		credential-injection-oauth2-obo gemini-llm-provider-policy gemini-transcoding-policy
		idle-timeout message-logging-outbound native-aws-lambda openai-transcoding-policy`
	signInPolicies = `intask-authentication-policy intask-authorization-code-policy`

	// The names under which its schemas have the fields of some of them, and of one more.
	moreNames = `a2a-agent-card a2a-pii-detector a2a-prompt-decorator a2a-token-rate-limit
		oauth2-access-token-enforcement`
)

func TestEveryPolicyOfTheVendorHasAPlace(t *testing.T) {
	all := map[string]bool{}
	check := func(names string, fits func(standing) bool) {
		for _, asset := range strings.Fields(names) {
			row, found := policyNamed(asset)
			if !found || !fits(row.stands) {
				t.Errorf("%s: found %v, stands %d", asset, found, row.stands)
			}
			all[row.asset] = true
		}
	}
	check(inboundPolicies, func(s standing) bool { return s != isOutbound })
	check(outboundPolicies, func(s standing) bool { return s == isOutbound })
	check(signInPolicies, func(s standing) bool { return s == decides })
	if len(all) != 66 {
		t.Errorf("%d policies", len(all))
	}
	check(moreNames, func(s standing) bool { return s != isOutbound })
	for _, asset := range assets() {
		p, _ := policyNamed(asset)
		if p.asset != asset || p.name == "" || p.fields == nil || p.compile == nil {
			t.Errorf("%s is not modelled as a whole", asset)
		}
	}
}

// What each place means for a request, whichever format names the policy.
func TestThePlaceOfAPolicyDecidesWhetherItIsJudged(t *testing.T) {
	for _, test := range []struct {
		name, file, text string
		want             decided
	}{
		{
			"blind", "p.json", policyOf("spike-control", "1.2.2", ""),
			decided{rules.Accepted, 200, ""},
		},
		{
			"changes what later ones read", "p.json", policyOf("header-removal", "1.1.2", ""),
			decided{rules.Accepted, 200, ""},
		},
		{
			"decides", "p.json", policyOf("access-block", "1.0.0", ""),
			decided{rules.Undetermined, 0, rules.NotModelled},
		},
		{
			"decides, for Terraform", "p.tf",
			`resource "anypoint_api_policy_native_ext_authz" "x" { configuration = {} }`,
			decided{rules.Undetermined, 0, rules.NotModelled},
		},
		{
			"decides, by another name", "p.tf",
			`resource "anypoint_apim_policy_basic_auth" "x" {
  configuration_data {}
}`,
			decided{rules.Undetermined, 0, rules.NotModelled},
		},
		{
			"outbound", "p.json", policyOf("credential-injection-oauth2", "1.0.1", ""),
			decided{rules.Accepted, 200, ""},
		},
		{
			"outbound, for Terraform", "p.tf",
			`resource "anypoint_api_policy_circuit_breaker" "x" { configuration = {} }`,
			decided{rules.Accepted, 200, ""},
		},
		{
			"signs a caller in on the way out", "p.json",
			`{"assetId":"intask-authentication-policy","upstreamIds":["u"],"configuration":{}}`,
			decided{rules.Undetermined, 0, rules.NotModelled},
		},
		{
			"blind, for Flex Gateway", "p.yaml",
			"apiVersion: gateway.mulesoft.com/v1alpha1\nkind: PolicyBinding\nspec:\n" +
				"  targetRef: {kind: ApiInstance, name: a}\n" +
				"  policyRef: {name: a2a-agent-card-flex}\n  config: {}\n",
			decided{rules.Accepted, 200, ""},
		},
		{
			"no policy of the vendor's", "p.json", policyOf("graphql-limits", "1.0.0", ""),
			decided{rules.Undetermined, 0, rules.NotModelled},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			policies := compiled(t, test.file, test.text, rules.Options{}).Policies
			if got := short(rules.Evaluate(policies, request(v1))); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestTheSLAPolicyIsKnownByBothOfItsNames(t *testing.T) {
	for _, name := range []string{
		"rate-limiting-sla-based", "rate-limiting-sla", "rate-limiting-sla-based-flex",
		"rate-limiting-sla-mule",
	} {
		r := request(v1)
		r.HeadersWhole = true
		v := verdictOf(t, policyOf(name, "1.3.1", ""), r)
		if want := (decided{rules.Rejected, 401, rules.ClientID}); short(v) != want {
			t.Errorf("%s: got %v, want %v", name, short(v), want)
		}
	}
	tf := `resource "anypoint_api_policy_rate_limiting_sla_based" "x" {
  configuration = { client_id_expression = "#[attributes.headers['id']]" }
}`
	r := request(v1)
	r.HeadersWhole = true
	v := rules.Evaluate(compiled(t, "p.tf", tf, rules.Options{}).Policies, r)
	if want := (decided{rules.Rejected, 401, rules.ClientID}); short(v) != want {
		t.Errorf("Terraform: got %v, want %v", short(v), want)
	}
}
