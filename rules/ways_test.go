package rules

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
