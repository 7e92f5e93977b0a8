package issued

import (
	"fmt"
	"strings"
)

// clientSet is clients that can have the same tokens, by their ids. Many batches share one.
type clientSet struct {
	// ids may be more than the clients: of many environments, what those of all but one can have
	// is for nearly all clients of the world, and such sets share the ids.
	ids     []string
	without []int32 // the places of those that are none, in order; nil where no set shares the ids
	number  int     // among the sets of all kinds, from 1
	roll    int     // the number of ids among the rolls of all sets
}

func clientsOf(ids ...string) *clientSet { return &clientSet{ids: ids} }

func (s *clientSet) count() int { return len(s.ids) - len(s.without) }

// each visits the clients of the set, with their places in ids.
func (s *clientSet) each(yield func(at int, id string) bool) {
	without := s.without
	for at, id := range s.ids {
		if len(without) > 0 && int(without[0]) == at {
			without = without[1:]
			continue
		}
		if !yield(at, id) {
			return
		}
	}
}

// first is the place of the first client.
func (s *clientSet) first() int {
	for at := range s.each {
		return at
	}
	return 0
}

// find is the place of the first client that is preferred, or else of the first one.
func (s *clientSet) find(preferred func(client string) bool) int {
	for at, id := range s.each {
		if preferred(id) {
			return at
		}
	}
	return s.first()
}

// key is the same for sets of the same clients that have the same ids.
func (s *clientSet) key() string {
	if s.without == nil {
		return strings.Join(s.ids, " ")
	}
	return fmt.Sprintf("%p %v", &s.ids[0], s.without)
}

// rolls are the ids that sets of clients are taken from, each list once.
type rolls struct {
	all     []roll
	shared  map[*string]int  // the number of a list that several sets have, by its first id
	numbers map[string]int32 // of each id
	ids     []string         // by their numbers
	on      [][]standing     // where an id stands, by its number
}

// roll is the numbers of the ids of a list.
type roll []int32

// standing is where on which roll an id stands.
type standing struct{ roll, at int32 }

func newRolls() rolls {
	return rolls{shared: map[*string]int{}, numbers: map[string]int32{}}
}

// of is the number of the roll that a set is taken from.
func (r *rolls) of(set *clientSet) int {
	if set.without == nil {
		return r.add(set.ids)
	}
	number, known := r.shared[&set.ids[0]]
	if !known {
		number = r.add(set.ids)
		r.shared[&set.ids[0]] = number
	}
	return number
}

func (r *rolls) add(ids []string) (number int) {
	number = len(r.all)
	one := make(roll, len(ids))
	for at, id := range ids {
		n, known := r.numbers[id]
		if !known {
			n = int32(len(r.ids))
			r.numbers[id] = n
			r.ids, r.on = append(r.ids, id), append(r.on, nil)
		}
		one[at] = n
		r.on[n] = append(r.on[n], standing{int32(number), int32(at)})
	}
	r.all = append(r.all, one)
	return number
}
