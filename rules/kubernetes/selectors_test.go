package kubernetes

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

func TestNoSelectorIsMissedThatMaySelectSomeLabels(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	some := func(most int) Labels {
		labels := Labels{}
		for range random.IntN(most + 1) {
			key := []string{"app", "version", "{{ .key }}"}[random.IntN(3)]
			labels[key] = []string{"a", "b", "{{ .value }}"}[random.IntN(3)]
		}
		return labels
	}
	found := 0
	for range 2000 {
		var s Selectors
		var all []Labels
		for range 6 {
			all = append(all, some(2))
			s.Add(all[len(all)-1], false)
		}
		has := some(3)
		got := s.Of(has)
		if !slices.IsSorted(got) {
			t.Fatalf("%v are not in order", got)
		}
		for i, wants := range all {
			if may := wants.Selects(has) != rules.No; may && !slices.Contains(got, i) {
				t.Fatalf("%v is not among those that may select %v", wants, has)
			} else if may {
				found++
			}
		}
	}
	if found < 500 {
		t.Errorf("%d select something: the test proves little", found)
	}
}

func TestOfThousandsOfSelectorsOnlyThoseThatMaySelectAreLookedAt(t *testing.T) {
	t.Parallel()
	var s Selectors
	for i := range 5000 {
		s.Add(Labels{"app": fmt.Sprint(i), "tier": "web"}, false)
	}
	s.Add(nil, false)
	s.Add(Labels{"app": "9"}, true)
	if got := s.Of(Labels{"app": "7", "tier": "web"}); !slices.Equal(got, []int{7, 5000, 5001}) {
		t.Errorf("looks at %d selectors, want the one, and the two that are always looked at",
			len(got))
	}
}
