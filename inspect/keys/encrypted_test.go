package keys_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// Encrypted tokens are told as what they are and never decrypted, whatever key lies beside them: those of Wycheproof, each of its
// cases, and those of RFC 7520 (sections 5 and 6) and RFC 8037.
func TestEncryptedVectorsAreNeverDecrypted(t *testing.T) {
	run := 0
	for _, c := range wycheproof(t, "json_web_encryption") {
		run++
		mustStayEncrypted(t, c.Comment, compact(c.JWE), c.set)
	}
	for _, name := range filesIn(t, "vectors/ietf-jose+cookbook/") {
		if !strings.HasPrefix(name, "jwe__") && name != "curve25519__ecdh-es.json" && !strings.HasPrefix(name, "6.") {
			continue
		}
		output := encryptedOutput(t, name)
		for _, text := range []json.RawMessage{output.Compact, output.JSON, output.Flat} {
			if text != nil {
				run++
				mustStayEncrypted(t, name, compact(text), nil)
			}
		}
	}
	if run < 139+30 {
		t.Errorf("only %d tokens were tried", run)
	}
}

type encrypted struct {
	Compact json.RawMessage
	JSON    json.RawMessage
	Flat    json.RawMessage `json:"json_flat"`
}

func encryptedOutput(t *testing.T, name string) encrypted {
	t.Helper()
	var example struct {
		Output  encrypted
		Encrypt struct{ Output encrypted }
	}
	decodeJSON(t, corpus(t, "vectors/ietf-jose+cookbook/"+name), &example)
	if example.Output.JSON == nil && example.Output.Compact == nil {
		return example.Encrypt.Output
	}
	return example.Output
}

// mustStayEncrypted checks that nothing is read of a token but its header.
func mustStayEncrypted(t *testing.T, name, text string, set *keys.Set) {
	t.Helper()
	token := inspect.Parse(text)
	if token.Claims != nil || token.Payload != nil || token.Fault == nil {
		t.Errorf("%s: something was read of it (%v)", name, token.Fault)
	}
	if got := keys.Verify(token, set); got.Outcome != keys.Fail || got.Reason != keys.NoReadableJWS {
		t.Errorf("%s: %v %v", name, got.Outcome, got.Reason)
	}
}

// The keys of RFC 7520, section 3: what is private is flagged, a secret is one.
func TestCookbookKeysAreRead(t *testing.T) {
	for name, want := range map[string]string{
		"jwk__3_1.ec_public_key":                 "EC 521",
		"jwk__3_2.ec_private_key":                "EC 521 private",
		"jwk__3_3.rsa_public_key":                "RSA 2048",
		"jwk__3_4.rsa_private_key":               "RSA 2048 private",
		"jwk__3_5.symmetric_key_mac_computation": "oct 256 private",
		"jwk__3_6.symmetric_key_encryption":      "oct 256 private",
	} {
		k := parse(t, name, corpus(t, "vectors/ietf-jose+cookbook/"+name+".json")).Keys[0]
		if got := shortKey(k); got != want || k.Fault != "" {
			t.Errorf("%s: %s (%s), want %s", name, got, k.Fault, want)
		}
	}
}
