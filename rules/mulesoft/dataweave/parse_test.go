package dataweave

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestTemplate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text, expr string
		offset           int
		isExpression     bool
	}{
		{"an expression stands between #[ and ]", "#[vars.a]", "vars.a", 2, true},
		{"white space around #[ ] is not a part of it", "  #[ vars.a ] ", " vars.a ", 4, true},
		{"the offset counts characters", "\u00a0\u2003#[a]", "a", 4, true},
		{
			"brackets inside an expression stay",
			"#[[1, 2] contains vars.a[0]]", "[1, 2] contains vars.a[0]", 2, true,
		},
		{
			"any other text is a literal",
			"https://sts.windows.net/1/", "https://sts.windows.net/1/", 0, false,
		},
		{"a text around an expression makes a literal", "a #[vars.a]", "a #[vars.a]", 0, false},
		{"what is not closed comes back whole", " #[vars.a", "#[vars.a", 1, true},
		{"an empty text is a literal", "", "", 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			expr, offset, isExpression := Template(test.text)
			if expr != test.expr || offset != test.offset || isExpression != test.isExpression {
				t.Errorf("got %q, %d, %v", expr, offset, isExpression)
			}
		})
	}
}

func TestAnErrorNamesItsColumnAndTheCause(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		want       *source.Error
	}{
		{
			"a string is closed", "vars.a == 'x",
			errorAt(11, "the string is not closed", "end it with '"),
		},
		{
			"a bracket is closed", "vars.a and (vars.b",
			errorAt(12, "( is not closed", "add ), or remove the opening bracket"),
		},
		{
			"the bracket of an object is closed", "{a: 1",
			errorAt(1, "{ is not closed", "check the brackets"),
		},
		{
			"a bracket in a lambda is closed", "(a) -> [a",
			errorAt(8, "[ is not closed", "add ], or remove the opening bracket"),
		},
		{
			"a bracket in a lambda with types is closed", "(a: A) -> [a",
			errorAt(11, "[ is not closed", "check the brackets"),
		},
		{
			"a bracket has an opening one", "vars.a)",
			errorAt(7, "there is ) where an operator or "+
				"the end of the expression is expected", ""),
		},
		{
			"brackets are closed by their own kind", "[vars.a)",
			errorAt(8, "there is ) where ] is expected", ""),
		},
		{
			"equality is not one equals sign", "vars.a = 'x'",
			errorAt(8, "there is = where an operator or the end of the expression is expected",
				"equality is written =="),
		},
		{
			"&& is of other languages", "vars.a && vars.b",
			errorAt(8, "there is && where an operator or the end of the expression is expected",
				`write "and"`),
		},
		{
			"|| is of other languages", "vars.a || vars.b",
			errorAt(8, "there is || where an operator or the end of the expression is expected",
				`write "or"`),
		},
		{
			"quotes are not those of a word processor, and columns count characters",
			"vars.'ü' == “x”",
			errorAt(13, "a typographic quotation mark doesn't begin a string",
				"write ' or \"; word processors and chat programs replace them"),
		},
		{
			"an operator has an operand", "vars.a contains",
			errorAt(16, "the expression ends where an operand is expected", ""),
		},
		{
			"an operand is not a closing bracket", "vars.a == ]",
			errorAt(11, "there is ] where an operand is expected", ""),
		},
		{
			"a word of the language is not a variable", "vars.a == else",
			errorAt(11, "there is the name else where an operand is expected", ""),
		},
		{
			"a dot has a name behind it", "vars.1",
			errorAt(6, "there is the number 1 where a name is expected", ""),
		},
		{
			"two strings have an operator between them", "'a' 'b'",
			errorAt(5, "there is a string where an operator or "+
				"the end of the expression is expected", ""),
		},
		{
			"#[ is closed", "#[vars.a",
			errorAt(1, "#[ is inside the expression, or is not closed by ]",
				"one #[ … ] goes around the whole expression"),
		},
		{
			"a regular expression is closed", "vars.a matches /x",
			errorAt(16, "the regular expression is not closed", "end it with /"),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
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

func TestWhatLooksLikeASpaceIsAnError(t *testing.T) {
	t.Parallel()
	const hint = "put a plain space in its place; text from web pages has other ones"
	noBreak := func(column int) *source.Error {
		const cause = "a no-break space (U+00A0) is not white space in an expression"
		return errorAt(column, cause, hint)
	}
	for _, test := range []struct {
		name, text string
		want       *source.Error
	}{
		{"behind a name", "vars.a\u00a0== 'x'", noBreak(7)},
		{"behind an operator", "vars.a ==\u00a0'x'", noBreak(10)},
		{"beside a plain space", "vars.a \u00a0 == 'x'", noBreak(8)},
		{"behind a string, counted in characters", "'\u00a0ü' == vars.a\u00a0", noBreak(15)},
		{"before everything", "\u00a0vars.a", noBreak(1)},
		{"between the words of an infix function", "vars.a contains\u00a0'x'", noBreak(16)},
		{"behind a number", "vars.a == 1\u00a0", noBreak(12)},
		{"inside a list", "[1,\u00a02]", noBreak(4)},
		{"inside an object, which we step over", "{a:\u00a01}", noBreak(4)},
		{"inside a lambda, which we step over", "vars.a filter ((x) ->\u00a0x)", noBreak(22)},
		{"in the header of a script", "%dw 2.0\u00a0--- true", noBreak(8)},
		{"before the header of a script", "\u00a0%dw 2.0 true", noBreak(1)},
		{"before the cases of a match", "vars.a match\u00a0{case 1 -> 2}", noBreak(13)},
		{"behind a construct that ends the parsing", "a: vars.b\u00a0", noBreak(10)},
		{"behind a comment", "vars.a /* \u00a0 */\u00a0== 1", noBreak(15)},
		{"behind a regular expression", "vars.a matches /\u00a0/\u00a0", noBreak(19)},
		{
			"an em space", "vars.a ==\u2003'x'",
			errorAt(10, "the space U+2003 is not white space in an expression", hint),
		},
		{
			"another error comes first in the text", "vars.a = 'x'\u00a0",
			errorAt(8, "there is = where an operator or the end of the expression is expected",
				"equality is written =="),
		},
		{"inside a string", "vars.a == '\u00a0'", nil},
		{"inside the name of a member", "vars['a\u00a0b']", nil},
		{"inside a string of an object", "{a: '\u00a0'}", nil},
		{"inside a comment", "vars.a // \u00a0", nil},
		{"inside a comment of an object", "{a: 1 /* \u00a0 */}", nil},
		{"inside a regular expression", "vars.a matches /x\u00a0/", nil},
		{"inside a regular expression of a lambda", "(x) -> x matches /\u00a0/", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, d := range []Dialect{Mule, Flex} {
				_, err := Parse(test.text, d)
				var got *source.Error
				errors.As(err, &got)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%s: %s", d, diff)
				}
			}
		})
	}
}

