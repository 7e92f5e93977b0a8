package mulesoft

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/rules"
)

// One policy, in every form in which a pipeline may leave it.
const (
	inDetail = `{"assetId":"jwt-validation","assetVersion":"1.4.0","order":1,` +
		`"configurationData":` + configuration + `}`
	inList = `[{"policyId":1,"order":1,"template":{"groupId":"` + groupID +
		`","assetId":"jwt-validation","assetVersion":"1.4.0"},"configuration":` + configuration +
		`}]`
	inEnvelope = `{"policies":` + inList + `}`
	inValue    = `{"value":` + inDetail + `}`
	automated  = `{"automatedPolicies":[` + inDetail + `]}`
	compact    = `[{"policyId":1,"configuration":` + configuration +
		`,"implementationAsset":{"assetId":"jwt-validation-mule","version":"1.4.0",` +
		`"technology":"mule4"}}]`
	offline = `{"template":{"groupId":"` + groupID + `","assetId":"jwt-validation",` +
		`"version":"1.4.0"},"api":[{"id":"1"}],"order":1,"configuration":` + configuration + `}`
	byCLI = `[{"ID":1,"Template ID":"1","Asset ID":"jwt-validation",` +
		`"Asset Version":"1.4.0","Status":"Enabled",` +
		`"Configuration":"jwtOrigin: httpBearerAuthenticationHeader\nsigningMethod: ` +
		`rsa\nsigningKeyLength: 256\njwtKeyOrigin: jwks\njwksUrl: ` +
		`https://keys.example/keys\nskipClientIdValidation: false\nclientIdExpression: ` +
		`#[vars.claimSet.appid]\nvalidateAudClaim: true\nmandatoryAudClaim: ` +
		`true\nsupportedAudiences: api://orders-uat\ntextKey: [Empty]\nvalidateCustomClaim: ` +
		`true\nmandatoryCustomClaims: [\n  {\n    \"key\": \"roles\",\n    \"value\": ` +
		`\"#[vars.claimSet.roles contains 'Read']\"\n  }\n]","Updated":"today"}]`
	flexYAML = `apiVersion: gateway.mulesoft.com/v1alpha1
kind: PolicyBinding
metadata: {name: orders-jwt}
spec:
  targetRef: {kind: ApiInstance, name: orders}
  policyRef: {name: jwt-validation-flex}
  order: 1
  config:
    jwtOrigin: httpBearerAuthenticationHeader
    signingMethod: rsa
    signingKeyLength: 256
    jwtKeyOrigin: jwks
    jwksUrl: https://keys.example/keys
    skipClientIdValidation: false
    clientIdExpression: "#[vars.claimSet.appid]"
    validateAudClaim: true
    mandatoryAudClaim: true
    supportedAudiences: api://orders-uat
    textKey: ""
    validateCustomClaim: true
    mandatoryCustomClaims:
      - key: roles
        value: "#[vars.claimSet.roles contains 'Read']"
`
	community = `resource "anypoint_apim_policy_jwt_validation" "orders" {
  apim_id       = anypoint_apim_mule4.orders.id
  asset_version = "1.4.0"
  order         = 1
  configuration_data {` + snakeConfiguration + `  }
}
`
	official = `resource "anypoint_api_policy_jwt_validation" "orders" {
  api_instance_id = anypoint_api_instance.orders.id
  asset_version   = "1.4.0"
  order           = 1
  configuration = {` + snakeConfiguration + `  }
}
`
	generic = `resource "anypoint_apim_policy_custom" "orders" {
  asset_group_id     = "` + groupID + `"
  asset_id           = "jwt-validation"
  asset_version      = "1.4.0"
  configuration_data = jsonencode(` + configuration + `)
}
`
	plan = `{"format_version":"1.2","planned_values":{"root_module":{"child_modules":[` +
		`{"resources":[{"address":"module.a.x","type":"anypoint_apim_policy_jwt_validation",` +
		`"values":{"asset_version":"1.4.0","configuration_data":[` + snakeJSON + `]}}]}]}}}`

	configuration = `{"jwtOrigin":"httpBearerAuthenticationHeader","signingMethod":"rsa",` +
		`"signingKeyLength":256,"jwtKeyOrigin":"jwks","jwksUrl":"https://keys.example/keys",` +
		`"skipClientIdValidation":false,"clientIdExpression":"#[vars.claimSet.appid]",` +
		`"validateAudClaim":true,"mandatoryAudClaim":true,` +
		`"supportedAudiences":"api://orders-uat","textKey":"","validateCustomClaim":true,` +
		`"mandatoryCustomClaims":[{"key":"roles",` +
		`"value":"#[vars.claimSet.roles contains 'Read']"}]}`
	snakeJSON = `{"jwt_origin":"httpBearerAuthenticationHeader","signing_method":"rsa",` +
		`"signing_key_length":256,"jwt_key_origin":"jwks",` +
		`"jwks_url":"https://keys.example/keys","skip_client_id_validation":false,` +
		`"client_id_expression":"#[vars.claimSet.appid]","validate_aud_claim":true,` +
		`"mandatory_aud_claim":true,"supported_audiences":"api://orders-uat","text_key":"",` +
		`"validate_custom_claim":true,"mandatory_custom_claims":[{"key":"roles",` +
		`"value":"#[vars.claimSet.roles contains 'Read']"}]}`

	snakeConfiguration = `
    jwt_origin                = "httpBearerAuthenticationHeader"
    signing_method            = "rsa"
    signing_key_length        = 256
    jwt_key_origin            = "jwks"
    jwks_url                  = "https://keys.example/keys"
    skip_client_id_validation = false
    client_id_expression      = "#[vars.claimSet.appid]"
    validate_aud_claim        = true
    mandatory_aud_claim       = true
    supported_audiences       = "api://orders-uat"
    text_key                  = ""
    validate_custom_claim     = true
    mandatory_custom_claims   = ` + snakeClaims + `
`
	snakeClaims = `[{ key = "roles", value = "#[vars.claimSet.roles contains 'Read']" }]`
)

