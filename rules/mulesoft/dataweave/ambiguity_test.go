package dataweave

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMissingParenthesesAreFoundWithTheFormToWrite(t *testing.T) {
	for _, test := range []struct {
		name, text string
		dialect    Dialect
		want       []Ambiguity
	}{
		{
			"contains beside or", `a contains 'x' or b contains 'y'`, Mule,
			[]Ambiguity{{3, `(a contains ('x' or b)) contains 'y'`, `(a contains 'x') or (b contains 'y')`, true}},
		},
		{
			"contains beside and with a comparison", `a contains 'x' and b == 'y'`, Mule,
			[]Ambiguity{{3, `a contains ('x' and b == 'y')`, `(a contains 'x') and b == 'y'`, true}},
		},
		{
			"contains behind and", `a == 'x' and b contains 'y'`, Mule,
			[]Ambiguity{{16, `(a == 'x' and b) contains 'y'`, `a == 'x' and (b contains 'y')`, true}},
		},
		{
			"contains behind not", `not a contains 'x'`, Mule,
			[]Ambiguity{{7, `(not a) contains 'x'`, `not (a contains 'x')`, true}},
		},
		{
			"contains behind !", `!a contains 'x'`, Mule,
			[]Ambiguity{{4, `(!a) contains 'x'`, `!(a contains 'x')`, true}},
		},
		{
			"default before a comparison is documented for Mule", `a default 'x' == 'x'`, Mule,
			[]Ambiguity{{3, `a default ('x' == 'x')`, `(a default 'x') == 'x'`, false}},
		},
		{
			"default before a comparison is not documented for Flex", `a default 'x' == 'x'`, Flex,
			[]Ambiguity{{3, `a default ('x' == 'x')`, `(a default 'x') == 'x'`, true}},
		},
		{
			"contains behind default", `a default [] contains 'x'`, Mule,
			[]Ambiguity{{14, `(a default []) contains 'x'`, `(a default []) contains 'x'`, true}},
		},
		{
			"not before or is documented for Mule", `not a or b`, Mule,
			[]Ambiguity{{1, `not (a or b)`, `(not a) or b`, false}},
		},
		{
			"not between and and or", `a and not b or c`, Mule,
			[]Ambiguity{{7, `a and (not (b or c))`, `a and (not b) or c`, true}},
		},
		{
			"not without a space", `not(a)`, Mule,
			[]Ambiguity{{1, `not (a)`, `not (a)`, true}},
		},
		{
			"inside brackets of their own", `x and (a contains 'x' or b)`, Mule,
			[]Ambiguity{{10, `x and (a contains ('x' or b))`, `x and ((a contains 'x') or b)`, true}},
		},
		{"parentheses leave no doubt", `(a contains 'x') or not (b contains 'y')`, Mule, nil},
		{"a chain of functions leaves no doubt", `a splitBy ' ' contains 'x'`, Mule, nil},
		{"a function called with brackets leaves no doubt", `contains(a, 'x') or contains(b, 'y')`, Mule, nil},
		{"not before a comparison leaves no doubt", `a and not b == c`, Mule, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := parse(t, test.text, test.dialect).Ambiguities()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheFormToWriteIsClear(t *testing.T) {
	for _, row := range Table() {
		e, err := Parse(row.Expression, Mule)
		if err != nil {
			continue
		}
		for _, a := range e.Ambiguities() {
			if again := parse(t, a.Write, Mule).Ambiguities(); len(again) > 0 {
				t.Errorf("%s: %s is ambiguous as well", row.Expression, a.Write)
			}
			if again := parse(t, a.Reads, Mule).Ambiguities(); len(again) > 0 {
				t.Errorf("%s: %s is ambiguous as well", row.Expression, a.Reads)
			}
		}
	}
}

func TestOnlyTheUndecidedPartIsUnknown(t *testing.T) {
	for text, want := range map[string]Answer{
		`false and (vars.a contains 'x' or vars.b contains 'y')`: No,
		`true or (vars.a contains 'x' or vars.b contains 'y')`:   Maybe,
		`true and (vars.a contains 'x' or vars.b contains 'y')`:  Maybe,
		`vars.a contains 'x' or vars.b contains 'y'`:             Maybe,
	} {
		r := parse(t, text, Mule).Eval(env(t, `{"vars": {"a": ["x"], "b": []}}`))
		if got := r.Holds(); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}
