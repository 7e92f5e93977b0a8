package source

import (
	"errors"
	"strings"
	"testing"
)

func TestASecretIsToldFromAName(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want bool
	}{
		{"skipClientIdValidation", false},
		{"jwt-validation-1.0.0-configuration", false},
		{"gateway.mulesoft.com/v1alpha1", false},
		{"https://login.microsoftonline.com/5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11/v2.0", false},
		{"5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11", false},
		{"18446744073709", false},
		{"s3cr3t", false},
		{"s3cr3tOpaqueTokenValueThatIsLongEnough0987654321", true},
		{"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhYmUifQ.c2lnbmF0dXJl", true},
		{"5c1f0a7e3b0d4a559c3e7f0e2b6d9a11", true},
		{"kXwPqRtYbNmZsDfGhJkL", true},
	}
	for _, test := range tests {
		if got := LooksSecret(test.text); got != test.want {
			t.Errorf("LooksSecret(%q) = %v, want %v", test.text, got, test.want)
		}
	}
}

func TestAMemberThatHoldsASecretIsToldByItsName(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		want bool
	}{
		{"textKey", true},
		{"text_key", true},
		{"api-key", true},
		{"authorizationValue", true},
		{"clientSecret", true},
		{"private_key_id", true},
		{"d", true},
		{"key", false},
		{"keys", false},
		{"signingKeyLength", false},
		{"jwtKeyOrigin", false},
		{"supportedAudiences", false},
	}
	for _, test := range tests {
		if got := isSecret(test.name); got != test.want {
			t.Errorf("isSecret(%q) = %v, want %v", test.name, got, test.want)
		}
	}
}

func TestAMessageShowsNothingOfASecret(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3tOpaqueTokenValueThatIsLongEnough0987654321"
	tests := []struct{ name, file, text, want string }{
		{
			"a file that is one token", "p.txt", secret + "\n",
			"p.txt:1:1: this looks like a token or a secret, not like JSON or YAML",
		},
		{
			"a JSON file that is one token", "p.json", "\n" + secret,
			"p.json:2:1: this looks like a token or a secret, not like JSON or YAML",
		},
		{
			"a token without its quotes", "p.json", `{"a": ` + secret + `}`,
			"p.json:1:7: not JSON: text that looks like a token needs double quotes",
		},
		{
			"a token behind a missing comma", "p.json", `["a" "` + secret + `"]`,
			"p.json:1:6: not JSON: a comma is missing before text that looks like a token",
		},
		{
			"a token behind the end", "p.json", `{} ` + secret + "\n",
			"p.json:1:4: not JSON: more text follows the end of the JSON: text that looks like " +
				"a " +
				"token",
		},
		{
			"a line of YAML that is a token", "p.yaml", "a: 1\n" + secret + "\nc: 3\n",
			"p.yaml:2:1: not YAML: a colon is missing after text that looks like a token",
		},
		{
			"a name is still told", "p.json", "{\"a\": 1\n\"skipClientIdValidation\": true}",
			`p.json:2:1: not JSON: a comma is missing before "skipClientIdValidation"`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Read(test.file, []byte(test.text)); err == nil ||
				err.Error() != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

func TestAPartOfATokenIsNeverShown(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`x'y`, `{"a" "b"}`, `{"a": b}`, `{"a": 1, c: 2}`, `{} xy`, `{"a": +7}`, `xyz`, `["a" "b"]`,
	} {
		_, err := ReadPart("header", []byte(text))
		if err == nil {
			t.Fatalf("%s could be read", text)
		}
		cause := strings.TrimPrefix(errorCause(t, err), "not JSON: ")
		if strings.Contains(cause, `"`) || strings.Contains(cause, "xy") ||
			strings.Contains(cause, "+7") {
			t.Errorf("%s: %s", text, cause)
		}
	}
}

func errorCause(t *testing.T, err error) string {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	return e.Cause
}
