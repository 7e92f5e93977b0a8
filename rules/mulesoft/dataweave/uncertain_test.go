package dataweave

import (
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/google/go-cmp/cmp"
)

func TestUnsupportedConstructsAreNamedWithTheirColumn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text      string
		dialect   Dialect
		construct string
		column    int
	}{
		{"import * from dw::core::Arrays --- true", Mule, "a script header (%dw … ---)", 1},
		{"output json {a: [1]} 'x' --- true", Mule, "a script header (%dw … ---)", 1},
		{"%dw 2.0 true", Mule, "a script header (%dw …)", 1},
		{"var a = 1", Mule, "a declaration (var)", 1},
		{"vars.a flatMap (x) -> x", Mule, `the function "flatMap"`, 8},
		{"(x, y) -> x", Mule, "a lambda", 1},
		{"vars.a filter ((x, x) -> x == 1)", Mule, "a lambda", 16},
		{"(x) -> f(x) ++ ')'", Mule, "a lambda", 1},
		{"[(x) -> x, 1]", Mule, "a lambda", 2},
		{"x -> x", Mule, "a lambda", 3},
		{"vars.a..b", Mule, "the selector .. (descendants)", 7},
		{"vars.a.*b", Mule, "the selector .*", 7},
		{"vars.a.*@b", Mule, "the selector .*", 7},
		{"vars.a.@b", Mule, "the selector .@", 7},
		{"vars.a[0 to vars.b]", Mule, "a range selector", 7},
		{"vars.a[?($.b == 1)]", Mule, "a selector in brackets other than [n] and ['name']", 7},
		{"(vars.a)?", Mule, "the selector ? (key present)", 9},
		{"vars.a?", Flex, "the selector ? (key present)", 7},
		{"vars.a!", Mule, "the selector ! (assert present)", 7},
		{"vars.a('x')", Mule, "a call of something that is not a function name", 7},
		{"{a: 1}.a", Mule, "an object literal", 1},
		{"a: 1", Mule, "an object without braces", 2},
		{"vars.a as Date", Mule, "a type coercion (as)", 8},
		{"vars.a as Number {format: '0'}", Mule, "a type coercion (as)", 8},
		{"vars.a is Array<String>", Mule, "a type with parameters", 8},
		{"vars.a as 1", Mule, "a type", 11},
		{"vars.a as Number {", Mule, "a type", 8},
		{"vars.a is String", Mule, "a type test (is)", 8},
		{"vars.a match {case 1 -> 2}", Mule, "pattern matching (match)", 8},
		{"vars.a match vars.b", Mule, `the function "match"`, 8},
		{"do {1}", Mule, "a local scope (do)", 1},
		{"do 1", Mule, "a local scope (do)", 1},
		{"using (a = 1) a", Mule, `"using"`, 1},
		{"if true 1 else 2", Mule, "a condition without parentheses", 4},
		{"[1, (2) if true]", Mule, "a conditional element", 9},
		{"[1,]", Mule, "a comma before ]", 4},
		{"'${api.id}'", Mule, "a property placeholder (${…})", 2},
		{"${api.id}", Mule, "a property placeholder (${…})", 1},
		{"'$(vars.a)'", Mule, "an expression inside a string", 2},
		{`'\x'`, Mule, `an escape sequence other than \n \t \r \" \' \\ \$ \u0041`, 2},
		{`'\ud800'`, Mule, `an escape sequence other than \n \t \r \" \' \\ \$ \u0041`, 2},
		{"`x`", Mule, "a string in backticks", 1},
		{"_a", Mule, "a name that begins with an underscore", 1},
		{"a == ☃", Mule, "a character outside the language", 6},
		{"vars.a\v", Mule, "a character outside the language", 7},
		{"vars.a\u2028", Mule, "a character outside the language", 7},
		{"vars.a\u200b", Mule, "a character outside the language", 7},
		{"007", Mule, "a number written this way", 1},
		{"1ee5", Mule, "a number written this way", 1},
		{"ns#name", Mule, "a namespace", 3},
		{"vars.a ; 1", Mule, "; at this place", 8},
		{"$$ == 1", Mule, "a lambda ($)", 1},
		{"- vars.a", Mule, "the negation of a number", 1},
		{"|2020-01-01| == vars.a", Mule, "a date", 1},
		{"|2020-01-01", Mule, "a date", 1},
		{
			"vars.default", Mule,
			"a selector without quotes whose name is a word of the language", 6,
		},
		{"1 + 1", Mule, "the operator +", 3},
		{"", Mule, "an empty expression", 1},
		{"vars.a ~= 1", Flex, "the operator ~=", 8},
		{"null", Flex, "the literal null", 1},
		{"/x/", Flex, "regular expressions", 1},
		{"vars.a matches /x/", Flex, `the function "matches"`, 8},
		{"vars.a // b", Flex, "a comment", 8},
		{"vars.a /* b", Flex, "a comment", 8},
		{"vars.a || vars.b", Flex, "||", 8},
	} {
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()
			all := parse(t, test.text, test.dialect).Unsupported()
			if len(all) == 0 || all[0].Name != test.construct || all[0].Column != test.column {
				t.Errorf("got %+v", all)
			}
		})
	}
}

func TestFormsOfOtherLanguagesComeWithTheFormToWrite(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"vars.claimSet.preferred-username":      "vars.claimSet['preferred-username']",
		"vars.claimSet.roles.contains('admin')": "(vars.claimSet.roles contains ('admin'))",
		"substringAfter(vars.a, 'x')":           "dw::core::Strings::substringAfter",
		"vars.claimSet.level - 1":               "",
	} {
		all := parse(t, text, Mule).Unsupported()
		if len(all) != 1 || all[0].Write != want {
			t.Errorf("%s: got %+v", text, all)
		}
	}
}

