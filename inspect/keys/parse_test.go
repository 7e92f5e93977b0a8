package keys_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

func TestAKeyOfEntraIsReadInFull(t *testing.T) {
	t.Parallel()
	set := setOf(t, entraKey(t, 0), entraKey(t, 1))
	k := set.Keys[0]
	got := []any{
		len(set.Keys), k.Type, k.Bits, k.Use, k.Algorithm, k.ID == k.X5T, k.Issuer, k.Private,
		k.Fault, len(k.Notes),
	}
	want := []any{
		2, "RSA", 2048, "sig", "", true,
		"https://login.microsoftonline.com/{tenantid}/v2.0", false, "", 0,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	c, ok := k.Certificate()
	if !ok || c.Fault != "" || !c.NotBefore.Before(c.NotAfter) ||
		c.NotBefore.Location() != time.UTC {
		t.Errorf("certificate: %+v, %v", c, ok)
	}
	if len(k.Thumbprint()) != 43 {
		t.Errorf("thumbprint %q", k.Thumbprint())
	}
}

// loaded is what becomes of a set: how many keys can be used and how many can't, how many have
// something odd, and how many a certificate that is broken or not theirs.
type loaded struct{ Good, Broken, Noted, BadCertificate int }

func load(set *keys.Set) loaded {
	var l loaded
	for _, k := range set.Keys {
		if k.Fault != "" {
			l.Broken++
		} else {
			l.Good++
		}
		if len(k.Notes) > 0 {
			l.Noted++
		}
		if c, ok := k.Certificate(); ok && c.Fault != "" {
			l.BadCertificate++
		}
	}
	return l
}

// Entra's own sets, and the kinds of broken sets that Microsoft's library is tested with
// (AzureAD/azure-activedirectory-identitymodel-extensions-for-dotnet).
func TestEverySetLoadsKeyByKey(t *testing.T) {
	t.Parallel()
	with := func(n int, members map[string]any) map[string]any {
		key := entraKey(t, n)
		maps.Copy(key, members)
		return key
	}
	good, n := entraKey(t, 0), entraKey(t, 1)["n"].(string)
	foreign := map[string]any{"x5c": entraKey(t, 2)["x5c"]}
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(n) + "=="
	tests := []struct {
		name string
		list []map[string]any
		want loaded
	}{
		{"a set of Entra", []map[string]any{good, with(1, nil), with(2, nil)}, loaded{Good: 3}},
		{
			"numbers in standard base64",
			[]map[string]any{good, with(1, map[string]any{"n": standard})},
			loaded{Good: 2, Noted: 1},
		},
		{
			"the certificate of another key",
			[]map[string]any{good, with(1, foreign)},
			loaded{Good: 2, BadCertificate: 1},
		},
		{
			"a certificate that is no base64",
			[]map[string]any{good, with(1, map[string]any{"x5c": []string{"%"}})},
			loaded{Good: 2, BadCertificate: 1},
		},
		{
			"a certificate that can't be read",
			[]map[string]any{good, with(1, map[string]any{"x5c": []string{"AAAA"}})},
			loaded{Good: 2, BadCertificate: 1},
		},
		{
			"a thumbprint of another certificate",
			[]map[string]any{good, with(1, map[string]any{"x5t": good["x5t"]})},
			loaded{Good: 2, BadCertificate: 1},
		},
		{
			"a key without its modulus",
			[]map[string]any{good, with(1, map[string]any{"n": ""})},
			loaded{Good: 1, Broken: 1},
		},
		{"nothing but a certificate", []map[string]any{{"x5c": good["x5c"]}}, loaded{Broken: 1}},
		{
			"a type that nobody knows",
			[]map[string]any{good, with(1, map[string]any{"kty": "XYZ"})},
			loaded{Good: 1, Broken: 1},
		},
		{
			"curves beside RSA",
			[]map[string]any{
				good, jwk(t, ecKey().Public(), "ec", nil), jwk(t, edKey().Public(), "ed", nil),
			},
			loaded{Good: 3},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, load(setOf(t, test.list...))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is private is flagged, and so is a secret.
func TestTheTypeAndSizeOfEveryKindOfKey(t *testing.T) {
	t.Parallel()
	ec521, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for want, key := range map[string]any{
		"EC 521":           ec521.Public(),
		"EC 521 private":   ec521,
		"EC 256":           ecKey().Public(),
		"OKP 256":          edKey().Public(),
		"RSA 2048":         rsaKeys()[0].Public(),
		"RSA 2048 private": rsaKeys()[0],
		"oct 256 private":  []byte(strings.Repeat("s", 32)),
	} {
		k := setOf(t, jwk(t, key, "k", nil)).Keys[0]
		got := fmt.Sprintf("%s %d", k.Type, k.Bits)
		if k.Private {
			got += " private"
		}
		if got != want || k.Fault != "" {
			t.Errorf("%s (%s), want %s", got, k.Fault, want)
		}
	}
}

// A modulus with the fingerprint of CVE-2017-15361: 1 modulo each of the primes that it is tested
// with.
func TestAKeyThatROCABreaksIsNotUsed(t *testing.T) {
	t.Parallel()
	n := big.NewInt(2)
	for _, p := range []int64{
		11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157,
	} {
		n.Mul(n, big.NewInt(p))
	}
	n.Lsh(n, uint(2047-n.BitLen())).Add(n, big.NewInt(1))
	k := setOf(t, jwk(t, &rsaKeys()[0].PublicKey, "k", map[string]any{"n": raw(n)})).Keys[0]
	if k.Public() != nil || !strings.Contains(k.Fault, "CVE-2017-15361") {
		t.Errorf("fault %q", k.Fault)
	}
}

func TestABrokenKeySaysWhatIsWrong(t *testing.T) {
	t.Parallel()
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
		{
			"a type under a name in other case",
			map[string]any{"Kty": "RSA"},
			`the key has no kty, but "Kty": member names are lower case`,
		},
		{"no modulus", rsaWith(map[string]any{"n": nil}), "the key has no n"},
		{"an empty modulus", rsaWith(map[string]any{"n": ""}), "n is empty"},
		{
			"a modulus that is a number", rsaWith(map[string]any{"n": 7}),
			"n is a number, not a string",
		},
		{"a modulus that is no base64", rsaWith(map[string]any{"n": "a%b"}), "n is not base64url"},
		{
			"a modulus of a quarter of a million characters",
			rsaWith(map[string]any{"n": strings.Repeat("A", 1<<18+1)}),
			"n has 262145 characters; more than 262144 are not read",
		},
		{
			"a modulus of zero", rsaWith(map[string]any{"n": "AA"}),
			"the RSA key has 0 bits; gatewhy uses no key with fewer than 1024",
		},
		{
			"512 bits", rsaWith(map[string]any{"n": bits(512)}),
			"the RSA key has 512 bits; gatewhy uses no key with fewer than 1024",
		},
		{
			"too many bits", rsaWith(map[string]any{"n": bits(16392)}),
			"the RSA key has 16392 bits; gatewhy uses no key with more than 16384",
		},
		{
			"an even modulus",
			rsaWith(map[string]any{"n": raw(new(big.Int).Sub(n, big.NewInt(1)))}),
			"the RSA modulus is even, so it is not the product of two large primes",
		},
		{
			"the exponent one", rsaWith(map[string]any{"e": "AQ"}),
			"the RSA exponent is 1; it must be odd and at least 3",
		},
		{
			"an even exponent", rsaWith(map[string]any{"e": "AQAA"}),
			"the RSA exponent is 65536; it must be odd and at least 3",
		},
		{
			"a huge exponent",
			rsaWith(map[string]any{"e": strings.Repeat("A", 40) + "_w" + strings.Repeat("_", 40)}),
			"the RSA exponent has 248 bits; more than 31 are not used",
		},
		{
			"a point off the curve",
			map[string]any{
				"kty": "EC", "crv": "P-256", "x": raw(big.NewInt(0).SetBit(big.NewInt(1), 255, 1)),
				"y": raw(big.NewInt(0).SetBit(big.NewInt(1), 255, 1)),
			},
			"the key can't be used: invalid EC key, X/Y are not on declared curve",
		},
		{
			"a curve that is not known",
			map[string]any{"kty": "EC", "crv": "P-257", "x": "AA", "y": "AA"},
			"the key can't be used: unsupported elliptic curve 'P-257'",
		},
		{"no curve", map[string]any{"kty": "EC", "x": "AA", "y": "AA"}, "the key has no crv"},
		{"a secret that is empty", map[string]any{"kty": "oct", "k": ""}, "k is empty"},
		{
			"Ed25519 of low order",
			map[string]any{"kty": "OKP", "crv": "Ed25519", "x": strings.Repeat("A", 43)},
			"the key can't be used: invalid Ed25519 public key, low-order point",
		},
		{
			"X25519, which signs nothing",
			map[string]any{"kty": "OKP", "crv": "X25519", "x": strings.Repeat("A", 43)},
			`the curve "X25519" is not used to sign tokens`,
		},
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
	t.Parallel()
	public := &rsaKeys()[0].PublicKey
	padded := b64(string(public.N.Bytes())) + "=="
	tests := []struct {
		name string
		key  map[string]any
		want []string
	}{
		{
			"padded base64", jwk(t, public, "k", map[string]any{"n": padded}),
			[]string{"loose-base64"},
		},
		{"1024 bits", jwk(t, public, "k", map[string]any{"n": bits(1024)}), []string{"short-key"}},
		{
			"an alg that does not exist", jwk(t, public, "k", map[string]any{"alg": "SHA256"}),
			[]string{"unknown-algorithm"},
		},
		{
			"an alg of another type", jwk(t, public, "k", map[string]any{"alg": "ES256"}),
			[]string{"algorithm-contradicts-type"},
		},
		{
			"a kid that is a number", jwk(t, public, "k", map[string]any{"kid": 7}),
			[]string{"wrong-type"},
		},
		{
			"a coordinate without its leading zeros", shortCoordinate(t),
			[]string{"short-coordinate"},
		},
		{
			"operations that are no list",
			jwk(t, public, "k", map[string]any{"key_ops": "verify"}),
			[]string{"wrong-type"},
		},
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

// shortCoordinate returns a key on P-256. One of its coordinates starts with a zero that is left
// out.
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

func TestATextThatIsNoKeySetSaysWhatItIs(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, cause string }{
		{"nothing", "", "the text is empty"},
		{"white space", " \n\t", "the text is empty"},
		{"only a byte order mark", "\ufeff", "the text is empty"},
		{
			"a page", "<!DOCTYPE html><html>Sign in</html>",
			"the text is an HTML or XML page, not a key set",
		},
		{
			"a discovery document", `{"issuer":"x","jwks_uri":"y"}`,
			"this is a discovery document, not a key set",
		},
		{
			"an error answer", `{"error":"invalid_tenant"}`,
			"this is an error answer, not a key set",
		},
		{"keys that are no list", `{"keys":"x"}`, `"keys" is a string, not a list of keys`},
		{"another object", `{"Keys":[]}`, `the object has no "keys"`},
		{"an empty list", `[]`, "the text is an empty list, not a key set"},
		{
			"a list of policies", `[{"assetId":"jwt-validation"},7]`,
			"the text is a list of what are not keys: none has a kty",
		},
		{"a number", `7`, "the text is a number, not a key set"},
		{
			"more than any key set has", `{"keys":[]}` + strings.Repeat(" ", 5<<20),
			"the text has more than 5 MiB",
		},
		{
			"broken PEM", "-----BEGIN PUBLIC KEY-----\nbad\n-----END PUBLIC KEY-----",
			"the PEM text is damaged",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := keys.Parse("keys.json", []byte(test.text))
			var e *source.Error
			if !errors.As(err, &e) || e.Cause != test.cause || e.Pos.File != "keys.json" ||
				len(e.Hints) == 0 {
				t.Errorf("got %#v, want the cause %q, and a hint", err, test.cause)
			}
		})
	}
	if _, err := keys.Parse("keys.json", []byte(`{"keys":[{},]}`)); err == nil {
		t.Error("a comma too many must be an error")
	}
}

func TestLooseSetsAreReadWithANote(t *testing.T) {
	t.Parallel()
	one := `{"kty":"oct","kid":"a","k":"AAAA"}`
	tests := []struct{ name, text, note string }{
		{"a bare list", "[" + one + "]", "bare-list"},
		{"a single key", one, "single-key"},
		{"a byte order mark", "\ufeff" + `{"keys":[` + one + "]}", "byte-order-mark"},
		{
			"a member that stands twice",
			`{"keys":[{"kty":"oct","kid":"x","kid":"a","k":"AAAA"}]}`, "duplicate-member",
		},
		{
			"keys that stand twice, of which the last count",
			`{"keys":[{"kty":"oct","kid":"x","k":"AAAA"}],"keys":[` + one + `]}`,
			"duplicate-member",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set := parse(t, "keys.json", []byte(test.text))
			if len(set.Keys) != 1 || set.Keys[0].ID != "a" || len(set.Notes) != 1 ||
				set.Notes[0].ID != test.note {
				t.Errorf("keys %v, notes %v", set.Keys, set.Notes)
			}
		})
	}
}

func TestAnEmptyListOfKeysCountsWhereItStandsLast(t *testing.T) {
	t.Parallel()
	set := parse(t, "keys.json", []byte(`{"keys":[{"kty":"oct","kid":"x","k":"AAAA"}],"keys":[]}`))
	if len(set.Keys) != 0 {
		t.Errorf("keys %v", set.Keys)
	}
}

// A certificate is the same whether the list of them, their escapes or a single text holds it.
func TestACertificateIsReadHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for _, x5c := range []string{`["AAAA"]`, `["\u0041AAA","x"]`, `"AAAA"`} {
		set := parse(t, "keys.json", []byte(`{"keys":[{"kty":"RSA","x5c":`+x5c+`}]}`))
		c, ok := set.Keys[0].Certificate()
		if !ok || !strings.HasPrefix(c.Fault, "x5c has no readable certificate") {
			t.Errorf("%s: %+v, %v", x5c, c, ok)
		}
	}
}

func TestTenThousandKeysAreRead(t *testing.T) {
	t.Parallel()
	text := `{"keys":[` + strings.Repeat(`{"kty":"oct","kid":"a","k":"AAAA"},`, 9999) +
		`{"kty":"oct","kid":"b","k":"AAAA"}]}`
	set := parse(t, "keys.json", []byte(text))
	if len(set.Keys) != 10000 || len(set.IDs()) != 2 {
		t.Errorf("%d keys, %d kids", len(set.Keys), len(set.IDs()))
	}
}

func TestPEMIsReadWithAndWithoutItsLines(t *testing.T) {
	t.Parallel()
	public := spki(t, rsaKeys()[0].Public())
	withLines := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
	pkcs1 := string(
		pem.EncodeToMemory(
			&pem.Block{
				Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&rsaKeys()[0].PublicKey),
			}))
	bare := base64.StdEncoding.EncodeToString(public)
	tests := []struct{ name, text string }{
		{"with header and footer lines", withLines},
		{"as PKCS #1", pkcs1},
		{"without them", bare},
		{"without them, in lines", bare[:64] + "\n" + bare[64:128] + "\r\n" + bare[128:]},
		{"indented", "\n  " + strings.ReplaceAll(bare, "A", "A ") + "\n"},
	}
	token := signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"whatever"}`, claims)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set, err := keys.ParsePEM("textKey", test.text)
			if err != nil {
				t.Fatal(err)
			}
			if r := verify(token, set); r.Reason != keys.SignatureVerified {
				t.Errorf("%v: %s", r.Reason, r.Why)
			}
		})
	}
}

func TestPEMMayHaveLinesAboveIt(t *testing.T) {
	t.Parallel()
	public := spki(t, rsaKeys()[0].Public())
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	above := "Bag Attributes\n    friendlyName: gateway\nsubject=CN = gateway\n"
	set, err := keys.Parse("key.pem", append([]byte(above), text...))
	if err != nil || len(set.Keys) != 1 || set.Keys[0].Fault != "" || !set.Pinned {
		t.Errorf("got %v, %v", set, err)
	}
}

func TestPEMOfOtherTypes(t *testing.T) {
	t.Parallel()
	ec := base64.StdEncoding.EncodeToString(spki(t, ecKey().Public()))
	ed := base64.StdEncoding.EncodeToString(spki(t, edKey().Public()))
	for name, test := range map[string]struct {
		text, token string
	}{
		"an elliptic curve": {ec, sign(t, jose.ES256, ecKey(), "", claims)},
		"Ed25519":           {ed, sign(t, jose.EdDSA, edKey(), "", claims)},
	} {
		set, err := keys.ParsePEM("textKey", test.text)
		if err != nil {
			t.Fatal(err)
		}
		if r := verify(test.token, set); r.Reason != keys.SignatureVerified {
			t.Errorf("%s: %v: %s", name, r.Reason, r.Why)
		}
	}
}

func TestPEMOfAPrivateKeyIsRefused(t *testing.T) {
	t.Parallel()
	der, err := x509.MarshalPKCS8PrivateKey(rsaKeys()[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"with lines":    string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"without lines": base64.StdEncoding.EncodeToString(der),
	} {
		set, err := keys.ParsePEM("textKey", text)
		if err != nil {
			t.Fatal(err)
		}
		if k := set.Keys[0]; !k.Private || k.Fault == "" || k.Public() != nil {
			t.Errorf("%s: private %v, fault %q", name, k.Private, k.Fault)
		}
	}
}

func TestASecretIsNoPEM(t *testing.T) {
	t.Parallel()
	if _, err := keys.ParsePEM("textKey", "your-(256|384|512)-bit-secret"); err == nil {
		t.Error("want an error")
	}
	set, err := keys.ParsePEM("textKey",
		base64.StdEncoding.EncodeToString([]byte("a secret in base64, and no key")))
	if err != nil || set.Keys[0].Fault == "" {
		t.Errorf("want a key with a fault, got %v, %v", set, err)
	}
}

func spki(t *testing.T, public any) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestTwinsAreTheSameKeyUnderAnyKid(t *testing.T) {
	t.Parallel()
	set := setOf(t,
		publicKey(t, 0, "one"), publicKey(t, 1, "two"), publicKey(t, 0, "three"),
		jwk(t, &ecKey().PublicKey, "four", nil), jwk(t, &ecKey().PublicKey, "four", nil),
		map[string]any{"kty": "oct", "k": "AAAA", "kid": "five"},
		map[string]any{"kty": "oct", "k": "AAAB", "kid": "six"},
		map[string]any{"kty": "XYZ", "kid": "seven"}, map[string]any{"kty": "XYZ", "kid": "eight"},
	)
	twins := set.Twins()
	if len(twins) != 2 || len(twins[0]) != 2 || len(twins[1]) != 2 {
		t.Fatalf("got %v, want the twins of keys 1 and 4", twins)
	}
	if twins[0][0] != set.Keys[0] || twins[0][1] != set.Keys[2] || twins[1][0] != set.Keys[3] {
		t.Errorf("got %v", twins)
	}
}

func TestAUnionHasEveryKeyOnceAndPrefersTheOneWithAnIssuer(t *testing.T) {
	t.Parallel()
	v1 := setOf(t, publicKey(t, 0, "one"), publicKey(t, 1, "two"))
	v2 := setOf(t,
		jwk(
			t, &rsaKeys()[0].PublicKey, "one",
			map[string]any{"issuer": mint.V2Issuer("{tenantid}")},
		),
		publicKey(t, 2, "three"), map[string]any{"kty": "XYZ"})
	union := keys.Union("both", v1, v2)
	if diff := cmp.Diff([]string{"one", "two", "three"}, union.IDs()); diff != "" ||
		len(union.Keys) != 4 {
		t.Errorf("%d keys (-want +got):\n%s", len(union.Keys), diff)
	}
	if union.Keys[0].Issuer == "" {
		t.Error("the key that names its issuer is lost")
	}
	if refusals := union.Refusals(); len(refusals) != 1 {
		t.Errorf("%+v", refusals)
	}
	other := keys.Union("both", v1, setOf(t, publicKey(t, 2, "one")))
	if len(other.Find("one")) != 2 || len(other.Notes) != 1 {
		t.Errorf("two keys of one kid: %v, %v", other.IDs(), other.Notes)
	}
}

// The example of RFC 7638, section 3.1.
func TestThumbprintOfRFC7638(t *testing.T) {
	t.Parallel()
	set := parse(t, "key", []byte(`{"kty":"RSA","e":"AQAB","alg":"RS256","kid":"2011-04-29","n":"`+
		"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_B"+
		"JECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_F"+
		"DW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4"+
		"vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"+`"}`))
	const want = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
	if got := set.Keys[0].Thumbprint(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPrivateMembersAreFlaggedAndNotKept(t *testing.T) {
	t.Parallel()
	set := setOf(t, jwk(t, rsaKeys()[0], "private", nil),
		jwk(t, &rsaKeys()[0].PublicKey, "public", nil))
	if !set.Keys[0].Private || set.Keys[1].Private {
		t.Errorf("private: %v, %v", set.Keys[0].Private, set.Keys[1].Private)
	}
	if _, ok := set.Keys[0].Public().(*rsa.PublicKey); !ok {
		t.Errorf("the key kept is %T", set.Keys[0].Public())
	}
}

func TestAKeyPrintsAsItsName(t *testing.T) {
	t.Parallel()
	set := keys.FromSecret([]byte("0123456789abcdef0123456789abcdef"))
	if got := set.Keys[0].String() + set.Keys[0].GoString() + set.String() +
		set.GoString(); strings.Contains(got, "0123") || strings.Contains(got, "48") {
		t.Errorf("the secret is in %q", got)
	}
}
