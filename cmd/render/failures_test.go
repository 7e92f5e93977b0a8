package render

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// What comes before a check is looked up step by step. Of random trees that gives the same as to
// hold the check's group against that of each failure.
func TestWhatFailsNextIsAsOfEachFailureByItself(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	answers := map[bool]int{}
	for range 2000 {
		policy := &rules.Policy{Root: randomTree(random, 3)}
		var failed failures
		var each []string
		for _, check := range policy.Checks() {
			r := &rules.Result{Check: check, Policy: policy, Outcome: rules.Fail}
			group := r.Group()
			if failed.groups.Of(r) != group {
				t.Fatalf("the group is %q, want %q", failed.groups.Of(r), group)
			}
			want := slices.ContainsFunc(each, func(earlier string) bool {
				return !inOtherAlternatives(earlier, group)
			})
			if got := failed.before(r); got != want {
				t.Fatalf("%q behind %q: %v, want %v", group, each, got, want)
			}
			answers[want]++
			if random.IntN(3) == 0 {
				failed.add(r)
				each = append(each, group)
			}
		}
	}
	if answers[true] < 500 || answers[false] < 500 {
		t.Errorf("only these answers: %v", answers)
	}
}

// inOtherAlternatives reports whether two groups are in different alternatives.
func inOtherAlternatives(a, b string) bool {
	one, other := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(one), len(other)) {
		if one[i] != other[i] {
			return isAlternative(one[i]) && isAlternative(other[i])
		}
	}
	return false
}

func randomTree(random *rand.Rand, depth int) rules.Node {
	if depth == 0 || random.IntN(3) == 0 {
		return rules.Node{Check: &rules.Check{}}
	}
	nodes := make([]rules.Node, 1+random.IntN(3))
	for i := range nodes {
		nodes[i] = randomTree(random, depth-1)
	}
	switch random.IntN(4) {
	case 0:
		return rules.Node{Not: &nodes[0]}
	case 1:
		return rules.Node{All: nodes}
	case 2:
		return rules.Node{First: &rules.First{
			Branches: []rules.Branch{{If: nodes[0], Then: randomTree(random, depth-1)}},
			Default:  rules.Node{Check: &rules.Check{}},
		}}
	}
	return rules.Node{Any: nodes}
}
