package mulesoft

import (
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
)

// inForceCase is a policy that rejects every request without a token, and what the members around
// its configuration make of that.
type inForceCase struct {
	name, file, text string
	want             rules.Decision
	finding          string // the rule that is found at the member; empty for none
}

func runInForce(t *testing.T, tests []inForceCase) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := compiled(t, test.file, test.text, rules.Options{Variant: Mule})
			r := &rules.Request{
				At: at, Method: "GET", Path: "/orders", Signatures: signed(keys.Pass),
			}
			if v := rules.Evaluate(c.Policies, r); v.Outcome != test.want {
				t.Errorf("got %s, want %s", v.Outcome, test.want)
			}
			var found []string
			for _, f := range c.Findings {
				if f.Pos.Line == 0 {
					t.Errorf("%s has no place: %s", f.Rule, f.Message)
				}
				found = append(found, f.Rule)
			}
			if want := test.finding; want == "" && found != nil ||
				want != "" && !slices.Contains(found, want) {
				t.Errorf("found %q, want %q", found, want)
			}
		})
	}
}

// around is a policy of API Manager with one more member.
func around(member string) string {
	return `{"assetId":"jwt-validation","assetVersion":"1.4.0",` + member +
		`,"configurationData":` + configuration + `}`
}

// resource is a policy of Terraform with more arguments.
func resource(arguments string) string {
	return "resource \"anypoint_apim_policy_jwt_validation\" \"orders\" {\n" + arguments +
		"\n  configuration_data {" + snakeConfiguration + "  }\n}\n"
}

// planOf is a policy of a plan with more values, and those that are not known yet.
func planOf(values, unknown string) string {
	return `{"format_version":"1.2","planned_values":{"root_module":{"resources":[{` +
		`"address":"a.x","type":"anypoint_apim_policy_jwt_validation","values":{` + values +
		`,"configuration_data":[` + snakeJSON + `]}}]}},"resource_changes":[{"address":"a.x",` +
		`"change":{"after_unknown":{` + unknown + `}}}]}`
}

const (
	notShown  = "value-not-known"
	wrongType = "wrong-type"
)

func TestASwitchThatCanNotBeReadLeavesItOpenWhetherThePolicyIsInForce(t *testing.T) {
	const (
		open, in, off = rules.Undetermined, rules.Rejected, rules.Accepted
		j, tf         = "p.json", "p.tf"
	)
	runInForce(t, []inForceCase{
		{"disabled", j, around(`"disabled":true`), off, ""},
		{"not disabled", j, around(`"disabled":false`), in, ""},
		{"null", j, around(`"disabled":null`), in, ""},
		{"a text", j, around(`"disabled":"true"`), open, wrongType},
		{"a text that says no", j, around(`"disabled":"false"`), open, wrongType},
		{"a number", j, around(`"disabled":0`), open, wrongType},
		{"a list of one", j, around(`"disabled":[true]`), open, wrongType},
		{"a mark", j, around(`"disabled":"#{Off}#"`), open, notShown},
		{"a template", j, around(`"disabled":"${OFF}"`), open, notShown},
		{"true, then false", j, around(`"disabled":true,"disabled":false`), open, notShown},
		{"false, then true", j, around(`"disabled":false,"disabled":true`), open, notShown},
		{"false twice", j, around(`"disabled":false,"disabled":false`), in, "duplicate-member"},
		{"a variable", tf, resource("  disabled = var.off"), open, notShown},
		{"a condition", tf, resource(`  disabled = var.env == "dev"`), open, notShown},
		{"Terraform, disabled", tf, resource("  disabled = true"), off, ""},
		{"Terraform, a text", tf, resource(`  disabled = "false"`), open, wrongType},
		{"a plan, disabled", j, planOf(`"disabled":true`, ``), off, ""},
		{"a plan, null", j, planOf(`"disabled":null`, ``), in, ""},
		{"a plan, after the apply", j, planOf(`"a":1`, `"disabled":true`), open, notShown},
		{"count, a variable", tf, resource("  count = var.on ? 1 : 0"), open, notShown},
		{"count, none", tf, resource("  count = 0"), off, ""},
		{"count, one", tf, resource("  count = 1"), in, ""},
		{"count, three", tf, resource("  count = 3"), in, ""},
		{"count, less than none", tf, resource("  count = -1"), open, wrongType},
		{"count, null", tf, resource("  count = null"), in, ""},
		{"count, a list of one", tf, resource("  count = [1]"), open, wrongType},
		{"for_each, a variable", tf, resource("  for_each = var.apis"), open, notShown},
		{"for_each, nothing", tf, resource("  for_each = {}"), off, ""},
		{"for_each, something", tf, resource("  for_each = { a = 1 }"), in, ""},
		{"for_each, a text", tf, resource(`  for_each = "a"`), open, wrongType},
		{"in which direction", tf, resource("  injection_point = var.x"), open, notShown},
		{"for the upstream", tf, resource(`  injection_point = "outbound"`), off, ""},
		{
			"one upstream or none", j, around(`"upstreamIds":[],"upstreamIds":["a"]`), open,
			notShown,
		},
	})
}

