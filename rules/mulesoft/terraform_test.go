package mulesoft

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// tfPolicy is a policy in Terraform whose API instance is this expression.
func tfPolicy(instance, version string) string {
	return `resource "anypoint_apim_policy_jwt_validation" "x" {
  apim_id       = ` + instance + `
  asset_version = "` + version + `"
  configuration_data { 
    signing_method = "rsa" 
  }
}
`
}

// planWith is a plan with this policy beside these resources and configuration.
func planWith(resources, configuration string) string {
	return `{"format_version":"1.2","planned_values":{"root_module":{"resources":[
		{"address":"anypoint_apim_policy_jwt_validation.x","name":"x",
			"type":"anypoint_apim_policy_jwt_validation",
			"values":{"asset_version":"1.3.2","configuration_data":[{}]}}` + resources + `]}},
		"resource_changes":[{"address":"anypoint_apim_policy_jwt_validation.x",
			"change":{"after_unknown":{"apim_id":true}}}],
		"configuration":{"root_module":{"resources":[` + configuration + `]}}}`
}

// refers is the configuration of the policy in a plan, with this reference.
func refers(to string) string {
	return `{"name":"x","type":"anypoint_apim_policy_jwt_validation",
		"expressions":{"apim_id":{"references":["` + to + `.id","` + to + `"]}}}`
}

// Version 1.x of JWT Validation counts as Mule Gateway's where nothing names the gateway.
func TestAGatewayThatTerraformNamesCounts(t *testing.T) {
	const instance = `resource "anypoint_api_instance" "api" {
  technology = "omniGateway"
}
`
	for _, test := range []struct{ name, text, want string }{
		{"Flex Gateway", tfPolicy("anypoint_apim_flexgateway.fg.id", "1.3.2"), Flex},
		{
			"Mule Gateway, a version of Flex Gateway's",
			tfPolicy("anypoint_apim_mule4.m.id", "0.12.0"), Mule,
		},
		{"with an index", tfPolicy("anypoint_apim_flexgateway.fg[0].id", "1.3.2"), Flex},
		{"in a function", tfPolicy("one(anypoint_apim_flexgateway.fg[*].id)", "1.3.2"), Flex},
		{"in a template", tfPolicy(`"${anypoint_apim_flexgateway.fg.id}"`, "1.3.2"), Flex},
		{"its new name", tfPolicy("anypoint_self_managed_omni_gateway.fg.id", "1.3.2"), Flex},
		{
			"one of two", tfPolicy(
				"var.m ? anypoint_apim_mule4.m.id : anypoint_apim_flexgateway.f.id", "1.3.2",
			), Mule,
		},
		{"a variable", tfPolicy("var.api", "1.3.2"), Mule},
		{"null", tfPolicy("null", "1.3.2"), Mule},
		{"a number", tfPolicy("123", "1.3.2"), Mule},
		{"a text", tfPolicy(`"anypoint_apim_flexgateway"`, "1.3.2"), Mule},
		{
			"a local value", tfPolicy("local.api", "1.3.2") +
				"locals {\n  api = anypoint_apim_flexgateway.fg.id\n}\n", Flex,
		},
		{
			"local values that refer to each other", tfPolicy("local.a", "1.3.2") +
				"locals {\n  a = local.b\n  b = local.a\n}\n", Mule,
		},
		{
			"an instance with its technology",
			instance + tfPolicy("anypoint_api_instance.api.id", "1.3.2"), Flex,
		},
		{
			"an instance behind the policy",
			tfPolicy("anypoint_api_instance.api.id", "1.3.2") + instance, Flex,
		},
		{"another instance", instance + tfPolicy("anypoint_api_instance.b.id", "1.3.2"), Mule},
		{
			"a data source of that name",
			instance + tfPolicy("data.anypoint_api_instance.api.id", "1.3.2"), Mule,
		},
		{"a plan", planWith("", refers("anypoint_apim_flexgateway.fg")), Flex},
		{
			"a plan with an instance", planWith(`,{"type":"anypoint_api_instance","name":"api",
				"values":{"technology":"flexGateway"}}`, refers("anypoint_api_instance.api")),
			Flex,
		},
		{"a plan that says nothing", planWith("", ""), Mule},
		{
			"a module of a plan", `{"format_version":"1.2","planned_values":{"root_module":{
				"child_modules":[{"address":"module.a[0]","resources":[{
					"type":"anypoint_apim_policy_jwt_validation","name":"x",
					"values":{"asset_version":"1.3.2"}}]}]}},
				"configuration":{"root_module":{"module_calls":{"a":{"module":{"resources":[` +
				refers("anypoint_apim_flexgateway.fg") + `]}}}}}}`, Flex,
		},
		{
			"a state", `{"format_version":"1.0","values":{"root_module":{"resources":[{
				"type":"anypoint_apim_policy_jwt_validation","name":"x",
				"depends_on":["anypoint_apim_flexgateway.fg"],
				"values":{"asset_version":"1.3.2"}}]}}}`, Flex,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := "p.tf"
			if strings.HasPrefix(test.text, "{") {
				name = "p.json"
			}
			policies := compiled(t, name, test.text, rules.Options{}).Policies
			if len(policies) != 1 || policies[0].Variant != test.want {
				t.Errorf("got %s of %d, want %s", policies[0].Variant, len(policies), test.want)
			}
		})
	}
}

