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
