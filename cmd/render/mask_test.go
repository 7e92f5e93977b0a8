package render

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestHideTokens(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain text stays", "an app-only token", "an app-only token"},
		{"a token goes, whatever stands around it", `{"t":"eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln"}`, `{"t":"(a token, not shown)"}`},
		{"one without a signature goes too", "x eyJhbGciOiJub25lIn0.eyJhIjoxfQ. y", "x (a token, not shown) y"},
		{"two tokens go both", "eyJhIjoxfQ.b.c eyJhIjoxfQ.b.c", "(a token, not shown) (a token, not shown)"},
		{"a header alone is none", "eyJhbGciOiJub25lIn0", "eyJhbGciOiJub25lIn0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := hideTokens(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func claimsOf(t *testing.T, text string) *source.Value {
	t.Helper()
	file, err := source.ReadJSON("claims", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file.Documents[0]
}

func TestMask(t *testing.T) {
	claims := claimsOf(t, `{"aud":"api://orders","upn":"abe@contoso.com","unique_name":"abe@contoso.com","emails":["a@b.c","abe@contoso.com"],"email":null,"name":"Al","nested":{"note":"for abe@contoso.com"}}`)
	tests := []struct {
		name   string
		redact bool
		want   string
	}{
		{
			"without redaction everything is shown", false,
			`{"aud":"api://orders","upn":"abe@contoso.com","unique_name":"abe@contoso.com","emails":["a@b.c","abe@contoso.com"],"email":null,"name":"Al","nested":{"note":"for abe@contoso.com"}}`,
		},
		{
			"with it the same value has the same mask everywhere", true,
			`{"aud":"api://orders","upn":"(masked 1)","unique_name":"(masked 1)","emails":["(masked 2)","(masked 1)"],"email":null,"name":"(masked 3)","nested":{"note":"for (masked 1)"}}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := NewMask(claims, test.redact).Value(claims).JSON(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestAMaskHidesPersonalValuesInSentences(t *testing.T) {
	mask := NewMask(claimsOf(t, `{"upn":"abe@contoso.com","name":"Al"}`), true)
	const text, want = "first abe@contoso.com, also Al", "first (masked 1), also Al"
	if got := mask.Text(text); got != want {
		t.Errorf("got %q, want %q: a short name would hit by chance", got, want)
	}
}
