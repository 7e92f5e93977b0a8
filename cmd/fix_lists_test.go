package cmd

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The issuer that a policy of stock pins, and what pins nothing.
const (
	stockIssuer = "https://sts.windows.net/" + holesTenant + "/"
	weakIssuer  = "#[vars.claimSet.iss startsWith 'https://sts.windows.net/']"
)

// stockPolicy puts a list of custom claims into a policy, in a format.
func stockPolicy(format, claims string) (name, text string) {
	const keys = "https://login.microsoftonline.com/" + holesTenant + "/discovery/keys"
	switch format {
	case "yaml":
		return "stock.yaml", "# stock\napiVersion: gateway.mulesoft.com/v1alpha1\n" +
			"kind: PolicyBinding\nmetadata: {name: stock}\nspec:\n" +
			"  targetRef: {kind: ApiInstance, name: stock}\n" +
			"  policyRef: {name: jwt-validation-flex}\n  config:\n    jwtKeyOrigin: jwks\n" +
			"    jwksUrl: '" + keys + "'\n    skipClientIdValidation: true # local\n" +
			"    validateAudClaim: true\n    mandatoryAudClaim: true\n" +
			"    supportedAudiences: api://stock-uat\n    mandatoryExpClaim: true\n" +
			"    validateCustomClaim: true\n    mandatoryCustomClaims:" + claims + "\n"
	case "jsonencode":
		return "stock.tf", "resource \"anypoint_apim_policy_custom\" \"stock\" {\n" +
			"  asset_id = \"jwt-validation\" # stock\n  asset_version = \"1.4.0\"\n" +
			"  configuration_data = jsonencode({\n    jwtKeyOrigin = \"jwks\"\n" +
			"    jwksUrl = \"" + keys + "\"\n    skipClientIdValidation = true\n" +
			"    validateAudClaim = true\n    mandatoryAudClaim = true\n" +
			"    supportedAudiences = \"api://stock-uat\"\n    mandatoryExpClaim = true\n" +
			"    validateCustomClaim = true\n    mandatoryCustomClaims = " + claims + "\n  })\n}\n"
	case "block":
		return "stock.tf", "resource \"anypoint_apim_policy_jwt_validation\" \"stock\" {\n" +
			"  asset_version = \"1.4.0\"\n  configuration_data {\n" +
			"    jwt_key_origin = \"jwks\"\n    jwks_url = \"" + keys + "\"\n" +
			"    skip_client_id_validation = true\n    validate_aud_claim = true\n" +
			"    mandatory_aud_claim = true\n    supported_audiences = \"api://stock-uat\"\n" +
			"    mandatory_exp_claim = true\n    validate_custom_claim = true\n" +
			"    mandatory_custom_claims = " + claims + " # claims\n  }\n}\n"
	}
	config := `{"jwtKeyOrigin": "jwks", "jwksUrl": "` + keys + `",` + "\n" +
		` "skipClientIdValidation": true, "validateAudClaim": true, "mandatoryAudClaim": true,` +
		` "supportedAudiences": "api://stock-uat", "mandatoryExpClaim": true,` +
		` "validateCustomClaim": true, "mandatoryCustomClaims": ` + claims + `}`
	if format == "text" {
		config = `"` + strings.NewReplacer(`"`, `\"`, "\n", `\n`).Replace(config) + `"`
	}
	return "stock.json", `{"assetId": "jwt-validation", "assetVersion": "1.4.0",` + "\n" +
		` "configurationData": ` + config + "}\n"
}

// change is how a change stands in a text: «before→after».
var change = regexp.MustCompile(`(?s)«(.*?)→(.*?)»`)

