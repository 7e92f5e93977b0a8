package keys_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// Every hostile set gets an answer in time that grows with its size and no faster, and within 64 MiB. The limit is
// generous, so that a busy machine fails no test; the command's tests hold whole runs to two seconds.
func TestHostileSetsGetAnAnswerInTime(t *testing.T) {
	signed := signRS256(t, rsaKeys()[0], `{"alg":"RS256"}`, claims)
	many := func(key string, count int) string {
		return `{"keys":[` + strings.Repeat(key+",", count-1) + key + `]}`
	}
	tests := []struct {
		name, set, token string
		want             keys.Reason
	}{
		{"10,000 keys", many(`{"kty":"RSA","e":"AQAB","n":"`+bits(2048)+`"}`, 10000), signed, keys.TooManyKeys},
		{"10,000 keys of one kid", many(`{"kty":"RSA","kid":"k","e":"AQAB","n":"`+bits(2048)+`"}`, 10000), signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"k"}`, claims), keys.TooManyKeys},
		{"as many 16,384-bit keys as an answer can hold, with the largest exponent", many(`{"kty":"RSA","e":"f____w","n":"`+bits(16384)+`"}`, 370), signed, keys.TooManyKeys},
		{"one 16,384-bit key", many(`{"kty":"RSA","e":"f____w","n":"`+bits(16384)+`"}`, 1), signed, keys.TextAltered},
		{"10,000 keys that are no keys", many(`[[[]]]`, 10000), signed, keys.KeyUnusable},
		{"a key of a megabyte", `{"keys":[{"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("A", 1<<20) + `"}]}`, signed, keys.KeyUnusable},
		{"a kid of a megabyte", `{"keys":[{"kty":"oct","k":"AA","kid":"` + strings.Repeat("A", 1<<20) + `"}]}`, signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"`+strings.Repeat("B", 1<<19)+`"}`, claims), keys.KidUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := []byte(test.set)
			took, memory := measure(func() {
				set := parse(t, "keys.json", text)
				got := keys.Verify(inspect.Parse(test.token), set)
				if got.Reason != test.want || got.Outcome == keys.Pass {
					t.Errorf("%v: %.200s", got.Reason, got.Why)
				}
				if said := len(got.Expected + got.Actual + got.Why); said > 4000 {
					t.Errorf("the answer has %d characters", said)
				}
			})
			if took > 10*time.Second || memory > 64<<20 {
				t.Errorf("it took %v and %d MiB", took, memory>>20)
			}
		})
	}
}

// measure returns how long a function takes, and how much it allocates and keeps at once, roughly.
func measure(f func()) (time.Duration, uint64) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if after.HeapInuse < before.HeapInuse {
		return took, 0
	}
	return took, after.HeapInuse - before.HeapInuse
}

func TestDeepNestingIsAnErrorWithAPlace(t *testing.T) {
	for _, depth := range []int{10000, 1000000} {
		_, err := keys.Parse("keys.json", []byte(`{"keys":`+strings.Repeat("[", depth)))
		if err == nil || !strings.HasPrefix(err.Error(), "keys.json:1:") {
			t.Errorf("%d levels: %v", depth, err)
		}
	}
}

func TestWhatAnErrorRepeatsOfTheInputIsEscapedAndShort(t *testing.T) {
	evil := "\u001b]52;c;x\u0007\u202e\u200b" + strings.Repeat("x", 1000)
	set := setOf(t, map[string]any{"kty": evil, "kid": evil})
	got := verify(signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"\u202eother\u001b[2J"}`, claims), set)
	for _, said := range []string{set.Keys[0].Fault, got.Expected, got.Actual, got.Why, fmt.Sprint(set.Notes)} {
		if strings.ContainsAny(said, "\u001b\u0007\u202e\u200b") || len(said) > 400 {
			t.Errorf("%q", said)
		}
	}
}
