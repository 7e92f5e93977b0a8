package dataweave

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func TestEveryRowOfTheTableHolds(t *testing.T) {
	t.Parallel()
	for _, d := range []Dialect{Mule, Flex} {
		for _, row := range Table(d) {
			t.Run(d.String()+"/"+row.Rule, func(t *testing.T) {
				t.Parallel()
				if got := outcome(t, row, d); got != row.Result {
					t.Errorf("%s gives %s, want %s", row.Expression, got, row.Result)
				}
			})
		}
	}
}

// outcome runs a row and writes the result as the table does.
func outcome(t *testing.T, row rules.Expression, d Dialect) string {
	t.Helper()
	e, err := Parse(row.Expression, d)
	if err != nil {
		return "error"
	}
	in := env(t, row.Input)
	if row.Runtime != "" {
		if in.Runtime, err = ParseRuntime(row.Runtime); err != nil {
			t.Fatal(err)
		}
	}
	return written(e.Eval(in))
}

func TestEveryRowNamesItsEvidence(t *testing.T) {
	t.Parallel()
	for _, row := range slices.Concat(Table(Mule), Table(Flex)) {
		if row.Rule == "" || row.Result == "" || row.Evidence.Reference == "" {
			t.Errorf("%s: incomplete row: %+v", row.Expression, row)
		}
		if l := row.Evidence.Level; l != rules.Documented && l != rules.Inferred {
			t.Errorf("%s: evidence %q", row.Expression, l)
		}
		if strings.HasSuffix(row.Rule, ".") {
			t.Errorf("%s: the rule ends with a full stop", row.Rule)
		}
	}
}

// These forms are not in the table because nobody documents them.
func TestWhatIsNotDocumentedHasNoValue(t *testing.T) {
	t.Parallel()
	const input = `{
		"vars": {
			"a": "x", "n": 1, "list": [1, null], "o": {"k": 1}, "none": null,
			"some": [{"k": 1}, {"z": 2}, 3], "twice": {"k": 1, "k": 2}, "umlaut": "ü"
		},
		"attributes": {"headers": {"X-A": "1", "x-a": "2"}}
	}`
	for _, test := range []struct {
		expression string
		mule, flex string
	}{
		{`vars.a[0]`, "unknown", `"x"`},
		{`'a{b' contains /a{b/`, "unknown", "unknown"}, // Java refuses it, and Go does not
		{`'a b' matches /(?i)A\sb/`, "true", "unknown"},
		{`contains(vars.a) default 'x'`, "unknown", "failure"},
		{`vars.umlaut[0]`, "unknown", "unknown"},
		{`vars.n.k`, "unknown", "unknown"},
		{`vars.list[true]`, "unknown", "unknown"},
		{`vars.list[0.5]`, "unknown", "1"},
		{`vars.list[1e99]`, "unknown", "unknown"},
		{`vars.list[-3]`, "null", "failure"},
		{`vars.none[0]`, "null", "unknown"},
		{`vars.o[0]`, "unknown", "failure"},
		{`vars.o['k']`, "1", "1"},
		{`vars.some.k`, "unknown", "unknown"},
		{`vars.list.k`, "unknown", "unknown"},
		{`vars.twice.k`, "unknown", "unknown"},
		{`attributes.headers['x-a']`, "unknown", "unknown"},
		{`vars.o == vars.o`, "true", "true"},
		{`vars.o == vars.list`, "false", "false"},
		{`vars.twice == vars.twice`, "unknown", "unknown"},
		{`vars.o == vars.twice`, "false", "false"},
		{`vars.some == vars.list`, "false", "false"},
		{`vars.list == [1, null]`, "true", "unknown"},
		{`vars.list contains 1.0`, "unknown", "true"},
		{`vars.n == 1e9999`, "unknown", "unknown"},
		{`vars.n < 1e9999`, "unknown", "unknown"},
		{`1.5 < 1.25e1`, "true", "true"},
		{`vars.n <= '1'`, "true", "true"},
		{`vars.a > 'b'`, "true", "true"},
		{`vars.umlaut < '😀'`, "unknown", "unknown"},
		{`vars.a < 1`, "false", "unknown"},
		{`true < true`, "unknown", "unknown"},
		{`true < 'a'`, "unknown", "false"},
		{`vars.o < 'a'`, "unknown", "unknown"},
		{`vars.o ~= vars.o`, "unknown", "unknown"},
		{`'1.0' ~= 1`, "unknown", "unknown"},
		{`1 ~= true`, "unknown", "unknown"},
		{`1 ~= '1'`, "true", "unknown"},
		{`upper(vars.n)`, "unknown", "unknown"},
		{`upper(vars.umlaut)`, "unknown", "unknown"},
		{`trim(vars.n)`, "unknown", "unknown"},
		{"trim('\\u00a0x')", "unknown", "unknown"},
		{`sizeOf(vars.n)`, "unknown", "unknown"},
		{`sizeOf(vars.umlaut)`, "unknown", "unknown"},
		{`isEmpty(vars.n)`, "unknown", "unknown"},
		{`isEmpty(vars.o)`, "false", "unknown"},
		{`vars.a ++ 1`, "unknown", "unknown"},
		{`vars.n splitBy ','`, "unknown", "unknown"},
		{`vars.n startsWith '1'`, "unknown", "unknown"},
		{`dw::core::Strings::substringAfter(vars.n, '1')`, "unknown", "unknown"},
		{`contains(vars.a)`, "failure", "failure"},
		{`dw::Core::contains(vars.a, 'x')`, "true", "true"},
		{`vars.none contains /x/`, "unknown", "unknown"},
		{`vars.n contains /x/`, "unknown", "unknown"},
		{`vars.umlaut contains /x/`, "unknown", "unknown"},
		{`vars.a splitBy /x/`, "unknown", "unknown"},
		{`vars.a matches 'x'`, "unknown", "unknown"},
		{`vars.a matches /x/`, "true", "unknown"},
		{`vars.a matches /x++/`, "unknown", "unknown"},
		{`vars.a matches /[a&&b]/`, "unknown", "unknown"},
		{`vars.a matches /\Qx\E/`, "unknown", "unknown"},
		{`vars.a matches /[x/`, "unknown", "unknown"},
		{`vars.a matches /x{2,1}/`, "unknown", "unknown"},
		{`vars.a matches /ü/`, "unknown", "unknown"},
		{`vars.a matches /(?:x)/`, "true", "unknown"},
		{`/x/`, "unknown", "unknown"},
		{`uuid()`, "unknown", "unknown"},
	} {
		for d, want := range map[Dialect]string{Mule: test.mule, Flex: test.flex} {
			if got := written(parse(t, test.expression, d).Eval(env(t, input))); got != want {
				t.Errorf("%s: %s gives %s, want %s", d, test.expression, got, want)
			}
		}
	}
}

