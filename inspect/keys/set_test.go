package keys_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestAKeyOfEntraIsReadInFull(t *testing.T) {
	set := parse(t, "v2", corpus(t, "entra/jwks/AADCommonV2JwksString.json"))
	k := set.Keys[0]
	got := []any{len(set.Keys), k.Type, k.Bits, k.Use, k.Algorithm, k.ID == k.X5T, k.Issuer, k.Private, k.Fault, len(k.Notes)}
	want := []any{len(set.Keys), "RSA", 2048, "sig", "", true, "https://login.microsoftonline.com/{tenantid}/v2.0", false, "", 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	c, ok := k.Certificate()
	if !ok || c.Fault != "" || !c.NotBefore.Before(c.NotAfter) || c.NotBefore.Location() != time.UTC {
		t.Errorf("certificate: %+v, %v", c, ok)
	}
	if len(k.Thumbprint()) != 43 {
		t.Errorf("thumbprint %q", k.Thumbprint())
	}
}

// The example of RFC 7638, section 3.1.
func TestThumbprintOfRFC7638(t *testing.T) {
	set := parse(t, "key", []byte(`{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}`))
	if got, want := set.Keys[0].Thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestABrokenKeySaysWhatIsWrong(t *testing.T) {
	n := rsaKeys()[0].N
	rsaWith := func(members map[string]any) map[string]any {
		return jwk(t, &rsaKeys()[0].PublicKey, "k", members)
	}
	tests := []struct {
		name  string
		key   map[string]any
		fault string
	}{
		{"an unknown type", map[string]any{"kty": "XYZ"}, `the key type "XYZ" is not known`},
		{"no type", map[string]any{"kid": "k"}, "the key has no kty"},
		{"a type under a name in other case", map[string]any{"Kty": "RSA"}, `the key has no kty, but "Kty": the names of members are lower case`},
		{"no modulus", rsaWith(map[string]any{"n": nil}), "the key has no n"},
		{"an empty modulus", rsaWith(map[string]any{"n": ""}), "n is empty"},
		{"a modulus that is a number", rsaWith(map[string]any{"n": 7}), "n is a number, not a string"},
		{"a modulus that is no base64", rsaWith(map[string]any{"n": "a%b"}), "n is not base64url"},
		{"a modulus of a quarter of a million characters", rsaWith(map[string]any{"n": strings.Repeat("A", 1<<18+1)}), "n has 262145 characters; more than 262144 are not read"},
		{"a modulus of zero", rsaWith(map[string]any{"n": "AA"}), "the RSA key has 0 bits; less than 1024 is not used"},
		{"512 bits", rsaWith(map[string]any{"n": bits(512)}), "the RSA key has 512 bits; less than 1024 is not used"},
		{"too many bits", rsaWith(map[string]any{"n": bits(16392)}), "the RSA key has 16392 bits; more than 16384 is not used"},
		{"an even modulus", rsaWith(map[string]any{"n": raw(new(big.Int).Sub(n, big.NewInt(1)))}), "the RSA modulus is even, so it is no product of two primes"},
		{"the exponent one", rsaWith(map[string]any{"e": "AQ"}), "the RSA exponent is 1; it must be odd and at least 3"},
		{"an even exponent", rsaWith(map[string]any{"e": "AQAA"}), "the RSA exponent is 65536; it must be odd and at least 3"},
		{"a huge exponent", rsaWith(map[string]any{"e": strings.Repeat("A", 40) + "_w" + strings.Repeat("_", 40)}), "the RSA exponent has 248 bits; more than 31 are not used"},
		{"a point off the curve", map[string]any{"kty": "EC", "crv": "P-256", "x": raw(big.NewInt(0).SetBit(big.NewInt(1), 255, 1)), "y": raw(big.NewInt(0).SetBit(big.NewInt(1), 255, 1))}, "the key can't be used: invalid EC key, X/Y are not on declared curve"},
		{"a curve that is not known", map[string]any{"kty": "EC", "crv": "P-257", "x": "AA", "y": "AA"}, "the key can't be used: unsupported elliptic curve 'P-257'"},
		{"no curve", map[string]any{"kty": "EC", "x": "AA", "y": "AA"}, "the key has no crv"},
		{"a secret that is empty", map[string]any{"kty": "oct", "k": ""}, "k is empty"},
		{"Ed25519 of low order", map[string]any{"kty": "OKP", "crv": "Ed25519", "x": strings.Repeat("A", 43)}, "the key can't be used: invalid Ed25519 public key, low-order point"},
		{"X25519, which signs nothing", map[string]any{"kty": "OKP", "crv": "X25519", "x": strings.Repeat("A", 43)}, `the curve "X25519" signs no tokens`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := setOf(t, test.key).Keys[0]
			if k.Fault != test.fault {
				t.Errorf("got %q, want %q", k.Fault, test.fault)
			}
			if k.Public() != nil {
				t.Error("a broken key must have no public key")
			}
		})
	}
}

// raw writes a number as base64url.
func raw(n *big.Int) string { return b64(string(n.Bytes())) }

// bits writes an odd number of this many bits.
func bits(count int) string {
	n := new(big.Int).SetBit(big.NewInt(1), count-1, 1)
	return raw(n)
}

func TestWhatIsNoHindranceIsNoted(t *testing.T) {
	public := &rsaKeys()[0].PublicKey
	padded := b64(string(public.N.Bytes())) + "=="
	tests := []struct {
		name string
		key  map[string]any
		want []string
	}{
		{"padded base64", jwk(t, public, "k", map[string]any{"n": padded}), []string{"loose-base64"}},
		{"1024 bits", jwk(t, public, "k", map[string]any{"n": bits(1024)}), []string{"short-key"}},
		{"an alg that does not exist", jwk(t, public, "k", map[string]any{"alg": "SHA256"}), []string{"unknown-algorithm"}},
		{"an alg of another type", jwk(t, public, "k", map[string]any{"alg": "ES256"}), []string{"algorithm-contradicts-type"}},
		{"a kid that is a number", jwk(t, public, "k", map[string]any{"kid": 7}), []string{"wrong-type"}},
		{"a coordinate without its leading zeros", shortCoordinate(t), []string{"short-coordinate"}},
		{"operations that are no list", jwk(t, public, "k", map[string]any{"key_ops": "verify"}), []string{"wrong-type"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := setOf(t, test.key).Keys[0]
			var got []string
			for _, n := range k.Notes {
				got = append(got, n.ID)
			}
			if diff := cmp.Diff(test.want, got); diff != "" || k.Fault != "" {
				t.Errorf("fault %q (-want +got):\n%s", k.Fault, diff)
			}
		})
	}
}

// shortCoordinate returns a key on P-256 one of whose coordinates starts with a zero that is left out.
func shortCoordinate(t *testing.T) map[string]any {
	t.Helper()
	for {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if x := key.X.Bytes(); len(x) < 32 {
			return jwk(t, key.Public(), "k", map[string]any{"x": b64(string(x))})
		}
	}
}

func TestPrivateMembersAreFlaggedAndNotKept(t *testing.T) {
	set := setOf(t, jwk(t, rsaKeys()[0], "private", nil), jwk(t, &rsaKeys()[0].PublicKey, "public", nil))
	if !set.Keys[0].Private || set.Keys[1].Private {
		t.Errorf("private: %v, %v", set.Keys[0].Private, set.Keys[1].Private)
	}
	if _, ok := set.Keys[0].Public().(*rsa.PublicKey); !ok {
		t.Errorf("the key kept is %T", set.Keys[0].Public())
	}
}

func TestAKeyPrintsAsItsName(t *testing.T) {
	set := keys.FromSecret([]byte("0123456789abcdef0123456789abcdef"))
	if got := set.Keys[0].String() + set.Keys[0].GoString() + set.String() + set.GoString(); strings.Contains(got, "0123") || strings.Contains(got, "48") {
		t.Errorf("the secret is in %q", got)
	}
}

func TestATextThatIsNoKeySetSaysWhatItIs(t *testing.T) {
	tests := []struct{ name, text, cause string }{
		{"nothing", "", "the text is empty"},
		{"white space", " \n\t", "the text is empty"},
		{"only a byte order mark", "\ufeff", "the text is empty"},
		{"a page", "<!DOCTYPE html><html>Sign in</html>", "the text is an HTML or XML page, not a key set"},
		{"a discovery document", `{"issuer":"x","jwks_uri":"y"}`, "this is a discovery document, not a key set"},
		{"an error answer", `{"error":"invalid_tenant"}`, "this is an error answer, not a key set"},
		{"keys that are no list", `{"keys":"x"}`, `"keys" is a string, not a list of keys`},
		{"another object", `{"Keys":[]}`, `the object has no "keys"`},
		{"a number", `7`, "the text is a number, not a key set"},
		{"more than any key set has", `{"keys":[]}` + strings.Repeat(" ", 5<<20), "the text has more than 5 MiB"},
		{"broken PEM", "-----BEGIN PUBLIC KEY-----\nbad\n-----END PUBLIC KEY-----", "the PEM text is damaged"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := keys.Parse("keys.json", []byte(test.text))
			var e *source.Error
			if !errors.As(err, &e) || e.Cause != test.cause || e.Pos.File != "keys.json" {
				t.Errorf("got %#v, want the cause %q", err, test.cause)
			}
		})
	}
	if _, err := keys.Parse("keys.json", []byte(`{"keys":[{},]}`)); err == nil {
		t.Error("a comma too many must be an error")
	}
}

