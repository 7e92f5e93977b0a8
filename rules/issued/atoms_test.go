package issued

import (
	"strings"
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

// comparisons are atoms that compare a claim with literals, in every way.
func comparisons() []rules.Predicate {
	number := &source.Value{Kind: source.Number, Text: "1"}
	values := [][]*source.Value{
		rules.Literals("a"), rules.Literals("a", "b"), rules.Literals(""), rules.Literals("1"),
		{number},
		{rules.Literals("a")[0], number},
	}
	var all []rules.Predicate
	for _, op := range []rules.Op{
		rules.Present, rules.Equals, rules.OneOf, rules.Prefix, rules.Contains, rules.HasAny,
	} {
		for _, literals := range values {
			for _, test := range []rules.Predicate{
				{},
				{Null: true},
				{NullToo: true},
				{Loose: true},
				{Null: true, Loose: true},
				{Texts: &rules.Texts{FoldCase: true}},
				{Texts: &rules.Texts{SlashAlike: true}},
			} {
				test.Op, test.Input, test.Values = op, rules.Claim("c"), literals
				if op == rules.Equals {
					test.Values = literals[:1]
				}
				all = append(all, test)
			}
		}
	}
	return all
}

// Two values look alike to some atoms where each of these gives the same for both, and only there.
func TestValuesLookAlikeWhereEachAtomGivesTheSame(t *testing.T) {
	t.Parallel()
	tests := comparisons()
	ask, plain := newQuestion(&inspect.Token{}), 0
	for first := range tests {
		a := atomsOf(nil, nil, newQuestion(&inspect.Token{}))
		asked := []rules.Predicate{
			tests[first], tests[(first+7)%len(tests)], tests[(first+50)%len(tests)], tests[first],
		}
		for i := range asked {
			a.see(&asked[i])
		}
		plain += len(a.literals.of["c"])
		looks := map[string]string{} // by what the atoms give, tried one by one
		given := map[string]string{}
		for _, value := range someTexts() {
			var gives, look strings.Builder
			for i := range asked {
				ask.check.Test = asked[i]
				gives.WriteString(string(ask.about("c", value).Try(&ask.check)))
			}
			if value.Is(source.List) {
				look.WriteString("list ")
				gives.WriteString(" list")
			}
			if !a.write("c", value, &look) {
				continue
			}
			known, ok := looks[gives.String()]
			if ok && known != look.String() {
				t.Errorf("%v: %v gets %s, and looks %q as well as %q",
					asked, value.JSON(), gives.String(), look.String(), known)
			}
			looks[gives.String()] = look.String()
			known, ok = given[look.String()]
			if ok && known != gives.String() {
				t.Errorf("%v: %v looks %q, and gets %s as well as %s",
					asked, value.JSON(), look.String(), gives.String(), known)
			}
			given[look.String()] = gives.String()
		}
	}
	if plain < 100 {
		t.Errorf("%d atoms compare texts: the test proves little", plain)
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

// What every check asks of a claim is asked of every value of it, so that it is known which values
// get the same. Where that is very much, each value counts for itself.
func TestAClaimThatVeryManyChecksAskAboutCountsForItself(t *testing.T) {
	t.Parallel()
	for _, checks := range []int{mostTelling, mostTelling + 1} {
		a := &atoms{of: map[string][]atom{"scp": make([]atom, checks)}, whole: map[string]bool{}}
		if got := a.needsWhole("scp"); got != (checks > mostTelling) || a.needsWhole("roles") {
			t.Errorf("%d checks of scp: %v", checks, got)
		}
	}
}