func TestWhatIsKnownInPartIsUnknownInTheRest(t *testing.T) {
	t.Parallel()
	attributes := &source.Value{Kind: source.Object, Members: []source.Member{
		{Key: "method", Value: source.NewString("GET")},
		{Key: "requestPath", Value: &source.Value{
			Kind: source.Unknown, Text: "the path is not known",
		}},
		{Key: "version", Value: &source.Value{Kind: source.Unknown}},
		Rest("only the method is known"),
	}}
	const ofNothing = "what splitBy gives for a match of nothing is not documented"
	const clientAddress = "what clientAddress contains is not known: only the method is known"
	env := Env{Attributes: func() *source.Value { return attributes }}
	for expression, want := range map[string]string{
		`attributes.method`:            `"GET"`,
		`attributes.requestPath`:       "the path is not known",
		`attributes.version`:           "attributes.version is not known",
		`attributes.clientAddress.ip`:  clientAddress,
		`attributes`:                   "",
		`attributes == attributes`:     "whether these values are equal is not documented",
		`sizeOf(attributes)`:           "what sizeOf gives for an object is not documented",
		`"ab" splitBy / */`:            ofNothing,
		`payload.a`:                    "payload is not known",
		`payload.a default 'x'`:        "payload is not known",
		`isEmpty(payload)`:             "payload is not known",
		`[payload] contains 'a'`:       "payload is not known",
		`flow.name`:                    unresolved("flow"),
		`attributes.method == payload`: "payload is not known",
	} {
		r := parse(t, expression, Mule).Eval(env)
		switch {
		case want == "" && r.Value == attributes:
		case r.Value != nil && r.Value.JSON() != want, r.Failure != nil,
			r.Unknown != nil && r.Unknown.Why != want:
			t.Errorf("%s: got %+v %+v", expression, r.Value, r.Unknown)
		}
	}
}

func TestACheckThatFailsInEveryVersionIsNotOpen(t *testing.T) {
	t.Parallel()
	in := env(t, `{"vars": {"claimSet": {}}}`)
	for expression, want := range map[string]rules.Truth{
		`vars.claimSet.roles contains 'a'`:             rules.No,
		`not (vars.claimSet.roles contains 'a')`:       rules.Maybe,
		`(vars.claimSet.roles contains 'a') or true`:   rules.Maybe,
		`true or (vars.claimSet.roles contains 'a')`:   rules.Maybe,
		`false and (vars.claimSet.roles contains 'a')`: rules.No,
		`sizeOf(vars.claimSet.roles)`:                  rules.No,
		`splitBy(vars.claimSet.scp, ' ')[0] == 'read'`: rules.No,
		`vars.claimSet.scope`:                          rules.No,
		`vars.claimSet.a == null`:                      rules.Yes,
	} {
		if got := parse(t, expression, Mule).Eval(in).Holds(); got != want {
			t.Errorf("%s: got %v, want %v", expression, got, want)
		}
	}
}

