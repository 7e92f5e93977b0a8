package kubernetes

import (
	"maps"
	"slices"
)

// Selectors finds among many selectors those that may select some labels: a namespace may have
// thousands, and each workload asks.
type Selectors struct {
	all    int
	always []int           // those that are to be looked at, whatever the labels
	by     map[label][]int // the others, by the first of their labels
}

type label struct{ key, value string }

// Add adds the next selector. Always says that it is to be found whatever the labels are.
func (s *Selectors) Add(wants Labels, always bool) {
	if always || len(wants) == 0 || wants.marked() {
		s.always = append(s.always, s.all)
	} else {
		if s.by == nil {
			s.by = map[label][]int{}
		}
		key := slices.Min(slices.Collect(maps.Keys(wants)))
		first := label{key, wants[key]}
		s.by[first] = append(s.by[first], s.all)
	}
	s.all++
}

// Of lists the indices of the selectors that may select some labels, in the order in which they
// were added. Others may be among them.
func (s *Selectors) Of(has Labels) []int {
	if has.marked() {
		every := make([]int, s.all)
		for i := range every {
			every[i] = i
		}
		return every
	}
	some := slices.Clone(s.always)
	for key, value := range has {
		some = append(some, s.by[label{key, value}]...)
	}
	slices.Sort(some)
	return some
}

// marked reports whether a template has left its mark in one of the labels.
func (l Labels) marked() bool {
	for key, value := range l {
		if HasMark(key) || HasMark(value) {
			return true
		}
	}
	return false
}
