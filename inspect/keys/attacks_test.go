package keys_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// signers are a private key for every algorithm that we verify.
func signers(t *testing.T) map[jose.SignatureAlgorithm]any {
	t.Helper()
	secret := []byte(strings.Repeat("s", 64))
	all := map[jose.SignatureAlgorithm]any{
		jose.HS256: secret, jose.HS384: secret, jose.HS512: secret, jose.EdDSA: edKey(),
		jose.ES256: ecKey(), jose.ES384: ellipticKey(t, elliptic.P384()),
		jose.ES512: ellipticKey(t, elliptic.P521()),
	}
	for _, alg := range []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512,
	} {
		all[alg] = rsaKeys()[0]
	}
	if len(all) != len(keys.Algorithms()) {
		t.Fatalf("%d signers for %v", len(all), keys.Algorithms())
	}
	return all
}

func ellipticKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// published is the half of a key that verifies.
func published(key any) any {
	if signer, ok := key.(crypto.Signer); ok {
		return signer.Public()
	}
	return key
}

// What Envoy's tests of each type of key say (google/jwt_verify_lib, test/verify_jwk_*_test.cc).
// We differ in one case: Envoy tries a key without kid on a token with one. The six gateways that
// were measured do not, so the result only names the key that signed.
func TestEveryAlgorithmWithEveryWayToNameTheKey(t *testing.T) {
	t.Parallel()
	for alg, key := range signers(t) {
		public := published(key)
		with := func(kid string, members map[string]any) *keys.Set {
			return setOf(t, publicKey(t, 2, "other"), jwk(t, public, kid, members))
		}
		named, unnamed := sign(t, alg, key, "k", claims), sign(t, alg, key, "", claims)
		tests := []struct {
			name, token string
			set         *keys.Set
			want        keys.Reason
			verifier    bool
		}{
			{"the right kid", named, with("k", nil), keys.SignatureVerified, true},
			{"no kid in the token", unnamed, with("k", nil), keys.SignatureVerified, true},
			{"no kid in the set either", unnamed, with("", nil), keys.SignatureVerified, true},
			{"another kid", sign(t, alg, key, "x", claims), with("k", nil), keys.KidUnknown, true},
			{"a kid in only the token", named, with("", nil), keys.KidUnknown, true},
			{
				"the key's own alg", named, with("k", map[string]any{"alg": string(alg)}),
				keys.SignatureVerified, true,
			},
			{
				"another alg of the key", named, with("k", map[string]any{"alg": "none"}),
				keys.AlgorithmMismatch, true,
			},
			{"a wrong signature", alter(named), with("k", nil), keys.TextAltered, false},
		}
		for _, test := range tests {
			t.Run(string(alg)+" "+test.name, func(t *testing.T) {
				got := verify(test.token, test.set)
				if got.Reason != test.want || (got.Verifier != nil) != test.verifier {
					t.Errorf("%v by %v: %s", got.Reason, got.Verifier, got.Why)
				}
			})
		}
	}
}

// Each way to damage a token is refused, and go-jose agrees wherever it can read the token.
func TestNoDamagedTokenVerifiesAndGoJoseAgrees(t *testing.T) {
	t.Parallel()
	compared := 0
	for alg, key := range signers(t) {
		set := setOf(t, jwk(t, published(key), "k", nil))
		for _, payload := range []string{"", "\x00", strings.Repeat("\x00", 64), "x", claims} {
			good := sign(t, alg, key, "k", payload)
			for name, text := range damaged(good) {
				got := verify(text, set)
				if pass := got.Outcome == keys.Pass; pass != (name == "nothing") {
					t.Errorf("%s, payload %q, %s: %v %v", alg, payload, name, got.Outcome,
						got.Reason)
				}
				if want, ok := goJose(text, got); ok {
					compared++
					if want != (got.Outcome == keys.Pass) {
						t.Errorf("%s, payload %q, %s: we say %v, go-jose %v", alg, payload, name,
							got.Outcome, want)
					}
				}
			}
		}
	}
	if compared < 400 {
		t.Errorf("only %d tokens were compared", compared)
	}
}

