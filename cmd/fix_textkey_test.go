package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// API Manager wants a textKey of every policy that it creates, and the solution makes another
// policy of one: a placeholder that lint knows stands there, and is named as one. Flex Gateway in
// local mode has no API Manager.
func TestTheJWTSolutionWritesWhatAPIManagerRequires(t *testing.T) {
	t.Parallel()
	const (
		placeholder = "your-(256|384|512)-bit-secret"
		binding     = "apiVersion: gateway.mulesoft.com/v1alpha1\nkind: PolicyBinding\nspec:\n" +
			"  targetRef: {kind: ApiInstance, name: stock}\n" +
			"  policyRef: {name: openidconnect-access-token-enforcement-flex}\n"
		named = `"assetId": "openidconnect-access-token-enforcement", "assetVersion": "1.3.0"`
	)
	tests := []struct{ name, file, text, want string }{
		{
			"one policy", "a.json",
			"{" + named + ",\n \"configurationData\": {\"skipClientIdValidation\": true}}",
			`+ "configurationData": {"skipClientIdValidation": true, "jwtOrigin": ` +
				`"httpBearerAuthenticationHeader", "signingMethod": "rsa", ` +
				`"signingKeyLength": 256, "textKey": "` + placeholder + `"`,
		},
		{
			"a list", "a.json",
			"[\n  {" + named + ",\n   \"configurationData\": {\n" +
				"      \"skipClientIdValidation\": true\n   }}\n]",
			"+      \"textKey\": \"" + placeholder + `",`,
		},
		{
			"API Manager's envelope", "a.json",
			"{\"policies\": [\n  {" + named + ",\n   \"configuration\": {\n" +
				"      \"skipClientIdValidation\": true\n   }}\n]}",
			"+      \"textKey\": \"" + placeholder + `",`,
		},
		{
			"a text in JSON", "a.json",
			"{" + named + `, "configurationData": "{\"skipClientIdValidation\": true}"}`,
			`\"textKey\": \"` + placeholder + `\"`,
		},
		{
			"YAML", "a.yaml",
			"assetId: openidconnect-access-token-enforcement\nassetVersion: 1.3.0\n" +
				"configurationData:\n  skipClientIdValidation: true\n",
			"+  textKey: \"" + placeholder + `"`,
		},
		{
			"YAML in one line", "a.yaml",
			"{assetId: 'openidconnect-access-token-enforcement', assetVersion: '1.3.0', " +
				"configurationData: {'skipClientIdValidation': true}}\n",
			"'textKey': '" + placeholder + "'",
		},
		{
			"Terraform", "a.tf",
			"resource \"anypoint_apim_policy_custom\" \"stock\" {\n" +
				"  asset_id      = \"openidconnect-access-token-enforcement\"\n" +
				"  asset_version = \"1.3.0\"\n" +
				"  configuration_data = jsonencode({\n    skipClientIdValidation = true\n" +
				"  })\n}\n",
			"+    textKey = \"" + placeholder + `"`,
		},
		{
			"Flex Gateway in local mode", "a.yaml",
			binding + "  config: {skipClientIdValidation: true}\n", "",
		},
		{
			"an ApiInstance of Flex Gateway", "a.yaml",
			"apiVersion: gateway.mulesoft.com/v1alpha1\nkind: ApiInstance\n" +
				"metadata: {name: stock}\nspec:\n  address: http://0.0.0.0:8081\n  policies:\n" +
				"    - policyRef: {name: openidconnect-access-token-enforcement-flex}\n" +
				"      config: {skipClientIdValidation: true}\n",
			"",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			name := filepath.Join(folder, test.file)
			if err := os.WriteFile(name, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			fix := []string{
				"fix", test.file, "--solution", "jwt", "--audience", "api://stock-uat",
				"--tenant", holesTenant,
			}
			stdout, stderr, code := runIn(t, folder, fix...)
			wanted := test.want != ""
			if code != exitOK || wanted != strings.Contains(stdout, "textKey") ||
				!strings.Contains(stdout, test.want) ||
				wanted != strings.Contains(stdout, "to be filled in\n    textKey: API Manager") {
				t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
			}
			asJSON, _, _ := runIn(t, folder, append(fix, "--write", "-o", "json")...)
			if wanted != strings.Contains(asJSON, `"fill": "API Manager requires it`) {
				t.Error(asJSON)
			}
			if again, stderr, code := runIn(t, folder, "lint", test.file); code != exitOK ||
				strings.Contains(again, "warning") {
				t.Errorf("lint of what was written: exit code %d:\n%s%s", code, again, stderr)
			}
		})
	}
}

