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

func TestNoResourceIsMissedThatASelectorMaySelect(t *testing.T) {
	t.Parallel()
	var l Labelled
	all := []Labels{
		{"app": "a"},
		nil,
		{"app": "a", "tier": "web"},
		{"app": "{{ .app }}"},
		{"{{ .key }}": "a"},
		{"app": "b", "tier": "web"},
	}
	for _, has := range all {
		l.Add(has)
	}
	for _, of := range []struct {
		wants Labels
		want  []int
	}{
		{nil, []int{0, 1, 2, 3, 4, 5}},
		{Labels{"app": "a"}, []int{0, 2, 3, 4}},
		{Labels{"app": "b", "tier": "web"}, []int{3, 4, 5}}, // fewest have app=b
		{Labels{"app": "c", "tier": "web"}, []int{3, 4}},
		{Labels{"app": "{{ .app }}"}, []int{0, 1, 2, 3, 4, 5}},
	} {
		got := l.Of(of.wants)
		if !slices.Equal(got, of.want) {
			t.Errorf("%v: %v, want %v", of.wants, got, of.want)
		}
		for i, has := range all {
			if of.wants.Selects(has) != rules.No && !slices.Contains(got, i) {
				t.Errorf("%v is not among those that %v may select", has, of.wants)
			}
		}
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