// An operand on which the gateway may fail is not passed over because another operand decides.
func TestAnOperandThatMayFailIsNotPassedOver(t *testing.T) {
	t.Parallel()
	in := env(t, `{
		"vars": {"claimSet": {"a": "x", "n": 1, "s": "text"}}, "attributes": {"headers": {}}
	}`)
	for _, test := range []struct {
		name, expression string
		mule, flex       rules.Truth
	}{
		{
			"a name that does not resolve, behind true",
			`(vars.claimSet.a == 'x') or (tid == 'x')`, rules.Maybe, rules.Yes,
		},
		{
			"a name that does not resolve, before true",
			`(tid == 'x') or (vars.claimSet.a == 'x')`, rules.Maybe, rules.No,
		},
		{
			"a name that does not resolve, in a branch that is not taken",
			`if (vars.claimSet.a == 'x') true else (tid == 'x')`, rules.Maybe, rules.Yes,
		},
		{
			"a name that does not resolve, behind false",
			`(vars.claimSet.a == 'y') and (tid == 'x')`, rules.Maybe, rules.No,
		},
		{
			"a name that does not resolve, behind what is not given",
			`(payload.ok == 'y') or (tid == 'x')`, rules.Maybe, rules.Maybe,
		},
		{
			"an unknown function, behind true",
			`(vars.claimSet.a == 'x') or nope(vars.claimSet.a)`, rules.Maybe, rules.Maybe,
		},
		{
			"an unknown function, in a branch that is not taken",
			`if (vars.claimSet.a == 'x') true else nope(vars.claimSet.a)`,
			rules.Maybe, rules.Maybe,
		},
		{
			"a function that Flex Gateway lacks, behind true",
			`(vars.claimSet.a == 'x') or (vars.claimSet.a startsWith 'x')`, rules.Yes, rules.Maybe,
		},
		{
			"a text where a boolean is needed, behind true",
			`(vars.claimSet.a == 'x') or vars.claimSet.s`, rules.Maybe, rules.Yes,
		},
		{
			"a text where a boolean is needed, before true",
			`vars.claimSet.s or (vars.claimSet.a == 'x')`, rules.Maybe, rules.No,
		},
		{
			"null where a boolean is needed, before true",
			`vars.claimSet.none or (vars.claimSet.a == 'x')`, rules.Maybe, rules.No,
		},
		{
			"a comparison that is not documented, before true",
			`(vars.claimSet.s > true) or (vars.claimSet.a == 'x')`, rules.Maybe, rules.Maybe,
		},
		{
			"what is not given and may not be a boolean, before true",
			`payload.ok or (vars.claimSet.a == 'x')`, rules.Maybe, rules.Maybe,
		},
		{
			"a member of a payload that may be a text, before true",
			`(payload.ok == 'y') or (vars.claimSet.a == 'x')`, rules.Maybe, rules.Maybe,
		},
		{
			"a member of a payload that may be a text, behind true",
			`(vars.claimSet.a == 'x') or (payload.ok == 'y')`, rules.Maybe, rules.Yes,
		},
		{
			"a member of authentication, which may be null, before true",
			`(authentication.ok == 'y') or (vars.claimSet.a == 'x')`, rules.Yes, rules.Maybe,
		},
		{
			"the opposite of an unknown that is never true",
			`not (vars.claimSet.none contains 'x')`, rules.Maybe, rules.No,
		},
		{
			"an unknown that is never true, as a condition",
			`if (vars.claimSet.none contains 'x') false else true`, rules.Maybe, rules.No,
		},
		{
			"a failure in a list, behind what is not given",
			`[payload.ok, vars.claimSet.n[0]] == ['x']`, rules.Maybe, rules.Maybe,
		},
		{
			"all operands known",
			`(vars.claimSet.a == 'x') or (vars.claimSet.n == 1)`, rules.Yes, rules.Yes,
		},
	} {
		for dialect, want := range map[Dialect]rules.Truth{Mule: test.mule, Flex: test.flex} {
			r := parse(t, test.expression, dialect).Eval(in)
			if got := r.Holds(); got != want {
				const format = "%s, %s: %s: got %v, want %v: %+v"
				t.Errorf(format, dialect, test.name, test.expression, got, want, r.Unknown)
			}
		}
	}
}