// The generic resource is read like the others.
func TestTheGenericResourceIsAPolicy(t *testing.T) {
	resource := func(arguments string) string {
		return `resource "anypoint_apim_policy" "x" {
  apim_id       = anypoint_apim_mule4.api.id
  asset_version = "1.4.0"
  ` + arguments + `
}
`
	}
	const none = `configuration_data = jsonencode({ signingMethod = "none", ` +
		`skipClientIdValidation = true })`
	const vendor = `asset_group_id = "` + groupID + `"` + "\n"
	const jwt = "asset_id = \"jwt-validation\"\n"
	const outbound = "asset_id = \"credential-injection-oauth2-obo\"\n" +
		"configuration_data = jsonencode({})"
	rejected := decided{rules.Rejected, 400, rules.TokenPresent}
	accepted := decided{rules.Accepted, 200, ""}
	notModelled := decided{rules.Undetermined, 0, rules.NotModelled}
	for _, test := range []struct {
		name, text string
		want       decided
	}{
		{"of the vendor", resource(vendor + "asset_id = \"jwt-validation\"\n" + none), rejected},
		{
			"inbound", resource(jwt + "injection_point = \"inbound\"\n" + none),
			rejected,
		},
		{
			"an injection point that is null",
			resource(jwt + "injection_point = null\n" + none), rejected,
		},
		{
			"outbound", resource(jwt + "injection_point = \"outbound\"\n" + none),
			accepted,
		},
		{
			"an injection point that is a variable",
			resource(jwt + "injection_point = var.i\n" + none),
			decided{rules.Undetermined, 0, rules.Routed},
		},
		{
			"an outbound policy",
			resource(outbound), accepted,
		},
		{
			"of one's own group", resource("asset_group_id = \"own\"\n" + jwt + none),
			notModelled,
		},
		{"an asset that is not known", resource("asset_id = \"jwt\"\n" + none), notModelled},
		{"an asset that is a variable", resource("asset_id = var.asset\n" + none), notModelled},
		{
			"beside a second policy",
			resource("asset_id = \"cors\"\nconfiguration_data = jsonencode({})") +
				resource("asset_id = \"jwt-validation\"\n"+none), rejected,
		},
		{
			"in a plan", `{"format_version":"1.2","planned_values":{"root_module":{"resources":[{
				"type":"anypoint_apim_policy","values":{"asset_id":"jwt-validation",
				"asset_version":"1.4.0","configuration_data":"{\"signingMethod\":\"none\"}"}}]}}}`,
			rejected,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := "p.tf"
			if strings.HasPrefix(test.text, "{") {
				name = "p.json"
			}
			r := request(v1)
			r.Token = nil
			policies := compiled(t, name, test.text, rules.Options{}).Policies
			if got := short(rules.Evaluate(policies, r)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
