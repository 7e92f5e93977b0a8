package issued

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// everyone is the applications of all environments whose clients share kinds, in order: what those
// of all environments but one can have is for nearly all of them, and there are many environments.
type everyone struct {
	// ids are those of clients and APIs. An application that belongs to several environments
	// stands here for the first two of them, so that it is there without either of them.
	ids   []string
	homes []*Place
	again []*Place // where an id stands for the second time, the first home; else nil

	clients  []*entra.Registration // each once
	names    []string              // their ids
	places   map[string]int32      // where they stand, by the id
	askers   map[string][]int32    // those that ask for something of an API, by its id
	disabled []int32
	copies   []*entra.Registration // of the clients, which ask for something else than those
}

// everyone lists them once.
func (m *modeller) everyone() *everyone {
	if m.all != nil {
		return m.all
	}
	e := &everyone{places: map[string]int32{}, askers: map[string][]int32{}}
	first, second := map[string]*Place{}, map[string]bool{}
	for i := range m.world.Places {
		home := &m.world.Places[i]
		if slices.Contains(m.world.Apart, home.Name) {
			continue
		}
		for _, client := range home.Clients {
			m.addClient(e, client)
		}
		for _, id := range m.clientsAt(home).ids {
			before := first[id]
			switch {
			case before == home, second[id]:
				continue
			case before != nil:
				second[id] = true
			default:
				first[id] = home
			}
			e.ids, e.homes = append(e.ids, id), append(e.homes, home)
			e.again = append(e.again, before)
		}
	}
	m.all = e
	return e
}

func (m *modeller) addClient(e *everyone, client *entra.Registration) {
	id := clientID(client)
	if first, known := e.places[id]; known {
		if m.copy(e.clients[first]) != m.copy(client) {
			e.copies = append(e.copies, client)
		}
		return
	}
	at := int32(len(e.clients))
	e.places[id] = at
	e.clients, e.names = append(e.clients, client), append(e.names, id)
	if disabled(client) {
		e.disabled = append(e.disabled, at)
	}
	for i := range client.Requires {
		api := strings.ToLower(client.Requires[i].Resource.Value)
		e.askers[api] = append(e.askers[api], at)
	}
}

// butOf is the applications of all environments but one.
func (e *everyone) butOf(place *Place) *clientSet {
	set := &clientSet{ids: e.ids, without: []int32{}}
	for at, home := range e.homes {
		first := e.again[at]
		if home == place || first != nil && first != place {
			set.without = append(set.without, int32(at))
		}
	}
	return set
}

// otherClients are the clients of all environments but one, by what they can have of its API. Most
// can have the same: those that files say more of are looked at one by one.
func (m *modeller) otherClients(place *Place, known *assignments) []*group {
	e := m.everyone()
	if known != nil {
		others := m.foreign(slices.Concat(e.clients, e.copiesFor(place.API, known)), place)
		return groups(place.API, others, grantForeign, known)
	}
	var gone []int32
	for id := range m.belong[place.Name] {
		if at, shown := e.places[id]; shown {
			gone = append(gone, at)
		}
	}
	slices.Sort(gone)
	special := e.knownTo(place.API)
	special = source.Without(special, func(at int32) bool {
		_, found := slices.BinarySearch(gone, at)
		return found
	})
	copies := m.foreign(e.copiesFor(place.API, nil), place)
	rest := e.but(gone, special)
	if rest.count() == 0 {
		apart := slices.Concat(e.at(special), copies)
		return groups(place.API, apart, grantForeign, nil)
	}
	usual := grantForeign(place.API, e.clients[rest.first()], nil)
	key := usual.key()
	special = source.Without(special, func(at int32) bool {
		return grantForeign(place.API, e.clients[at], nil).key() == key
	})
	rest = e.but(gone, special)
	all := groups(place.API, slices.Concat(e.at(special), copies), grantForeign, nil)
	before := slices.IndexFunc(all, func(g *group) bool {
		return int(e.places[g.clients.ids[0]]) > rest.first()
	})
	if before < 0 {
		before = len(all)
	}
	return slices.Concat(all[:before], []*group{{grant: usual, clients: rest}}, all[before:])
}

// knownTo is the places of the clients that files name together with an API, and of those that are
// disabled, in order.
func (e *everyone) knownTo(api *entra.Registration) []int32 {
	all := slices.Concat(e.askers[strings.ToLower(api.AppID.Value)], e.disabled)
	for _, p := range api.PreAuthorized {
		if at, shown := e.places[strings.ToLower(p.Client.Value)]; shown {
			all = append(all, at)
		}
	}
	all = source.Without(all, func(at int32) bool {
		return unremarkable(api, e.clients[at], nil)
	})
	slices.Sort(all)
	return slices.Compact(all)
}

// copiesFor is the copies by which a client can have something else of an API than by the first.
func (e *everyone) copiesFor(api *entra.Registration, known *assignments) []*entra.Registration {
	return source.Without(e.copies, func(c *entra.Registration) bool {
		first := e.clients[e.places[clientID(c)]]
		return unremarkable(api, c, known) && unremarkable(api, first, known)
	})
}

// but is the clients without those at some places, which are in order.
func (e *everyone) but(gone, also []int32) *clientSet {
	without := append(slices.Concat([]int32{}, gone), also...)
	slices.Sort(without)
	return &clientSet{ids: e.names, without: slices.Clip(without)}
}

func (e *everyone) at(places []int32) []*entra.Registration {
	return source.Each(places, func(at int32) *entra.Registration { return e.clients[at] })
}
