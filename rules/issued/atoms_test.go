package issued

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func TestWhatAnAtomGivesForATextIsWhatTryingItGives(t *testing.T) {
	t.Parallel()
	number := &source.Value{Kind: source.Number, Text: "1"}
	values := [][]*source.Value{
		rules.Literals("a"), rules.Literals("a", "b"), rules.Literals(""),
		rules.Literals("1"),
		{number},
		{rules.Literals("a")[0], number},
	}
	ask, plain := newQuestion(&inspect.Token{}), 0
	for _, op := range []rules.Op{
		rules.Present, rules.Equals, rules.OneOf, rules.Prefix, rules.Contains, rules.HasAny,
	} {
		for _, literals := range values {
			for _, variant := range []rules.Predicate{
				{},
				{Null: true},
				{NullToo: true},
				{Loose: true},
				{Null: true, Loose: true},
				{Texts: &rules.Texts{FoldCase: true}},
				{Texts: &rules.Texts{SlashAlike: true}},
			} {
				test := variant
				test.Op, test.Input, test.Values = op, rules.Claim("c"), literals
				if op == rules.Equals {
					test.Values = literals[:1]
				}
				for _, text := range []string{"a", "A", "b", "a/", "1", "", " ", "a b"} {
					got, ok := (&atom{test: &test}).ofText(text)
					if !ok {
						continue
					}
					plain++
					ask.check.Test = test
					want := ask.about("c", source.NewString(text)).Try(&ask.check)
					if got != want {
						t.Errorf("%v %v of %q gives %s, want %s", op, literals, text, got, want)
					}
				}
			}
		}
	}
	if plain < 200 {
		t.Errorf("%d are plain: the test proves little", plain)
	}
}
