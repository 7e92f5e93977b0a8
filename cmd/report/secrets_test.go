package report

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestALineOfAFileIsShownWithoutItsSecrets(t *testing.T) {
	for name, row := range map[string]struct{ file, text string }{
		"a key in JSON": {"a.json", `{"signingMethod": "hmac", "textKey": "hunter2"}`},
		"a key in Terraform": {
			"a.tf", "resource \"anypoint_apim_policy_jwt_validation\" \"x\" {\n" +
				"  configuration_data {\n    text_key = \"hunter2\"\n  }\n}\n",
		},
		"credentials in YAML": {"a.yaml", "config:\n  authorizationValue: Basic hunter2\n"},
		"a configuration that is a text": {
			"a.json", `{"configurationData": "{\"textKey\": \"hunter2\"}"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := source.Read(row.file, []byte(row.text))
			if err != nil {
				t.Fatal(err)
			}
			got := Shielded(file)
			if strings.Contains(string(got), "hunter2") || len(got) != len(row.text) {
				t.Errorf("%s", got)
			}
		})
	}
}

func TestAnExpressionIsNoSecret(t *testing.T) {
	const text = `{"clientSecretExpression": "#[attributes.headers['client_secret']]"}`
	file, err := source.Read("a.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(Shielded(file)); got != text {
		t.Error(got)
	}
}

// What is known to be no secret is shown, also in a configuration that is kept as text; beside a
// secret it is not.
func TestAKnownPlaceholderIsShown(t *testing.T) {
	const text = `{"textKey": "fill me", "c": "{\"textKey\": \"fill me\"}", ` +
		`"d": "{\"textKey\": \"fill me\", \"password\": \"hunter2\"}"}`
	file, err := source.Read("a.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got := string(Shielded(file, "fill me"))
	const want = `{"textKey": "fill me", "c": "{\"textKey\": \"fill me\"}", "d": **`
	if !strings.HasPrefix(got, want) {
		t.Error(got)
	}
	if got := string(Shielded(file)); strings.Contains(got, "fill me") {
		t.Error(got)
	}
}
