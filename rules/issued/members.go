package issued

import (
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// fewPlaces is how many environments have kinds of their own for what the clients of each can have
// for the APIs of the others: there are as many such pairs as their number squared.
const fewPlaces = 20

// mostPairs is how many sorts of tokens the clients of all environments may have for the APIs of
// all, so that they have kinds of their own.
const mostPairs = 100_000

// flows is about how many sorts of tokens one client can have for all APIs.
func (m *modeller) flows() int {
	n := 0
	for i := range m.world.Places {
		n += m.flowsOf(m.world.Places[i].API)
	}
	return n
}

func (m *modeller) flowsOf(api *entra.Registration) int {
	if api == nil {
		return 0
	}
	scopes := len(m.required.sets("scp", names(api.Scopes, anyOne)).all)
	roles := len(m.required.sets("roles", names(api.Roles, anyOne)).all)
	return roles + scopes*roles
}

// apart reports whether an environment's clients have kinds of their own for an API.
func (m *modeller) apart(home, place *Place) bool {
	return !m.shared || home == place || slices.Contains(m.world.Apart, home.Name)
}

// otherMembers models what the clients of all other environments can have for an API, as members
// does for each by itself.
func (m *modeller) otherMembers(place *Place, known *assignments) {
	if !m.shared {
		return
	}
	like := Kind{Holder: OtherMember, For: place.Name}
	prefix := otherMemberKind + "/for-" + place.Name + "-"
	for _, group := range m.otherClients(place, known) {
		m.add(prefix, like, m.own(place), group)
	}
	var middles []*entra.Registration
	for i := range m.world.Places {
		home := &m.world.Places[i]
		if !m.apart(home, place) && home.API != nil && !home.API.AppID.Is(place.API.AppID) {
			middles = append(middles, home.API)
		}
	}
	m.middles(prefix, like, place, m.foreign(middles, place), known)
}

// middles models what the APIs of other environments can have: by themselves, and on behalf of a
// user.
func (m *modeller) middles(
	prefix string, like Kind, place *Place, apis []*entra.Registration, known *assignments,
) {
	for _, group := range groups(place.API, apis, byItself, known) {
		m.add(prefix, like, m.own(place), group)
	}
	for _, group := range groups(place.API, apis, onBehalfOf, known) {
		m.addAll(prefix+"obo", like, m.own(place), group)
	}
}

// foreign leaves out applications that belong to an environment, and copies of those that came
// before.
func (m *modeller) foreign(apps []*entra.Registration, place *Place) []*entra.Registration {
	seen := map[string]bool{}
	return source.Without(apps, func(app *entra.Registration) bool {
		what := m.copy(app)
		again := seen[what]
		seen[what] = true
		return again || m.belong[place.Name][clientID(app)]
	})
}

// copy is what a registration says of its application as a client. Files of two days may say
// something else of one application: whoever has a token by one of them is not left out.
func (m *modeller) copy(app *entra.Registration) string {
	return kept(m.copies, app, func() string {
		text := clientID(app)
		add := func(texts ...entra.Text) {
			for _, t := range texts {
				text += fmt.Sprintf(" %q %t", t.Value, t.Unknown)
			}
		}
		for _, asked := range app.Requires {
			add(asked.Resource)
			add(asked.Scopes...)
			text += " and"
			add(asked.Roles...)
		}
		if p := app.Principal; p != nil {
			add(p.ObjectID)
			text += fmt.Sprint(" ", p.Disabled)
		}
		return text
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
	like := Kind{Holder: OtherMember}
	m.addOthers(otherMemberKind, like, place, m.ofLikeAPI(place, clients))
}

// members models what the clients of one environment can have for the API of an environment: their
// own or another. A client that belongs to both is none of another.
func (m *modeller) members(home, place *Place, known *assignments) {
	if home == place {
		m.ownMembers(place, known)
		return
	}
	like := Kind{Holder: Member, Home: home.Name, For: place.Name}
	prefix := home.Name + "/for-" + place.Name + "-"
	belongs := func(c *entra.Registration) bool { return m.belong[place.Name][clientID(c)] }
	foreign := source.Without(home.Clients, belongs)
	for _, group := range groups(place.API, foreign, grantForeign, known) {
		m.add(prefix, like, m.own(place), group)
	}
	if middle := home.API; middle != nil && !middle.AppID.Is(place.API.AppID) && !belongs(middle) {
		m.middles(prefix, like, place, []*entra.Registration{middle}, known)
	}
}

// ownMembers models what the clients of an environment can have for its own API: what they are
// meant to have, and of those that ask for some of it, what else is theirs to have as it is any
// client's of the tenant.
func (m *modeller) ownMembers(place *Place, known *assignments) {
	like := Kind{Holder: Member, Home: place.Name, For: place.Name}
	prefix, api := place.Name+"/", m.own(place)
	for _, group := range groups(place.API, place.Clients, grantOwn, known) {
		m.add(prefix, like, api, group)
		m.addGuests(prefix, like, place, group)
	}
	silent := func(c *entra.Registration) bool { return requirement(c, place.API) == nil }
	asking := source.Without(place.Clients, silent)
	like.Unasked = true
	for _, group := range groups(place.API, asking, grantForeign, known) {
		m.addAll(prefix+"unasked", like, api, group)
	}
}

// likenesses models tokens of an environment's clients for a stranger's API that is called as an
// environment's: their owner may ask for one, and whoever is called with one can use it elsewhere.
func (m *modeller) likenesses(home, place *Place) {
	clients := m.clientsAt(home)
	if len(clients.ids) == 0 {
		return
	}
	like := Kind{Holder: Member, Home: home.Name}
	m.addOthers(home.Name, like, place, m.ofLikeAPI(place, clients))
}

// clientsAt is all applications of an environment, as one set for all tokens that any of them can
// have.
func (m *modeller) clientsAt(home *Place) *clientSet {
	return kept(m.clients, home.Name, func() *clientSet {
		all := clientsOf()
		for _, app := range home.applications() {
			all.ids = append(all.ids, clientID(app))
		}
		return all
	})
}

// identityTokens models the ID tokens of those who sign in to an environment's own clients: signed
// with the same keys, of the same issuer, and for the client itself (id-tokens,
// id-token-claims-reference): its id in aud, no appid and no azp, no scp, and the roles that the
// client's registration gives to users. The endpoint decides the version, so both can be had. A
// gateway that checks no audience lets them in. Who signs in to the API itself has one too, where
// it has a redirect URI: it is left out, since it goes no further than the delegated tokens for
// that API, which have the same audience.
func (m *modeller) identityTokens(place *Place) {
	for _, group := range byUserRoles(place.Clients) {
		like := Kind{Holder: Member, Home: place.Name, Identity: true}
		m.addAll(place.Name+"/"+idKind, like, signIn(m.tenants, ofClient), group)
	}
}

// idKind is the second part of the names of kinds of ID tokens.
const idKind = "id"

// byUserRoles sorts clients by the app roles that their own registrations give to users.
func byUserRoles(clients []*entra.Registration) []*group {
	usual := func(client *entra.Registration) bool { return len(client.Roles) == 0 }
	return grouped(clients, usual, func(client *entra.Registration) grant {
		return grant{signIn: true, roles: names(client.Roles, forUsers)}
	})
}

// publicClients lists the clients of all environments that need no secret: whoever can sign in can
// use their ids, for an API of his own too (v2-oauth2-device-code,
// scenario-desktop-app-registration: allowPublicClient).
func (w *World) publicClients() []string {
	var all []string
	for i := range w.Places {
		for _, c := range w.Places[i].Clients {
			if c.Public.Value == "true" {
				all = append(all, clientID(c))
			}
		}
	}
	return all
}
