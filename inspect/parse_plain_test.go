package inspect

import (
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A token in which nothing is odd is read in a shorter way, which gives the same.
func TestPlainTokensAreReadAlike(t *testing.T) {
	t.Parallel()
	encode := base64.RawURLEncoding.EncodeToString
	good := encode([]byte(`{"alg":"RS256","kid":"k"}`)) + "." +
		encode([]byte(`{"aud":"api://orders","exp":1790000000,"name":"Jörg"}`)) + "." +
		encode([]byte("signature"))
	if !new(Parser).readPlain(good) {
		t.Error("a good token is not plain")
	}
	random := rand.New(rand.NewPCG(7515, 7519))
	plain := 0
	var parser Parser
	for i := range 3000 {
		text := []byte(good)
		for range random.IntN(3) {
			text[random.IntN(len(text))] = "AZaz09-_.+/=\n\r \x00%"[random.IntN(17)]
		}
		if i%7 == 0 {
			text = text[:random.IntN(len(text))]
		}
		if new(Parser).readPlain(string(text)) {
			plain++
		}
		long := &Token{Shape: Malformed}
		long.compact = long.clean(string(text))
		long.split()
		short := parser.Parse(string(text))
		if diff := cmp.Diff(long, short, cmp.AllowUnexported(Token{})); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	if plain < 200 {
		t.Errorf("only %d of the tokens were plain", plain)
	}
}

func TestAnEmptyPartIsNotPlain(t *testing.T) {
	t.Parallel()
	object := base64.RawURLEncoding.EncodeToString([]byte("{}"))
	for _, text := range []string{
		"", ".", "..", object, object + "." + object, object + "." + object + ".",
		object + ".." + object, "." + object + "." + object,
		strings.Repeat(object+".", 4) + object,
		object + "." + object + ".AA\n", object + "." + object + ".AB",
		object + "." + object + ".A",
	} {
		if new(Parser).readPlain(text) {
			t.Errorf("%q is plain", text)
		}
	}
}
