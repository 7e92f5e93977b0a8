package report

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
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
		"a key in a list, and in an object": {
			"a.json", `{"textKey": ["hunter2"], "clientSecret": {"is": {"a": "hunter2"}}}`,
		},
		"keys of other policies": {
			"a.yaml", "openaiApiKey: hunter2\njwtKey: hunter2\nawsSessionToken: hunter2\n",
		},
		"a header with credentials": {
			"a.json", `{"inboundHeaders": [{"key": "Authorization", "value": "Basic hunter2"}]}`,
		},
		"such a header in a configuration that is a text": {
			"a.json", `{"c": "{\"h\": [{\"key\": \"X-Api-Key\", \"value\": \"hunter2\"}]}"}`,
		},
		"a configuration in lines of the command line": {
			"a.json", `{"Configuration": "signingMethod: hmac\ntextKey: hunter2\n"}`,
		},
		"an expression that is the secret": {
			"a.json", `{"clientSecretExpression": "#['hunter2']"}`,
		},
		"an expression that is the secret without quotes": {
			"a.json", `{"clientSecretExpression": "#[hunter2]"}`,
		},
		"an expression with the secret for callers without one": {
			"a.json", `{"clientSecretExpression": "#[attributes.headers['s'] default 'hunter2']"}`,
		},
		"an expression that compares with the secret": {
			"a.json", `{"clientSecretExpression": "#[\"hunter2\" == attributes.headers['s']]"}`,
		},
		"a passphrase, and keys of an account": {
			"a.yaml",
			"keyPassphrase: hunter2\nsharedAccessKey: hunter2\naccount_key: hunter2\n",
		},
		"a private key in a field of any name": {
			"a.json", `{"pem": "-----BEGIN EC PRIVATE KEY-----\nhunter2\n"}`,
		},
		"a key in a connection string": {
			"a.json", `{"queue": "Endpoint=sb://a.example/;SharedAccessKey=hunter2"}`,
		},
		"the private half of a key": {
			"a.json", `{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "hunter2"}]}`,
		},
		"one in a key set that is a text": {
			"a.yaml", "jwks: '{\"keys\": [{\"kty\": \"oct\", \"k\": \"hunter2\"}]}'\n",
		},
		"a password in a URL": {"a.json", `{"jwksUrl": "https://me:hunter2@keys.example/k"}`},
		"a key in a URL":      {"a.yaml", "jwksUrl: https://f.example/keys?a=1&code=hunter2\n"},
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

func TestAFieldOfAnotherNameIsNoSecret(t *testing.T) {
	for _, text := range []string{
		`{"jwtKeyOrigin": "jwks", "httpCachingKey": "#[attributes.path]", "key": "iss"}`,
		`{"mandatoryCustomClaims": [{"key": "iss", "value": "https://sts.example/"}]}`,
		`{"jwksUrl": "https://login.example/t/discovery/keys?appid=1"}`,
		`{"Configuration": "jwtKeyOrigin: jwks\nclientSecretExpression: #[vars.a]\n"}`,
	} {
		file, err := source.Read("a.json", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(Shielded(file)); got != text {
			t.Error(got)
		}
	}
}

func TestAChangeIsShownWithoutASecret(t *testing.T) {
	for change, want := range map[rules.FieldChange]rules.FieldChange{
		{Field: "textKey", From: `["hunter2"]`, To: "hunter2"}: {
			Field: "textKey", From: "(secret)", To: "(secret)",
		},
		{Field: "textKey", To: "fill me", Fill: "the key"}: {
			Field: "textKey", To: "fill me", Fill: "the key",
		},
		{Field: "jwksUrl", From: "a", To: "b"}: {Field: "jwksUrl", From: "a", To: "b"},
	} {
		if got := ShownChange(change); got != want {
			t.Errorf("%+v", got)
		}
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

func TestAFileIsOpenedWithoutItsSecrets(t *testing.T) {
	const token = "eyJhbGciOiJub25lIn0.eyJhdWQiOiJhcGk6Ly9vcmRlcnMifQ." +
		"c2lnbmF0dXJlLXRoYXQtaXMtbG9uZw"
	for name, row := range map[string]struct{ file, text, want string }{
		"a key in JSON": {
			"a.json", `{"textKey": "hunter2", "a": 1}`, `{"textKey": "${secret}", "a": 1}`,
		},
		"a key in Terraform": {
			"a.tf", "resource \"x\" \"y\" {\n  text_key = \"hunter2\"\n}\n",
			"resource \"x\" \"y\" {\n  text_key = \"${secret}\"\n}\n",
		},
		"credentials in YAML": {
			"a.yaml", "a: 1\nauthorizationValue: Basic hunter2\nb: 2\n",
			"a: 1\nauthorizationValue: ${secret}\nb: 2\n",
		},
		"a key over several lines of YAML": {
			"a.yaml", "a: 1\ntextKey: |\n  hunter2\n  hunter2\nb: 2\n",
			"a: 1\ntextKey: ${secret}\nb: 2\n",
		},
		"a client's secret in TOML": {
			"a.cfg", "client_secret = \"hunter2\"\nfooter = \"-\"\n",
			"client_secret = \"${secret}\"\nfooter = \"-\"\n",
		},
		"a configuration that is a text": {
			"a.json", `{"configurationData": "{\"textKey\": \"hunter2\"}"}`,
			`{"configurationData": "${secret}"}`,
		},
		"a token in a comment": {"a.yaml", "# " + token + "\na: 1\n", "# ${secret}\na: 1\n"},
		"a token in a value": {
			"a.json", `{"a": "Bearer ` + token + `"}`, `{"a": "Bearer ${secret}"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := Open(row.file, row.text)
			if !ok || strings.Contains(got, "hunter2") || strings.Contains(got, token) ||
				got != row.want {
				t.Errorf("%v\n%s\nwant\n%s", ok, got, row.want)
			}
		})
	}
	if got, ok := Open("a.json", `{"textKey": "hunter2"`); ok || got != "" {
		t.Errorf("a file that can't be read is opened: %q", got)
	}
}

// What pull keeps of a policy has marks in the place of secrets, whatever their policy calls them.
func TestAPulledPolicyIsKeptWithoutItsSecrets(t *testing.T) {
	const text = `{"openaiApiKey": "hunter2", "textKey": ["hunter2"], "jwtKeyOrigin": "jwks",` +
		`"inboundHeaders": [{"key": "Authorization", "value": "Basic hunter2"}],` +
		`"passphrase": "hunter2", "queue": "Endpoint=sb://a.example/;SharedAccessKey=hunter2",` +
		`"upstream": "Basic bWU6aHVudGVyMg==", ` +
		`"pems": ["-----BEGIN PRIVATE KEY-----\nhunter2"],` +
		`"forwarded": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJhIjoiaHVudGVyMiJ9.aHVudGVyMg"}`
	file, err := source.Read("a.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p := &PullFiles{out: &Pulling{}}
	kept := p.masked(file.Documents[0]).JSON()
	if strings.Contains(kept, "hunter2") || strings.Contains(kept, "h1bnRlcj") ||
		strings.Contains(kept, "aHVudGVyMg") || !strings.Contains(kept, "jwks") ||
		p.out.Secrets != 8 {
		t.Errorf("%d secrets in %s", p.out.Secrets, kept)
	}
}
