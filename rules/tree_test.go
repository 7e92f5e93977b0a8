package rules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// leaf is a check of a random tree, with what it may come out as.
type leaf struct {
	check *Check
	may   may
}

// tree makes random trees of checks that are known, unknown, or an error of the gateway perhaps.
type tree struct {
	*asked
	random *rand.Rand
	leaves []leaf
}

func (t *tree) node(depth int) Node {
	if depth == 0 || t.random.IntN(3) == 0 {
		return t.leaf()
	}
	some := func() []Node {
		nodes := make([]Node, t.random.IntN(4))
		for i := range nodes {
			nodes[i] = t.node(depth - 1)
		}
		return nodes
	}
	switch t.random.IntN(4) {
	case 0:
		return Node{All: some()}
	case 1:
		return Node{Any: some()}
	case 2:
		not := t.node(depth - 1)
		return Node{Not: &not}
	}
	first := &First{Default: t.node(depth - 1)}
	for range t.random.IntN(3) {
		first.Branches = append(first.Branches, Branch{t.node(depth - 1), t.node(depth - 1)})
	}
	return Node{First: first}
}

// leaf is a check that gives one of the sets of outcomes, or one of a random predicate. It may be
// switched off, or not be made perhaps.
func (t *tree) leaf() Node {
	l := leaf{check: &Check{ID: CustomClaim}}
	if t.random.IntN(2) == 0 {
		l.check.Test, l.may = t.plain()
	} else {
		l.check.Test, l.may = t.predicate(2)
	}
	switch t.random.IntN(12) {
	case 0:
		l.check.Skip, l.may = "as the test has it", holds
	case 1:
		l.check.MaySkip = &Unknown{Why: "as the test has it"}
		l.may |= holds
	}
	t.leaves = append(t.leaves, l)
	return Node{Check: l.check}
}

// plain is a predicate of a truth value that is known, unknown, or perhaps an error.
func (t *tree) plain() (Predicate, may) {
	m := may(1 + t.random.IntN(int(holds|fails|errs)))
	reading := Reading{}
	switch {
	case m == holds:
		reading.Value = boolean("true")
	case m == fails:
		reading.Value = boolean("false")
	case m == errs:
		reading.Fault = "as the test has it"
	case m == holds|errs: // a check has no such outcome: what is not known may be false
		m |= fails
		fallthrough
	default:
		reading.Unknown = &Unknown{
			Why:       "as the test has it",
			MayErr:    m&errs != 0,
			NeverTrue: m&holds == 0,
		}
	}
	return Predicate{Op: True, Input: giving(reading)}, m
}

// giving is an input that gives this for every request.
func giving(reading Reading) Input {
	return Computed("x", func(*Request) Reading { return reading }, Claim("x"))
}

// outcomes runs a tree for every completion of what its leaves may come out as, and says what it
// comes out as.
func (t *tree) outcomes(n *Node) may {
	var all may
	known := map[*Check]may{}
	var complete func(i int)
	complete = func(i int) {
		if i == len(t.leaves) {
			all |= plainly(n, known)
			return
		}
		for _, m := range []may{holds, fails, errs} {
			if t.leaves[i].may&m != 0 {
				known[t.leaves[i].check] = m
				complete(i + 1)
			}
		}
	}
	complete(0)
	return all
}

// plainly runs a tree whose checks are all known, as a gateway does: in order, and no further
// than it must.
func plainly(n *Node, known map[*Check]may) may {
	switch {
	case n.Check != nil:
		return known[n.Check]
	case n.Any != nil:
		for i := range n.Any {
			if m := plainly(&n.Any[i], known); m != fails {
				return m
			}
		}
		return fails
	case n.Not != nil:
		switch m := plainly(n.Not, known); m {
		case holds:
			return fails
		case fails:
			return holds
		default:
			return m
		}
	case n.First != nil:
		for i := range n.First.Branches {
			b := &n.First.Branches[i]
			switch plainly(&b.If, known) {
			case holds:
				return plainly(&b.Then, known)
			case errs:
				return errs
			}
		}
		return plainly(&n.First.Default, known)
	}
	for i := range n.All {
		if m := plainly(&n.All[i], known); m != holds {
			return m
		}
	}
	return holds
}

func TestEvaluateIsABruteForceOverWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	seen, all := map[Decision]int{}, newAsked()
	for seed := range uint64(randomTrees) {
		made := tree{asked: all, random: rand.New(rand.NewPCG(seed, 1))}
		root := made.node(3)
		if len(made.leaves) > 9 {
			continue
		}
		want := made.outcomes(&root).decision()
		v := Evaluate([]*Policy{{Root: root}}, all.request)
		if v.Outcome != want {
			t.Fatalf(
				"seed %d: got %s, want %s: %s", seed, v.Outcome, want, shape(&root, made.leaves),
			)
		}
		if len(v.Results) != len(made.leaves) {
			t.Fatalf("seed %d: %d results of %d checks", seed, len(v.Results), len(made.leaves))
		}
		if v.Outcome == Rejected && v.Decided == nil && len(made.leaves) > 0 && !empty(&root) {
			t.Fatalf("seed %d: rejected by nothing: %s", seed, shape(&root, made.leaves))
		}
		if v.Decided != nil && v.Decided.Harmless {
			t.Fatalf("seed %d: decided by what keeps nobody out: %s", seed, shape(&root,
				made.leaves))
		}
		seen[want]++
	}
	for _, d := range []Decision{Accepted, Rejected, Undetermined} {
		if seen[d] < randomTrees/40 {
			t.Errorf("only %d trees are %s", seen[d], d)
		}
	}
}

// empty reports whether a tree has an alternative of none, or the opposite of what always holds:
// these reject without a check that could be named.
func empty(n *Node) bool {
	if n.Any != nil && len(n.Any) == 0 || n.All != nil && len(n.All) == 0 {
		return true
	}
	for _, part := range n.parts {
		if empty(part) {
			return true
		}
	}
	return false
}

// shape writes a tree down.
func shape(n *Node, leaves []leaf) string {
	if n.Check != nil {
		for _, l := range leaves {
			if l.check == n.Check {
				return fmt.Sprintf("%03b", l.may)
			}
		}
	}
	text := ""
	for i, part := range n.parts {
		text += " " + n.step(i)[1:] + ":" + shape(part, leaves)
	}
	return "(" + text + " )"
}

func TestWaysPastANode(t *testing.T) {
	t.Parallel()
	a, b, c := Node{Check: &Check{ID: "a"}}, Node{Check: &Check{ID: "b"}},
		Node{Check: &Check{ID: "c"}}
	off := Node{Check: &Check{ID: "off", Skip: "as the test has it"}}
	all := func(of ...Node) Node { return Node{All: of} }
	either := func(of ...Node) Node { return Node{Any: of} }
	not := func(n Node) Node { return Node{Not: &n} }
	nobody := Node{Any: []Node{}}
	tests := []struct {
		name string
		root Node
		want []string
	}{
		{"nothing is asked for", Node{}, []string{""}},
		{"a list has one way", all(a, b), []string{"a b"}},
		{"alternatives have one each", either(a, all(b, c)), []string{"a", "b c"}},
		{"and each goes on with what follows", all(a, either(b, c)), []string{"a b", "a c"}},
		{"what must not hold is failed", not(a), []string{"-a"}},
		{"in one way or another", not(all(a, b)), []string{"-a", "-b"}},
		{"or in every way", not(either(a, b)), []string{"-a -b"}},
		{"twice not is not at all", not(not(a)), []string{"a"}},
		{"nobody gets past no alternative", nobody, nil},
		{"nor past the opposite of nothing", not(Node{}), nil},
		{"what is switched off can't be failed", not(off), nil},
		{
			"a rule applies, or those behind it",
			Node{First: &First{[]Branch{{a, b}}, c}},
			[]string{"a b", "-a c"},
		},
		{"a rule that denies lets nobody past", Node{First: &First{
			[]Branch{{a, nobody}},
			Node{},
		}}, []string{"-a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			ways, ok := test.root.Ways()
			for _, way := range ways {
				got = append(got, wayWords(way))
			}
			if diff := cmp.Diff(test.want, got); diff != "" || !ok {
				t.Errorf("ok is %t (-want +got):\n%s", ok, diff)
			}
		})
	}
}