// claimsInBlocks is the community provider's resource with the list of claims as the provider's
// schema has it.
func claimsInBlocks() string {
	const list = `mandatory_custom_claims   = ` + snakeClaims
	return strings.Replace(community, list, `mandatory_custom_claims {
      key   = "roles"
      value = "#[vars.claimSet.roles contains 'Read']"
    }`, 1)
}

// A list of one is not the object in it, but for a block of a Terraform resource in a plan.
func TestAListOfOneIsNotTheObjectInIt(t *testing.T) {
	inList := func(text, object string) string {
		return strings.Replace(text, object, "["+object+"]", 1)
	}
	_, flexConfig, _ := strings.Cut(flexYAML, "  config:\n")
	flexConfig, _, _ = strings.Cut(flexConfig, "    mandatoryCustom")
	for _, form := range []struct{ name, file, text string }{
		{"API Manager's detail", "p.json", inList(inDetail, configuration)},
		{"a compact list entry", "p.json", inList(compact, configuration)},
		{"an offline policy", "p.json", inList(offline, configuration)},
		{"Flex Gateway's YAML", "p.yaml", strings.Replace(flexYAML, flexConfig,
			"    - "+strings.ReplaceAll(strings.TrimSpace(flexConfig), "\n    ", "\n      ")+
				"\n  x-", 1)},
		{"Terraform, the official provider", "p.tf", strings.NewReplacer(
			"configuration = {", "configuration = [{", "  }\n}", "  }]\n}").Replace(official)},
		{"jsonencode", "p.tf", inList(generic, configuration)},
		{"jsonencode in the community's resource", "p.tf", strings.NewReplacer(
			"configuration_data {", "configuration_data = jsonencode([{", "  }\n}", "  }])\n}").
			Replace(community)},
		{"a plan, the generic resource", "p.json", strings.Replace(strings.Replace(plan,
			"anypoint_apim_policy_jwt_validation", "anypoint_api_policy", 1),
			`"asset_version"`, `"policy_type":"jwt-validation","asset_version"`, 1)},
		{"a text that is encoded twice", "p.tf", strings.Replace(generic, configuration,
			`"{\"jwtOrigin\":\"httpBearerAuthenticationHeader\"}"`, 1)},
	} {
		c := compiled(t, form.file, form.text, rules.Options{Variant: Mule, Kind: jwtValidation})
		for name, claims := range map[string]string{
			"a good token":     v1 + `,"aud":"api://orders-uat","roles":["Read"]`,
			"another audience": v1 + `,"aud":"api://orders-dev","roles":["Read"]`,
		} {
			v := rules.Evaluate(c.Policies, contracted(claims))
			if v.Outcome != rules.Undetermined {
				t.Errorf("%s, %s: got %v", form.name, name, short(v))
			}
		}
	}
}

