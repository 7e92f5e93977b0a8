package keys_test

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// entraSet is a set as Entra's: RSA keys with a kid and no alg.
func entraSet(t testing.TB) *keys.Set {
	t.Helper()
	return setOf(t,
		jwk(t, &rsaKeys()[0].PublicKey, "one", map[string]any{"use": "sig"}),
		jwk(t, &rsaKeys()[1].PublicKey, "two", map[string]any{"use": "sig"}),
	)
}

func TestEveryReasonHasItsCase(t *testing.T) {
	t.Parallel()
	r := rsaKeys()
	set := entraSet(t)
	good := signRS256(t, r[0], `{"alg":"RS256","kid":"one"}`, claims)
	secret := []byte(strings.Repeat("s", 32))
	rolled := entraSet(t)
	rolled.Seen = map[string]time.Time{"three": noon}
	tests := []struct {
		name     string
		token    string
		set      *keys.Set
		allowed  []string
		want     keys.Reason
		verifier string
	}{
		{"the named key signed the text", good, set, nil, keys.SignatureVerified, "one"},
		{"without a set nothing is known", good, nil, nil, keys.NoKeys, ""},
		{
			"an opaque text can't be verified", "0.AXoAabcdefghijklmnopqrstuvwxyz", set, nil,
			keys.NoReadableJWS, "",
		},
		{"nothing can't be verified", "", set, nil, keys.NoReadableJWS, ""},
		{
			"alg none is no signature", b64(`{"alg":"none"}`) + "." + b64(claims) + ".", set, nil,
			keys.Unsigned, "",
		},
		{
			"alg none is no signature in any case of letters",
			b64(`{"alg":"nOnE"}`) + "." + b64(claims) + ".", set, nil, keys.Unsigned, "",
		},
		{
			"alg none with a signature behind it is none either",
			b64(`{"alg":"none"}`) + "." + b64(claims) + ".AAAA", set, nil, keys.Unsigned, "",
		},
		{
			"a signature that was cut off is none", good[:strings.LastIndex(good, ".")+1], set,
			nil, keys.Unsigned, "",
		},
		{
			"an unknown crit is refused",
			signRS256(t, r[0], `{"alg":"RS256","kid":"one","crit":["exp"],"exp":1}`, claims), set,
			nil, keys.CriticalHeader, "",
		},
		{
			"an empty crit is refused",
			signRS256(t, r[0], `{"alg":"RS256","kid":"one","crit":[]}`, claims), set, nil,
			keys.CriticalHeader, "",
		},
		{
			"an algorithm that is not on the list is refused", good, set,
			[]string{"ES256"},
			keys.AlgorithmNotAllowed, "",
		},
		{
			"an algorithm that does not exist is refused",
			signRS256(t, r[0], `{"alg":"RS255","kid":"one"}`, claims), set, nil,
			keys.AlgorithmNotAllowed, "",
		},
		{
			"an algorithm in lower case does not exist",
			signRS256(t, r[0], `{"alg":"rs256","kid":"one"}`, claims), set, nil,
			keys.AlgorithmNotAllowed, "",
		},
		{
			"a header without alg is refused", signRS256(t, r[0], `{"kid":"one"}`, claims), set,
			nil, keys.AlgorithmNotAllowed, "",
		},
		{
			"a list can't make none right", b64(`{"alg":"none"}`) + "." + b64(claims) + ".", set,
			[]string{"none"},
			keys.Unsigned, "",
		},
		{
			"a kid that the set has not",
			signRS256(t, r[2], `{"alg":"RS256","kid":"three"}`, claims), set, nil, keys.KidUnknown,
			"",
		},
		{
			"a kid that the set has not, and a key that signed all the same",
			signRS256(t, r[1], `{"alg":"RS256","kid":"three"}`, claims), set, nil, keys.KidUnknown,
			"two",
		},
		{
			"a kid in other case is another kid",
			signRS256(t, r[0], `{"alg":"RS256","kid":"ONE"}`, claims), set, nil, keys.KidUnknown,
			"one",
		},
		{
			"another key of the set signed it",
			signRS256(t, r[1], `{"alg":"RS256","kid":"one"}`, claims), set, nil, keys.WrongKey,
			"two",
		},
		{"no key signed this text", alter(good), set, nil, keys.TextAltered, ""},
		{
			"a token without kid has every key tried",
			signRS256(t, r[1], `{"alg":"RS256"}`, claims), set, nil, keys.SignatureVerified, "two",
		},
		{
			"an empty kid is none", signRS256(t, r[1], `{"alg":"RS256","kid":""}`, claims), set,
			nil, keys.SignatureVerified, "two",
		},
		{
			"a token without kid that no key signed",
			signRS256(t, r[2], `{"alg":"RS256"}`, claims), set, nil, keys.TextAltered, "",
		},
		{
			"a public key is never a secret",
			signHS256([]byte("x"), `{"alg":"HS256","kid":"one"}`, claims), set, nil,
			keys.HMACWithPublicKey, "",
		},
		{
			"an algorithm of another type of key", sign(t, jose.ES256, ecKey(), "one", claims),
			set, nil, keys.AlgorithmMismatch, "",
		},
		{
			"a key for another algorithm", good,
			setOf(t, jwk(t, &r[0].PublicKey, "one", map[string]any{"alg": "RS512"})), nil,
			keys.AlgorithmMismatch, "one",
		},
		{
			"a key for encryption", good,
			setOf(t, jwk(t, &r[0].PublicKey, "one", map[string]any{"use": "enc"})), nil,
			keys.KeyUnusable, "one",
		},
		{
			"a key whose operations leave out verify", good,
			setOf(t,
				jwk(t, &r[0].PublicKey, "one", map[string]any{"key_ops": []string{"encrypt"}})),
			nil, keys.KeyUnusable, "one",
		},
		{
			"a key whose operations have verify", good,
			setOf(t,
				jwk(t, &r[0].PublicKey, "one", map[string]any{"key_ops": []string{"verify"}})),
			nil, keys.SignatureVerified, "one",
		},
		{
			"a broken key", good,
			setOf(t, jwk(t, &r[0].PublicKey, "one", map[string]any{"n": "%"})), nil,
			keys.KeyUnusable, "",
		},
		{
			"a broken neighbour does no harm", good,
			setOf(t, map[string]any{"kty": "XYZ", "kid": "odd"},
				jwk(t, &r[0].PublicKey, "one", nil)), nil, keys.SignatureVerified, "one",
		},
		{"a set without keys", good, setOf(t), nil, keys.KidUnknown, ""},
		{
			"a set without keys for a token without kid",
			signRS256(t, r[0], `{"alg":"RS256"}`, claims), setOf(t), nil, keys.KeyUnusable, "",
		},
		{
			"two keys with the kid are both tried", good,
			setOf(t, jwk(t, &r[1].PublicKey, "one", nil), jwk(t, &r[0].PublicKey, "one", nil)),
			nil, keys.SignatureVerified, "one",
		},
		{
			"a header member that stands twice does not hide the signature",
			signRS256(t, r[0], `{"alg":"RS256","kid":"two","kid":"one"}`, claims), set, nil,
			keys.SignatureVerified, "one",
		},
		{
			"a token for Graph verifies with its nonce hashed, and is not accepted", graphToken(t),
			set, nil, keys.GraphNonce, "",
		},
		{
			"a nonce that is right as it stands is nothing special",
			signRS256(t, r[0], `{"alg":"RS256","kid":"one","nonce":"abc"}`, claims), set, nil,
			keys.SignatureVerified, "one",
		},
		{
			"a nonce does not excuse an altered text", alter(graphToken(t)), set, nil,
			keys.TextAltered, "",
		},
		{
			"a shared secret", signHS256(secret, `{"alg":"HS256","kid":"any"}`, claims),
			keys.FromSecret(secret), nil, keys.SignatureVerified, "",
		},
		{
			"another shared secret",
			signHS256([]byte(strings.Repeat("x", 32)), `{"alg":"HS256"}`, claims),
			keys.FromSecret(secret), nil, keys.TextAltered, "",
		},
		{
			"a shared secret that is too short",
			signHS256([]byte("short"), `{"alg":"HS256"}`, claims),
			keys.FromSecret([]byte("short")), nil, keys.KeyUnusable, "",
		},
		{
			"an empty secret", signHS256(nil, `{"alg":"HS256"}`, claims), keys.FromSecret(nil),
			nil, keys.KeyUnusable, "",
		},
		{
			"a secret is no key for RS256", good, keys.FromSecret(secret), nil,
			keys.AlgorithmMismatch, "",
		},
		{
			"an elliptic curve", sign(t, jose.ES256, ecKey(), "ec", claims),
			setOf(t, jwk(t, ecKey().Public(), "ec", nil)), nil, keys.SignatureVerified, "ec",
		},
		{
			"Ed25519", sign(t, jose.EdDSA, edKey(), "ed", claims),
			setOf(t, jwk(t, edKey().Public(), "ed", nil)), nil, keys.SignatureVerified, "ed",
		},
		{
			"a kid that a cache saw in the set once",
			signRS256(t, r[2], `{"alg":"RS256","kid":"three"}`, claims), rolled, nil,
			keys.KeyRolledOver, "",
		},
		{
			"addresses of keys in the header are not asked",
			signRS256(t, r[2], `{"alg":"RS256","kid":"mine","jku":"https://keys.example/keys",`+
				`"x5u":"https://keys.example/x","x5c":["AA"]}`, claims), set, nil,
			keys.KidUnknown, "",
		},
		{
			"a key that the token brings along is not looked at", withJWK(t), set, nil,
			keys.TextAltered, "",
		},
	}
	seen := map[keys.Reason]bool{}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := verify(test.token, test.set, test.allowed...)
			seen[got.Reason] = true
			if got.Reason != test.want || nameOf(got.Verifier) != test.verifier {
				t.Errorf("got %v by %q (%s), want %v by %q", got.Reason, nameOf(got.Verifier),
					got.Why, test.want, test.verifier)
			}
			checkOutcome(t, got)
			checkSecrecy(t, got, test.token)
		})
	}
	for reason := keys.NoKeys; reason <= keys.TextAltered; reason++ {
		if !seen[reason] {
			t.Errorf("no case for %v", reason)
		}
	}
}

