package inspect

import (
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", ".", "..", signed(`{"aud":"a"}`), signed(`{"a":1,"a":2}`), signed(`[]`), withHeader(`{"alg":"none"}`), "a.b.c.d.e", "eyJ…"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		token := Parse(text)
		if token.Fault == nil && (token.Shape != Signed || token.Header == nil || token.Claims == nil) {
			t.Fatalf("a token without a fault lacks a part: %q", text)
		}
		if token.Fault != nil {
			mustBePrintable(t, token.Fault.Message)
		}
		for _, o := range token.Observations {
			mustBePrintable(t, o.Path)
			mustBePrintable(t, o.Message)
		}
		if token.Shape == Signed && !strings.HasPrefix(token.Compact(), token.SigningInput()+".") {
			t.Fatalf("%q does not start with %q", token.Compact(), token.SigningInput())
		}
	})
}

func mustBePrintable(t *testing.T, text string) {
	t.Helper()
	if Safe(text) != text {
		t.Fatalf("not fit for a terminal: %q", text)
	}
}
