package issued

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// classified is a client that stands for all of its class.
type classified struct {
	at    int // its place in the set
	class int
}

// clientClasses numbers clients by what some checks can see of their ids. Views that see the same
// share them.
type clientClasses struct {
	view     *View
	identity bool
	objects  *objects
	lists    *idLists
	ids      []int32        // the classes, from 1, by the ids' numbers; 0 where not asked for
	classes  map[string]int // by what the checks can tell
	last     []int          // the number of the last set in which a class was found, by the class
	sets     []classedSet   // by the set's number
	alike    map[string]int32

	// where the checks tell only some ids from all others: those, by their list and in order
	few     bool
	special [][]classified
}

// classedSet is a set of clients with one of each class. Sets of the same classes in the same
// order have the same number.
type classedSet struct {
	clients []classified // nil where it was not asked for
	alike   int32
}

func (c *Classes) newClientClasses(v *View, identity bool) *clientClasses {
	made := &clientClasses{
		view: v, identity: identity, objects: c.objects, lists: &c.lists,
		classes: map[string]int{}, sets: make([]classedSet, c.sets+1), alike: map[string]int32{},
	}
	ids, few := c.distinctIDs(v, identity)
	if few {
		made.tellOnly(ids)
	} else {
		made.ids = make([]int32, len(c.lists.ids))
	}
	return made
}

// mostKept is of how many ids together classes are kept for another gateway.
const mostKept = 1_000_000

// clientsOf gives the classes of clients as they stand in access tokens, or in ID tokens.
func (c *Classes) clientsOf(v *View, identity bool) *clientClasses {
	key := c.tellsClientsBy(v, identity)
	if known := c.clients[key]; known != nil {
		return known
	}
	if len(c.clients)*len(c.lists.ids) > mostKept {
		clear(c.clients)
	}
	c.clients[key] = c.newClientClasses(v, identity)
	return c.clients[key]
}

// tellOnly notes where some ids are on the list. All others are of the first class.
func (c *clientClasses) tellOnly(ids []string) {
	c.few, c.special = true, make([][]classified, len(c.lists.all))
	c.classes[""] = 0
	seen := map[int32]bool{}
	for _, id := range ids {
		n, known := c.lists.numbers[id]
		if !known || seen[n] {
			continue
		}
		seen[n] = true
		class := c.named(c.view.class(id, c.identity))
		for _, on := range c.lists.on[n] {
			c.special[on.list] = append(c.special[on.list], classified{int(on.at), class})
		}
	}
	for _, all := range c.special {
		slices.SortFunc(all, func(a, b classified) int { return cmp.Compare(a.at, b.at) })
	}
}

// one finds one client of each class in a set.
func (c *clientClasses) one(set *clientSet) *classedSet {
	s := &c.sets[set.number]
	switch {
	case s.clients != nil:
		return s
	case c.few:
		s.clients = c.ofFew(set)
	default:
		s.clients = c.ofEach(set)
	}
	classes := make([]int32, len(s.clients))
	for i := range s.clients {
		classes[i] = int32(s.clients[i].class)
	}
	s.alike = number(c.alike, classes)
	return s
}

// ofEach finds one client of each class by looking at all.
func (c *clientClasses) ofEach(set *clientSet) (found []classified) {
	ids := c.lists.all[set.list]
	for at := range set.each {
		found = c.add(found, set, classified{at, c.of(ids[at])})
	}
	return found
}

// ofFew finds one client of each class by looking at those that are told from all others, and at
// the first of the others.
func (c *clientClasses) ofFew(set *clientSet) (found []classified) {
	other, without := c.firstOther(set), set.without
	for _, one := range c.special[set.list] {
		if other < one.at {
			found = c.add(found, set, classified{at: other})
		}
		for len(without) > 0 && int(without[0]) < one.at {
			without = without[1:]
		}
		if len(without) == 0 || int(without[0]) != one.at {
			found = c.add(found, set, one)
		}
	}
	if other < len(set.ids) {
		found = c.add(found, set, classified{at: other})
	}
	return found
}

// firstOther is the place of the first client of a set that the checks don't tell from others;
// behind all places where they tell each.
func (c *clientClasses) firstOther(set *clientSet) int {
	special, without := c.special[set.list], set.without
	for at := range set.ids {
		named := len(special) > 0 && special[0].at == at
		gone := len(without) > 0 && int(without[0]) == at
		switch {
		case !named && !gone:
			return at
		case named:
			special = special[1:]
		}
		if gone {
			without = without[1:]
		}
	}
	return len(set.ids)
}

// add adds a client where it is the first of its class in a set.
func (c *clientClasses) add(found []classified, set *clientSet, one classified) []classified {
	for len(c.last) <= one.class {
		c.last = append(c.last, 0)
	}
	if c.last[one.class] == set.number {
		return found
	}
	c.last[one.class] = set.number
	return append(found, one)
}

// of is the class of the id with that number.
func (c *clientClasses) of(n int32) int {
	if c.ids[n] == 0 {
		c.ids[n] = int32(c.named(c.appearance(c.lists.ids[n])) + 1)
	}
	return int(c.ids[n]) - 1
}

// appearance is all that the checks can see of an id.
func (c *clientClasses) appearance(id string) string {
	name := c.view.class(id, c.identity)
	if c.objects != nil && c.view.readsObject() {
		name += " " + c.objects.byClient[id]
	}
	return name
}

// named is the class of the ids that look like this to the checks.
func (c *clientClasses) named(appearance string) int {
	return kept(c.classes, appearance, func() int { return len(c.classes) })
}

// clientSet is clients that can have the same tokens, by their ids. Many batches share one.
type clientSet struct {
	// ids may be more than the clients: of many environments, what those of all but one can have
	// is for nearly all clients of the world, and such sets share the ids.
	ids     []string
	without []int32 // the places of those that are none, in order; nil where no set shares the ids
	number  int     // among the sets of all kinds, from 1
	list    int     // the number of ids among the lists of all sets
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

// idLists are the ids that sets of clients are taken from, each list once.
type idLists struct {
	all     []idList
	shared  map[*string]int  // the number of a list that several sets have, by its first id
	numbers map[string]int32 // of each id
	ids     []string         // by their numbers
	on      [][]onList       // where an id is, by its number
}

// idList is the numbers of the ids of a list.
type idList []int32

// onList is the place of an id on a list.
type onList struct{ list, at int32 }

// of is the number of the list that a set is taken from.
func (l *idLists) of(set *clientSet) int {
	if set.without == nil {
		return l.add(set.ids)
	}
	return kept(l.shared, &set.ids[0], func() int { return l.add(set.ids) })
}

func (l *idLists) add(ids []string) (number int) {
	number = len(l.all)
	one := make(idList, len(ids))
	for at, id := range ids {
		n, known := l.numbers[id]
		if !known {
			n = int32(len(l.ids))
			l.numbers[id] = n
			l.ids, l.on = append(l.ids, id), append(l.on, nil)
		}
		one[at] = n
		l.on[n] = append(l.on[n], onList{int32(number), int32(at)})
	}
	l.all = append(l.all, one)
	return number
}
