package cmd

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

// beside are the rules that are not about the configuration of one JWT Validation policy: what
// they are about, and the forms of file in which they have a bad and a good example of their own.
func beside() map[string][2]string {
	return map[string][2]string{
		"scope-list-empty":             {"another policy", ".json .tf"},
		"scope-in-uri-form":            {"another policy", ".json .tf"},
		"introspection-endpoint-unfit": {"another policy", ".json .tf .yaml"},
		"policy-disabled":              {"what stands beside the configuration", ".json .tf"},
		"route-not-covered":            {"what stands beside the configuration", ".json .tf"},
		"route-assumed":                {"what stands beside the configuration", ".json .tf"},
		"text-key-missing":             {"who creates the policy", ".json .tf"},
		"policy-order":                 {"several policies", ".json .tf"},
		"token-taken-away":             {"several policies", ".json .tf .yaml"},
		"kind-not-known":               {"kinds of policies and gateways", ".json .tf .yaml"},
		"gateway-not-known":            {"a file that names no gateway", ".json"},
		"binding-attaches-nowhere":     {"Flex Gateway's bindings", ".yaml"},
		"contracts-in-local-mode":      {"Flex Gateway in local mode", ".yaml"},
		"policy-not-on-gateway":        {"Flex Gateway", ".yaml"},

		"expression-not-supported-by-gateway": {"Flex Gateway", ".yaml"},

		"duplicate-member":      {"text of JSON", ".json"},
		"byte-order-mark":       {"text of JSON", ".json"},
		"comment-for-value":     {"text of YAML", ".yaml"},
		"ignore-without-reason": {"comments", ".yaml"},
		"ignore-names-no-rule":  {"comments", ".yaml"},
	}
}

// registeredFor is a registration of the examples' API, whose tokens are of the version of the
// example's issuer. It has whatever the examples ask for.
func registeredFor(t *testing.T, text string) *entra.Directory {
	version := "1"
	if strings.Contains(text, "/v2.0\"") {
		version = "2"
	}
	return registrations(t, `{"appId": "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94",
		"displayName": "orders-uat", "identifierUris": ["api://orders-uat"],
		"signInAudience": "AzureADMyOrg", "groupMembershipClaims": "All",
		"optionalClaims": {"accessToken": [
			{"name": "idtyp", "additionalProperties": ["include_user_token"]}]},
		"api": {"requestedAccessTokenVersion": `+version+`, "oauth2PermissionScopes": [
			{"id": "s", "value": "UAT.Access", "type": "Admin", "isEnabled": true}]},
		"appRoles": [{"id": "r", "value": "Orders.Read", "isEnabled": true,
			"allowedMemberTypes": ["Application", "User"]}]}`)
}

// Every rule is found in its bad example in every form in which JWT Validation is written down,
// for Mule and for Flex Gateway, and is not in its good one, with an app registration and without.
func TestEveryRuleHoldsInEveryForm(t *testing.T) {
	t.Parallel()
	others := formsOfOthers()
	for n, rule := range everyGateway().Catalogue() {
		if form := others[rule.Name]; form != "" {
			hasExamples(t, rule.Name, "bad", []string{form})
			hasExamples(t, rule.Name, "ok", []string{form})
			continue
		}
		j, err := everyGateway().ExampleJudge(rule.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{"bad", "ok"} {
			if own, ok := beside()[rule.Name]; ok {
				hasExamples(t, rule.Name, kind, strings.Fields(own[1]))
				continue
			}
			fields, text := fieldsOfExample(t, rule.Name, kind)
			apps := []*entra.Directory{nil, registeredFor(t, text)}
			if j.Apps != nil {
				apps = []*entra.Directory{j.Apps}
			}
			for i, form := range forms(t, fields) {
				if (n+i)%oneWrittenFormOf != 0 {
					continue
				}
				for _, app := range apps {
					_, found := lintForm(t, form, app)
					got := slices.ContainsFunc(found, func(f rules.Finding) bool {
						return f.Rule == rule.Name
					})
					if got != (kind == "bad") {
						t.Errorf("%s, %s, %s, with a registration %v: found is %v: %v", rule.Name,
							kind, form.name, app != nil, got, names(found))
					}
				}
			}
		}
	}
}

// formsOfOthers is, of each rule that no policy of JWT Validation can break, the form of file that
// its gateway reads.
func formsOfOthers() map[string]string {
	forms := map[string]string{"oauth2-proxy": ".cfg", "istio": ".yaml", "envoy-gateway": ".yaml"}
	all := map[string]string{}
	for _, adapter := range everyGateway() {
		for _, rule := range adapter.Rules() {
			if form := forms[adapter.Name]; form != "" {
				all[rule.Name] = form
			}
		}
	}
	return all
}

// hasExamples looks for an example of a rule in each form of file.
func hasExamples(t *testing.T, rule, kind string, ends []string) {
	t.Helper()
	found, err := examples.Of(rule, kind)
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range ends {
		if !slices.ContainsFunc(found, func(e examples.Example) bool {
			return strings.HasSuffix(e.Name, end)
		}) {
			t.Errorf("%s has no %s example in %s", rule, kind, end)
		}
	}
}

// fieldsOfExample is the configuration of a rule's first example that is one policy of JWT
// Validation in JSON, and its text.
func fieldsOfExample(t *testing.T, rule, kind string) (map[string]any, string) {
	t.Helper()
	found, err := examples.Of(rule, kind)
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range found {
		var policy struct {
			AssetID           string         `json:"assetId"`
			ConfigurationData map[string]any `json:"configurationData"`
		}
		if json.Unmarshal([]byte(example.Text), &policy) == nil &&
			policy.AssetID == "jwt-validation" {
			return policy.ConfigurationData, example.Text
		}
	}
	t.Fatalf("%s has no %s example that is one policy of JWT Validation in JSON", rule, kind)
	return nil, ""
}
