package mulesoft

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The files have the shapes of the vendor's own examples and of what API Manager answers.
func TestWhichPoliciesEachShapeOfFileHolds(t *testing.T) {
	tests := []struct {
		name, file, text string
		want             map[string]int // how many policies of which kind
	}{
		{
			"a list with templates", "p.json",
			`[{"policyTemplateId":"1","order":1,"pointcutData":null,"type":"system",
			"configuration":{"tokenUrl":"https://tokens.example","exposeHeaders":false},
			"template":{"groupId":"` + groupID + `","assetVersion":"1.6.0",
			"assetId":"external-oauth2-access-token-enforcement"}}]`,
			map[string]int{externalOAuth2: 1},
		},
		{
			"a list in an envelope", "p.json",
			`{"value":[{"configurationData":{"clientIdExpression":"#[attributes.headers['id']]"},
			"policyTemplateId":"2","groupId":"` + groupID + `","assetId":"client-id-enforcement",
			"assetVersion":"1.1.1","order":1,"id":1,"managedServiceApiId":2}]}`,
			map[string]int{clientIDEnforcement: 1},
		},
		{
			"one policy in an envelope", "p.json",
			`{"value":{"configurationData":{"clientIdExpression":"#[attributes.headers['id']]"},
			"groupId":"` + groupID + `","assetId":"client-id-enforcement","id":1}}`,
			map[string]int{clientIDEnforcement: 1},
		},
		{
			"a policy with its implementation", "p.json",
			`{"value":[{"policyTemplateId":"3","configurationData":{"rateLimits":[]},"order":1,
			"groupId":"` + groupID + `","assetId":"rate-limiting","assetVersion":"1.4.0",
			"implementationAsset":{"assetId":"rate-limiting-mule","groupId":"` + groupID + `",
			"version":"1.4.0","technology":"mule4"},"type":"system","apiId":1}]}`,
			map[string]int{"rate-limiting": 1},
		},
		{
			"contracts are not policies", "p.json",
			`{"value":{"total":1,"contracts":[{"id":24,"status":"APPROVED","applicationId":1,
			"application":{"id":1,"name":"an app","coreServicesId":"c"}}]}}`, nil,
		},
		{
			"an instance of Flex Gateway with a custom policy", "p.yaml", `---
apiVersion: gateway.mulesoft.com/v1alpha1
kind: ApiInstance
metadata: {name: ingress-http}
spec:
  address: http://0.0.0.0:8081
  policies:
    - policyRef: {name: jwt-validation-v1-0-impl, namespace: default}
      config: {secret: not-a-secret}
`, map[string]int{"jwt-validation-v1-0-impl": 1},
		},
		{
			"two resources of one type", "p.tf", `
resource "anypoint_apim_policy_client_id_enforcement" "one" {
  apim_id       = anypoint_apim_mule4.one.id
  asset_version = "1.3.2"
  configuration_data {
    client_id_expression = "#[attributes.headers['client_id']]"
  }
}
resource "anypoint_apim_policy_client_id_enforcement" "two" {
  apim_id       = anypoint_apim_mule4.two.id
  asset_version = "1.3.2"
  configuration_data {
    credentials_origin_has_http_basic_authentication_header = "httpBasicAuthenticationHeader"
  }
}
`, map[string]int{clientIDEnforcement: 2},
		},
		{
			"generic resources", "p.tf", `
resource "anypoint_apim_policy_custom" "one" {
  asset_group_id     = "` + groupID + `"
  asset_id           = "rate-limiting"
  configuration_data = jsonencode({ rateLimits = [{ maximumRequests = 50 }] })
}
resource "anypoint_apim_policy_custom" "two" {
  asset_group_id     = "` + groupID + `"
  asset_id           = "http-basic-authentication"
  configuration_data = jsonencode({ username = "user" })
}
`, map[string]int{"rate-limiting": 1, "http-basic-authentication": 1},
		},
		{
			"the official provider's resources, among others", "p.tf", `
resource "anypoint_api_instance" "orders" {
  technology = "mule4"
}
resource "anypoint_api_policy_jwt_validation" "orders" {
  api_instance_id = anypoint_api_instance.orders.id
  disabled        = true
  configuration   = { signing_method = "rsa" }
}
resource "anypoint_api_policy_ip_allowlist" "orders" {
  api_instance_id = anypoint_api_instance.orders.id
  configuration   = { ips = ["192.0.2.0/24"] }
}
`, map[string]int{jwtValidation: 1, "ip-allowlist": 1},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got map[string]int
			file := read(t, test.file, test.text)
			if c, err := new(parsedTexts).read([]*source.File{file}, rules.Options{}); err == nil {
				got = map[string]int{}
				for _, p := range compile(answerOf, c).Policies {
					got[p.Asset]++
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("policies by kind (-want +got):\n%s", diff)
			}
		})
	}
}
