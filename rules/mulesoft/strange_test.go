package mulesoft

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// What is not known is said, and leaves the answer open where it may be a policy.
func TestWhatIsNotKnownIsSaid(t *testing.T) {
	const (
		flexDocument = "apiVersion: gateway.mulesoft.com/v1alpha1\n"
		spike        = `resource "anypoint_api_policy_spike_control" "x" {
  configuration = {}
}
`
	)
	for _, test := range []struct {
		name, file, text string
		said             string
		want             rules.Decision
	}{
		{"a policy of the vendor", "p.tf", spike, "", rules.Accepted},
		{
			"the type of a policy", "p.tf",
			"resource \"anypoint_api_policy_graphql_limits\" \"x\" {\n}\n",
			"gatewhy does not know the MuleSoft policy graphql-limits", rules.Undetermined,
		},
		{
			"a resource of an API instance", "p.tf",
			"resource \"anypoint_apim_gate\" \"x\" {\n  apim_id = var.api\n}\n",
			"gatewhy does not know the resource type anypoint_apim_gate", rules.Undetermined,
		},
		{
			"a resource with a word in its type", "p.tf",
			"resource \"anypoint_ap_policies\" \"x\" {\n}\n",
			"gatewhy does not know the resource type anypoint_ap_policies", rules.Undetermined,
		},
		{
			"any other resource", "p.tf",
			spike + "resource \"anypoint_apim_dashboard\" \"x\" {\n}\n",
			"gatewhy does not know the resource type anypoint_apim_dashboard", rules.Accepted,
		},
		{
			"resources without policies", "p.tf",
			spike + "resource \"anypoint_apim_mule4\" \"x\" {\n}\n" +
				"resource \"anypoint_vpc\" \"x\" {\n}\ndata \"anypoint_apim_gate\" \"x\" {\n}\n",
			"", rules.Accepted,
		},
		{
			"a resource in a plan", "p.json",
			`{"format_version":"1.2","planned_values":{"root_module":{"resources":[
				{"type":"anypoint_apim_gate","values":{"apim_id":"1"}}]}}}`,
			"gatewhy does not know the resource type anypoint_apim_gate", rules.Undetermined,
		},
		{
			"an asset that is misspelled", "p.json", policyOf("jwt-validaton", "1.4.0", ""),
			"gatewhy does not know the MuleSoft policy jwt-validaton", rules.Undetermined,
		},
		{
			"an asset of one's own group", "p.json",
			`{"assetId":"mine","groupId":"own","configurationData":{}}`, "", rules.Undetermined,
		},
		{
			"what the command line tool lists", "p.json",
			`[{"Asset ID":"mine","Asset Version":"1.0.0","Configuration":""}]`,
			"gatewhy does not know the MuleSoft policy mine", rules.Undetermined,
		},
		{
			"an asset that is a variable", "p.tf",
			"resource \"anypoint_api_policy\" \"x\" {\n  asset_id = var.x\n}\n",
			"the file does not show which policy this is", rules.Undetermined,
		},
		{
			"the gateway of an implementation", "p.json",
			`{"assetId":"spike-control","configuration":{},
				"implementationAsset":{"assetId":"x","technology":"mesh"}}`,
			"gatewhy does not know the gateway mesh", rules.Accepted,
		},
		{
			"a kind of Flex Gateway", "p.yaml",
			flexDocument + "kind: PolicyBindings\nspec:\n" +
				"  policyRef: {name: jwt-validation-flex}\n",
			"gatewhy does not know the Flex Gateway kind PolicyBindings", rules.Undetermined,
		},
		{
			"another kind of Flex Gateway", "p.yaml", flexDocument + "kind: Dashboard\n",
			"gatewhy does not know the Flex Gateway kind Dashboard", rules.Accepted,
		},
		{
			"no kind", "p.yaml", flexDocument + "spec: {}\n",
			"this document of Flex Gateway has no kind that can be read", rules.Undetermined,
		},
		{
			"a kind that is a list", "p.yaml", flexDocument + "kind: [PolicyBinding]\n",
			"this document of Flex Gateway has no kind that can be read", rules.Undetermined,
		},
		{
			"a policy of the vendor's form", "p.yaml",
			flexDocument + "kind: PolicyBinding\nspec:\n  targetRef: {kind: ApiInstance}\n" +
				"  policyRef: {name: mine-flex}\n  config: {}\n",
			"gatewhy does not know the MuleSoft policy mine", rules.Undetermined,
		},
		{
			"policies that are no list", "p.yaml",
			flexDocument + "kind: ApiInstance\nspec:\n  policies: later\n",
			"spec.policies holds a string", rules.Undetermined,
		},
		{
			"a policy that is null", "p.yaml",
			flexDocument + "kind: ApiInstance\nspec:\n  policies: [null]\n",
			"spec.policies holds null", rules.Undetermined,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			made := compiled(t, test.file, test.text, rules.Options{})
			policies := made.Policies
			if got := rules.Evaluate(policies, request(v1)).Outcome; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			said := ""
			for _, f := range made.Findings {
				if f.Rule == "kind-not-known" {
					said = f.Message
				}
			}
			if said != test.said {
				t.Errorf("it says %q, want %q", said, test.said)
			}
		})
	}
}

