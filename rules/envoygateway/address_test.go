package envoygateway

import (
	"net/mail"
	"testing"
)

func TestWhatIsSurelyNoAddressIsNoneToGo(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"a@b", "a.b@c.d", " a@b ", "ä@b.example", "a+b@c", "@", "a@", "@b",
		"a@b@c", "a b@c", "a@b c",
		".a@b", "a.@b", "a..b@c", "a@b.", "a@.b", "a@b..c", "a\x00@b", "a@b\x7f", "no address",
	} {
		_, err := mail.ParseAddress(text)
		if got := notAnAddress(text); got != (err != nil) {
			t.Errorf("%q: %v, and net/mail says %v", text, got, err)
		}
	}
	for _, text := range []string{`"a b"@c`, "A <a@b>", "a@[127.0.0.1]", "a@b (comment)"} {
		if notAnAddress(text) {
			t.Errorf("%q may be an address", text)
		}
	}
}
