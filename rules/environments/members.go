package environments

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// members models what the clients of one environment can have for the API of a site: their own or another. A client that belongs to both
// is none of another.
func (m *modeller) members(home, site *Site, known *assignments) {
	if home == site {
		m.ownMembers(site, known)
		return
	}
	like := Row{Party: Member, Home: home.Name, For: site.Name}
	prefix := home.Name + "/for-" + site.Name + "-"
	belongs := m.belong[site.Name]
	foreign := slices.DeleteFunc(slices.Clone(home.Clients), func(c *entra.Registration) bool { return belongs[clientID(c)] })
	for _, group := range groups(site.API, foreign, grantForeign, known) {
		m.add(prefix, like, site.API, m.tenant(), group.grant, group.clients)
	}
	if middle := home.API; middle != nil && !middle.AppID.Is(site.API.AppID) && !belongs[clientID(middle)] {
		itself := clientsOf(clientID(middle))
		m.add(prefix, like, site.API, m.tenant(), byItself(site.API, middle, known), itself)
		m.addAll(prefix+"obo", like, site.API, m.tenant(), onBehalfOf(site.API, middle, known), itself)
	}
}

// ownMembers models what the clients of an environment can have for its own API: what they are meant to have, and of those that ask for
// some of it, what else is theirs to have as it is any client's of the tenant.
func (m *modeller) ownMembers(site *Site, known *assignments) {
	like := Row{Party: Member, Home: site.Name, For: site.Name}
	prefix := site.Name + "/"
	for _, group := range groups(site.API, site.Clients, grantOwn, known) {
		m.add(prefix, like, site.API, m.tenant(), group.grant, group.clients)
		if guests(site.API) {
			m.addGuests(prefix+"guest", like, site.API, group.grant, group.clients)
		}
	}
	asking := slices.DeleteFunc(slices.Clone(site.Clients), func(c *entra.Registration) bool { return requirement(c, site.API) == nil })
	like.Unasked = true
	for _, group := range groups(site.API, asking, grantForeign, known) {
		m.addAll(prefix+"unasked", like, site.API, m.tenant(), group.grant, group.clients)
	}
}

// likenesses models tokens of an environment's clients for a stranger's API that is called as a site's: their owner may ask for one, and
// whoever is called with one can use it elsewhere.
func (m *modeller) likenesses(home, site *Site) {
	clients := m.clientsAt(home)
	if len(clients.ids) == 0 {
		return
	}
	row := m.row(home.Name+"/api-like-"+site.Name, Row{Party: Member, Home: home.Name})
	for _, api := range m.strangersAPIs(site.API) {
		m.addAll(row.Name, *row, &api, m.tenant(), sameNames(site.API), clients)
	}
}

// clientsAt is all applications of an environment, as one set for all tokens that any of them can have.
func (m *modeller) clientsAt(home *Site) *clientSet {
	if m.clients[home.Name] == nil {
		all := clientsOf()
		for _, app := range home.applications() {
			all.ids = append(all.ids, clientID(app))
		}
		m.clients[home.Name] = all
	}
	return m.clients[home.Name]
}