// checkOutcome holds the outcome against the reason.
func checkOutcome(t *testing.T, r keys.Result) {
	t.Helper()
	want := keys.Fail
	switch r.Reason {
	case keys.SignatureVerified:
		want = keys.Pass
	case keys.NoKeys, keys.TooManyKeys, keys.SignatureMasked:
		want = keys.Unknown
	}
	if r.Outcome != want {
		t.Errorf("%v has the outcome %v, want %v", r.Reason, r.Outcome, want)
	}
	if r.Expected == "" || r.Actual == "" || r.Why == "" {
		t.Errorf("%v says expected %q, actual %q, why %q", r.Reason, r.Expected, r.Actual, r.Why)
	}
}

// checkSecrecy looks for a part of the token in what a result says.
func checkSecrecy(t *testing.T, r keys.Result, token string) {
	t.Helper()
	said := r.Expected + r.Actual + r.Why
	for _, part := range strings.Split(token, ".") {
		if len(part) > 20 && strings.Contains(said, part) {
			t.Errorf("the result repeats a part of the token: %s", said)
		}
	}
}

func nameOf(k *keys.Key) string {
	if k == nil {
		return ""
	}
	return k.ID
}

// alter changes one character in the middle of the payload.
func alter(token string) string {
	at := strings.Index(token, ".") + 12
	changed := "A"
	if token[at] == 'A' {
		changed = "B"
	}
	return token[:at] + changed + token[at+1:]
}