func TestWhatTheGatewayLacksIsToldApartFromWhatThisPackageLacks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text    string
		dialect Dialect
		missing bool
	}{
		{"vars.a ~= 1", Flex, true},
		{"vars.a startsWith 'x'", Flex, true},
		{"vars.a some ($ == 1)", Flex, true},
		{"{a: 1}", Flex, true},
		{"vars.a as Date", Flex, true},
		{"vars.a == null", Flex, false},
		{"isEmpty(vars.a)", Flex, false},
		{"uuid()", Flex, false},
		{"vars.a some ($ == 1)", Mule, false},
		{"{a: 1}", Mule, false},
	} {
		all := parse(t, test.text, test.dialect).Unsupported()
		if len(all) == 0 || all[0].Missing != test.missing {
			t.Errorf("%s on %s: got %+v", test.text, test.dialect, all)
		}
	}
}

func TestMissingParenthesesAreFoundWithTheFormToWrite(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		dialect    Dialect
		want       []Ambiguity
	}{
		{
			"contains takes or for its operand", `a contains 'x' or b contains 'y'`, Mule,
			[]Ambiguity{{
				3, `(a contains ('x' or b)) contains 'y'`, `(a contains 'x') or (b contains 'y')`,
				true,
			}},
		},
		{
			"contains takes and with a comparison for its operand",
			`a contains 'x' and b == 'y'`, Mule,
			[]Ambiguity{{
				3, `a contains ('x' and b == 'y')`, `(a contains 'x') and b == 'y'`, true,
			}},
		},
		{
			"contains takes the and before it", `a == 'x' and b contains 'y'`, Mule,
			[]Ambiguity{{
				16, `(a == 'x' and b) contains 'y'`, `a == 'x' and (b contains 'y')`, true,
			}},
		},
		{
			"contains takes the not before it", `not a contains 'x'`, Mule,
			[]Ambiguity{{7, `(not a) contains 'x'`, `not (a contains 'x')`, true}},
		},
		{
			"contains takes the ! before it", `!a contains 'x'`, Mule,
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
			"contains takes the default before it", `a default [] contains 'x'`, Mule, nil,
		},
		{
			"that is not documented for Flex", `a default [] contains 'x'`, Flex,
			[]Ambiguity{{
				14, `(a default []) contains 'x'`, `(a default []) contains 'x'`, true,
			}},
		},
		{
			"not before or is documented for Mule", `not a or b`, Mule,
			[]Ambiguity{{1, `not (a or b)`, `(not a) or b`, false}},
		},
		{
			"not between and and or has no certain reading", `a and not b or c`, Mule,
			[]Ambiguity{{7, `a and (not (b or c))`, `a and (not b) or c`, true}},
		},
		{
			"not needs a space before its bracket", `not(a)`, Mule,
			[]Ambiguity{{1, `not (a)`, `not (a)`, true}},
		},
		{
			"brackets keep what is unclear inside them", `x and (a contains 'x' or b)`, Mule,
			[]Ambiguity{{
				10, `x and (a contains ('x' or b))`, `x and ((a contains 'x') or b)`, true,
			}},
		},
		{
			"a condition as an operand gets parentheses",
			`a contains 'x' or if (b) c else d`, Mule,
			[]Ambiguity{{
				3, `a contains ('x' or (if (b) c else d))`,
				`(a contains 'x') or (if (b) c else d)`, true,
			}},
		},
		{
			"each place is found, in the order of the text", `[not(a), !b contains c]`, Mule,
			[]Ambiguity{
				{2, `[not (a), (!b) contains c]`, `[not (a), !(b contains c)]`, true},
				{13, `[not (a), (!b) contains c]`, `[not (a), !(b contains c)]`, true},
			},
		},
		{"parentheses leave no doubt", `(a contains 'x') or not (b contains 'y')`, Mule, nil},
		{"a chain of functions leaves no doubt", `a splitBy ' ' contains 'x'`, Mule, nil},
		{
			"a function called with brackets leaves no doubt",
			`contains(a, 'x') or contains(b, 'y')`, Mule, nil,
		},
		{"not before a comparison leaves no doubt", `a and not b == c`, Mule, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := parse(t, test.text, test.dialect).Ambiguities()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheFormToWriteIsClear(t *testing.T) {
	t.Parallel()
	for _, row := range slices.Concat(Table(Mule), Table(Flex)) {
		e, err := Parse(row.Expression, Mule)
		if err != nil {
			continue
		}
		for _, a := range e.Ambiguities() {
			for _, text := range []string{a.Write, a.Reads} {
				if again := parse(t, text, Mule).Ambiguities(); len(again) > 0 {
					t.Errorf("%s: %s is ambiguous as well", row.Expression, text)
				}
			}
		}
	}
}

func TestOnlyTheUndecidedPartIsUnknown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]rules.Truth{
		`false and (vars.a contains 'x' or vars.b contains 'y')`: rules.No,
		`true or (vars.a contains 'x' or vars.b contains 'y')`:   rules.Maybe,
		`true and (vars.a contains 'x' or vars.b contains 'y')`:  rules.Maybe,
		`vars.a contains 'x' or vars.b contains 'y'`:             rules.Maybe,
	} {
		r := parse(t, text, Mule).Eval(env(t, `{"vars": {"a": ["x"], "b": []}}`))
		if got := r.Holds(); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}
