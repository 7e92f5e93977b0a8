package inspect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Readers of JSON differ on these, though all of them are JSON.
func TestValuesThatReadersDifferOnAreObserved(t *testing.T) {
	t.Parallel()
	for _, of := range []struct {
		name, claims string
		want         []string // id and path
	}{
		{"plain values", `{"a":"b","c":[1,2.5,-3e7],"d":{"e":"\u00e9"}}`, nil},
		{"the largest number", `{"a":1e308}`, nil},
		{"a number of three digits in its exponent", `{"a":1e-400,"b":1e+100}`, nil},
		{"a number beyond", `{"a":[0,1e309]}`, []string{"number-out-of-range claims.a.1"}},
		{
			"a number of many digits", `{"a":` + strings.Repeat("9", 400) + `}`,
			[]string{"number-out-of-range claims.a"},
		},
		{"NUL", `{"a":{"b":"x\u0000"}}`, nil},
		{"NUL in a name", `{"a\u0000":1}`, nil},
		{"half a character", `{"a":"\uD800x"}`, []string{"unpaired-surrogate claims.a"}},
		{"a whole one", `{"a":"\ud83d\ude00"}`, nil},
		{"a replacement character", `{"a":"\ufffd"}`, nil},
		{
			"deep nesting", `{"a":` + strings.Repeat("[", 101) + strings.Repeat("]", 101) + `}`,
			[]string{"nested-deeply"},
		},
	} {
		token := Parse(b64(`{"alg":"RS256"}`) + "." + b64(of.claims) + ".c2ln")
		if token.Fault != nil {
			t.Fatalf("%s: %v", of.name, token.Fault)
		}
		var got []string
		for _, o := range token.Observations {
			text := o.ID + " " + o.Path
			if o.ID == "nested-deeply" {
				text = o.ID
			}
			got = append(got, text)
		}
		if token.NUL != strings.Contains(of.claims, `\u0000`) {
			t.Errorf("%s: NUL is %v", of.name, token.NUL)
		}
		if diff := cmp.Diff(of.want, got); diff != "" {
			t.Errorf("%s: %s", of.name, diff)
		}
	}
}