// cutOff takes characters off the end of the signature.
func cutOff(token string, characters int) string { return token[:len(token)-characters] }

// graphToken signs a token as Microsoft Graph's are: with the nonce hashed that the header gives
// in the clear.
func graphToken(t *testing.T) string {
	t.Helper()
	return signGraph(t, claims)
}

func signGraph(t *testing.T, claims string) string {
	t.Helper()
	sum := sha256.Sum256([]byte("the nonce"))
	signed := signRS256(t, rsaKeys()[0],
		`{"nonce":"`+base64.RawURLEncoding.EncodeToString(sum[:])+`","alg":"RS256","kid":"one"}`,
		claims)
	_, rest, _ := strings.Cut(signed, ".")
	return b64(`{"nonce":"the nonce","alg":"RS256","kid":"one"}`) + "." + rest
}

// withJWK signs a token with a key of the attacker's, which is in the token's own header.
func withJWK(t *testing.T) string {
	t.Helper()
	signer, err := jose.NewSigner(
		jose.SigningKey{
			Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: rsaKeys()[2], KeyID: "mine"},
		}, &jose.SignerOptions{EmbedJWK: true})
	if err != nil {
		t.Fatal(err)
	}
	return compact(t, signer, claims)
}

// Of thousands of keys, trying a part of them for each token took longer than all else. The other
// tests compare the outcomes.
func TestInBriefTheKeyThatSignedInsteadIsNotLookedFor(t *testing.T) {
	t.Parallel()
	set := entraSet(t)
	for _, kid := range []string{"one", "three"} {
		header := `{"alg":"RS256","kid":"` + kid + `"}`
		token := inspect.Parse(signRS256(t, rsaKeys()[1], header, claims))
		full, brief := keys.Verify(token, set), keys.Verify(token, set.Brief())
		if full.Verifier == nil || brief.Verifier != nil || brief.Outcome != full.Outcome {
			t.Errorf("kid %s: in full %+v, in brief %+v", kid, full, brief)
		}
	}
}

