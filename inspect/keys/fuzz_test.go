package keys_test

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// Whatever a key set holds, every key can either be used or says why not, and a token that none of its keys signed is
// never verified.
func FuzzKeySet(f *testing.F) {
	for _, text := range []string{
		`{"keys":[]}`, `[]`, `{"kty":"RSA"}`, "-----BEGIN PUBLIC KEY-----\n", "<html>", "\ufeff{}",
		`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"a","x5c":["AA"]}]}`,
		`{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},{"kty":"OKP","crv":"Ed25519","x":"AA"}]}`,
		`{"keys":[{"kty":"oct","k":"AAAA","kid":7,"alg":[],"key_ops":{}},null,[],7]}`,
	} {
		f.Add([]byte(text))
	}
	token := inspect.Parse(b64(`{"alg":"RS256","nonce":"x"}`) + "." + b64(`{}`) + "." + strings.Repeat("A", 342))
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := keys.Parse("keys.json", text)
		if err != nil {
			return
		}
		for _, k := range set.Keys {
			if k.Type != "oct" && (k.Public() != nil) != (k.Fault == "") {
				t.Errorf("%v: public %v, fault %q", k, k.Public() != nil, k.Fault)
			}
			k.Certificate()
			k.Thumbprint()
		}
		if r := keys.Verify(token, set); r.Outcome != keys.Fail {
			t.Errorf("verified: %v %s", r.Reason, r.Why)
		}
	})
}
