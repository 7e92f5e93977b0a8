package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const plainPart = `{"aud":"api://orders","iss":"https://sts.windows.net/x/","iat":1790000000,` +
	`"roles":["Orders.Read","Jörg"],"name":"Jörg \"J\" Ü😀","acct":0,"x":{"y":[{},[],null,true]},` +
	`"rate":-1.5e+3,"last":false}`

func TestPlainPartsAreReadByThemselves(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		plainPart, `{}`, `{ "a" : [ 1 , 2 ] }`, "{\"a\":1}\n", `{"a":"\u00e9\/"}`,
	} {
		if _, plain := new(PlainReader).Object("payload", []byte(text)); !plain {
			t.Errorf("%s is not plain", text)
		}
		samePlain(t, text)
	}
}

func TestWhatIsOddOrNoJSONIsNotPlain(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, ` {}`, `[]`, `"a"`, `1`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`,
		`{"a":1}x`, `{"a":1}{}`, `{"a":01}`, `{"a":-}`, `{"a":1.}`, `{"a":.5}`, `{"a":1e}`,
		`{"a":1e+}`, `{"a":+1}`, `{"a":tru}`, `{"a":True}`, `{"a":nul}`, `{"a":"\x"}`,
		`{"a":"\u12"}`, `{"a":"\"}`, "{\"a\":\"\x01\"}", "{\"a\":\"\xff\"}", "{\"a\":\xff}",
		`{"a":1,"a":1}`, `{"a":1,"\u0061":2}`, `{"a" 1}`, `{a:1}`, `{'a':1}`, `{"a":[1,]}`,
		`{"a":[1 2]}`, `{"a":[}`, "{\n}", "{\t}", "{\"a\":\"b\nc\"}", "\ufeff{}", "{}\x00",
		strings.Repeat(`{"a":`, 20) + `1` + strings.Repeat(`}`, 20),
		`{"a":[` + strings.Repeat(`0,`, mostPlainValues) + `0]}`,
	} {
		if _, plain := new(PlainReader).Object("payload", []byte(text)); plain {
			t.Errorf("%.60q is plain", text)
		}
	}
}

// Whatever is plain is read as every other text is: the same values at the same places.
func TestPlainPartsAreReadAlike(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(8259, 2))
	plain := 0
	for range plainOrNot {
		text := randomJSON(random, 4)
		if random.IntN(2) == 0 {
			text = strings.NewReplacer("\n", "", "\t", "", "\r", "").Replace(text)
		}
		if random.IntN(3) == 0 {
			text = mutated(random, plainPart)
		}
		if samePlain(t, strings.TrimLeft(text, " ")) {
			plain++
		}
	}
	if plain < plainOrNot/10 {
		t.Errorf("only %d were plain", plain)
	}
}

// mutated changes a few bytes of a text.
func mutated(random *rand.Rand, text string) string {
	b := []byte(text)
	for range 1 + random.IntN(3) {
		at := random.IntN(len(b))
		b[at] = `"\{}[]:, 019-+.eEtfnu`[random.IntN(21)]
	}
	return string(b)
}

func samePlain(t *testing.T, text string) (plain bool) {
	t.Helper()
	var reader PlainReader // which has read something else before
	_, _ = reader.Object("payload", []byte(plainPart))
	got, plain := reader.Object("payload", []byte(text))
	if !plain {
		return false
	}
	file, err := ReadPart("payload", []byte(text))
	if err != nil {
		t.Errorf("%q: plain, but %v", text, err)
		return true
	}
	if len(file.Problems) > 0 {
		t.Errorf("%q: plain, but has %v", text, file.Problems)
	}
	if diff := cmp.Diff(file.Documents[0], got); diff != "" {
		t.Errorf("%q: %s", text, diff)
	}
	return true
}

func FuzzPlain(f *testing.F) {
	for _, text := range []string{plainPart, `{}`, `{"a":[1,"\u00e9"]}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { samePlain(t, text) })
}

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