func TestTheFailuresSayWhatTheySaw(t *testing.T) {
	t.Parallel()
	set := entraSet(t)
	r := rsaKeys()
	tests := []struct {
		name, token, expected, actual, why string
		allowed                            []string
	}{
		{
			name:     "an unknown kid lists the set's",
			token:    signRS256(t, r[2], `{"alg":"RS256","kid":"three"}`, claims),
			expected: `one of "one", "two"`, actual: `kid "three"`,
			why: "the key set has no key with the token's kid",
		},
		{
			name:     "a wrong key names both",
			token:    signRS256(t, r[1], `{"alg":"RS256","kid":"one"}`, claims),
			expected: `a signature by key "one"`, actual: `a signature by key "two"`,
			why: `key "two" signed the token, but the header names another: the kid was ` +
				`changed or set wrongly`,
		},
		{
			name:     "an altered text names the key",
			token:    alter(signRS256(t, r[0], `{"alg":"RS256","kid":"one"}`, claims)),
			expected: `a signature by key "one"`,
			actual:   "a signature that matches no key in the set",
			why: `key "one", which the token names, does not match the signature, and neither ` +
				`does any other key in the set: the token was altered, or signed with another ` +
				`key of the same kid`,
		},
		{
			name:     "a signature that is too short for its key was cut off",
			token:    cutOff(signRS256(t, r[0], `{"alg":"RS256","kid":"one"}`, claims), 100),
			expected: "a signature of 256 bytes", actual: "one of 181 bytes",
			why: "the signature was cut off: it has 181 bytes, but RS256 with this key makes 256",
		},
		{
			name:     "without a kid the key may be in another set as well",
			token:    cutOff(signRS256(t, r[0], `{"alg":"RS256"}`, claims), 100),
			expected: "a signature of 256 bytes", actual: "one of 181 bytes",
			why: "the signature was cut off, or the key is in another set: it has 181 bytes, " +
				"but RS256 with the set's keys makes 256",
		},
		{
			name:     "a signature that is too long is none of the key's",
			token:    signRS256(t, r[0], `{"alg":"RS256","kid":"one"}`, claims) + "AAAA",
			expected: "a signature of 256 bytes", actual: "one of 259 bytes",
			why: "the signature is too long: it has 259 bytes, but RS256 with this key makes 256",
		},
		{
			name: "a token for Graph whose signature is wrong is for the wrong resource first",
			token: signRS256(t, r[2], `{"alg":"RS256","kid":"one"}`,
				`{"iss":"https://sts.windows.net/5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11/",`+
					`"aud":"https://graph.microsoft.com"}`),
			expected: `a signature by key "one"`,
			actual:   "a signature that matches no key in the set",
			why: `wrong resource: a token for Microsoft Graph can't be verified by others; key ` +
				`"one", which the token names, does not match the signature, and neither does ` +
				`any other key in the set: the token was altered, or signed with another key of ` +
				`the same kid`,
		},
		{
			name: "so is one with a nonce that no recipe explains", token: alter(graphToken(t)),
			expected: `a signature by key "one"`,
			actual:   "a signature that matches no key in the set",
			why: `wrong resource: the header has a nonce, as tokens for Microsoft Graph do, and ` +
				`only Microsoft can verify those; key "one", which the token names, does not ` +
				`match the signature, and neither does any other key in the set: the token was ` +
				`altered, or signed with another key of the same kid`,
		},
		{
			name:    "an algorithm that is not allowed comes with the list",
			token:   signRS256(t, r[0], `{"alg":"RS256","kid":"one"}`, claims),
			allowed: []string{"ES256", "ES384"}, expected: "ES256, ES384", actual: `alg "RS256"`,
			why: "the header's algorithm is not one of those allowed",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := verify(test.token, set, test.allowed...)
			want := []string{test.expected, test.actual, test.why}
			if diff := cmp.Diff(want, []string{got.Expected, got.Actual, got.Why}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOfAMaskedSignatureOnlyWhatItCanNotChangeIsKnown(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]keys.Reason{
		`{"alg":"RS256","kid":"one"}`:    keys.SignatureMasked,
		`{"alg":"RS256"}`:                keys.SignatureMasked,
		`{"alg":"RS256","kid":"absent"}`: keys.KidUnknown,
		`{"alg":"ES256","kid":"one"}`:    keys.AlgorithmMismatch,
		`{"alg":"none"}`:                 keys.Unsigned,
	} {
		token := inspect.Parse(b64(header) + "." + b64(claims) + ".")
		token.Masked = true
		got := keys.Verify(token, entraSet(t))
		if got.Reason != want {
			t.Errorf("%s: %v, want %v", header, got.Reason, want)
		}
		checkOutcome(t, got)
	}
}

func TestAKidThatIsNoStringIsReported(t *testing.T) {
	t.Parallel()
	got := verify(signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":7}`, claims), entraSet(t))
	if got.Reason != keys.SignatureVerified || len(got.Notes) != 1 ||
		got.Notes[0].ID != "kid-not-string" {
		t.Errorf("%v: %v", got.Reason, got.Notes)
	}
}

func TestDuplicateKidsAreReported(t *testing.T) {
	t.Parallel()
	r := rsaKeys()
	set := setOf(t, jwk(t, &r[1].PublicKey, "one", nil), jwk(t, &r[0].PublicKey, "one", nil))
	got := verify(signRS256(t, r[0], `{"alg":"RS256","kid":"one"}`, claims), set)
	if len(got.Notes) != 1 || got.Notes[0].ID != "duplicate-kid" ||
		!strings.Contains(got.Notes[0].Message, "key 2 of them") {
		t.Errorf("notes: %v", got.Notes)
	}
	if len(set.Notes) != 1 || set.Notes[0].ID != "duplicate-kid" {
		t.Errorf("notes of the set: %v", set.Notes)
	}
}

func TestOneKeyTwiceIsNoDoubt(t *testing.T) {
	t.Parallel()
	r := rsaKeys()
	again := jwk(t, &r[0].PublicKey, "one", map[string]any{"issuer": "https://a.example"})
	unfit := jwk(t, &r[0].PublicKey, "one", map[string]any{"use": "enc"})
	for _, test := range []struct {
		other map[string]any
		notes int
	}{{again, 0}, {unfit, 1}} {
		set := setOf(t, jwk(t, &r[0].PublicKey, "one", nil), test.other)
		got := verify(signRS256(t, r[0], `{"alg":"RS256","kid":"one"}`, claims), set)
		if got.Outcome != keys.Pass || len(got.Notes) != test.notes {
			t.Errorf("%v: %s, notes %v", test.other, got.Outcome, got.Notes)
		}
	}
}

// A key without a kid is no key of a token's kid, but Envoy tries it for every token.
func TestAKeyWithoutAKidIsTriedByALenientVerifier(t *testing.T) {
	t.Parallel()
	r := rsaKeys()
	kidless := jwk(t, &r[0].PublicKey, "", nil)
	delete(kidless, "kid")
	set := setOf(t, jwk(t, &r[1].PublicKey, "two", nil), kidless)
	for _, test := range []struct {
		header  string
		lenient bool
		want    keys.Outcome
	}{
		{`{"alg":"RS256","kid":"one"}`, false, keys.Fail},
		{`{"alg":"RS256","kid":"one"}`, true, keys.Pass},
		{`{"alg":"RS256","kid":"two"}`, true, keys.Pass},
		{`{"alg":"RS256"}`, false, keys.Pass},
	} {
		token := inspect.Parse(signRS256(t, r[0], test.header, claims))
		got := keys.Lenience{Kidless: test.lenient}.Verify(token, set)
		signed := strings.HasSuffix(got.Why, "a key without a kid signed it")
		if got.Outcome != test.want || len(got.Notes) > 0 || signed != (test.want == keys.Fail) {
			t.Errorf("%s, lenient %t: %v: %s %v",
				test.header, test.lenient, got.Outcome, got.Why, got.Notes)
		}
	}
	token := inspect.Parse(signRS256(t, r[2], `{"alg":"RS256","kid":"one"}`, claims))
	if got := (keys.Lenience{Kidless: true}).Verify(token, set); got.Outcome != keys.Fail {
		t.Errorf("another key: %v", got.Outcome)
	}
}

// Envoy reads neither use nor key_ops of a key, and takes a secret of any length (jwks.cc,
// extractJwk; verify.cc). It does read alg.
func TestEnvoyDoesNotAskWhatAKeyIsFor(t *testing.T) {
	t.Parallel()
	r, secret := rsaKeys()[0], []byte("short")
	rs := signRS256(t, r, `{"alg":"RS256","kid":"one"}`, claims)
	hs := signHS256(secret, `{"alg":"HS256","kid":"one"}`, claims)
	oct := map[string]any{
		"kty": "oct", "kid": "one", "k": base64.RawURLEncoding.EncodeToString(secret),
	}
	for _, of := range []struct {
		name, token string
		key         map[string]any
		envoys      keys.Outcome
	}{
		{"use", rs, jwk(t, &r.PublicKey, "one", map[string]any{"use": "enc"}), keys.Pass},
		{"key_ops", rs, jwk(t, &r.PublicKey, "one", map[string]any{
			"key_ops": []string{"encrypt"},
		}), keys.Pass},
		{"alg", rs, jwk(t, &r.PublicKey, "one", map[string]any{"alg": "RS512"}), keys.Fail},
		{"a short secret", hs, oct, keys.Pass},
	} {
		token, set := inspect.Parse(of.token), setOf(t, of.key)
		if got := keys.Verify(token, set); got.Outcome != keys.Fail {
			t.Errorf("%s: %v: %s", of.name, got.Outcome, got.Why)
		}
		if got := (keys.Lenience{AnyUse: true}).Verify(token, set); got.Outcome != of.envoys {
			t.Errorf("%s, by Envoy: %v: %s", of.name, got.Outcome, got.Why)
		}
	}
}

// Envoy skips keys that others read (jwks.cc, createRsaFromJwk).
func TestEnvoySkipsSomeKeys(t *testing.T) {
	t.Parallel()
	r := rsaKeys()[0]
	small := ofOtherExponent(t, r)
	padded, standard := jwk(t, &r.PublicKey, "one", nil), jwk(t, &r.PublicKey, "one", nil)
	padded["n"] = padded["n"].(string) + "=="
	standard["n"] = standardDigits(standard["n"].(string))
	for _, of := range []struct {
		name   string
		key    map[string]any
		signer *rsa.PrivateKey
		envoys keys.Outcome
	}{
		{"a small exponent", jwk(t, &small.PublicKey, "one", nil), small, keys.Fail},
		{"padding", padded, r, keys.Pass},
		{"standard base64", standard, r, keys.Fail},
	} {
		token := inspect.Parse(signRS256(t, of.signer, `{"alg":"RS256","kid":"one"}`, claims))
		set := setOf(t, of.key)
		if got := keys.Verify(token, set); got.Outcome != keys.Pass {
			t.Errorf("%s: %v: %s", of.name, got.Outcome, got.Why)
		}
		if got := (keys.Lenience{UsualKeys: true}).Verify(token, set); got.Outcome != of.envoys {
			t.Errorf("%s, by Envoy: %v: %s", of.name, got.Outcome, got.Why)
		}
	}
}

// ofOtherExponent is the key of the same primes with the least exponent above 3.
func ofOtherExponent(t *testing.T, key *rsa.PrivateKey) *rsa.PrivateKey {
	t.Helper()
	one := big.NewInt(1)
	order := new(big.Int).Mul(
		new(big.Int).Sub(key.Primes[0], one), new(big.Int).Sub(key.Primes[1], one))
	for e := int64(5); ; e += 2 {
		if d := new(big.Int).ModInverse(big.NewInt(e), order); d != nil {
			public := rsa.PublicKey{N: key.N, E: int(e)}
			other := &rsa.PrivateKey{PublicKey: public, D: d, Primes: key.Primes}
			other.Precompute()
			return other
		}
	}
}

// go-oidc tries the keys that it has of files for every token (oidc/jwks.go, StaticKeySet).
func TestEachKeyIsTriedWhereAKidDecidesNothing(t *testing.T) {
	t.Parallel()
	r := rsaKeys()
	set := setOf(t, jwk(t, &r[1].PublicKey, "two", nil), jwk(t, &r[0].PublicKey, "one", nil))
	token := inspect.Parse(signRS256(t, r[0], `{"alg":"RS256","kid":"other"}`, claims))
	for anyKid, want := range map[bool]keys.Outcome{false: keys.Fail, true: keys.Pass} {
		if got := (keys.Lenience{AnyKid: anyKid}).Verify(token, set); got.Outcome != want {
			t.Errorf("any kid %t: %v: %s", anyKid, got.Outcome, got.Why)
		}
	}
	token = inspect.Parse(signRS256(t, r[2], `{"alg":"RS256","kid":"one"}`, claims))
	if got := (keys.Lenience{AnyKid: true}).Verify(token, set); got.Outcome != keys.Fail {
		t.Errorf("another key: %v", got.Outcome)
	}
}

func BenchmarkParse(b *testing.B) {
	list := make([]map[string]any, 9)
	for i := range list {
		list[i] = entraKey(b, i%3)
	}
	text, err := json.Marshal(map[string]any{"keys": list})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := keys.Parse("keys.json", text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	set := entraSet(b)
	token := inspect.Parse(signRS256(b, rsaKeys()[0], `{"alg":"RS256","kid":"one"}`, claims))
	b.ReportAllocs()
	for b.Loop() {
		if r := keys.Verify(token, set); r.Outcome != keys.Pass {
			b.Fatal(r.Why)
		}
	}
}

func TestOnlyALenientVerifierTakesAnEmptyCrit(t *testing.T) {
	t.Parallel()
	set := entraSet(t)
	lenient := keys.Lenience{EmptyCrit: true}
	for crit, want := range map[string]keys.Outcome{
		`[]`: keys.Pass, `null`: keys.Pass, `["exp"]`: keys.Fail, `[1]`: keys.Fail,
		`"exp"`: keys.Fail, `{}`: keys.Fail,
	} {
		header := `{"alg":"RS256","kid":"one","exp":1,"crit":` + crit + `}`
		token := inspect.Parse(signRS256(t, rsaKeys()[0], header, claims))
		if got := lenient.Verify(token, set); got.Outcome != want {
			t.Errorf("crit %s: got %s, want %s", crit, got.Outcome, want)
		}
		if got := keys.Verify(token, set); got.Outcome != keys.Fail {
			t.Errorf("crit %s: got %s without lenience", crit, got.Outcome)
		}
	}
}