// damaged makes variants of a token: the parts as Wycheproof's vectors have them (C2SP/wycheproof,
// json_web_signature_test.json).
func damaged(good string) map[string]string {
	parts := strings.Split(good, ".")
	header, payload, signature := parts[0], parts[1], parts[2]
	raw, _ := base64.RawURLEncoding.DecodeString(signature)
	signed := func(signature []byte) string {
		return header + "." + payload + "." + base64.RawURLEncoding.EncodeToString(signature)
	}
	flipped := func(at int) []byte {
		changed := bytes.Clone(raw)
		changed[at] ^= 1
		return changed
	}
	return map[string]string{
		"nothing":                        good,
		"the first bit of the signature": signed(flipped(0)),
		"the last bit of the signature":  signed(flipped(len(raw) - 1)),
		"a byte less":                    signed(raw[:len(raw)-1]),
		"a byte more":                    signed(append(bytes.Clone(raw), 0)),
		"a zero in front":                signed(append([]byte{0}, raw...)),
		"zeros":                          signed(make([]byte, len(raw))),
		"no signature":                   header + "." + payload + ".",
		"no signature and no dot":        header + "." + payload,
		"another payload":                header + "." + b64(`{"admin":true}`) + "." + signature,
		"no payload and no dot":          header + "." + signature,
		"another header": b64(`{"alg":"RS256","kid":"k","x":1}`) + "." +
			payload + "." + signature,
		"no header":                        "." + payload + "." + signature,
		"no header and no dot":             payload + "." + signature,
		"an empty part more":               good + ".",
		"a part more":                      good + "." + signature,
		"alg none":                         b64(`{"alg":"none","kid":"k"}`) + "." + payload + ".",
		"a character that base64url lacks": header + "." + payload + "?." + signature,
		"only dots":                        "..",
		"nothing at all":                   "",
	}
}

// goJose verifies with the key that we took. It is not ok if go-jose can't read the token, or if
// we refuse the key whatever it signed.
func goJose(text string, r keys.Result) (verified, ok bool) {
	var known []jose.SignatureAlgorithm
	for _, name := range keys.Algorithms() {
		known = append(known, jose.SignatureAlgorithm(name))
	}
	token, err := jose.ParseSignedCompact(text, known)
	if err != nil || r.Named == nil || r.Named.Public() == nil ||
		r.Named == r.Verifier && r.Outcome == keys.Fail {
		return false, false
	}
	_, err = token.Verify(r.Named.Public())
	return err == nil, true
}

