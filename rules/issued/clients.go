package issued

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// classified is a client that stands for all of its class.
type classified struct {
	at    int // its place in the set
	class int
}

// clientClasses numbers clients by what some checks can tell of their ids. Views that can tell the
// same share them.
type clientClasses struct {
	view     *View
	identity bool
	objects  *objects
	ids      map[string]int
	named    map[string]int
	sets     []classedSet // by the set's number
	alike    map[string]int32
}

// classedSet is a set of clients with one of each class. Sets of the same classes in the same
// order have the same number.
type classedSet struct {
	clients []classified // nil where it was not asked for
	alike   int32
}

func (c *Classes) newClientClasses(v *View, identity bool) *clientClasses {
	return &clientClasses{
		view: v, identity: identity, objects: c.objects, ids: map[string]int{},
		named: map[string]int{}, sets: make([]classedSet, c.sets+1), alike: map[string]int32{},
	}
}

// clientsOf gives the classes of clients as they stand in access tokens, or in ID tokens.
func (c *Classes) clientsOf(v *View, identity bool) *clientClasses {
	key := c.tellsClientsBy(v, identity)
	if c.clients[key] == nil {
		c.clients[key] = c.newClientClasses(v, identity)
	}
	return c.clients[key]
}

// tellsClientsBy is all that view.class depends on: the literals that may be a part of an id, and
// the contracts.
func (c *Classes) tellsClientsBy(v *View, identity bool) string {
	if v.readsID(identity) {
		return "each id for itself"
	}
	literals := slices.Clone(v.literals)
	if c.guids {
		literals = slices.DeleteFunc(
			literals, func(s string) bool { return strings.Trim(s, "0123456789abcdef-") != "" },
		)
	}
	key := fmt.Sprintf("%p %q %v", v.contracts, literals, v.readsObject())
	for _, o := range slices.Concat(v.opaques.access, v.opaques.sign) {
		key += fmt.Sprintf(" %p", o)
	}
	return key
}

// one finds one client of each class in a set.
func (c *clientClasses) one(set *clientSet) *classedSet {
	s := &c.sets[set.number]
	if s.clients != nil {
		return s
	}
	found := map[int]bool{}
	var classes []int32
	for at, id := range set.ids {
		if class := c.of(id); !found[class] {
			found[class] = true
			s.clients = append(s.clients, classified{at, class})
			classes = append(classes, int32(class))
		}
	}
	s.alike = number(c.alike, classes)
	return s
}

// each lists all clients of a set.
func (c *clientClasses) each(set *clientSet) []classified {
	all := make([]classified, len(set.ids))
	for i, id := range set.ids {
		all[i] = classified{i, c.of(id)}
	}
	return all
}

func (c *clientClasses) of(id string) int {
	class, ok := c.ids[id]
	if ok {
		return class
	}
	name := c.view.class(id, c.identity)
	if c.objects != nil && c.view.readsObject() {
		name += " " + c.objects.byClient[id]
	}
	class, ok = c.named[name]
	if !ok {
		class = len(c.named)
		c.named[name] = class
	}
	c.ids[id] = class
	return class
}

// allGUIDs reports whether every client of every kind has a GUID for its id, in lower case.
func allGUIDs(kinds []*Kind) bool {
	seen := map[*clientSet]bool{}
	for _, kind := range kinds {
		for _, b := range kind.batches {
			if !seen[b.clients] &&
				slices.ContainsFunc(
					b.clients.ids, func(id string) bool {
						return !entra.IsGUID(id) ||
							strings.ToLower(id) != id
					},
				) {
				return false
			}
			seen[b.clients] = true
		}
	}
	return true
}