// A claim is put behind the others in the style of the list, and takes the place of an entry that
// checked the same claim and nothing else. Every other byte stays.
func TestAClaimIsAddedOrTakesThePlaceOfAWeakOne(t *testing.T) {
	t.Parallel()
	const (
		scope = "#[(vars.claimSet.scp splitBy ' ') contains 'Stock.Read']"
		other = "#[(vars.claimSet.iss startsWith 'https://') and (vars.claimSet.ver == '1.0')]"
		issue = stockIssuer
	)
	for _, test := range []struct{ name, format, claims string }{
		{
			"behind another", "json",
			"[\n   {\"key\": \"ver\", \"value\": \"1.0\"}«→,\n" +
				"   {\"key\": \"iss\", \"value\": \"" + issue + "\"}»\n ]",
		},
		{
			"in the place of a weak one", "json",
			"[\n   {\"value\": \"«" + weakIssuer + "→" + issue + "»\", \"key\": \"iss\"},\n" +
				"   {\"key\": \"ver\", \"value\": \"1.0\"}\n ]",
		},
		{
			"in the place of what is always true", "json",
			`[{"key":"iss","value":"«#[true]→` + issue + `»"}]`,
		},
		{
			"in the place of two weak ones", "json",
			`[«{"key": "iss", "value": "` + weakIssuer + `"}, {"key": "ver", "value": "1.0"}, ` +
				`{"key": "iss", "value": "#[vars.claimSet.iss != null]"}→` +
				`{"key": "iss", "value": "` + issue + `"}, {"key": "ver", "value": "1.0"}»]`,
		},
		{
			"beside one that checks something else too", "json",
			`[{"key": "iss", "value": "` + other + `"}«→, {"key": "iss", "value": "` + issue +
				`"}»]`,
		},
		{
			"in a text", "text",
			`[{"key": "ver", "value": "1.0"}«→, {"key": "iss", "value": "` + issue + `"}»]`,
		},
		{
			"a weak one in a text", "text",
			`[{"key": "iss",   "value": "«` + weakIssuer + "→" + issue + `»"}]`,
		},
		{
			"under a comment", "yaml",
			" # what clients need\n      - {key: scp, value: \"" + scope + "\"} # to read«→\n" +
				"      - {key: iss, value: \"" + issue + "\"}»\n      # the end",
		},
		{
			"in single quotes", "yaml",
			"\n    - key: 'ver'\n      value: '1.0' # of Entra«→\n    - key: 'iss'\n" +
				"      value: '" + issue + "'»",
		},
		{
			"a weak one in double quotes", "yaml",
			"\n      - key: iss # who\n        value: \"«" + weakIssuer + "→" + issue +
				"»\" # weak\n      - key: ver\n        value: '1.0'",
		},
		{
			"a weak one in braces", "yaml",
			" [ {'key': 'ver', 'value': '1.0'}, # one\n        {'key': 'iss', 'value': " +
				"«\"" + weakIssuer + "\"→\"" + issue + "\"»} ] # two",
		},
		{
			"behind a trailing comma", "jsonencode",
			"[\n      { key = \"ver\", value = \"1.0\" }, # of Entra«→\n" +
				"      { key = \"iss\", value = \"" + issue + "\" },»\n      # the end\n    ]",
		},
		{
			"behind no comma", "jsonencode",
			"[\n      {\n        key   = \"ver\"\n        value = \"1.0\" # of Entra\n" +
				"      }«→,»« # one→ # one\n      {\n        key   = \"iss\"\n        value = \"" +
				issue + "\"\n      }»\n    ]",
		},
		{
			"a weak one of Terraform", "jsonencode",
			"[{ \"key\" : \"iss\", \"value\" : \"«" + weakIssuer + "→" + issue + "»\" }]",
		},
		{
			"in a block", "block",
			"[{ key = \"ver\", value = \"1.0\" }" +
				"«→, { key = \"iss\", value = \"" + issue + "\" }»]",
		},
		{
			"a weak one in a block", "block",
			"[\n      { key = \"iss\", value = \"«" + weakIssuer + "→" + issue +
				"»\" }, # weak\n    ]",
		},
	} {
		t.Run(test.format+": "+test.name, func(t *testing.T) {
			t.Parallel()
			name, before := stockPolicy(test.format, change.ReplaceAllString(test.claims, "$1"))
			_, after := stockPolicy(test.format, change.ReplaceAllString(test.claims, "$2"))
			for _, crlf := range []bool{false, true} {
				if crlf && test.format != "text" {
					before = strings.ReplaceAll(before, "\n", "\r\n")
					after = strings.ReplaceAll(after, "\n", "\r\n")
				}
				folder := t.TempDir()
				file := filepath.Join(folder, name)
				if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
					t.Fatal(err)
				}
				stdout, stderr, code := runIn(
					t, folder, "fix", name, "--rule", "issuer-not-pinned", "--token-version", "1",
					"--write",
				)
				got, err := os.ReadFile(file)
				if err != nil || code != exitOK || string(got) != after {
					t.Errorf("%v, exit code %d:\n%s%s\nwant\n%s", err, code, stdout, stderr, after)
				}
			}
		})
	}
}

