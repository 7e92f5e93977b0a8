package dataweave

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestTemplate(t *testing.T) {
	for _, test := range []struct {
		name, text, expr string
		offset           int
		isExpression     bool
	}{
		{"an expression stands between #[ and ]", "#[vars.a]", "vars.a", 2, true},
		{"white space around it is no part of it", "  #[ vars.a ] ", " vars.a ", 4, true},
		{"the offset counts characters", "\u00a0\u2003#[a]", "a", 4, true},
		{"brackets inside it stay", "#[[1, 2] contains vars.a[0]]", "[1, 2] contains vars.a[0]", 2, true},
		{"any other text is a literal", "https://sts.windows.net/1/", "https://sts.windows.net/1/", 0, false},
		{"a text around an expression makes a literal", "a #[vars.a]", "a #[vars.a]", 0, false},
		{"what is not closed comes back whole", " #[vars.a", "#[vars.a", 1, true},
		{"an empty text is a literal", "", "", 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			expr, offset, isExpression := Template(test.text)
			if expr != test.expr || offset != test.offset || isExpression != test.isExpression {
				t.Errorf("got %q, %d, %v", expr, offset, isExpression)
			}
		})
	}
}

func TestAnErrorNamesItsColumnAndTheCause(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       *source.Error
	}{
		{
			"a string that isn't closed", "vars.a == 'x",
			errorAt(11, "the string is not closed", "end it with '"),
		},
		{
			"a bracket that isn't closed", "vars.a and (vars.b",
			errorAt(12, "( is not closed", "add ), or take the opening bracket away"),
		},
		{
			"a bracket too many", "vars.a)",
			errorAt(7, ") stands where an operator or the end of the expression is expected", ""),
		},
		{
			"one equals sign", "vars.a = 'x'",
			errorAt(8, "= stands where an operator or the end of the expression is expected", "equality is written =="),
		},
		{
			"&& of other languages", "vars.a && vars.b",
			errorAt(8, "&& stands where an operator or the end of the expression is expected", `write "and"`),
		},
		{
			"quotes of a word processor, counted in characters", "vars.'ü' == “x”",
			errorAt(13, "a typographic quotation mark doesn't begin a string", "write ' or \"; word processors and chat programs replace them"),
		},
		{
			"an operator without an operand", "vars.a contains",
			errorAt(16, "the expression ends where an operand is expected", ""),
		},
		{
			"two strings side by side", "'a' 'b'",
			errorAt(5, "a string stands where an operator or the end of the expression is expected", ""),
		},
		{
			"#[ that isn't closed", "#[vars.a",
			errorAt(1, "#[ stands inside the expression, or is not closed by ]", "one #[ … ] goes around the whole expression"),
		},
		{
			"a regular expression that isn't closed", "vars.a matches /x",
			errorAt(16, "the regular expression is not closed", "end it with /"),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.text, Mule)
			var got *source.Error
			if !errors.As(err, &got) {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatIsBeyondTheLimitsIsAnErrorThatSaysSo(t *testing.T) {
	for name, text := range map[string]string{
		"10,000 parentheses": strings.Repeat("(", 10_000) + "a" + strings.Repeat(")", 10_000),
		"10,000 brackets":    strings.Repeat("[", 10_000),
		"10,000 negations":   strings.Repeat("!", 10_000) + "a",
		"10,000 calls":       strings.Repeat("upper(", 5_000),
		"a long text":        "vars." + strings.Repeat("a", 1<<20),
		"no UTF-8":           "vars.\xff",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := Parse(text, Mule)
			var got *source.Error
			if !errors.As(err, &got) || !got.Limit || got.Pos.Column < 1 {
				t.Errorf("got %v", err)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestUnsupportedConstructsAreNamedWithTheirColumn(t *testing.T) {
	for _, test := range []struct {
		text      string
		dialect   Dialect
		construct string
		column    int
	}{
		{"import * from dw::core::Arrays --- true", Mule, "a script header (%dw … ---)", 1},
		{"%dw 2.0 true", Mule, "a script header (%dw …)", 1},
		{"vars.a map (x) -> x", Mule, `the function "map"`, 8},
		{"(x, y) -> x", Mule, "a lambda", 1},
		{"vars.a..b", Mule, "the selector .. (descendants)", 7},
		{"vars.a.*b", Mule, "the selector .*", 7},
		{"vars.a.@b", Mule, "the selector .@", 7},
		{"vars.a[0 to 1]", Mule, "a range selector", 7},
		{"vars.a[?($.b == 1)]", Mule, "a selector in brackets other than [n] and ['name']", 7},
		{"{a: 1}.a", Mule, "an object literal", 1},
		{"a: 1", Mule, "an object without braces", 2},
		{"vars.a as Number", Mule, "a type coercion (as)", 8},
		{"vars.a is String", Mule, "a type test (is)", 8},
		{"vars.a match {case 1 -> 2}", Mule, "pattern matching (match)", 8},
		{"do {1}", Mule, "a local scope (do)", 1},
		{"[1, (2) if true]", Mule, "a conditional element", 9},
		{"'${api.id}'", Mule, "a property placeholder (${…})", 2},
		{"'$(vars.a)'", Mule, "an expression inside a string", 2},
		{"|2020-01-01| == vars.a", Mule, "a date", 1},
		{"vars.default", Mule, "a selector without quotes whose name is a word of the language", 6},
		{"1 + 1", Mule, "the operator +", 3},
		{"", Mule, "an empty expression", 1},
		{"vars.a ~= 1", Flex, "the operator ~=", 8},
		{"null", Flex, "the literal null", 1},
		{"vars.a matches /x/", Flex, `the function "matches"`, 8},
		{"vars.a // b", Flex, "a comment", 8},
		{"vars.a || vars.b", Flex, "||", 8},
	} {
		t.Run(test.text, func(t *testing.T) {
			all := parse(t, test.text, test.dialect).Unsupported()
			if len(all) == 0 || all[0].Name != test.construct || all[0].Column != test.column {
				t.Errorf("got %+v", all)
			}
		})
	}
}

func TestFormsOfOtherLanguagesComeWithTheFormToWrite(t *testing.T) {
	for text, want := range map[string]string{
		"vars.claimSet.preferred-username":      "vars.claimSet['preferred-username']",
		"vars.claimSet.roles.contains('admin')": "(vars.claimSet.roles contains ('admin'))",
		"substringAfter(vars.a, 'x')":           "dw::core::Strings::substringAfter",
	} {
		all := parse(t, text, Mule).Unsupported()
		if len(all) != 1 || all[0].Write != want {
			t.Errorf("%s: got %+v", text, all)
		}
	}
}

func TestPrintingIsCanonical(t *testing.T) {
	for text, want := range map[string]string{
		`vars . "a"['b c'][ - 1 ]`:              `vars.a['b c'][-1]`,
		`"it's \"q\" \u0041\t"`:                 `'it\'s "q" A\t'`,
		`a==b  and!c`:                           `a == b and !c`,
		`contains( a ,'x' )`:                    `contains(a, 'x')`,
		`a contains(b) // why`:                  `a contains (b)`,
		`if(a)b else   c`:                       `if (a) b else c`,
		`[1,2 , [ ] ]`:                          `[1, 2, []]`,
		`not(a)`:                                `not(a)`,
		"'\u202e\u200b'":                        `'\u202e\u200b'`,
		`dw::core::Strings::substringAfter (a)`: `dw::core::Strings::substringAfter(a)`,
	} {
		if got := parse(t, text, Mule).String(); got != want {
			t.Errorf("%s prints as %s, want %s", text, got, want)
		}
	}
}

func TestWhatTheGatewayLacksIsToldApartFromWhatThisPackageLacks(t *testing.T) {
	for _, test := range []struct {
		text    string
		dialect Dialect
		missing bool
	}{
		{"vars.a ~= 1", Flex, true},
		{"vars.a startsWith 'x'", Flex, true},
		{"vars.a some ($ == 1)", Flex, true},
		{"{a: 1}", Flex, true},
		{"vars.a as Number", Flex, true},
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