// The repair of a missing textKey writes the same placeholder, where the policy surely does not
// use the key. Where it does, only a person knows which key it is.
func TestAMissingTextKeyIsWrittenAsAPlaceToFillIn(t *testing.T) {
	t.Parallel()
	const (
		placeholder = "your-(256|384|512)-bit-secret"
		group       = `"groupId": "68ef9520-24e9-4cf2-b2f5-620025690913", `
	)
	body := func(config string) string {
		return "{" + group + "\"assetId\": \"jwt-validation\", \"assetVersion\": \"1.4.0\",\n" +
			" \"configurationData\": {\n    \"skipClientIdValidation\": true,\n    " +
			config + "\n }}\n"
	}
	resource := func(kind, config string) string {
		return "resource \"" + kind + "\" \"stock\" {\n" + config + "\n}\n"
	}
	tests := []struct{ name, file, text, want string }{
		{
			"JSON", "a.json", body(`"jwtKeyOrigin": "jwks"`),
			"+    \"jwtKeyOrigin\": \"jwks\",\n+    \"textKey\": \"" + placeholder + `"`,
		},
		{
			"the key comes from an expression", "a.json",
			body(`"jwtKeyOrigin": "customExpression", "customKeyExpression": "#[vars.key]"`),
			`"textKey": "` + placeholder + `"`,
		},
		{
			"no signature is checked", "a.json",
			body(`"jwtKeyOrigin": "text", "signingMethod": "none"`),
			`"textKey": "` + placeholder + `"`,
		},
		{
			"YAML", "a.yaml",
			"groupId: 68ef9520-24e9-4cf2-b2f5-620025690913\nassetId: jwt-validation\n" +
				"assetVersion: 1.4.0\nconfigurationData:\n  skipClientIdValidation: true\n" +
				"  jwtKeyOrigin: jwks # the tenant's\n",
			"   jwtKeyOrigin: jwks # the tenant's\n+  textKey: \"" + placeholder + `"`,
		},
		{
			"the official provider of Terraform", "a.tf",
			resource("anypoint_api_policy_jwt_validation",
				"  configuration = {\n    skip_client_id_validation = true\n"+
					"    jwt_key_origin = \"jwks\"\n  }"),
			"+    text_key = \"" + placeholder + `"`,
		},
		{
			"the generic resource", "a.tf",
			resource("anypoint_apim_policy_custom", "  asset_id = \"jwt-validation\"\n"+
				"  configuration_data = jsonencode({\n    skipClientIdValidation = true\n"+
				"    jwtKeyOrigin = \"jwks\"\n  })"),
			"+    textKey = \"" + placeholder + `"`,
		},
		{"the policy verifies with it", "a.json", body(`"jwtKeyOrigin": "text"`), ""},
		{"where keys come from is a variable", "a.json", body(`"jwtKeyOrigin": "${ORIGIN}"`), ""},
		{"where keys come from is not said", "a.json", body(`"signingMethod": "rsa"`), ""},
		{
			"the community provider, a policy that verifies with it", "a.tf",
			resource("anypoint_apim_policy_jwt_validation",
				"  configuration_data {\n    jwt_key_origin = \"text\"\n  }"), "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			name := filepath.Join(folder, test.file)
			if err := os.WriteFile(name, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			fix := []string{"fix", test.file, "--rule", "text-key-missing"}
			stdout, stderr, code := runIn(t, folder, fix...)
			if test.want == "" {
				if code != exitRejected || !strings.Contains(stderr, "only you know") {
					t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
				}
				return
			}
			if code != exitOK || !strings.Contains(stdout, test.want) ||
				!strings.Contains(stdout, "to be filled in\n    textKey: API Manager") {
				t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
			}
			written, stderr, code := runIn(t, folder, append(fix, "--write", "-o", "json")...)
			again, _, _ := runIn(t, folder, "lint", test.file, "--rule", "text-key-missing")
			if code != exitOK || !strings.Contains(written, `"fill": "API Manager requires it`) ||
				strings.Contains(again, "text-key-missing") {
				t.Errorf("exit code %d:\n%s%s%s", code, written, stderr, again)
			}
		})
	}
}
