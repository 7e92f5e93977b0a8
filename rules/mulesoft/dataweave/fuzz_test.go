package dataweave

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// sameTree compares two trees, columns aside.
func sameTree(a, b *Node) bool {
	return a.Kind == b.Kind && a.Name == b.Name && a.Text == b.Text && a.Infix == b.Infix &&
		a.prepared.ambiguous == b.prepared.ambiguous &&
		slices.EqualFunc(a.Args, b.Args, sameTree)
}

func addExpressions(f *testing.F, add func(text string, flex bool)) {
	f.Helper()
	for _, row := range slices.Concat(Table(Mule), Table(Flex)) {
		add(row.Expression, false)
		add(row.Expression, true)
	}
	for _, real := range realExpressions() {
		code, _, _ := Template(real.text)
		add(code, false)
	}
	for _, text := range []string{
		"vars.'a\\u0041\\n\\$'", "a ?? b", "x[?($.a)]?!", "not not !a", "/a\\/b/",
		"a as b::C {x: 'y'} is D", "((", "`", "é.ü", "a.*@b", "--1", "- 1", "1e5.a",
		"if (a) b else if (c) d else e", "(a, b) -> c", "$$.a", "|P1D|", "/* a */ b // c",
		"a match {case b -> c} update {}",
	} {
		add(text, false)
	}
}

// Parsing ends without a panic. Every error has a column inside the text and a cause. What is
// printed parses to the same tree.
func FuzzParse(f *testing.F) {
	addExpressions(f, func(text string, flex bool) { f.Add(text, flex) })
	f.Fuzz(func(t *testing.T, text string, flex bool) {
		d := Mule
		if flex {
			d = Flex
		}
		e, err := Parse(text, d)
		if err != nil {
			checkError(t, text, err)
			return
		}
		printed := e.String()
		again, err := Parse(printed, d)
		if err != nil {
			t.Fatalf("%q prints as %q: %v", text, printed, err)
		}
		if !sameTree(e.Root, again.Root) || again.String() != printed {
			t.Fatalf("%q prints as %q, which reads as %q", text, printed, again)
		}
		for _, c := range e.Unsupported() {
			if c.Name == "" || c.Why == "" || c.Column < 1 {
				t.Errorf("%q: incomplete construct %+v", text, c)
			}
		}
		e.Reads()
		e.Claims()
		e.Root.Boolean()
	})
}

func checkError(t *testing.T, text string, err error) {
	t.Helper()
	e, ok := err.(*source.Error)
	if !ok || e.Cause == "" || e.Pos.Column < 1 || e.Pos.Column > len([]rune(text))+1 {
		t.Errorf("%q: error without a place or a cause: %#v", text, err)
	}
}

// Evaluation ends without a panic and gives exactly one of value, unknown and failure. A value
// that it gives without the version, or without one of the inputs, is the value that it gives with
// it.
func FuzzEval(f *testing.F) {
	for _, row := range slices.Concat(Table(Mule), Table(Flex)) {
		f.Add(row.Expression, row.Input, false)
		f.Add(row.Expression, row.Input, true)
	}
	f.Fuzz(func(t *testing.T, text, input string, flex bool) {
		d := Mule
		if flex {
			d = Flex
		}
		e, err := Parse(text, d)
		if err != nil {
			return
		}
		full := fuzzEnv(input)
		result := checked(t, e, full)
		for _, version := range []Version{{4, 3, 0}, {4, 4, 0}} {
			later := full
			later.Runtime = version
			agree(t, e, result, checked(t, e, later))
		}
		for _, hide := range []func(*Env){
			func(e *Env) { e.Vars = nil },
			func(e *Env) { e.Attributes = nil },
			func(e *Env) { e.Payload = nil },
		} {
			partial := full
			hide(&partial)
			agree(t, e, checked(t, e, partial), result)
		}
	})
}

func fuzzEnv(input string) Env {
	d := json.NewDecoder(strings.NewReader(input))
	d.UseNumber()
	v, err := decode(d)
	if err != nil || v == nil {
		v = &source.Value{Kind: source.Object}
	}
	return envOf(v)
}

func checked(t *testing.T, e *Expr, in Env) Result {
	t.Helper()
	r := e.Eval(in)
	set := 0
	for _, one := range []bool{r.Value != nil, r.Unknown != nil, r.Failure != nil} {
		if one {
			set++
		}
	}
	if set != 1 || r.Value.Is(source.Unknown) {
		t.Fatalf("%s: not one result: %+v", e, r)
	}
	if r.Unknown != nil && (r.Unknown.Why == "" || r.Unknown.Column < 1) {
		t.Fatalf("%s: unknown without a reason or a place: %+v", e, r.Unknown)
	}
	if r.Failure != nil && (r.Failure.Why == "" || r.Failure.Column < 1) {
		t.Fatalf("%s: failure without a reason or a place: %+v", e, r.Failure)
	}
	return r
}

func agree(t *testing.T, e *Expr, less, more Result) {
	t.Helper()
	if less.Value != nil && more.Value != nil && less.Value.JSON() != more.Value.JSON() {
		const format = "%s: gives %s, and %s when more is known"
		t.Fatalf(format, e, less.Value.JSON(), more.Value.JSON())
	}
	if less.Unknown != nil && less.Unknown.NeverTrue && more.Holds() == rules.Yes {
		t.Fatalf("%s: should never be true, and is", e)
	}
}

const benchmarked = `(vars.claimSet.roles contains 'role1') or ` +
	`(vars.claimSet.roles contains 'role2')`

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(benchmarked, Mule); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	e := parse(b, benchmarked, Mule)
	in := env(b, inputOf(`"aud": "a", "iss": "b", "roles": ["x", "role2"]`))
	b.ReportAllocs()
	for b.Loop() {
		if e.Eval(in).Holds() != rules.Yes {
			b.Fatal("the role is there")
		}
	}
}
