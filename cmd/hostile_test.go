package cmd

import (
	"testing"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// The escapes that a terminal acts on: CSI, OSC 0, 8 and 52, C1 controls, carriage return,
// backspace, NUL, and characters that turn the direction of text, take no room or break a line.
// Once as JSON has them and once raw.
const (
	escapes = `\u001b[31m\u001b]0;t\u0007\u001b]8;;http://x\u001b\\\u001b]52;c;aGk=\u0007` +
		`\u0080\u009b2J\u009f\r\b\u0000\u202e\u2066\u200b\u200f\u2028\u2029\ufeff`
	rawEscapes = "\x1b[31m\x1b]0;t\a\x1b]8;;x\x1b\\\x1b]52;c;aGk=\a" +
		"\u0080\u009b2J\u009f\r\b\u202e\u2066\u200b\u200f\u2028\u2029\ufeff"
)

// hostileTimes are when the tokens of this file are good, and hostileAt the instant at which they
// are looked at.
const (
	hostileTimes = `"nbf":1778061300,"exp":1778065200`
	hostileAt    = "1778064000" // 2026-05-06T10:40:00Z
	hostileBase  = `"iss":"https://login.microsoftonline.com/` + mint.Tenant + `/v2.0",` +
		`"ver":"2.0","aud":"` + mint.API + `"`
)

// signer writes tokens that its key signed.
type signer struct {
	t   *testing.T
	key *mint.Key
}

func newSigner(t *testing.T, name string) signer {
	t.Helper()
	key, err := keyNamed(name, "RS256")
	if err != nil {
		t.Fatal(err)
	}
	return signer{t, key}
}

// sign signs claims under a header that has further members.
func (s signer) sign(alg, members, claims string) string {
	s.t.Helper()
	token, err := s.key.Sign(
		alg,
		[]byte(`{"alg":"`+alg+`","kid":"`+s.key.ID+`"`+members+`}`),
		[]byte(claims),
	)
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

func (s signer) good() string { return s.header("") }

// header signs good claims under a header that has further members.
func (s signer) header(members string) string {
	return s.sign("RS256", members, `{`+hostileBase+`,`+hostileTimes+`}`)
}

// with signs good claims and further ones.
func (s signer) with(claims string) string {
	return s.sign("RS256", "", `{`+hostileBase+`,`+hostileTimes+`,`+claims+`}`)
}

// exp signs good claims with another exp.
func (s signer) exp(value string) string {
	return s.sign("RS256", "", `{`+hostileBase+`,"nbf":1778061300,"exp":`+value+`}`)
}