// This test counts allocations, so that it cannot run beside others.
func TestWhatIsBeyondTheLimitsIsAnErrorThatSaysSo(t *testing.T) {
	for name, text := range map[string]string{
		"10,000 parentheses": strings.Repeat("(", 10_000) + "a" + strings.Repeat(")", 10_000),
		"10,000 brackets":    strings.Repeat("[", 10_000),
		"10,000 negations":   strings.Repeat("!", 10_000) + "a",
		"5,000 calls":        strings.Repeat("upper(", 5_000),
		"a long text":        "vars." + strings.Repeat("a", 1<<20),
		"no UTF-8":           "vars.\xff",
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			allocations := testing.AllocsPerRun(1, func() { _, err = Parse(text, Mule) })
			var got *source.Error
			if !errors.As(err, &got) || !got.Limit || got.Pos.Column < 1 {
				t.Errorf("got %v", err)
			}
			if allocations > 50*maxDepth {
				t.Errorf("made %v allocations", allocations)
			}
		})
	}
}

func TestPrintingIsCanonical(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`vars . "a"['b c'][ - 1 ]`:              `vars.a['b c'][-1]`,
		`"it's \"q\" \u0041\t"`:                 `'it\'s "q" A\t'`,
		`a==b  and!c`:                           `a == b and !c`,
		`contains( a ,'x' )`:                    `contains(a, 'x')`,
		`a contains(b) // why`:                  `a contains (b)`,
		`if(a)b else   c`:                       `if (a) b else c`,
		`[1,2 , [ ] ]`:                          `[1, 2, []]`,
		`not(a)`:                                `not(a)`,
		`not  a or  null`:                       `not a or null`,
		`a  default /x\/y/`:                     `a default /x\/y/`,
		`a /* why */ *2`:                        `a * 2`,
		`%dw 2.0   ---  a`:                      `%dw 2.0   --- a`,
		"'\u202e\u200b'":                        `'\u202e\u200b'`,
		`dw::core::Strings::substringAfter (a)`: `dw::core::Strings::substringAfter(a)`,
	} {
		if got := parse(t, text, Mule).String(); got != want {
			t.Errorf("%s prints as %s, want %s", text, got, want)
		}
	}
}

// realExpression is one that was found in a real policy, pipeline or documentation page.
type realExpression struct {
	text        string
	unsupported []string
}

