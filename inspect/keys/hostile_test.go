package keys_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/testdata/measure"
)

// hostile is a set that somebody made to keep us busy.
type hostile struct {
	name, set, token string
	want             keys.Reason
}

func many(key string, count int) string {
	return `{"keys":[` + strings.Repeat(key+",", count-1) + key + `]}`
}

func rsaText(bitCount int, exponent, more string) string {
	return `{"kty":"RSA","e":"` + exponent + `","n":"` + bits(bitCount) + `"` + more + `}`
}

// mustBeAnswered checks that a hostile set gets a short answer, for processor time that grows with
// its size and no faster, and for no more than 64 MiB. Each of them takes less than two seconds.
func (h hostile) mustBeAnswered(t *testing.T) {
	t.Helper()
	text := []byte(h.set)
	cost := measure.Of(func() {
		got := keys.Verify(inspect.Parse(h.token), parse(t, "keys.json", text))
		if got.Reason != h.want || got.Outcome == keys.Pass {
			t.Errorf("%v: %.200s", got.Reason, got.Why)
		}
		if said := len(got.Expected + got.Actual + got.Why); said > 4000 {
			t.Errorf("the answer has %d characters", said)
		}
	})
	if cost.Processor > 10*time.Second || cost.Kept > 64<<20 {
		t.Errorf("it took %v and %d MiB", cost.Processor, cost.Kept>>20)
	}
}

// The full sizes are in hostile_long_test.go.
func TestHostileSetsGetAnAnswer(t *testing.T) {
	signed := signRS256(t, rsaKeys()[0], `{"alg":"RS256"}`, claims)
	named := signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"k"}`, claims)
	long := signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"`+strings.Repeat("B", 1<<19)+`"}`,
		claims)
	for _, test := range []hostile{
		{"300 keys", many(rsaText(2048, "AQAB", ""), 300), signed, keys.TooManyKeys},
		{
			"300 keys of one kid", many(rsaText(2048, "AQAB", `,"kid":"k"`), 300), named,
			keys.TooManyKeys,
		},
		{
			"one 16,384-bit key with the largest exponent", many(rsaText(16384, "f____w", ""), 1),
			signed, keys.TextAltered,
		},
		{"1,000 keys that are no keys", many(`[[[]]]`, 1000), signed, keys.KeyUnusable},
		{
			"a key of a megabyte",
			`{"keys":[{"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("A", 1<<20) + `"}]}`, signed,
			keys.KeyUnusable,
		},
		{
			"a kid of a megabyte",
			`{"keys":[{"kty":"oct","k":"AA","kid":"` + strings.Repeat("A", 1<<20) + `"}]}`, long,
			keys.KidUnknown,
		},
	} {
		t.Run(test.name, test.mustBeAnswered)
	}
}

func TestDeepNestingIsAnErrorWithAPlace(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{10000, 1000000} {
		_, err := keys.Parse("keys.json", []byte(`{"keys":`+strings.Repeat("[", depth)))
		if err == nil || !strings.HasPrefix(err.Error(), "keys.json:1:") {
			t.Errorf("%d levels: %v", depth, err)
		}
	}
}

func TestWhatAnErrorRepeatsOfTheInputIsEscapedAndShort(t *testing.T) {
	t.Parallel()
	evil := "\u001b]52;c;x\u0007\u202e\u200b" + strings.Repeat("x", 1000)
	set := setOf(t, map[string]any{"kty": evil, "kid": evil})
	got := verify(
		signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"\u202eother\u001b[2J"}`, claims), set)
	for _, said := range []string{
		set.Keys[0].Fault, got.Expected, got.Actual, got.Why, fmt.Sprint(set.Notes),
	} {
		if strings.ContainsAny(said, "\u001b\u0007\u202e\u200b") || len(said) > 400 {
			t.Errorf("%q", said)
		}
	}
}

// Whatever a key set holds, every key can either be used or says why not, and a token that none of
// its keys signed is never verified.
func FuzzKeySet(f *testing.F) {
	for _, text := range []string{
		`{"keys":[]}`, `[]`, `{"kty":"RSA"}`, "-----BEGIN PUBLIC KEY-----\n", "<html>", "\ufeff{}",
		`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"a","x5c":["AA"]}]}`,
		`{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},{"kty":"OKP","crv":"Ed25519",` +
			`"x":"AA"}]}`,
		`{"keys":[{"kty":"oct","k":"AAAA","kid":7,"alg":[],"key_ops":{}},null,[],7]}`,
	} {
		f.Add([]byte(text))
	}
	token := inspect.Parse(
		b64(`{"alg":"RS256","nonce":"x"}`) + "." + b64(`{}`) + "." + strings.Repeat("A", 342))
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
