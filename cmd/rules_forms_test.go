package cmd

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// inForm is a configuration of JWT Validation in one form of file.
type inForm struct{ name, file, text string }

// forms are a configuration in every form in which JWT Validation is written down, for Mule and
// for Flex Gateway. Flex Gateway in local mode has no contracts, so it is left out where the
// configuration looks for one.
func forms(t *testing.T, fields map[string]any) []inForm {
	t.Helper()
	text := func(v any) string {
		encoded, err := json.MarshalIndent(v, "  ", "  ")
		if err != nil {
			t.Fatal(err)
		}
		return string(encoded)
	}
	body := func(version string) string {
		return fmt.Sprintf("{\n  \"assetId\": \"jwt-validation\",\n  \"assetVersion\": %q,\n"+
			"  \"configurationData\": %s\n}\n", version, text(fields))
	}
	inTerraform := func(kind, api, configuration string) string {
		return fmt.Sprintf("resource %q \"orders\" {\n  %s\n  %s\n}\n", kind, api, configuration)
	}
	renamed := regexp.MustCompile(`"([a-z][A-Za-z]*)":`).ReplaceAllStringFunc(text(fields),
		func(key string) string {
			return regexp.MustCompile(`[A-Z]`).ReplaceAllStringFunc(key,
				func(c string) string { return "_" + strings.ToLower(c) })
		})
	all := []inForm{
		{"API Manager, Mule", "policy.json", body("1.4.0")},
		{"API Manager, Flex", "policy.json", body("0.12.0")},
		{"Terraform, the official provider", "main.tf", inTerraform(
			"anypoint_api_policy_jwt_validation", `asset_version = "0.12.0"`,
			"configuration = "+renamed)},
		{"Terraform, the generic resource", "main.tf", inTerraform(
			"anypoint_apim_policy_custom",
			"asset_id = \"jwt-validation\"\n  asset_version = \"1.4.0\"",
			"configuration_data = jsonencode("+text(fields)+")",
		)},
	}
	if fields["skipClientIdValidation"] == true {
		all = append(all, inForm{"Flex, local mode", "policy.yaml", "apiVersion: " +
			"gateway.mulesoft.com/v1alpha1\nkind: PolicyBinding\nmetadata: {name: orders}\n" +
			"spec:\n  targetRef: {kind: ApiInstance, name: orders}\n" +
			"  policyRef: {name: jwt-validation-flex}\n  config: " + text(fields) + "\n"})
	}
	return all
}

// soundFields is a configuration without a finding of severity warning or above, with changes.
func soundFields(changes map[string]any, claims ...[2]string) map[string]any {
	fields := map[string]any{
		"signingMethod": "rsa", "signingKeyLength": 256, "jwtKeyOrigin": "jwks",
		"jwksUrl": "https://login.microsoftonline.com/" + holesTenant +
			"/discovery/keys",
		"jwksServiceTimeToLive": 60, "textKey": "unused",
		"skipClientIdValidation": false, "clientIdExpression": "#[vars.claimSet.appid]",
		"validateAudClaim": true, "mandatoryAudClaim": true,
		"supportedAudiences": "api://orders-uat",
		"mandatoryExpClaim":  true, "mandatoryNbfClaim": true, "validateCustomClaim": true,
	}
	maps.Copy(fields, changes)
	list := []map[string]string{
		{"key": "iss", "value": "https://sts.windows.net/" + holesTenant + "/"},
	}
	for _, claim := range claims {
		list = append(list, map[string]string{"key": claim[0], "value": claim[1]})
	}
	if fields["mandatoryCustomClaims"] == nil {
		fields["mandatoryCustomClaims"] = list
	}
	for name, value := range fields {
		if value == absent {
			delete(fields, name)
		}
	}
	return fields
}

// absent is the value of a field that is taken out.
const absent = "(absent)"

// lintForm lints a configuration in one form, with an app registration where one is given.
func lintForm(t *testing.T, form inForm, app *entra.Directory) (*source.File, []rules.Finding) {
	t.Helper()
	file, err := source.Read(form.file, []byte(form.text))
	if err != nil {
		t.Fatalf("%v\n%s", err, form.text)
	}
	j := report.NewJudge(everyGateway(), rules.Options{}, nil)
	j.Apps = app
	return file, j.Findings(file)
}

// pointsAt is the text of a file that a finding points at.
func pointsAt(file *source.File, f *rules.Finding) string {
	return string(file.Text[f.Span.Start:f.Span.End])
}

// formCase is a configuration and what lint has to find in it, in every form.
type formCase struct {
	fields   map[string]any
	claims   [][2]string
	rule     string // empty where nothing is to be found
	severity rules.Severity
	field    string
	at       string // what the finding's place shows
}

// findsInForms lints each configuration in every form.
func findsInForms(t *testing.T, app *entra.Directory, cases map[string]formCase) {
	for name, c := range cases {
		for _, form := range forms(t, soundFields(c.fields, c.claims...)) {
			t.Run(name+"/"+form.name, func(t *testing.T) {
				t.Parallel()
				file, found := lintForm(t, form, app)
				found = slices.DeleteFunc(found, func(f rules.Finding) bool {
					return f.Severity == rules.Note && f.Rule != c.rule
				})
				if c.rule == "" {
					for _, f := range found {
						t.Errorf("%s: %s [%s]", f.Severity, f.Message, f.Rule)
					}
					return
				}
				i := slices.IndexFunc(found, func(f rules.Finding) bool {
					return f.Rule == c.rule
				})
				if i < 0 {
					t.Fatalf("found %v\n%s", names(found), form.text)
				}
				f := &found[i]
				if f.Severity != c.severity || f.Field != c.field ||
					!strings.Contains(pointsAt(file, f), c.at) {
					t.Errorf("%s of %s at %s, want %s of %s at %s", f.Severity, f.Field,
						pointsAt(file, f), c.severity, c.field, c.at)
				}
			})
		}
	}
}
