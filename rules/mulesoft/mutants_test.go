package mulesoft

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

const (
	bindingJSON = `{"apiVersion":"gateway.mulesoft.com/v1alpha1","kind":"PolicyBinding",
		"metadata":{"name":"a"},"spec":{"policyRef":{"name":"jwt-validation-flex"},
		"targetRef":{"kind":"Selector","selector":{"kind":"ApiInstance"}},"order":1,
		"disabled":true,"rules":[],"config":{"jwksUrl":"https://keys.example"}}}`
	instanceJSON = `{"apiVersion":"gateway.mulesoft.com/v1alpha1","kind":"ApiInstance",
		"metadata":{"name":"a"},"spec":{"policies":[
		{"policyRef":{"name":"header-removal-flex"},"config":{"inboundHeaders":["a"]}}]}}`
	resourceJSON = `{"resource":{"anypoint_api_policy_jwt_validation":{"a":{"count":1,
		"pointcut_data":[{"method_regex":["GET"],"uri_template_regex":"/a"}],
		"configuration":{"jwks_url":"https://keys.example",
		"mandatory_custom_claims":{"key":"a","value":"b"}}}}}}`
	planJSON = `{"format_version":"1.2","planned_values":{"root_module":{"resources":[
		{"address":"a.b","type":"anypoint_api_policy_jwt_validation","name":"b",
		"values":{"configuration":{"jwks_url":null}}}],"child_modules":[{"address":"m"}]}},
		"resource_changes":[{"address":"a.b","change":{"actions":["create"],
		"after_unknown":{"configuration":{"jwks_url":true}}}}],
		"configuration":{"root_module":{"resources":[{"type":"anypoint_api_policy_jwt_validation",
		"name":"b","expressions":{"api_instance_id":{"references":["a.id"]}}}]}}}`
	contractsJSON = `{"total":1,"contracts":[{"id":1,"apiId":2,"status":"APPROVED",
		"application":{"coreServicesId":"c"}}]}`
	automatedJSON = `{"automatedPolicies":[{"assetId":"jwt-validation","ruleOfApplication":{
		"range":{"from":"4.1.1"},"technologies":["mule4"],"javaVersions":["17"]},
		"implementationAsset":{"assetId":"jwt-validation-mule","technology":"mule4"},
		"upstreamIds":["u"],"configurationData":{"mandatoryCustomClaims":[{"key":"a"}]}}]}`
)

// Whatever of a file is missing, or is of another kind, nothing that is done with it panics.
func TestAFileMayLackAnyValueOrHaveAnotherInItsPlace(t *testing.T) {
	for _, text := range []string{
		inDetail, inEnvelope, compact, byCLI, offline, bindingJSON, instanceJSON, resourceJSON,
		planJSON, contractsJSON, automatedJSON,
	} {
		var document any
		if err := json.Unmarshal([]byte(text), &document); err != nil {
			t.Fatal(err)
		}
		eachMutant(&document, func() {
			changed, err := json.Marshal(document)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if r := recover(); r != nil {
					t.Errorf("%v: %s", r, changed)
				}
			}()
			lintAndRepair(t, read(t, "p.json", string(changed)))
		})
	}
}

// eachMutant changes a document in one place, one after the other, and puts it right again.
func eachMutant(document *any, try func()) {
	var at func(v any, put func(any))
	at = func(v any, put func(any)) {
		for _, other := range []any{
			nil, "", "x", 5, true, []any{}, []any{nil}, map[string]any{}, []any{v},
		} {
			put(other)
			try()
		}
		put(v)
		switch v := v.(type) {
		case map[string]any:
			for _, key := range slices.Collect(maps.Keys(v)) {
				inside := v[key]
				delete(v, key)
				try()
				at(inside, func(other any) { v[key] = other })
			}
		case []any:
			for i := range v {
				at(v[i], func(other any) { v[i] = other })
			}
		}
	}
	at(*document, func(other any) { *document = other })
}

// lintAndRepair runs everything that this package does with a file.
func lintAndRepair(t *testing.T, file *source.File) {
	t.Helper()
	instead(file)
	_, _ = contractsIn(file.Documents[0])
	c, err := new(parsedTexts).read([]*source.File{file}, rules.Options{Variant: Mule})
	if err != nil {
		return
	}
	judge(t, file, c)
	made := compile(answerOf, c)
	found, s := made.Findings, &rules.Subject{Policies: made.Policies}
	for _, rule := range lintRules() {
		if rule.Check == nil {
			continue
		}
		for _, f := range rule.Check(s) {
			f.Rule = rule.Name
			found = append(found, f)
		}
	}
	facts := rules.Facts{Audience: "a", Tenant: tenant, Version: 1, Scope: "s"}
	for i := range found {
		repairFinding(c, rules.Goal{Finding: &found[i], Facts: facts})
	}
}