func TestLooseSetsAreReadWithANote(t *testing.T) {
	one := `{"kty":"oct","kid":"a","k":"AAAA"}`
	tests := []struct{ name, text, note string }{
		{"a bare list", "[" + one + "]", "bare-list"},
		{"a single key", one, "single-key"},
		{"a byte order mark", "\ufeff" + `{"keys":[` + one + "]}", "byte-order-mark"},
		{"a member that stands twice", `{"keys":[{"kty":"oct","kid":"x","kid":"a","k":"AAAA"}]}`, "duplicate-member"},
		{"keys that stand twice, of which the last count", `{"keys":[{"kty":"oct","kid":"x","k":"AAAA"}],"keys":[` + one + `]}`, "duplicate-member"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set := parse(t, "keys.json", []byte(test.text))
			if len(set.Keys) != 1 || set.Keys[0].ID != "a" || len(set.Notes) != 1 || set.Notes[0].ID != test.note {
				t.Errorf("keys %v, notes %v", set.Keys, set.Notes)
			}
		})
	}
}

func TestAnEmptyListOfKeysCountsWhereItStandsLast(t *testing.T) {
	set := parse(t, "keys.json", []byte(`{"keys":[{"kty":"oct","kid":"x","k":"AAAA"}],"keys":[]}`))
	if len(set.Keys) != 0 {
		t.Errorf("keys %v", set.Keys)
	}
}

// A certificate is the same whether the list of them, their escapes or a single text holds it.
func TestACertificateIsReadHoweverItIsWritten(t *testing.T) {
	for _, x5c := range []string{`["AAAA"]`, `["\u0041AAA","x"]`, `"AAAA"`} {
		set := parse(t, "keys.json", []byte(`{"keys":[{"kty":"RSA","x5c":`+x5c+`}]}`))
		c, ok := set.Keys[0].Certificate()
		if !ok || !strings.HasPrefix(c.Fault, "x5c holds no certificate that can be read") {
			t.Errorf("%s: %+v, %v", x5c, c, ok)
		}
	}
}

func TestTenThousandKeysAreRead(t *testing.T) {
	text := `{"keys":[` + strings.Repeat(`{"kty":"oct","kid":"a","k":"AAAA"},`, 9999) + `{"kty":"oct","kid":"b","k":"AAAA"}]}`
	set := parse(t, "keys.json", []byte(text))
	if len(set.Keys) != 10000 || len(set.IDs()) != 2 {
		t.Errorf("%d keys, %d kids", len(set.Keys), len(set.IDs()))
	}
}
