package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// Of valid text the tokens, and where they end, are those of encoding/json.
func TestTokensAreThoseOfEncodingJSON(t *testing.T) {
	t.Parallel()
	texts := []string{
		`null`, ` true `, `-0`, `1.5e+300`, `""`, `"\""`, `"\\"`, `"\\\""`,
		`"é\u00e9\ud83d\ude00"`,
		`"\ud800"`, "\"\xff\"", `[]`, `{}`, `[[],{}]`, "{\"a\" :\t1 , \"a\":[1,2 ,\r\n3]}",
		`{"":"","]":"}","{":"[,:"}`, `[-1,0e0,"x",true,false,null]`,
	}
	random := rand.New(rand.NewPCG(8259, 1))
	for range 2000 {
		texts = append(texts, randomJSON(random, 4))
	}
	for _, text := range texts {
		if !json.Valid([]byte(text)) {
			t.Fatalf("%q is not valid: the test is wrong", text)
		}
		sameTokens(t, text)
	}
}

func sameTokens(t *testing.T, text string) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	own := tokensOf([]byte(text))
	if own.dec != nil {
		t.Fatalf("%q is left to encoding/json", text)
	}
	for depth := 0; ; {
		if depth > 0 && own.more() != dec.More() {
			t.Fatalf("%q, behind %d: more is %v", text, own.offset(), own.more())
		}
		want, err := dec.Token()
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		got, err := own.next()
		if err != nil || got != want || own.offset() != int(dec.InputOffset()) {
			t.Fatalf("%q: got %#v that ends at %d (%v), want %#v at %d",
				text, got, own.offset(), err, want, dec.InputOffset())
		}
		switch want {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return
		}
	}
}

// randomJSON is a JSON text with white space of all kinds between its tokens.
func randomJSON(random *rand.Rand, depth int) string {
	spaces := []string{"", "", " ", "\n", "\t\r\n "}
	space := func() string { return spaces[random.IntN(len(spaces))] }
	scalars := []string{
		`null`, `true`, `false`, `0`, `-12.5E-7`, `"a"`, `"\u0041\n"`, `"\\"`, `"é"`, `"]},:["`,
		"\"\xc3\"", `"\udc00x"`, `123456789012345678901234567890`,
	}
	if depth == 0 || random.IntN(3) == 0 {
		return space() + scalars[random.IntN(len(scalars))] + space()
	}
	var parts []string
	object := random.IntN(2) == 0
	for i := range random.IntN(4) {
		part := randomJSON(random, depth-1)
		if object {
			part = fmt.Sprintf("%s\"k%d\"%s:%s", space(), i%2, space(), part)
		}
		parts = append(parts, part)
	}
	inside := strings.Join(parts, ",")
	if len(parts) == 0 {
		inside = space()
	}
	if object {
		return space() + "{" + inside + "}" + space()
	}
	return space() + "[" + inside + "]" + space()
}

func FuzzTokens(f *testing.F) {
	for _, text := range []string{`{"a":[1,"x\u0000"]}`, `[`, `"\`, "\ufeff1", `1 2`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if json.Valid(bytes.Clone(text)) {
			sameTokens(t, string(text))
		}
	})
}
