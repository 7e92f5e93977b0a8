package dataweave

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/google/go-cmp/cmp"
)

func TestReadsNamesWhatIsRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text          string
		reads, claims []string
	}{
		{`vars.claimSet.roles contains 'a'`, []string{"vars.claimSet.roles"}, []string{"roles"}},
		{
			`attributes.headers['Authorization']`,
			[]string{"attributes.headers.authorization"},
			nil,
		},
		{
			`vars.claimSet.'http://x/y'.z`,
			[]string{"vars.claimSet['http://x/y'].z"},
			[]string{"http://x/y"},
		},
		{
			`vars.claimSet.a == 1 or vars.claimSet.a == 2`,
			[]string{"vars.claimSet.a"},
			[]string{"a"},
		},
		{`vars.claimSet.a[0].b`, []string{"vars.claimSet.a"}, []string{"a"}},
		{
			`vars.claimSet[attributes.method]`,
			[]string{"vars.claimSet", "attributes.method"},
			[]string{"*"},
		},
		{
			`authentication.properties.claims.sub`,
			[]string{"authentication.properties.claims.sub"},
			[]string{"sub"},
		},
		{
			`vars.claimSet.scp some ((s) -> s == vars.claimSet['a b'])`,
			[]string{"vars.claimSet.scp", "vars.claimSet['a b']"},
			[]string{"scp", "a b"},
		},
		{`{a: vars.claimSet.tid}`, []string{"vars.claimSet.tid"}, []string{"tid"}},
		{`{a: vars.claimSet[0], b: “}`, []string{"vars.claimSet"}, []string{"*"}},
		{
			`%dw 2.0 output application/json --- vars.claimSet.scp`,
			[]string{"vars.claimSet.scp"},
			[]string{"scp"},
		},
		{`'a' == "vars.claimSet.b"`, nil, nil},
	} {
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()
			e := parse(t, test.text, Mule)
			if diff := cmp.Diff(test.reads, e.Reads()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.claims, e.Claims()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatAnExpressionComparesAClaimWith(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		want       []string
		ok         bool
	}{
		{"a claim that is the result is compared with nothing", `vars.claimSet.azp`, nil, true},
		{
			"either of two claims may be the result",
			`vars.claimSet.azp default vars.claimSet.appid`, nil, true,
		},
		{
			"another claim may choose which of them is the result",
			`if (vars.claimSet.ver == '2.0') vars.claimSet.azp else vars.claimSet.appid`,
			nil, true,
		},
		{
			"the text may be on either side",
			`vars.claimSet.azp == 'one' or 'two' != vars.claimSet.appid`,
			[]string{"one", "two"},
			true,
		},
		{
			"a condition comes before its branches",
			`if (vars.claimSet.azp == 'one') vars.claimSet.azp == 'two' else false`,
			[]string{"one", "two"},
			true,
		},
		{
			"a list of texts may contain the claim",
			`['one', 'two'] contains vars.claimSet.azp`,
			[]string{"one", "two"},
			true,
		},
		{
			"one text may be compared with either of two claims",
			`(vars.claimSet.azp default vars.claimSet.appid) == 'one'`,
			[]string{"one"},
			true,
		},
		{
			"what is done with other claims does not matter",
			`vars.claimSet.azp == 'one' and (vars.claimSet.roles contains 'r')`,
			[]string{"one"},
			true,
		},
		{
			"an expression without the claim compares nothing",
			`vars.claimSet.roles contains 'r'`, nil, true,
		},
		{
			"claims may be in the other place", `authentication.properties.claims.azp == 'one'`,
			[]string{"one"},
			true,
		},
		{
			"another claim may hold the same text", `vars.claimSet.azp == vars.claimSet.sub`,
			nil, false,
		},
		{"order is more than equality", `vars.claimSet.azp < 'one'`, nil, false},
		{"a part of the claim is not the claim", `vars.claimSet.azp contains 'one'`, nil, false},
		{
			"the claim may be a part of another text", `'one two' contains vars.claimSet.azp`,
			nil, false,
		},
		{"a function makes another text", `lower(vars.claimSet.azp) == 'one'`, nil, false},
		{"a longer text is not the claim", `(vars.claimSet.azp ++ '') == 'one'`, nil, false},
		{"a list with the claim is not the claim", `[vars.claimSet.azp] == ['one']`, nil, false},
		{"a member of the claim is not the claim", `vars.claimSet.azp.x == 'one'`, nil, false},
		{"the whole set has the claim in it", `sizeOf(vars.claimSet) > 3`, nil, false},
		{
			"a claim as a condition is not compared",
			`if (vars.claimSet.azp) 'one' else 'two'`, nil, false,
		},
		{"we cannot know it of a coercion", `vars.claimSet.azp as Number == 1`, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			texts, ok := parse(t, test.text, Mule).Compares("appid", "azp")
			if ok != test.ok {
				t.Errorf("%s: ok is %t", test.text, ok)
			} else if diff := cmp.Diff(test.want, texts); ok && diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func TestBooleanSaysWhatTheTextShows(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]rules.Truth{
		`vars.claimSet.scope`:                  rules.Maybe,
		`vars.claimSet.scope == 'a'`:           rules.Yes,
		`(vars.a contains 'x')`:                rules.Yes,
		`not vars.a`:                           rules.Yes,
		`isEmpty(vars.a)`:                      rules.Yes,
		`vars.a matches /x/`:                   rules.Yes,
		`'a'`:                                  rules.No,
		`null`:                                 rules.No,
		`upper(vars.a)`:                        rules.No,
		`vars.a ++ 'b'`:                        rules.No,
		`vars.a default false`:                 rules.Maybe,
		`(vars.a == 1) default false`:          rules.Yes,
		`if (vars.a) true else false`:          rules.Yes,
		`if (vars.a) 'a' else 'b'`:             rules.No,
		`if (vars.a) 'a' else true`:            rules.Maybe,
		`vars.a some ($ == 1)`:                 rules.Maybe,
		`vars.a ?`:                             rules.Yes,
		`[vars.a == 1]`:                        rules.No,
		`sizeOf(vars.a)`:                       rules.No,
		`{a: 1}`:                               rules.Maybe,
		`vars.a contains 'x' or vars.b`:        rules.Yes,
		`dw::core::Strings::substringAfter(a)`: rules.No,
	} {
		if got := parse(t, text, Mule).Root.Boolean(); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func TestALiteralAndAPathCanBeReadFromTheTree(t *testing.T) {
	t.Parallel()
	e := parse(t, `(vars.claimSet.groups) == ['a', 1, true, null]`, Mule)
	literal, ok := e.Root.Args[1].Literal()
	if !ok || literal.JSON() != `["a",1,true,null]` {
		t.Errorf("literal: %v", literal)
	}
	path := e.Root.Args[0].Path()
	if diff := cmp.Diff([]string{"vars", "claimSet", "groups"}, path); diff != "" {
		t.Error(diff)
	}
	if _, ok := e.Root.Literal(); ok {
		t.Error("a comparison is taken for a literal")
	}
}

// Two values of a claim for which all parts give the same make no difference to the expression,
// whatever the other claims hold.
func TestAnExpressionDependsOnAClaimByItsPartsAlone(t *testing.T) {
	t.Parallel()
	values := []string{
		`"Role.1"`, `"Role.10"`, `"role.1"`, `"Scope.A Role.1"`, `"x"`, `""`, `null`, `7`, `["x"]`,
		`["Role.1"]`, `["Role.1", "x"]`, `[]`, `{"Role.1": 1}`,
	}
	for _, test := range []struct {
		text string
		ok   bool
	}{
		{`(vars.claimSet.a contains 'Role.1') or (vars.claimSet.b contains 'x')`, true},
		{`((vars.claimSet.a default '') splitBy ' ') contains 'Role.1'`, true},
		{`(upper(vars.claimSet.a) contains 'ROLE') and vars.claimSet.b == 'x'`, true},
		{
			`if (vars.claimSet.b == 'x') sizeOf(vars.claimSet.a) > 1 ` +
				`else isEmpty(vars.claimSet.a)`,
			true,
		},
		{`vars.claimSet.a == vars.claimSet.b`, true},
		{`(vars.claimSet.a default vars.claimSet.b) == 'x'`, true},
		{`vars.claimSet.a matches /Role\..*/`, true},
		{`vars.claimSet.a[0] == 'Role.1' and not (vars.claimSet.b == 7)`, true},
		{`vars.claimSet == {a: 'x'}`, false},
		{`vars.claimSet[vars.claimSet.b] == 'x'`, false},
		{`isEmpty(vars.claimSet.a filter ($ == 'x'))`, true},
		{`isEmpty(vars.claimSet.a filter ($ == vars.claimSet.b))`, true},
		{`isEmpty(vars.claimSet.b filter ($ == vars.claimSet.a))`, false},
	} {
		e := parse(t, test.text, Mule)
		parts, ok := e.Parts("a")
		if ok != test.ok {
			t.Errorf("%s: ok is %v", test.text, ok)
		}
		result := func(e *Expr, a, b string) string {
			got := e.Eval(env(t, `{"vars": {"claimSet": {"a": `+a+`, "b": `+b+`}}}`))
			if got.Unknown != nil {
				return "unknown"
			}
			return fmt.Sprint(got.Failure, got.Value.JSON())
		}
		alike := 0
		for _, one := range values {
			for _, two := range values {
				same := ok && !slices.ContainsFunc(parts, func(part *Expr) bool {
					a, b := result(part, one, "null"), result(part, two, "null")
					return a == "unknown" || a != b
				})
				if !same {
					continue
				}
				alike++
				for _, b := range values {
					if x, y := result(e, one, b), result(e, two, b); x != y {
						t.Errorf("%s: %s gives %s, and %s %s, with %s",
							test.text, one, x, two, y, b)
					}
				}
			}
		}
		if ok && alike == 0 {
			t.Errorf("%s: no two values are alike", test.text)
		}
	}
}