// Java refuses the braces of a template, and what the gateway does then is not documented: a token
// that passes every check does not surely get in. It does where the expression can be read.
func TestATokenThatPassesAPolicyWithARouteThatTheGatewayRefuses(t *testing.T) {
	for path, want := range map[string]rules.Decision{
		"/orders": rules.Accepted, "/(?!x).*": rules.Accepted, "/{id}": rules.Undetermined,
	} {
		c := compiled(t, "p.json", `{"assetId":"jwt-validation","assetVersion":"1.4.0",`+
			`"pointcutData":[{"methodRegex":"GET","uriTemplateRegex":"`+path+`"}],`+
			`"configurationData":{"signingMethod":"none","skipClientIdValidation":true}}`,
			rules.Options{Variant: Mule})
		r := request(v1)
		r.Method, r.Path = "GET", "/orders"
		if v := rules.Evaluate(c.Policies, r); v.Outcome != want {
			t.Errorf("%s: got %s, want %s", path, v.Outcome, want)
		}
	}
}

func TestRoutesThatCanNotBeReadLeaveItOpenWhetherThePolicyApplies(t *testing.T) {
	const (
		open, in, off = rules.Undetermined, rules.Rejected, rules.Accepted
		j, tf         = "p.json", "p.tf"
		get           = `{"methodRegex":"GET","uriTemplateRegex":"/orders"}`
		post          = `{"methodRegex":"POST","uriTemplateRegex":"/orders"}`
	)
	routes := func(json string) string { return around(`"pointcutData":` + json) }
	block := func(content string) string { return resource("  pointcut_data {" + content + "}") }
	runInForce(t, []inForceCase{
		{"its route", j, routes(`[` + get + `]`), in, ""},
		{"another route", j, routes(`[` + post + `]`), off, ""},
		{"null", j, routes(`null`), in, ""},
		{"no routes", j, routes(`[]`), in, ""},
		{"a text", j, routes(`"GET /orders"`), open, wrongType},
		{"an object", j, routes(get), open, wrongType},
		{"true", j, routes(`true`), open, wrongType},
		{"a mark", j, routes(`"$(routes)"`), open, notShown},
		{"a text in the list", j, routes(`["GET"]`), open, wrongType},
		{"null in the list", j, routes(`[null]`), open, wrongType},
		{"other names", j, routes(`[{"method":"POST","path":"/x"}]`), open, wrongType},
		{"no method", j, routes(`[{"uriTemplateRegex":"/x"}]`), open, wrongType},
		{"no path", j, routes(`[{"methodRegex":"POST"}]`), open, wrongType},
		{
			"a path of null", j, routes(`[{"methodRegex":"POST","uriTemplateRegex":null}]`), open,
			wrongType,
		},
		{
			"a list of one method", j, routes(`[{"methodRegex":["POST"],"uriTemplateRegex":"/"}]`),
			open, wrongType,
		},
		{
			"an empty method", j, routes(`[{"methodRegex":"","uriTemplateRegex":"/x"}]`), open,
			wrongType,
		},
		{
			"a mark in a path", j,
			routes(`[{"methodRegex":"GET","uriTemplateRegex":"/${version}/x"}]`), open, notShown,
		},
		{"a bad route behind its route", j, routes(`[` + get + `,7]`), open, wrongType},
		{
			"a path that appears twice", j,
			routes(`[{"methodRegex":"GET","uriTemplateRegex":"/x","uriTemplateRegex":"/orders"}]`),
			open, notShown,
		},
		{
			"routes that appear twice", j,
			around(`"pointcutData":null,"pointcutData":[` + post + `]`), open, notShown,
		},
		{"Terraform, a variable", tf, resource("  pointcut_data = var.routes"), open, notShown},
		{
			"Terraform, a dynamic block", tf, resource(`  dynamic "pointcut_data" {
    for_each = var.routes
    content {
      method_regex       = ["POST"]
      uri_template_regex = pointcut_data.value
    }
  }`), open, notShown,
		},
		{
			"Terraform, a variable for the methods", tf,
			block("\n method_regex = var.m\n uri_template_regex = \"/x\"\n"), open, notShown,
		},
		{
			"Terraform, a variable for one method", tf,
			block("\n method_regex = [\"PUT\", var.m]\n uri_template_regex = \"/x\"\n"), open,
			notShown,
		},
		{
			"Terraform, a variable for the path", tf,
			block("\n method_regex = [\"GET\"]\n uri_template_regex = \"/${var.x}\"\n"), open,
			notShown,
		},
		{
			"Terraform, no methods", tf,
			block("\n method_regex = []\n uri_template_regex = \"/x\"\n"), open, wrongType,
		},
		{
			"a plan, its route", j, planOf(`"pointcut_data":[{"method_regex":["GET"],`+
				`"uri_template_regex":"/orders"}]`, ``), in, "",
		},
		{
			"a plan, after the apply", j, planOf(`"a":1`, `"pointcut_data":true`), open, notShown,
		},
		{
			"another route, and perhaps disabled", tf, resource(`  disabled = var.off
  pointcut_data {
    method_regex       = ["POST"]
    uri_template_regex = "/orders"
  }`), off, notShown,
		},
	})
}

