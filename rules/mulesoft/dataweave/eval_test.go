package dataweave

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/google/go-cmp/cmp"
)

func TestReadsNamesWhatIsRead(t *testing.T) {
	for _, test := range []struct {
		text          string
		reads, claims []string
	}{
		{`vars.claimSet.roles contains 'a'`, []string{"vars.claimSet.roles"}, []string{"roles"}},
		{`attributes.headers['Authorization']`, []string{"attributes.headers.authorization"}, nil},
		{`vars.claimSet.'http://x/y'.z`, []string{"vars.claimSet['http://x/y'].z"}, []string{"http://x/y"}},
		{`vars.claimSet.a == 1 or vars.claimSet.a == 2`, []string{"vars.claimSet.a"}, []string{"a"}},
		{`vars.claimSet.a[0].b`, []string{"vars.claimSet.a"}, []string{"a"}},
		{`vars.claimSet[attributes.method]`, []string{"vars.claimSet", "attributes.method"}, []string{"*"}},
		{`authentication.properties.claims.sub`, []string{"authentication.properties.claims.sub"}, []string{"sub"}},
		{`vars.claimSet.scp some ((s) -> s == vars.claimSet['a b'])`, []string{"vars.claimSet.scp", "vars.claimSet['a b']"}, []string{"scp", "a b"}},
		{`{a: vars.claimSet.tid}`, []string{"vars.claimSet.tid"}, []string{"tid"}},
		{`%dw 2.0 output application/json --- vars.claimSet.scp`, []string{"vars.claimSet.scp"}, []string{"scp"}},
		{`'a' == "vars.claimSet.b"`, nil, nil},
	} {
		t.Run(test.text, func(t *testing.T) {
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

func TestBooleanSaysWhatTheTextTells(t *testing.T) {
	for text, want := range map[string]Answer{
		`vars.claimSet.scope`:                  Maybe,
		`vars.claimSet.scope == 'a'`:           Yes,
		`(vars.a contains 'x')`:                Yes,
		`not vars.a`:                           Yes,
		`isEmpty(vars.a)`:                      Yes,
		`vars.a matches /x/`:                   Yes,
		`'a'`:                                  No,
		`null`:                                 No,
		`upper(vars.a)`:                        No,
		`vars.a ++ 'b'`:                        No,
		`vars.a default false`:                 Maybe,
		`(vars.a == 1) default false`:          Yes,
		`if (vars.a) true else false`:          Yes,
		`if (vars.a) 'a' else 'b'`:             No,
		`if (vars.a) 'a' else true`:            Maybe,
		`vars.a some ($ == 1)`:                 Maybe,
		`vars.a ?`:                             Maybe,
		`[vars.a == 1]`:                        No,
		`sizeOf(vars.a)`:                       No,
		`{a: 1}`:                               Maybe,
		`vars.a contains 'x' or vars.b`:        Yes,
		`dw::core::Strings::substringAfter(a)`: No,
	} {
		if got := parse(t, text, Mule).Boolean(); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func TestWhatIsKnownInPartIsUnknownInTheRest(t *testing.T) {
	attributes := &source.Value{Kind: source.Object, Members: []source.Member{
		{Key: "method", Value: text("GET")},
		{Key: "requestPath", Value: &source.Value{Kind: source.Unknown, Text: "the path is not known"}},
		Rest("only the method is known"),
	}}
	for expression, want := range map[string]string{
		`attributes.method`:            `"GET"`,
		`attributes.requestPath`:       "the path is not known",
		`attributes.clientAddress.ip`:  "what clientAddress holds is not known: only the method is known",
		`attributes`:                   "",
		`attributes == attributes`:     "whether these values are equal is not documented",
		`sizeOf(attributes)`:           "what sizeOf makes of an object is not documented",
		`payload.a`:                    "payload is not known",
		`payload.a default 'x'`:        "payload is not known",
		`isEmpty(payload)`:             "payload is not known",
		`[payload] contains 'a'`:       "payload is not known",
		`flow.name`:                    "flow is not a variable of a policy; a name with a hyphen or a dot in it needs quotes, as in vars.claimSet.'a-b'",
		`attributes.method == payload`: "payload is not known",
	} {
		r := parse(t, expression, Mule).Eval(Env{Attributes: attributes})
		switch {
		case want == "" && r.Value == attributes:
		case r.Value != nil && r.Value.JSON() != want, r.Unknown != nil && r.Unknown.Why != want, r.Failure != nil:
			t.Errorf("%s: got %+v %+v", expression, r.Value, r.Unknown)
		}
	}
}

func TestACheckThatFailsInEveryVersionIsNotOpen(t *testing.T) {
	in := env(t, `{"vars": {"claimSet": {}}}`)
	for expression, want := range map[string]Answer{
		`vars.claimSet.roles contains 'a'`:             No,
		`not (vars.claimSet.roles contains 'a')`:       Maybe,
		`(vars.claimSet.roles contains 'a') or true`:   Maybe,
		`true or (vars.claimSet.roles contains 'a')`:   Maybe,
		`false and (vars.claimSet.roles contains 'a')`: No,
		`sizeOf(vars.claimSet.roles)`:                  No,
		`splitBy(vars.claimSet.scp, ' ')[0] == 'read'`: No,
		`vars.claimSet.scope`:                          No,
		`vars.claimSet.a == null`:                      Yes,
	} {
		if got := parse(t, expression, Mule).Eval(in).Holds(); got != want {
			t.Errorf("%s: got %v, want %v", expression, got, want)
		}
	}
}

func TestARequestInWhichAHeaderStandsTwiceIsUnknown(t *testing.T) {
	in := env(t, `{"attributes": {"headers": {"X-A": "1", "x-a": "2"}}}`)
	if r := parse(t, `attributes.headers['x-a']`, Mule).Eval(in); r.Unknown == nil {
		t.Errorf("got %+v", r)
	}
}

func TestEvaluationEnds(t *testing.T) {
	long := strings.Repeat("a", 1<<16)
	deep := strings.Repeat("[", 2000) + strings.Repeat("]", 2000)
	wide := strings.Repeat(`"x",`, 1<<16) + `"x"`
	for _, test := range []struct{ expression, input string }{
		{strings.TrimSuffix(strings.Repeat("vars.a ++ ", 3000), " ++ "), fmt.Sprintf(`{"vars": {"a": %q}}`, long)},
		{"vars.a == vars.b", fmt.Sprintf(`{"vars": {"a": %s, "b": %s}}`, deep, deep)},
		{"vars.a contains vars.a", fmt.Sprintf(`{"vars": {"a": [%s]}}`, wide)},
		{strings.Repeat("(vars.a contains 'y') or ", 1000) + "false", fmt.Sprintf(`{"vars": {"a": [%s]}}`, wide)},
		{"vars.a splitBy 'a'", fmt.Sprintf(`{"vars": {"a": "%sb"}}`, strings.Repeat("a", 1<<21))},
		{"vars.a matches /(a*)*b/", fmt.Sprintf(`{"vars": {"a": %q}}`, long)},
	} {
		start := time.Now()
		r := parse(t, test.expression, Mule).Eval(env(t, test.input))
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%.40s: took %v", test.expression, took)
		}
		if r.Failure != nil {
			t.Errorf("%.40s: failed: %+v", test.expression, r.Failure)
		}
	}
}

func TestParseRuntime(t *testing.T) {
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
}

func TestALiteralAndAPathCanBeLowered(t *testing.T) {
	e := parse(t, `(vars.claimSet.groups) == ['a', 1, true, null]`, Mule)
	literal, ok := e.Root.Args[1].Literal()
	if !ok || literal.JSON() != `["a",1,true,null]` {
		t.Errorf("literal: %v", literal)
	}
	if diff := cmp.Diff([]string{"vars", "claimSet", "groups"}, e.Root.Args[0].Path()); diff != "" {
		t.Error(diff)
	}
	if _, ok := e.Root.Literal(); ok {
		t.Error("a comparison is no literal")
	}
}
