package issued

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// someTexts are texts, and lists of them.
func someTexts() []*source.Value {
	var all []*source.Value
	for _, text := range []string{"a", "A", "b", "a/", "1", "", " ", "a b"} {
		all = append(all, source.NewString(text))
		for _, list := range [][]string{{text}, {"x", text}, {text, text, "b"}} {
			all = append(all, &source.Value{Kind: source.List, Items: source.NewStrings(list...)})
		}
	}
	return all
}

func TestWhatAnAtomGivesForTextsIsWhatTryingItGives(t *testing.T) {
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
				for _, value := range someTexts() {
					texts, _ := value.Strings()
					got, ok := (&atom{test: &test}).ofTexts(texts, value.Is(source.List))
					if !ok {
						continue
					}
					plain++
					ask.check.Test = test
					want := ask.about("c", value).Try(&ask.check)
					if got != want {
						t.Errorf("%v %v of %v gives %s, want %s", op, literals, value, got, want)
					}
				}
			}
		}
	}
	if plain < 200 {
		t.Errorf("%d are plain: the test proves little", plain)
	}
}

// Each of many rules may ask whether a claim is there, or a list.
func TestWhatManyRulesAskAlikeIsAskedOnce(t *testing.T) {
	t.Parallel()
	roles := rules.Claim("roles")
	alike := []rules.Predicate{
		{Op: rules.IsList, Input: roles},
		{Op: rules.Present, Input: roles},
		{Op: rules.Present, Input: roles, Null: true},
		{Op: rules.Present, Input: roles, NullToo: true},
		{Op: rules.Present, Input: roles, Loose: true},
	}
	a := atomsOf(nil, nil, newQuestion(&inspect.Token{}))
	for range 3 {
		for i := range alike {
			a.see(&alike[i])
		}
	}
	if n := len(a.of["roles"]); n != len(alike) {
		t.Errorf("%d are asked, want %d", n, len(alike))
	}
}