// A list that is a comma-separated text, or words of one, keeps its commas and blanks.
func TestAListInATextKeepsItsCommasAndBlanks(t *testing.T) {
	t.Parallel()
	const keys = "login.microsoftonline.com/" + holesTenant + "/discovery/keys"
	flex := func(addresses string) string {
		return strings.Replace(
			"apiVersion: gateway.mulesoft.com/v1alpha1\nkind: PolicyBinding\nspec:\n"+
				"  targetRef: {kind: ApiInstance, name: stock}\n"+
				"  policyRef: {name: jwt-validation-flex}\n  config:\n    jwtKeyOrigin: jwks\n"+
				"    jwksUrl: ADDRESSES\n    skipClientIdValidation: true\n",
			"ADDRESSES", addresses, 1,
		)
	}
	scopes := func(words string) string {
		return `{"assetId": "openidconnect-access-token-enforcement", "assetVersion": "1.3.0",` +
			` "configurationData": {"skipClientIdValidation": true, "scopes": "` + words + `"}}`
	}
	for _, test := range []struct{ rule, file, text string }{
		{"key-set-over-http", "a.yaml", flex("'«http→https»://" + keys + "' # one")},
		{
			"key-set-over-http", "a.yaml",
			flex("\"https://" + keys + ", «http→https»://" + keys + "?a=b\""),
		},
		{
			"key-set-over-http", "a.yaml",
			flex("  '«http→https»://" + keys + " ,«HTTP→https»://" + keys + "?a=b ,'"),
		},
		{"scope-in-uri-form", "a.json", scopes("«api://stock/→»Read")},
		{"scope-in-uri-form", "a.json", scopes("«api://stock/→»Read  Write «api://stock/→»Read")},
		{"scope-in-uri-form", "a.json", scopes(" «api://stock/→»A\\t«https://x.example/y/→»B ")},
	} {
		before := change.ReplaceAllString(test.text, "$1")
		after := change.ReplaceAllString(test.text, "$2")
		folder := t.TempDir()
		file := filepath.Join(folder, test.file)
		if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		stdout, stderr, code := runIn(t, folder, "fix", test.file, "--rule", test.rule, "--write")
		got, err := os.ReadFile(file)
		if err != nil || code != exitOK || string(got) != after {
			t.Errorf("%v, exit code %d:\n%s%s\nwant\n%s", err, code, stdout, stderr, after)
		}
	}
}

// What /.default stands for no file shows, so the scope that is named takes its place.
func TestTheScopeThatIsNamedTakesThePlaceOfDefault(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	writeFile(t, filepath.Join(folder, "a.json"), `{"assetVersion": "1.3.0",
  "assetId": "openidconnect-access-token-enforcement",
  "configurationData": {"skipClientIdValidation": true, "scopes": "api://stock/.default"}}`)
	stdout, stderr, _ := runIn(t, folder, "fix", "a.json", "--rule", "scope-in-uri-form",
		"--scope", "Given")
	if !strings.Contains(stdout, `"scopes": "Given"`) {
		t.Errorf("%s%s", stdout, stderr)
	}
}