// A resource that may be a policy, and names no API instance, leaves each of them open.
func TestAResourceThatNamesNoAPIMayBeOnEach(t *testing.T) {
	const text = `resource "anypoint_api_policies" "all" {
}
resource "anypoint_api_policy_cors" "a" {
  api_instance_id = "1"
  configuration   = {}
}
resource "anypoint_api_policy_cors" "b" {
  api_instance_id = "2"
  configuration   = {}
}
`
	apis := rules.ByAPI(compiled(t, "p.tf", text, rules.Options{}).Policies)
	if len(apis) != 2 {
		t.Fatalf("%d API instances", len(apis))
	}
	for _, policies := range apis {
		if got := rules.Evaluate(policies, request(v1)).Outcome; got != rules.Undetermined {
			t.Errorf("API %s: %s", policies[0].API, got)
		}
	}
}

func TestDocumentsOfFlexGatewayWithoutPoliciesHoldNone(t *testing.T) {
	for _, kind := range []string{"Service", "Configuration", "Extension", "ApiInstance"} {
		text := "apiVersion: gateway.mulesoft.com/v1alpha1\nkind: " + kind + "\nspec: {}\n"
		if all := found(read(t, "p.yaml", text), rules.Options{}); len(all) != 0 {
			t.Errorf("%s holds %d policies", kind, len(all))
		}
	}
}

// Beside a policy, what looks like another one and does not name its kind may do anything.
func TestAPolicyOfAListThatDoesNotNameItsKindIsNotPassedOver(t *testing.T) {
	t.Parallel()
	const cors = `{"assetId":"cors","assetVersion":"1.3.2","order":1,"configurationData":{}}`
	open := decided{rules.Undetermined, 0, rules.NotModelled}
	accepted := decided{rules.Accepted, 200, ""}
	tests := []struct {
		name, item string
		want       decided
	}{
		{"null", `{"assetId":null,"configurationData":{"signingMethod":"rsa"}}`, open},
		{"a list", `{"assetId":["jwt-validation"],"configurationData":{}}`, open},
		{"an object", `{"assetId":{"name":"jwt-validation"}}`, open},
		{"a number", `{"assetId":7,"configuration":{}}`, open},
		{"an empty text", `{"assetId":"","configurationData":{}}`, open},
		{"absent", `{"order":2,"configurationData":{"signingMethod":"rsa"}}`, open},
		{
			"absent, with routes only",
			`{"pointcutData":[{"methodRegex":".*","uriTemplateRegex":".*"}]}`, open,
		},
		{"the whole item is a variable", `"${policies}"`, open},
		{"nothing", `null`, accepted},
		{"an object of something else", `{"description":"the policies of DEV"}`, accepted},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, list := range []string{
				`[` + cors + `,` + test.item + `]`,
				`{"policies":[` + test.item + `,` + cors + `]}`,
			} {
				v := verdictOf(t, list, request(v1))
				got := decided{v.Outcome, v.Status, ""}
				if v.Decided != nil {
					got.by = v.Decided.Check.ID
				}
				if got != test.want {
					t.Errorf("%s: got %v, want %v", list, got, test.want)
				}
			}
		})
	}
}
