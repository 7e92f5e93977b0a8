package keys_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

func BenchmarkParse(b *testing.B) {
	text, err := os.ReadFile("../../../shared/corpus/entra/jwks/AADCommonV2JwksString.json")
	if err != nil {
		b.Skip("the corpus of real material is not here")
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

// A warm cache must cost hardly more than a file.
func BenchmarkWarmCache(b *testing.B) {
	tn := newTenant(b, publicKey(b, 0, "one"), publicKey(b, 1, "two"), publicKey(b, 2, "three"))
	s := tn.source(newClock())
	s.Cache = filepath.Join(b.TempDir(), "keys")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.URL(context.Background(), commonKeys); err != nil {
			b.Fatal(err)
		}
	}
}
