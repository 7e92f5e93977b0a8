package issued

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// members models what the clients of one environment can have for the API of an environment: their
// own or another. A client that belongs to both is none of another.
func (m *modeller) members(home, place *Place, known *assignments) {
	if home == place {
		m.ownMembers(place, known)
		return
	}
	like := Kind{Holder: Member, Home: home.Name, For: place.Name}
	prefix, api := home.Name+"/for-"+place.Name+"-", apiOf{Registration: place.API}
	belongs := m.belong[place.Name]
	foreign := slices.DeleteFunc(
		slices.Clone(home.Clients), func(c *entra.Registration) bool {
			return belongs[clientID(c)]
		},
	)
	for _, group := range groups(place.API, foreign, grantForeign, known) {
		m.add(prefix, like, api, m.tenant(), group.grant, group.clients)
	}
	if middle := home.API; middle != nil && !middle.AppID.Is(place.API.AppID) &&
		!belongs[clientID(middle)] {
		itself := clientsOf(clientID(middle))
		m.add(prefix, like, api, m.tenant(), byItself(place.API, middle, known), itself)
		m.addAll(prefix+"obo", like, api, m.tenant(), onBehalfOf(place.API, middle, known), itself)
	}
}

// ownMembers models what the clients of an environment can have for its own API: what they are
// meant to have, and of those that ask for some of it, what else is theirs to have as it is any
// client's of the tenant.
func (m *modeller) ownMembers(place *Place, known *assignments) {
	like := Kind{Holder: Member, Home: place.Name, For: place.Name}
	prefix, api := place.Name+"/", apiOf{Registration: place.API}
	for _, group := range groups(place.API, place.Clients, grantOwn, known) {
		m.add(prefix, like, api, m.tenant(), group.grant, group.clients)
		if guests(place.API) {
			m.addGuests(prefix+"guest", like, api, group.grant, group.clients)
		}
	}
	asking := slices.DeleteFunc(
		slices.Clone(place.Clients), func(c *entra.Registration) bool {
			return requirement(c, place.API) == nil
		},
	)
	like.Unasked = true
	for _, group := range groups(place.API, asking, grantForeign, known) {
		m.addAll(prefix+"unasked", like, api, m.tenant(), group.grant, group.clients)
	}
}

// likenesses models tokens of an environment's clients for a stranger's API that is called as an
// environment's: their owner may ask for one, and whoever is called with one can use it elsewhere.
func (m *modeller) likenesses(home, place *Place) {
	clients := m.clientsAt(home)
	if len(clients.ids) == 0 {
		return
	}
	name, like := home.Name+"/api-like-"+place.Name, Kind{Holder: Member, Home: home.Name}
	theirs := m.like(place)
	for _, api := range m.apisLike(place) {
		m.addAll(name, like, api, m.tenant(), theirs.grant, clients)
	}
}

// clientsAt is all applications of an environment, as one set for all tokens that any of them can
// have.
func (m *modeller) clientsAt(home *Place) *clientSet {
	if m.clients[home.Name] == nil {
		all := clientsOf()
		for _, app := range home.applications() {
			all.ids = append(all.ids, clientID(app))
		}
		m.clients[home.Name] = all
	}
	return m.clients[home.Name]
}