// outcome is a result without its place and without the spelling of its field.
type outcome struct {
	ID               rules.ID
	Outcome          rules.Outcome
	Expected, Actual string
}

func TestEveryFormatGivesTheSamePolicy(t *testing.T) {
	formats := []struct{ name, file, text string }{
		{"API Manager's list", "p.json", inList},
		{"its list in an envelope", "p.json", inEnvelope},
		{"its detail in a value envelope", "p.json", inValue},
		{"an automated policy", "p.json", automated},
		{"a compact list entry", "p.json", compact},
		{"an offline policy of Mule", "p.json", offline},
		{"what the command line tool lists", "p.json", byCLI},
		{"Flex Gateway's YAML", "p.yaml", flexYAML},
		{"Terraform, the community's provider", "p.tf", community},
		{
			"Terraform, the community's provider with a block for each claim", "p.tf",
			claimsInBlocks(),
		},
		{"Terraform, the official provider", "p.tf", official},
		{"Terraform, the generic resource", "p.tf", generic},
		{"a Terraform plan", "p.json", plan},
		{"a bare configuration", "p.json", configuration},
	}
	requests := map[string]*rules.Request{
		"a good token":     contracted(v1 + `,"aud":"api://orders-uat","roles":["Read"]`),
		"another audience": contracted(v1 + `,"aud":"api://orders-dev","roles":["Read"]`),
		"no role":          contracted(v1 + `,"aud":"api://orders-uat"`),
		"a v2.0 token":     contracted(v2 + `,"aud":"9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09"`),
	}
	for name, r := range requests {
		want := outcomes(t, "p.json", inDetail, r)
		for _, format := range formats {
			t.Run(format.name+", "+name, func(t *testing.T) {
				want, got := want, outcomes(t, format.file, format.text, r)
				switch {
				case format.file != "p.yaml":
				case name == "a v2.0 token": // nor is it known what a missing client id does there
					want, got = want[:len(want)-2], got[:len(got)-2]
				default: // local mode has no contracts
					want, got = want[:len(want)-1], got[:len(got)-1]
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("checks (-detail +this):\n%s", diff)
				}
			})
		}
	}
}

func outcomes(t *testing.T, name, text string, r *rules.Request) []outcome {
	t.Helper()
	c := compiled(t, name, text, rules.Options{Variant: Mule, Kind: jwtValidation})
	if len(c.Policies) != 1 || c.Policies[0].Asset != jwtValidation {
		t.Fatalf("%d policies, first %v", len(c.Policies), c.Policies)
	}
	for _, finding := range c.Findings {
		t.Errorf("a finding in a sound policy: %s: %s", finding.Rule, finding.Message)
	}
	var all []outcome
	for _, result := range rules.Evaluate(c.Policies, r).Results {
		if result.Check.Pos.Line == 0 {
			t.Errorf("%s has no place", result.Check.ID)
		}
		all = append(
			all, outcome{result.Check.ID, result.Outcome, result.Expected(), result.Actual()},
		)
	}
	return all
}

// The vendor's tool prints a text as it is, with the ends of its lines.
func TestAScriptOfSeveralLinesIsOneValueOfWhatTheToolLists(t *testing.T) {
	for expression, want := range map[string]string{
		`#[%dw 2.0\n---\nvars.claimSet.appid]`: "#[%dw 2.0\n---\nvars.claimSet.appid]",
		`#[vars.claimSet.appid]`:               "#[vars.claimSet.appid]",
		`#[vars.claimSet.appid`:                "#[vars.claimSet.appid", // it is not closed
	} {
		text := strings.Replace(byCLI, "#[vars.claimSet.appid]", expression, 1)
		config := entriesOf(configurationOf(t, "p.json", text, rules.Options{}))[0].config
		if got := config.TextAt("clientIdExpression"); got != want {
			t.Errorf("%s becomes %q", expression, got)
		}
		if !on(config, "validateAudClaim") {
			t.Errorf("%s: the next field is lost", expression)
		}
	}
}