func wayWords(way []*Check) string {
	var words []string
	for _, check := range way {
		word := string(check.ID)
		if check.Test.Op == Not {
			word = "-" + word
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestTooManyWaysAreNotOK(t *testing.T) {
	t.Parallel()
	pair := Node{Any: []Node{{Check: &Check{ID: "a"}}, {Check: &Check{ID: "b"}}}}
	ways, ok := (&Node{All: []Node{pair, pair, pair, pair, pair, pair}}).Ways()
	if !ok || len(ways) != 64 {
		t.Errorf("%d ways, ok is %t", len(ways), ok)
	}
	if _, ok := (&Node{All: []Node{pair, pair, pair, pair, pair, pair, pair}}).Ways(); ok {
		t.Error("128 ways are ok")
	}
}

// Of trees whose checks are known, one way at least holds as a whole exactly where the tree does;
// of others without errors, none holds where it is not known that the tree does.
func TestAWayHoldsExactlyWhereTheTreeDoes(t *testing.T) {
	t.Parallel()
	tried, all := 0, newAsked()
	for seed := range uint64(5_000) {
		made := tree{asked: all, random: rand.New(rand.NewPCG(seed, 2))}
		root := made.node(3)
		ways, ok := root.Ways()
		errors := func(l leaf) bool { return l.may&errs != 0 }
		if !ok || len(made.leaves) > 9 || slices.ContainsFunc(made.leaves, errors) {
			continue
		}
		sure := !slices.ContainsFunc(made.leaves, func(l leaf) bool {
			return l.may != holds && l.may != fails
		})
		got := false
		for _, way := range ways {
			v := Evaluate([]*Policy{{Root: AllOf(way...)}}, all.request)
			got = got || v.Outcome == Accepted
		}
		if want := made.outcomes(&root) == holds; got != want && (got || sure) {
			t.Fatalf("seed %d: a way holds is %t: %s", seed, got, shape(&root, made.leaves))
		}
		if sure {
			tried++
		}
	}
	if tried < 500 {
		t.Errorf("only %d trees were tried", tried)
	}
}

func TestOnlyWhatHasToPassIsWanted(t *testing.T) {
	t.Parallel()
	named := func(name string) Node { return Node{Check: &Check{ID: ID(name)}} }
	not := func(n Node) Node { return Node{Not: &n} }
	nobody := Node{Any: []Node{}}
	root := Node{All: []Node{
		named("wanted"),
		not(Node{All: []Node{named("refused"), not(named("wanted below two"))}}),
		{Any: []Node{named("one"), named("another")}},
		{First: &First{
			Branches: []Branch{
				{named("let in"), named("and wanted")},
				{named("kept out"), nobody},
				{named("let in whole"), Node{}},
			},
			Default: named("of the rest"),
		}},
		not(Node{First: &First{
			Branches: []Branch{{named("not told"), not(named("nor"))}},
			Default:  not(named("of the rest of a refusal")),
		}}),
	}}
	var got []string
	for check := range Wanted([]*Policy{{Root: root}, {Root: named("of another policy")}}) {
		got = append(got, string(check.ID))
	}
	want := []string{
		"wanted", "wanted below two", "one", "another", "let in", "and wanted", "let in whole",
		"of the rest", "of the rest of a refusal", "of another policy",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
