package mulesoft

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

const corpus = "../../../shared/corpus/mulesoft"

// Every file of the corpus is read; the table says how many policies of which kind it holds.
// Contracts are no policies.
func TestCorpusIsRead(t *testing.T) {
	files, err := os.ReadDir(corpus)
	if err != nil {
		t.Skip("the corpus of real configurations is not here:", err)
	}
	want := map[string]map[string]int{
		"apim-list-external-oauth2.json": {externalOAuth2: 1},
		"mulesoft-anypoint_terraform-provider-anypoint_examples_resources_anypoint_apim_policy_client_id_enforcement_resource.tf": {clientIDEnforcement: 2},
		"mulesoft-anypoint_terraform-provider-anypoint_examples_resources_anypoint_apim_policy_custom_resource.tf": {
			clientIDEnforcement: 1, "rate-limiting": 1, "http-basic-authentication": 1,
			"message-logging": 1,
			"http-caching":    1, "spike-control": 1, "credential-injection-oauth2-obo": 1,
		},
		"mulesoft-anypoint_terraform-provider-anypoint_examples_resources_anypoint_apim_policy_jwt_validation_resource.tf": {jwtValidation: 2},
		"mulesoft_mulesoft-dx_apis_api-manager_apimanager_examples_responses_managedServices_policies.json":                {clientIDEnforcement: 1},
		"mulesoft_mulesoft-dx_apis_api-manager_apimanager_examples_responses_managedServices_policy.json":                  {clientIDEnforcement: 1},
		"mulesoft_mulesoft-dx_apis_api-manager_apimanager_examples_responses_managedServices_policyPost.json":              {clientIDEnforcement: 1},
		"mulesoft_mulesoft-dx_contracts.json":                                                        nil,
		"mulesoft_mulesoft-dx_policies.json":                                                         {"rate-limiting": 1},
		"mulesoft_pdk-custom-policy-examples_jwt-validation_playground_config_api.yaml":              {"jwt-validation-v1-0-impl": 1},
		"mulesoft_pdk-custom-policy-examples_oauth-2-token-introspection_playground_config_api.yaml": {"oauth-2-token-introspection-flex-v1-0": 1},
		"mulesoft_terraform-provider-anypoint_examples_demo_main.tf":                                 {jwtValidation: 1, "rate-limiting": 1, "ip-allowlist": 1},
	}
	got := map[string]map[string]int{}
	for _, file := range files {
		got[file.Name()] = policiesOf(t, filepath.Join(corpus, file.Name()))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("policies by file (-want +got):\n%s", diff)
	}
}

func policiesOf(t *testing.T, name string) map[string]int {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := source.Read(name, text)
	if err != nil {
		t.Fatal(err)
	}
	c, err := readFiles([]*source.File{file}, rules.Options{})
	if err != nil {
		return nil
	}
	counts := map[string]int{}
	for _, p := range compile(behaviours(), c).Policies {
		counts[p.Asset]++
	}
	return counts
}