// What a person pastes may have white space in it, and a last character whose spare bits are set.
// Both are read and reported; Wycheproof has them rejected.
func TestLooseTextVerifiesAndIsReported(t *testing.T) {
	t.Parallel()
	set := entraSet(t)
	good := signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"one"}`, claims)
	for _, text := range []string{
		good[:40] + " " + good[40:], good[:40] + "\n" + good[40:], spareBits(good),
	} {
		token := inspect.Parse(text)
		if got := keys.Verify(token, set); got.Reason != keys.SignatureVerified ||
			len(token.Observations) == 0 {
			t.Errorf("%v, %v", got.Reason, token.Observations)
		}
	}
}

// spareBits sets a bit of the last character that decodes to nothing: a signature of 256 bytes
// leaves four.
func spareBits(token string) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(digits, token[len(token)-1])
	return token[:len(token)-1] + digits[last+1:last+2]
}

// R and S must be two numbers below the order of the curve, each as long as it (RFC 7518, section
// 3.4).
func TestForgedSignaturesOfCurvesAreRefused(t *testing.T) {
	t.Parallel()
	key := ecKey()
	set := setOf(t, jwk(t, key.Public(), "ec", nil))
	input := b64(`{"alg":"ES256","kid":"ec"}`) + "." + b64(claims)
	digest := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	two := func(r, s *big.Int, size int) []byte {
		return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	}
	token := func(signature []byte) string {
		return input + "." + base64.RawURLEncoding.EncodeToString(signature)
	}
	if got := verify(token(two(r, s, 32)), set); got.Outcome != keys.Pass {
		t.Fatalf("the good one: %v", got.Why)
	}
	n := key.Params().N
	der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		t.Fatal(err)
	}
	forged := map[string][]byte{
		"in DER":                       der,
		"with longer numbers":          two(r, s, 33),
		"with R beyond the order":      two(new(big.Int).Add(r, n), s, 33),
		"with S beyond the order":      two(r, new(big.Int).Add(s, n), 33),
		"with R and S in other places": two(s, r, 32),
	}
	edge := []*big.Int{big.NewInt(0), big.NewInt(1), new(big.Int).Sub(n, big.NewInt(1)), n}
	for i, r := range edge {
		for j, s := range edge {
			forged[fmt.Sprintf("with edge cases %d and %d", i, j)] = two(r, s, 32)
		}
	}
	for name, signature := range forged {
		if got := verify(token(signature), set); got.Outcome != keys.Fail || got.Verifier != nil {
			t.Errorf("%s: %v %v", name, got.Outcome, got.Reason)
		}
	}
	small := bytes.Repeat([]byte{0}, ed25519.SignatureSize)
	zeros := b64(`{"alg":"EdDSA"}`) + "." + b64(claims) + "." + b64(string(small))
	ed := setOf(t, jwk(t, edKey().Public(), "ed", nil))
	if got := verify(zeros, ed); got.Outcome != keys.Fail {
		t.Errorf("Ed25519 of zeros: %v", got.Reason)
	}
}

// RSA's padding must be exactly that of RFC 8017, section 9.2: whoever reads it loosely can be
// forged against (Bleichenbacher, 2006).
func TestForgedPaddingOfRSAIsRefused(t *testing.T) {
	t.Parallel()
	key := rsaKeys()[0]
	set := entraSet(t)
	input := b64(`{"alg":"RS256","kid":"one"}`) + "." + b64(claims)
	digest := sha256.Sum256([]byte(input))
	token := func(signature *big.Int) string {
		return input + "." +
			base64.RawURLEncoding.EncodeToString(signature.FillBytes(make([]byte, 256)))
	}
	sha256ID, _ := asn1.Marshal(asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1})
	sha1ID, _ := asn1.Marshal(asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26})
	info := func(id, parameters, digest []byte) []byte {
		algorithm := sequence(append(bytes.Clone(id), parameters...))
		return sequence(append(algorithm, append([]byte{4, byte(len(digest))}, digest...)...))
	}
	null := []byte{5, 0}
	good := info(sha256ID, null, digest[:])
	padded := func(kind byte, info []byte, behind ...byte) []byte {
		text := append(append([]byte{0}, info...), behind...)
		fill := bytes.Repeat([]byte{0xff}, 256-2-len(text))
		return append(append([]byte{0, kind}, fill...), text...)
	}
	changed := func(at int) []byte {
		block := padded(1, good)
		block[at] ^= 1
		return block
	}
	for name, block := range map[string][]byte{
		"good":                          padded(1, good),
		"of encryption":                 padded(2, good),
		"of another kind":               padded(0, good),
		"with another first byte":       changed(0),
		"with a change in the fill":     changed(50),
		"with a change in the digest":   changed(255),
		"with text behind the digest":   padded(1, good, 0),
		"with a lot behind the digest":  padded(1, good, make([]byte, 190)...),
		"without parameters":            padded(1, info(sha256ID, nil, digest[:])),
		"with parameters in long form":  padded(1, info(sha256ID, []byte{5, 0x81, 0}, digest[:])),
		"with other parameters":         padded(1, info(sha256ID, []byte{4, 0}, digest[:])),
		"with another hash":             padded(1, info(sha1ID, null, digest[:])),
		"with a digest that is cut":     padded(1, info(sha256ID, null, digest[:31])),
		"with the digest alone":         padded(1, digest[:]),
		"with a sequence in a sequence": padded(1, sequence(good)),
	} {
		signature := new(big.Int).Exp(new(big.Int).SetBytes(block), key.D, key.N)
		if got := verify(token(signature), set); (got.Outcome == keys.Pass) != (name == "good") {
			t.Errorf("padding %s: %v %v", name, got.Outcome, got.Reason)
		}
	}
	for name, signature := range map[string]*big.Int{
		"zero": big.NewInt(0), "one": big.NewInt(1), "the modulus": key.N,
		"one less": new(big.Int).Sub(key.N, big.NewInt(1)),
	} {
		if got := verify(token(signature), set); got.Outcome != keys.Fail {
			t.Errorf("the signature %s: %v %v", name, got.Outcome, got.Reason)
		}
	}
}

func sequence(content []byte) []byte {
	return append([]byte{0x30, byte(len(content))}, content...)
}

// The salt of PSS must be as long as the hash (RFC 7518, section 3.5). go-jose takes any length.
func TestTheSaltOfPSSMustBeAsLongAsTheHash(t *testing.T) {
	t.Parallel()
	input := b64(`{"alg":"PS256","kid":"one"}`) + "." + b64(claims)
	digest := sha256.Sum256([]byte(input))
	for length, want := range map[int]keys.Outcome{
		32: keys.Pass, 20: keys.Fail, 31: keys.Fail, 33: keys.Fail, 64: keys.Fail,
	} {
		options := &rsa.PSSOptions{SaltLength: length}
		signature, err := rsa.SignPSS(rand.Reader, rsaKeys()[0], crypto.SHA256, digest[:], options)
		if err != nil {
			t.Fatal(err)
		}
		got := verify(input+"."+b64(string(signature)), entraSet(t))
		if got.Outcome != want {
			t.Errorf("a salt of %d bytes: %v %v", length, got.Outcome, got.Reason)
		}
	}
}

// RFC 7517 does not forbid a set that mixes secrets and public keys. Every key serves the
// algorithms of its own type alone.
func TestInAMixedSetEveryKeyServesItsOwnType(t *testing.T) {
	t.Parallel()
	secret := []byte(strings.Repeat("s", 32))
	set := setOf(t, jwk(t, secret, "secret", nil), publicKey(t, 0, "one"),
		jwk(t, ecKey().Public(), "ec", nil))
	asSecret := rsaKeys()[0].N.Bytes() // as who takes the public key for a secret
	for name, test := range map[string]struct {
		token string
		want  keys.Reason
	}{
		"the secret": {
			signHS256(secret, `{"alg":"HS256","kid":"secret"}`, claims), keys.SignatureVerified,
		},
		"the RSA key": {
			signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"one"}`, claims),
			keys.SignatureVerified,
		},
		"a public key as the secret": {
			signHS256(asSecret, `{"alg":"HS256","kid":"one"}`, claims), keys.AlgorithmMismatch,
		},
		"a public key as the secret, no kid": {
			signHS256(asSecret, `{"alg":"HS256"}`, claims), keys.TextAltered,
		},
		"the secret with a public key's kid": {
			signHS256(secret, `{"alg":"HS256","kid":"one"}`, claims), keys.AlgorithmMismatch,
		},
		"the kid of a key of another type": {
			signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"ec"}`, claims),
			keys.AlgorithmMismatch,
		},
		"a secret that is too short for HS512": {
			b64(`{"alg":"HS512","kid":"secret"}`) + "." + b64(claims) + "." +
				b64(strings.Repeat("x", 64)), keys.KeyUnusable,
		},
	} {
		if got := verify(test.token, set); got.Reason != test.want {
			t.Errorf("%s: %v, want %v", name, got.Reason, test.want)
		}
	}
}

// Encrypted tokens are said to be encrypted, and are never decrypted, whatever key lies beside
// them.
func TestEncryptedTokensAreNeverDecrypted(t *testing.T) {
	t.Parallel()
	secret := func(bits int) []byte { return []byte(strings.Repeat("s", bits/8)) }
	ec := ecKey()
	run := 0
	for alg, key := range map[jose.KeyAlgorithm]any{
		jose.RSA_OAEP: &rsaKeys()[0].PublicKey, jose.RSA_OAEP_256: &rsaKeys()[0].PublicKey,
		jose.RSA1_5:  &rsaKeys()[0].PublicKey,
		jose.ECDH_ES: &ec.PublicKey, jose.ECDH_ES_A128KW: &ec.PublicKey,
		jose.ECDH_ES_A256KW: &ec.PublicKey,
		jose.A128KW:         secret(128), jose.A192KW: secret(192), jose.A256KW: secret(256),
		jose.A128GCMKW: secret(128), jose.A256GCMKW: secret(256),
		jose.PBES2_HS256_A128KW: secret(256),
	} {
		for _, content := range []jose.ContentEncryption{
			jose.A128GCM, jose.A256GCM, jose.A128CBC_HS256, jose.A256CBC_HS512,
		} {
			encrypter, err := jose.NewEncrypter(content,
				jose.Recipient{Algorithm: alg, Key: key, PBES2Count: 1000},
				(&jose.EncrypterOptions{}).WithType("JWT"))
			if err != nil {
				t.Fatal(err)
			}
			encrypted, err := encrypter.Encrypt([]byte(claims))
			if err != nil {
				t.Fatal(err)
			}
			compact, err := encrypted.CompactSerialize()
			if err != nil {
				t.Fatal(err)
			}
			set := setOf(t, jwk(t, rsaKeys()[0], "private", nil), jwk(t, ec, "ec", nil))
			for _, text := range []string{
				compact, compact + "AAAA", compact[:len(compact)-4], encrypted.FullSerialize(),
			} {
				run++
				mustStayEncrypted(t, string(alg)+" "+string(content), text, set)
			}
		}
	}
	if run != 12*4*4 {
		t.Errorf("%d tokens were tried", run)
	}
}

// mustStayEncrypted checks that nothing of a token is read but its header.
func mustStayEncrypted(t *testing.T, name, text string, set *keys.Set) {
	t.Helper()
	token := inspect.Parse(text)
	if token.Claims != nil || token.Payload != nil || token.Fault == nil {
		t.Errorf("%s: something was read of it (%v)", name, token.Fault)
	}
	if got := keys.Verify(token, set); got.Outcome != keys.Fail ||
		got.Reason != keys.NoReadableJWS {
		t.Errorf("%s: %v %v", name, got.Outcome, got.Reason)
	}
}
