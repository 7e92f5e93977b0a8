package cmd

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/lint"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

// lintExample lints an example, and evaluates a request of which nothing is known: some rules are
// found there.
func lintExample(
	t *testing.T, rule *rules.Rule, example examples.Example,
) (*source.File, []rules.Finding) {
	t.Helper()
	file, j, set := readExample(t, rule, example)
	verdict := rules.Evaluate(set.Policies, &rules.Request{})
	return file, append(j.Findings(file), verdict.Findings...)
}

// readExample reads an example, with the judge of its rule.
func readExample(
	t *testing.T, rule *rules.Rule, example examples.Example,
) (*source.File, *report.Judge, *report.PolicySet) {
	t.Helper()
	file, err := source.Read(example.Name, []byte(example.Text))
	if err != nil {
		t.Fatal(err)
	}
	j, err := everyGateway().ExampleJudge(rule.Name)
	if err != nil {
		t.Fatal(err)
	}
	set, err := everyGateway().Read([]*source.File{file}, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return file, j, set
}

func eachExample(
	t *testing.T, kind string,
	check func(t *testing.T, rule *rules.Rule, example examples.Example),
) {
	all := everyGateway().Catalogue()
	for i := range all {
		found, err := examples.Of(all[i].Name, kind)
		if err != nil || len(found) == 0 {
			t.Errorf("%s has no %s example: %v", all[i].Name, kind, err)
		}
		for _, example := range found {
			t.Run(all[i].Name+"/"+example.Name, func(t *testing.T) { check(t, &all[i], example) })
		}
	}
}

func names(findings []rules.Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Rule)
	}
	return all
}

func TestEveryRuleIsFoundInItsBadExamples(t *testing.T) {
	t.Parallel()
	eachExample(t, "bad", func(t *testing.T, rule *rules.Rule, example examples.Example) {
		file, found := lintExample(t, rule, example)
		i := slices.IndexFunc(found, func(f rules.Finding) bool { return f.Rule == rule.Name })
		if i < 0 {
			t.Fatalf("found %v only", names(found))
		}
		f := found[i]
		if f.Pos.Line < 1 || f.Pos.Column < 1 || f.Message == "" || f.Severity == "" ||
			strings.HasSuffix(f.Message,
				".") {
			t.Errorf("an incomplete finding: %+v", f)
		}
		if f.Rule != "gateway-not-known" &&
			(f.Span.Start >= f.Span.End || file.Position(f.Span.Start) != f.Pos) {
			t.Errorf("the span %+v does not begin at %s", f.Span, f.Pos)
		}
	})
}

func TestGoodExamplesHaveNoFindingOfTheirRuleAndNothingButNotesBeside(t *testing.T) {
	t.Parallel()
	eachExample(t, "ok", func(t *testing.T, rule *rules.Rule, example examples.Example) {
		_, found := lintExample(t, rule, example)
		for _, f := range found {
			if f.Rule == rule.Name || f.Severity != rules.Note {
				t.Errorf("%s: %s: %s", f.Severity, f.Rule, f.Message)
			}
		}
	})
}

func TestEveryRuleSaysWhatWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	var seen []string
	for _, r := range everyGateway().Catalogue() {
		if !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`).MatchString(r.Name) ||
			slices.Contains(seen, r.Name) {
			t.Errorf("%q is no name of its own in kebab-case", r.Name)
		}
		seen = append(seen, r.Name)
		if r.Title == "" || r.Why == "" || r.Fix == "" || r.Since == "" || len(r.References) == 0 {
			t.Errorf("%s: title, why, fix, since or references are missing", r.Name)
		}
		if !slices.Contains([]rules.Severity{rules.Error, rules.Warning, rules.Note}, r.Severity) {
			t.Errorf("%s has the severity %q", r.Name, r.Severity)
		}
		if strings.HasSuffix(r.Title, ".") || !strings.HasSuffix(r.Why, ".") ||
			!strings.HasSuffix(r.Fix,
				".") {
			t.Errorf("%s: a title is a clause, why and fix are sentences", r.Name)
		}
	}
	had, err := examples.Rules()
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(seen)
	had = slices.DeleteFunc(had, func(name string) bool { return name == "examples.go" })
	if diff := cmp.Diff(seen, had); diff != "" {
		t.Errorf("the catalogue and the folders of examples differ:\n%s", diff)
	}
}

func TestEveryAdviceIsAboutARuleThatHoldsForEveryGatewayAndIsInTheCatalogue(t *testing.T) {
	t.Parallel()
	neutral, shown := report.RuleNames(lint.Rules()), everyGateway().Catalogue()
	for _, adapter := range everyGateway() {
		var seen []string
		for _, a := range adapter.Advice() {
			if !slices.Contains(neutral, a.Rule) || slices.Contains(seen, a.Rule) {
				t.Errorf("%s: %q is not a neutral rule, or appears twice", adapter.Name, a.Rule)
				continue
			}
			seen = append(seen, a.Rule)
			rule := shown[slices.Index(neutral, a.Rule)]
			if !strings.Contains(rule.Why, a.Why) || !strings.Contains(rule.Fix, a.Fix) {
				t.Errorf("%s is shown without the advice:\n%s\n%s", a.Rule, rule.Why, rule.Fix)
			}
			for _, reference := range a.References {
				if !slices.Contains(rule.References, reference) {
					t.Errorf("%s is shown without %s", a.Rule, reference)
				}
			}
		}
	}
}

// TestEveryFindingIsInTheCatalogue reads the rules' names out of the code that makes findings.
func TestEveryFindingIsInTheCatalogue(t *testing.T) {
	t.Parallel()
	var known []string
	for _, r := range everyGateway().Catalogue() {
		known = append(known, r.Name)
	}
	eachFile(t, func(t *testing.T, dir, name string, file *ast.File) {
		if strings.HasSuffix(name, "_test.go") ||
			dir == "rules/mulesoft/dataweave" || dir == "rules/environments" {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			for _, rule := range namedRules(n) {
				if !slices.Contains(known, rule) {
					t.Errorf("%s makes the finding %s, which is not in the catalogue", name, rule)
				}
			}
			return true
		})
	})
}

// namedRules returns the texts that a node gives to something called Rule.
func namedRules(n ast.Node) []string {
	var texts []string
	add := func(value ast.Expr) {
		if lit, ok := value.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, _ := strconv.Unquote(lit.Value)
			texts = append(texts, text)
		}
	}
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Rule" {
			add(n.Value)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if field, ok := left.(*ast.SelectorExpr); ok && field.Sel.Name == "Rule" &&
				i < len(n.Rhs) {
				add(n.Rhs[i])
			}
		}
	}
	return texts
}

// filesWithoutATokenPolicy are written as teams and vendors write what stands beside policies that
// look at tokens.
func filesWithoutATokenPolicy() map[string]string {
	const mule = `"groupId": "68ef9520-24e9-4cf2-b2f5-620025690913", "apiId": 1, "order": 1, `
	return map[string]string{
		"client ids.json": `{"value": [{` + mule + `"assetId": "client-id-enforcement",
			"assetVersion": "1.1.1", "policyTemplateId": "2", "pointcutData": null,
			"configurationData": {
				"credentialsOriginHasHttpBasicAuthenticationHeader": "customExpression",
				"clientIdExpression": "#[attributes.headers['client_id']]",
				"clientSecretExpression": "#[attributes.headers['client_secret']]"}}]}`,
		"limits.json": `{"value": [{` + mule + `"assetId": "rate-limiting",
			"assetVersion": "1.4.0", "policyTemplateId": "1939", "disabled": false,
			"pointcutData": [{"methodRegex": "GET", "uriTemplateRegex": "v1"}],
			"configurationData": {"rateLimits": [{"maximumRequests": 100,
				"timePeriodInMilliseconds": 60000}], "clusterizable": true}}]}`,
		"limit by sla.json": `[{` + mule + `"assetId": "rate-limiting-sla-based",
			"assetVersion": "1.3.2", "configurationData": {
				"clientIdExpression": "#[attributes.headers['client_id']]",
				"clientSecretExpression": "#[attributes.headers['client_secret']]"}}]`,
		"addresses.json": `[{` + mule + `"assetId": "ip-allowlist", "assetVersion": "1.1.1",
			"configurationData": {"ipExpression": "#[attributes.headers['x-forwarded-for']]",
				"ips": ["10.0.0.0/8"]}}]`,
		"instance.yaml": "apiVersion: gateway.mulesoft.com/v1alpha1\nkind: ApiInstance\n" +
			"metadata:\n  name: ingress\nspec:\n  address: http://0.0.0.0:8081\n" +
			"  services:\n    upstream:\n      address: http://backend\n" +
			"      routes:\n        - config:\n            destinationPath: /\n",
		"binding.yaml": "apiVersion: gateway.mulesoft.com/v1alpha1\nkind: PolicyBinding\n" +
			"metadata:\n  name: limit\nspec:\n  targetRef:\n    kind: ApiInstance\n" +
			"    name: ingress\n  policyRef:\n    name: rate-limiting-flex\n  config:\n" +
			"    rateLimits:\n      - maximumRequests: 3\n        timePeriodInMilliseconds: 60\n",
		"client ids.tf": `resource "anypoint_apim_policy_client_id_enforcement" "one" {
			apim_id       = anypoint_apim_mule4.api.id
			disabled      = false
			asset_version = "1.3.2"
			configuration_data {
				credentials_origin_has_http_basic_authentication_header = "customExpression"
				client_id_expression     = "#[attributes.headers['client_id']]"
				client_secret_expression = "#[attributes.headers['client_secret']]"
			}
		}`,
		"custom.tf": `resource "anypoint_apim_policy_custom" "one" {
			apim_id        = anypoint_apim_mule4.api.id
			disabled       = false
			asset_group_id = "68ef9520-24e9-4cf2-b2f5-620025690913"
			asset_id       = "rate-limiting"
			asset_version  = "1.4.0"
			configuration_data = jsonencode({ rateLimits = [{ maximumRequests = 3 }] })
		}`,
		"provider.tf": `terraform {
			required_providers { anypoint = { source = "mulesoft/anypoint" } }
		}
		provider "anypoint" { client_id = var.client_id }
		resource "anypoint_apim_mule4" "api" { asset_id = "orders" }`,
		"app.json":       `{"appId": "b14a7505-96e9-4927-91e8-0601d0fc9caa", "appRoles": []}`,
		"keys.json":      `{"keys": [{"kty": "RSA", "kid": "k", "n": "AQAB", "e": "AQAB"}]}`,
		"discovery.json": `{"issuer": "https://sts.windows.net/x/", "jwks_uri": "https://x.test"}`,
		"contracts.json": `{"contracts": [{"status": "APPROVED", "applicationId": 7}]}`,
		"package.json":   `{"name": "orders", "version": "1.0.0", "dependencies": {}}`,
		"compose.yml":    "services:\n  oauth:\n    image: keycloak\n    ports: ['8080:8080']\n",
	}
}

func TestFilesWithoutATokenPolicyHaveNoWarnings(t *testing.T) {
	t.Parallel()
	j := report.NewJudge(everyGateway(), rules.Options{}, nil)
	for name, text := range filesWithoutATokenPolicy() {
		file, err := source.Read(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if !report.IsConfiguration(name) {
			t.Errorf("%s is not looked at in a folder", name)
		}
		for _, f := range j.Findings(file) {
			if f.Severity != rules.Note {
				t.Errorf("%s: %s: %s [%s]", f.Pos, f.Severity, f.Message, f.Rule)
			}
		}
	}
}