func TestWhatAFormatLeavesOpen(t *testing.T) {
	const variable = `resource "anypoint_apim_policy_jwt_validation" "orders" {
  configuration_data {
    signing_method            = "none"
    skip_client_id_validation = true
    validate_aud_claim        = true
    supported_audiences       = var.audience
  }
}
`
	afterApply := func(configuration, unknown string) string {
		return `{"format_version":"1.2",
			"planned_values":{"root_module":{"resources":[{"address":"a.x",
			"type":"anypoint_apim_policy_jwt_validation",
			"values":{"configuration_data":` + configuration + `}}]}},
			"resource_changes":[{"address":"a.x",
			"change":{"after_unknown":{"configuration_data":` + unknown + `}}}]}`
	}
	const (
		planned = `{"signing_method":"none","skip_client_id_validation":true,` +
			`"validate_aud_claim":true}`
		unknown = `{"supported_audiences":true}`
	)
	for name, file := range map[string][2]string{
		"a variable is unknown, not empty": {"p.tf", variable},
		"so is a value that is known only after the apply": {
			"p.json", afterApply(planned, unknown),
		},
		"so is one in a block, which a plan shows as a list": {
			"p.json", afterApply("["+planned+"]", "["+unknown+"]"),
		},
		"and one that a template fills in before it is applied": {
			"p.json",
			policyOf(
				jwtValidation, "1.4.0",
				`"signingMethod":"none","skipClientIdValidation":true,"validateAudClaim":true,`+
					`"supportedAudiences":"{{ .Values.audience }}"`,
			),
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := compiled(t, file[0], file[1], rules.Options{Variant: Mule})
			got := short(rules.Evaluate(c.Policies, request(v1+`,"aud":"x"`)))
			if want := (decided{rules.Undetermined, 0, rules.Audience}); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestRoutesOfEachFormat(t *testing.T) {
	const (
		json = `{"assetId":"jwt-validation","assetVersion":"1.4.0",` +
			`"pointcutData":[{"methodRegex":"GET|HEAD","uriTemplateRegex":"/orders/.*"}],` +
			`"configurationData":{"skipClientIdValidation":true,"signingMethod":"none",` +
			`"mandatoryNbfClaim":true}}`
		blocks = `resource "anypoint_apim_policy_jwt_validation" "a" {
  configuration_data {
    signing_method            = "none"
    skip_client_id_validation = true
    mandatory_nbf_claim       = true
  }
  pointcut_data {
    method_regex       = ["GET", "POST"]
    uri_template_regex = "/v1/.*"
  }
  pointcut_data {
    method_regex       = ["PUT"]
    uri_template_regex = "/v2/.*"
  }
}
`
	)
	tests := []struct {
		name, file, text string
		method, path     string
		want             rules.Decision
	}{
		{
			"API Manager, the route is another", "p.json", json,
			"POST", "/orders/1", rules.Accepted,
		},
		{
			"API Manager, the route is this one", "p.json", json,
			"GET", "/orders/1", rules.Rejected,
		},
		{
			"Terraform's blocks, one of which matches", "p.tf", blocks,
			"PUT", "/v2/x", rules.Rejected,
		},
		{
			"Terraform's blocks, none of which matches", "p.tf", blocks,
			"PUT", "/v1/x", rules.Accepted,
		},
		{
			"Flex Gateway's rules are not modelled", "p.yaml",
			flexYAML + "  rules:\n    - path: /orders/(.*)\n", "GET", "/orders/1",
			rules.Undetermined,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := request(`"aud":"x"`)
			r.Method, r.Path = test.method, test.path
			c := compiled(t, test.file, test.text, rules.Options{Variant: Mule})
			if v := rules.Evaluate(c.Policies, r); v.Outcome != test.want {
				t.Errorf("got %s, want %s", v.Outcome, test.want)
			}
		})
	}
}

func TestAnotherVendorsGatewayIsNoAnswer(t *testing.T) {
	for variant, want := range map[string]string{"": Mule, Flex: Flex, "another": Mule} {
		options := rules.Options{Variant: variant}
		c := compiled(t, "policy.json", policyOf(openAM, "", ``), options)
		if got := c.Policies[0].Variant; got != want || c.Guessed != (variant != Flex) {
			t.Errorf("%q: %s, guessed %v", variant, got, c.Guessed)
		}
	}
}