func TestAnOrderThatCanNotBeReadLeavesTheStatusOpen(t *testing.T) {
	// Without a token the first policy answers 400, and the second 401.
	chain := func(first, second string) string {
		return `[` + around(first) + `,{"assetId":"client-id-enforcement",` +
			`"assetVersion":"1.3.3",` + second + `,"configurationData":{` +
			`"credentialsOriginHasHttpBasicAuthenticationHeader":"customExpression",` +
			`"clientIdExpression":"#[attributes.headers['client_id']]",` +
			`"clientSecretExpression":"#[attributes.headers['client_secret']]"}}]`
	}
	tests := []struct {
		name, first, second string
		status              int
		finding             string
	}{
		{"both known", `"order":1`, `"order":2`, 400, ""},
		{"the other way round", `"order":2`, `"order":1`, 401, ""},
		{"null", `"order":null`, `"order":2`, 400, ""},
		{"a text", `"order":"1"`, `"order":2`, 0, wrongType},
		{"a text, for the second", `"order":1`, `"order":"2"`, 0, wrongType},
		{"a mark", `"order":"{{ order }}"`, `"order":2`, 0, notShown},
		{"a fraction", `"order":1.5`, `"order":2`, 0, wrongType},
		{"a list of one", `"order":[1]`, `"order":2`, 0, wrongType},
		{"two values", `"order":1,"order":3`, `"order":2`, 0, notShown},
		{"true", `"order":true`, `"order":2`, 0, wrongType},
	}
	for _, test := range tests {
		c := compiled(t, "p.json", chain(test.first, test.second), rules.Options{Variant: Mule})
		r := &rules.Request{
			At: at, Signatures: signed(keys.Pass), Method: "GET", Path: "/",
			HeadersWhole: true,
		}
		v := rules.Evaluate(c.Policies, r)
		if v.Outcome != rules.Rejected || v.Status != test.status {
			t.Errorf("%s: %s %d, want %d", test.name, v.Outcome, v.Status, test.status)
		}
		found := slices.ContainsFunc(c.Findings, func(f rules.Finding) bool {
			return f.Rule == test.finding && f.Field == "order"
		})
		if found != (test.finding != "") {
			t.Errorf("%s: findings %v, want %q", test.name, c.Findings, test.finding)
		}
	}
}

func TestTerraformsConstantsCountAsTheirValues(t *testing.T) {
	const constants = "locals {\n  off = true\n  one = 1\n  path = \"/orders\"\n" +
		"  methods = concat([\"GET\"], [\"PUT\"])\n}\n"
	const tf = "p.tf"
	route := func(method, path string) string {
		return constants + resource("  pointcut_data {\n    method_regex = "+method+
			"\n    uri_template_regex = "+path+"\n  }")
	}
	runInForce(t, []inForceCase{
		{"disabled", tf, constants + resource("  disabled = local.off"), rules.Accepted, ""},
		{"count", tf, constants + resource("  count = local.one"), rules.Rejected, ""},
		{"for_each", tf, resource(`  for_each = toset([])`), rules.Accepted, ""},
		{"its route", tf, route("local.methods", `local.path`), rules.Rejected, ""},
		{"another route", tf, route(`["GET"]`, `format("%s/x", local.path)`), rules.Accepted, ""},
		{"an order", tf, constants + resource("  order = local.one"), rules.Rejected, ""},
		{
			"what is not in the file", tf, constants + resource("  disabled = local.other"),
			rules.Undetermined, notShown,
		},
	})
}
