package issued

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// fewPlaces is how many environments have kinds of their own for what the clients of each can have
// for the APIs of the others: there are as many such pairs as their number squared.
const fewPlaces = 20

// mostPairs is how many sorts of tokens the clients of all environments may have for the APIs of
// all, so that they have kinds of their own.
const mostPairs = 100_000

// shares reports whether there are so many environments that the clients of several share kinds.
func (m *modeller) shares() bool {
	n := len(m.world.Places)
	return n > fewPlaces || m.flows()*n > mostPairs
}

// flows is about how many sorts of tokens one client can have for all APIs.
func (m *modeller) flows() int {
	n := 0
	for i := range m.world.Places {
		if api := m.world.Places[i].API; api != nil {
			scopes := len(m.required.sets(names(api.Scopes, anyScope)))
			roles := len(m.required.sets(names(api.Roles, anyRole)))
			n += roles + scopes*roles
		}
	}
	return n
}

// apart reports whether an environment's clients have kinds of their own for an API.
func (m *modeller) apart(home, place *Place) bool {
	return !m.shared || home == place || slices.Contains(m.world.Apart, home.Name)
}

// otherPlaces lists the environments whose clients share kinds for an API.
func (m *modeller) otherPlaces(place *Place) []*Place {
	var all []*Place
	for i := range m.world.Places {
		if home := &m.world.Places[i]; !m.apart(home, place) {
			all = append(all, home)
		}
	}
	return all
}

// otherMembers models what the clients of all other environments can have for an API, as members
// does for each by itself.
func (m *modeller) otherMembers(place *Place, known *assignments) {
	if !m.shared {
		return
	}
	like := Kind{Holder: OtherMember, For: place.Name}
	prefix, api := otherMemberKind+"/for-"+place.Name+"-", apiOf{Registration: place.API}
	for _, group := range m.otherClients(place, known) {
		m.add(prefix, like, api, m.tenant(), group.grant, group.clients)
	}
	var middles []*entra.Registration
	for _, home := range m.otherPlaces(place) {
		if home.API != nil && !home.API.AppID.Is(place.API.AppID) {
			middles = append(middles, home.API)
		}
	}
	middles = m.foreign(middles, place)
	for _, group := range groups(place.API, middles, byItself, known) {
		m.add(prefix, like, api, m.tenant(), group.grant, group.clients)
	}
	for _, group := range groups(place.API, middles, onBehalfOf, known) {
		m.addAll(prefix+"obo", like, api, m.tenant(), group.grant, group.clients)
	}
}

// foreign leaves out applications that belong to an environment, and those that came before.
func (m *modeller) foreign(apps []*entra.Registration, place *Place) []*entra.Registration {
	seen := map[string]bool{}
	return slices.DeleteFunc(apps, func(app *entra.Registration) bool {
		id := clientID(app)
		again := seen[id]
		seen[id] = true
		return again || m.belong[place.Name][id]
	})
}

// otherLikenesses models tokens of the clients of all other environments for a stranger's API that
// is called as an environment's.
func (m *modeller) otherLikenesses(place *Place) {
	if !m.shared {
		return
	}
	clients := m.everyone().butOf(place)
	if clients.count() == 0 {
		return
	}
	name, like := otherMemberKind+"/api-like-"+place.Name, Kind{Holder: OtherMember}
	for _, tokens := range m.tokensLike(place) {
		m.kind(name, like).add(tokens, clients)
	}
}

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
	for _, tokens := range m.tokensLike(place) {
		m.kind(name, like).add(tokens, clients)
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
