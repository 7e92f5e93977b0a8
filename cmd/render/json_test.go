package render

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestJSONEscapesWhatIsNotSafeToPrint(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"markup stays as it is", "<a&b>", `"<a&b>"`},
		{"letters of any script stay as they are", "Müller 東京", `"Müller 東京"`},
		{"a control character of C0", "a\x1b[2J", `"a\u001b[2J"`},
		{"a control character of C1", "a\u009b2J", `"a\u009b2J"`},
		{"delete", "a\x7f", `"a\u007f"`},
		{"a bidirectional override", "a\u202eb", `"a\u202eb"`},
		{"a zero-width space", "a\u200bb", `"a\u200bb"`},
		{"a tag character is a surrogate pair", "a\U000e0041", `"a\udb40\udc41"`},
		{"what is no UTF-8", "a\xff", `"a\ufffd"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := JSON(&b, test.value); err != nil {
				t.Fatal(err)
			}
			if got := b.String(); got != test.want+"\n" {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func FuzzJSONIsSafeAndMeansTheSame(f *testing.F) {
	f.Add("plain")
	f.Add("\u202e\x1b\u200b\U000e0041\u009b\x7f\u2028")
	f.Fuzz(func(t *testing.T, text string) {
		var b bytes.Buffer
		if err := JSON(&b, map[string]string{text: text}); err != nil {
			t.Fatal(err)
		}
		for _, r := range b.String() {
			if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("%U got out: %q", r, b.String())
			}
		}
		var back map[string]string
		if err := json.Unmarshal(b.Bytes(), &back); err != nil {
			t.Fatalf("%v: %q", err, b.String())
		}
		if utf8.ValidString(text) && back[text] != text {
			t.Fatalf("got %q back, want %q", back, text)
		}
	})
}
