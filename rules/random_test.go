package rules

import (
	"math/rand/v2"
	"regexp"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// listing is a request of an API instance for which these clients have a contract.
func listing(clients ...string) *Request {
	r := claims(`{}`)
	r.Contracts = &Contracts{IDs: clients}
	return r
}

// asked is what random predicates ask, of what, and in which request.
type asked struct {
	request   *Request
	operators []Predicate
	values    []Reading // all that an input may give when it is no error
}

func newAsked() *asked {
	return &asked{request: listing("a"), operators: operators(), values: everything()}
}

// operators are those that ask something of one input.
func operators() []Predicate {
	one := func(op Op) Predicate { return Predicate{Op: op, Values: Literals("a")} }
	two := func(op Op) Predicate { return Predicate{Op: op, Values: Literals("a", "b")} }
	with := func(p Predicate, texts Texts) Predicate {
		p.Texts = &texts
		return p
	}
	pattern, _ := WholePattern("a+")
	members := one(Contains)
	members.Members = true
	return []Predicate{
		{Op: Present},
		{Op: Present, Null: true},
		{Op: Present, NullToo: true},
		{Op: True},
		one(Equals), with(one(Equals), Texts{FoldCase: true}), two(OneOf),
		with(two(OneOf), Texts{SlashAlike: true, SchemeAlike: true}), one(Contains), members,
		two(HasAll), two(HasAny), with(two(HasAny), Texts{Separator: ","}), two(Prefix),
		two(Suffix),
		{Op: IsList},
		{Op: Typed, Kinds: []source.Kind{source.String, source.List}},
		{Op: Matches, Texts: &Texts{Patterns: []*regexp.Regexp{pattern}}},
		{Op: After},
		{Op: After, Inclusive: true, Lenient: true},
		{Op: After, Seconds: true, Zero: Yes},
		{Op: NotAfter, Leeway: time.Minute},
		{Op: Positive, Zero: No},
		{Op: Listed},
	}
}

// everything is what an input may give when it is no error: it is absent, or one of these values.
func everything() []Reading {
	all := []Reading{{}}
	for _, text := range []string{
		`"a"`, `"A/"`, `"b a"`, `"a,b"`, `""`, `"c"`, `0`, `1`, `-1`, `1778068800`, `1778069000`,
		`1778060000`, `true`, `false`, `null`, `[]`, `["a"]`, `["b","c"]`, `["b","a"]`, `[1,"a"]`,
		`{}`, `{"a":1}`,
	} {
		all = append(all, claims(`{"x":`+text+`}`).Read(Claim("x")))
	}
	return all
}

// predicate is a random one, and what it may come out as: by brute force, as of a tree in which
// each of its parts is a check.
func (t *tree) predicate(depth int) (Predicate, may) {
	parts := &tree{random: t.random, asked: t.asked}
	p, node := parts.formula(depth)
	return p, parts.outcomes(&node)
}

func (t *tree) formula(depth int) (p Predicate, same Node) {
	if depth == 0 || t.random.IntN(3) == 0 {
		p, m := t.asking()
		part := leaf{&Check{}, m}
		t.leaves = append(t.leaves, part)
		return p, Node{Check: part.check}
	}
	op := []Op{And, Or, Not}[t.random.IntN(3)]
	count := 1
	if op != Not {
		count = t.random.IntN(3)
	}
	of, nodes := make([]Predicate, count), make([]Node, count)
	for i := range count {
		of[i], nodes[i] = t.formula(depth - 1)
	}
	switch op {
	case And:
		return Both(of...), Node{All: nodes}
	case Or:
		return Either(of...), Node{Any: nodes}
	}
	return Negate(of[0]), Node{Not: &nodes[0]}
}

// asking is an operator that asks something of an input, and what it may come out as. The input
// gives a value, nothing, an error of the gateway, or it is not known which of these.
func (t *tree) asking() (Predicate, may) {
	p := t.operators[t.random.IntN(len(t.operators))]
	reading := t.values[t.random.IntN(len(t.values))]
	switch t.random.IntN(8) {
	case 0:
		reading = Reading{Fault: "as the test has it"}
	case 1, 2, 3:
		reading = Reading{Unknown: t.unknown(p)}
	}
	p.Input = giving(reading)
	return p, t.completed(p, reading)
}

// unknown is a reason why an input is not known, of those that such an operator heeds.
func (t *tree) unknown(p Predicate) *Unknown {
	u := &Unknown{Why: "as the test has it", MayErr: t.random.IntN(2) == 0}
	some := t.random.IntN(3)
	u.NeverTrue = p.Op == True && some == 0
	u.Present = p.Op == Present && some == 0
	u.NeverFound = p.Op == Present && p.Null && some == 1
	return u
}

// completed is what an operator comes out as for everything that its input may give.
func (a *asked) completed(p Predicate, reading Reading) may {
	u := reading.Unknown
	if u == nil {
		p.Input = giving(reading)
		return a.request.judge(&p).may
	}
	var all may
	for _, r := range a.values {
		isTrue, _ := r.Value.Bool()
		if u.NeverTrue && isTrue || u.Present && r.absent() || u.NeverFound && !r.absent() {
			continue
		}
		all |= a.completed(p, r)
	}
	if u.MayErr && !u.Present {
		all |= errs
	}
	return all
}

// Every operator is tried by itself with an input that is not known: it comes out as it does for
// one value or another.
func TestAnOperatorOfWhatIsNotKnownIsItOfEveryValue(t *testing.T) {
	t.Parallel()
	all := newAsked()
	for _, p := range all.operators {
		for seed := range uint64(20) {
			made := tree{random: rand.New(rand.NewPCG(seed, 3))}
			reading := Reading{Unknown: made.unknown(p)}
			p.Input = giving(reading)
			got, want := all.request.judge(&p).may, all.completed(p, reading)
			if got != want {
				t.Errorf("%+v of %+v: got %03b, want %03b", p, reading.Unknown, got, want)
			}
		}
	}
}