// Where an operand is not known, both are asked whether they are null: an evaluation of each for
// that would take twice as long for each comparison that stands in another.
func TestAChainOfComparisonsIsEvaluatedOnce(t *testing.T) {
	t.Parallel()
	text := "(vars.claimSet.a == 'x')"
	for range 60 {
		text = "(" + text + " != (vars.claimSet.b == 'x'))"
	}
	e := parse(t, text, Mule)
	open := &source.Value{Kind: source.Unknown, Text: "not known"}
	claims := &source.Value{Kind: source.Object, Members: []source.Member{
		{Key: "a", Value: open}, {Key: "b", Value: open},
	}}
	v := &evaluator{expr: e, since24: true, env: Env{Vars: &source.Value{
		Kind: source.Object, Members: []source.Member{{Key: "claimSet", Value: claims}},
	}}}
	if r := v.eval(e.Root); r.Unknown == nil || v.steps > 2*e.Size() {
		t.Errorf("%+v after %d steps, of an expression of %d nodes", r, v.steps, e.Size())
	}
}

// AllocsPerRun may not run in parallel.
func TestComparisonsShareTheirTruthValues(t *testing.T) {
	const comparisons = 200
	e := parse(t, strings.Repeat("vars.a == 'b' or ", comparisons)+"vars.a == 'c'", Mule)
	env := Env{Vars: &source.Value{
		Kind: source.Object, Members: []source.Member{{Key: "a", Value: source.NewString("c")}},
	}}
	var r Result
	made := testing.AllocsPerRun(5, func() { r = e.Eval(env) })
	if r.Holds() != rules.Yes || made > comparisons/4 {
		t.Errorf("got %v with %v allocations", r, made)
	}
}

func TestAnItemThatIsNotKnownIsNotKnownToALambda(t *testing.T) {
	t.Parallel()
	open := &source.Value{Kind: source.Unknown, Text: "not known"}
	roles := &source.Value{Kind: source.Object, Members: []source.Member{
		{Key: "roles", Value: list([]*source.Value{source.NewString("a"), open})},
	}}
	for _, text := range []string{"vars.roles map ($)", "vars.roles filter ($)"} {
		r := parse(t, text, Mule).Eval(Env{Vars: roles})
		if r.Unknown == nil {
			t.Errorf("%s gives %+v", text, r)
		}
	}
}

func TestEvaluationEnds(t *testing.T) {
	t.Parallel()
	const steps = "the evaluation takes more than 1048576 steps, the most that gatewhy takes"
	long := strings.Repeat("a", 1<<16)
	deep := strings.Repeat("[", 2000) + strings.Repeat("]", 2000)
	wide := strings.Repeat(`"x",`, 1<<16) + `"x"`
	members := strings.Repeat(`"k": 1,`, 2000) + `"k": 1`
	for _, test := range []struct{ name, expression, input, why string }{
		{
			"a text is made longer and longer",
			strings.TrimSuffix(strings.Repeat("vars.a ++ ", 3000), " ++ "),
			fmt.Sprintf(`{"vars": {"a": %q}}`, long), steps,
		},
		{
			"two deep lists are compared", "vars.a == vars.b",
			fmt.Sprintf(`{"vars": {"a": %s, "b": %s}}`, deep, deep),
			"the values are nested more than 500 levels deep, the most that gatewhy compares",
		},
		{
			"two large objects are compared", "vars.a == vars.b",
			fmt.Sprintf(`{"vars": {"a": {%s}, "b": {%s}}}`, members, members), steps,
		},
		{
			"a long list is searched for itself", "vars.a contains vars.a",
			fmt.Sprintf(`{"vars": {"a": [%s]}}`, wide), "",
		},
		{
			"a long list is searched a thousand times",
			strings.Repeat("(vars.a contains 'y') or ", 1000) + "false",
			fmt.Sprintf(`{"vars": {"a": [%s]}}`, wide),
			steps,
		},
		{
			"a long text is split into single characters", "vars.a splitBy 'a'",
			fmt.Sprintf(`{"vars": {"a": "%sb"}}`, strings.Repeat("a", 1<<21)), steps,
		},
		{
			"a long text is matched by a nested repetition", "vars.a matches /(a*)*b/",
			fmt.Sprintf(`{"vars": {"a": %q}}`, long), "",
		},
		{
			"a long text is matched by a long pattern",
			"vars.a matches /" + strings.Repeat("a", 1000) + "/",
			fmt.Sprintf(`{"vars": {"a": %q}}`, long),
			steps,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := parse(t, test.expression, Mule)
			v := &evaluator{env: env(t, test.input), expr: e, since24: true}
			r := v.eval(e.Root)
			switch {
			case test.why == "" && (r.Value == nil || v.steps > maxSteps):
				t.Errorf("got %+v after %d steps", r.Unknown, v.steps)
			case test.why != "" && (r.Unknown == nil || r.Unknown.Why != test.why):
				t.Errorf("got %+v, %+v", r.Value, r.Unknown)
			}
		})
	}
}