func realExpressions() []realExpression {
	return []realExpression{
		{text: `#[vars.claimSet.client_id]`},
		{text: `#[vars.claimSet.appid]`},
		{text: `#[vars.claimSet.azp]`},
		{text: `#[attributes.headers['jwt']]`},
		{text: `#[attributes.headers["Approov-Token"]]`},
		{text: `#[splitBy(attributes.headers['Authorization'], ' ')[1]]`},
		{text: `#[dw::core::Strings::substringAfter(` +
			`attributes.headers['Authorization'], 'Bearer ')]`},
		{text: `#[vars.claimSet.foo == 'fooValue']`},
		{text: `#[vars.claimSet.role == 'superRole']`},
		{text: `#[vars.claimSet.role=='Member']`},
		{text: `#[vars.claimSet.roles contains 'Access.To.App']`},
		{text: `#[(vars.claimSet.roles contains 'role1')]`},
		{text: `#[(vars.claimSet.roles contains 'role1') or ` +
			`(vars.claimSet.roles contains 'role2')]`},
		{text: `#[vars.claimSet.groups == ['group1', 'group2']]`},
		{text: `#[ vars.claimSet.scp == ['default'] or vars.claimSet.scp ==['openid']]`},
		{
			text: `#[ %dw 2.0 output application/json import * from dw::core::Arrays --- ` +
				`vars.claimSet.scp some (($ == "default") or ($ == "openid"))]`,
		},
		{text: `#[vars.claimSet.partnerId != null]`},
		{text: `#[vars.claimSet.scope]`},
		{text: `#[attributes.headers['client_id']]`},
		{text: `#[attributes.headers['client_secret']]`},
		{text: `#[attributes.headers["client_id"]]`},
		{text: `#[attributes.queryParams.'client_id']`},
		{text: `#[payload.client_id]`},
		{text: `#[authentication.principal]`},
		{text: `#[authentication.clientId]`},
		{text: `#[authentication.properties.claims.sub]`},
		{text: `#[authentication.properties.claims.client_id]`},
		{text: `#[authentication.properties.userProperties.mail]`},
		{text: `#[authentication.properties.jwt]`},
		{text: `#[authentication.properties['key_to_your_public_pem_certificate']]`},
		{text: `#[attributes.headers['x-forwarded-for']]`},
		{text: `#[attributes.headers['id']==1]`},
		{text: `#[attributes.method == 'GET' or attributes.method == 'HEAD']`},
		{text: `#[[200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501] contains ` +
			`attributes.statusCode]`},
		{text: `#[(vars.requestConditionMet default false) and ` +
			`(vars.responseConditionMet default false)]`},
		{text: `#[vars.statusCode default attributes.statusCode]`},
		{text: `#['User ' ++ authentication.clientId ++ ' performed action ' ++ ` +
			`attributes.method]`},
		{
			text: `#[write(if(authentication.properties.claims.sub?) ` +
				`read(authentication.properties.claims.sub,'application/json') ++ {a: 1} ` +
				`else {b: 2})]`,
			unsupported: []string{
				`the function "write"`, `the function "read"`,
				"an object literal", "an object literal",
			},
		},
		{text: `#[attributes.clientAddress.ip]`},
	}
}

func TestTheExpressionsOfRealPoliciesParse(t *testing.T) {
	t.Parallel()
	in := env(t, `{
		"vars": {"claimSet": {"scp": ["default"]}}, "authentication": {"properties": {}}
	}`)
	for _, real := range realExpressions() {
		code, _, isExpression := Template(real.text)
		if !isExpression {
			t.Errorf("%s is taken for a literal", real.text)
			continue
		}
		e := parse(t, code, Mule)
		var names []string
		for _, c := range e.Unsupported() {
			names = append(names, c.Name)
		}
		if diff := cmp.Diff(real.unsupported, names); diff != "" {
			t.Errorf("%s: unsupported: %s", real.text, diff)
		}
		if a := e.Ambiguities(); len(a) > 0 {
			t.Errorf("%s: ambiguous: %v", real.text, a)
		}
		if again := parse(t, e.String(), Mule); again.String() != e.String() {
			t.Errorf("%s prints as %s, then as %s", real.text, e, again)
		}
		r := e.Eval(in)
		if real.unsupported != nil && (r.Unknown == nil || r.Unknown.Column == 0 ||
			r.Unknown.Construct != real.unsupported[0]) {
			t.Errorf("%s gives %+v", real.text, r)
		}
	}
}

func TestTheFixedIssuersOfRealPoliciesAreLiterals(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`https://sts.windows.net/1234/`,
		`https://login.microsoftonline.com/{tenantId}/v2.0`,
	} {
		if _, _, isExpression := Template(text); isExpression {
			t.Errorf("%s is taken for an expression", text)
		}
	}
}

func TestParseRuntime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Version{
		"4.4":                 {4, 4, 0},
		"4.3.0":               {4, 3, 0},
		"4.4.0-20230619":      {4, 4, 0},
		" 4.6.1:12e-java17\n": {4, 6, 1},
	} {
		got, err := ParseRuntime(text)
		if err != nil || got != want {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "4", "4.x", "3.9.5", "4.4.0.1", "-4.4", "4.-4"} {
		if got, err := ParseRuntime(text); err == nil {
			t.Errorf("%q: got %v", text, got)
		}
	}
	if got := (Version{4, 6, 1}).String(); got != "4.6.1" {
		t.Errorf("a version prints as %s", got)
	}
}
