package environments

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
)

// modeller makes the rows of an estate, each once.
type modeller struct {
	estate *Estate
	rows   []*Row
	byName map[string]*Row
}

// rows lists the real tokens, then every kind of token that Entra can issue, environment by environment.
func (e *Estate) rows() []*Row {
	m := &modeller{estate: e, byName: map[string]*Row{}}
	for i := range e.Sites {
		m.realTokens(&e.Sites[i])
	}
	for i := range e.Sites {
		if api := e.Sites[i].API; api != nil {
			m.issuedFor(&e.Sites[i], assignmentsOf(api, e.Assignments))
		}
	}
	for i := range e.Sites {
		m.identityTokens(&e.Sites[i])
	}
	return m.rows
}

func (m *modeller) realTokens(site *Site) {
	for i := range site.Tokens {
		name := site.Name
		if len(site.Tokens) > 1 {
			name += "/" + site.Tokens[i].Name
		}
		m.rows = append(m.rows, &Row{Name: name, Home: site.Name, For: site.Name, Real: &site.Tokens[i]})
	}
}

// row returns the row of that name, and makes it where it is not there yet.
func (m *modeller) row(name string, like Row) *Row {
	if r := m.byName[name]; r != nil {
		return r
	}
	like.Name = name
	r := &like
	m.byName[name] = r
	m.rows = append(m.rows, r)
	return r
}

// issuedFor models every token for one environment's API, and those that only look like it.
func (m *modeller) issuedFor(site *Site, known assignments) {
	for i := range m.estate.Sites {
		m.members(&m.estate.Sites[i], site, known)
	}
	m.strangers(site, known)
	m.strangersAPIs(site)
	m.strangersIdentity(site)
	m.otherTenants(site)
	m.otherTenantsIdentity(site)
}

// members models what the clients of one environment can have for the API of a site, their own or another.
func (m *modeller) members(home, site *Site, known assignments) {
	own := home == site
	like := Row{Party: Member, Home: home.Name, For: site.Name}
	prefix := home.Name + "/"
	if !own {
		prefix += "for-" + site.Name + "-"
	}
	for _, group := range groups(site.API, home.Clients, own, known) {
		m.add(prefix, like, site.API, m.tenant(), group.grant, group.clients)
		if own && guests(site.API) {
			m.addGuests(prefix+"guest", like, site.API, group.grant, group.clients)
		}
	}
	if middle := home.API; !own && middle != nil {
		m.addAll(prefix+"obo", like, site.API, m.tenant(), onBehalfOf(site.API, middle, known), clientsOf(clientID(middle)))
	}
}

func (m *modeller) tenant() string { return m.estate.Tenant }

// strangers models any other client of the tenant, of which no file tells, with its users and with guests.
func (m *modeller) strangers(site *Site, known assignments) {
	g, like := grantForeign(site.API, nil, known), Row{Party: Stranger, For: site.Name}
	prefix := strangerRow + "/for-" + site.Name + "-"
	stranger := clientsOf(strangerID)
	m.add(prefix, like, site.API, m.tenant(), g, stranger)
	if guests(site.API) {
		m.addGuests(prefix+"guest", like, site.API, g, stranger)
	}
}

// strangersAPIs models tokens for a stranger's own API: for clients of his own, and for users of ours that need no secret.
func (m *modeller) strangersAPIs(site *Site) {
	api, g := strangersAPI(site.API)
	name, like := strangerRow+"/api-like-"+site.Name, Row{Party: Stranger}
	users, public := g, m.estate.publicClients()
	users.appOnly = false
	for _, v := range []string{"1", "2"} {
		api.Version.Value = v
		m.addAll(name, like, &api, m.tenant(), g, clientsOf(strangerID))
		if len(public) > 0 {
			m.addAll(name, like, &api, m.tenant(), users, clientsOf(public...))
		}
	}
}

// otherTenants models the owner of another tenant: with an API of its own that is called as ours is, and where ours is multi-tenant,
// with tokens for ours, whose roles its administrator can assign.
func (m *modeller) otherTenants(site *Site) {
	like := Row{Party: OtherTenant}
	clients := clientsOf(append([]string{otherTenantClient}, multiTenantClients(site)...)...)
	name := otherTenantRow + "/api-like-" + site.Name
	for _, v := range []entra.Version{entra.V1, entra.V2} {
		for _, a := range otherTenantsAudiences(site.API, v) {
			m.addKinds(m.row(name, like), sample{tenant: otherTenantID, version: v, audience: a}, sameNames(site.API), clients)
		}
	}
	if site.API.MultiTenant() {
		like.For = site.Name
		m.addAll(otherTenantRow+"/for-"+site.Name, like, site.API, otherTenantID, sameNames(site.API), clients)
	}
}

// multiTenantClients lists the clients of an environment that other tenants can use too.
func multiTenantClients(site *Site) []string {
	var all []string
	for _, c := range site.Clients {
		if c.MultiTenant() {
			all = append(all, clientID(c))
		}
	}
	return all
}

// add puts the tokens of a grant into one row for each kind.
func (m *modeller) add(prefix string, like Row, api *entra.Registration, tenant string, g grant, clients *clientSet) {
	for _, k := range g.kinds() {
		m.addKind(m.row(prefix+k.name, like), api, tenant, k, clients)
	}
}

// addAll puts the tokens of a grant into one row.
func (m *modeller) addAll(name string, like Row, api *entra.Registration, tenant string, g grant, clients *clientSet) {
	for _, k := range g.kinds() {
		m.addKind(m.row(name, like), api, tenant, k, clients)
	}
}

func (m *modeller) addGuests(name string, like Row, api *entra.Registration, g grant, clients *clientSet) {
	like.Guest = true
	for _, k := range g.kinds() {
		if k.user {
			k.guest = true
			m.addKind(m.row(name, like), api, m.tenant(), k, clients)
		}
	}
}

func (m *modeller) addKind(row *Row, api *entra.Registration, tenant string, k kind, clients *clientSet) {
	typed := asksFor(api, "idtyp")
	for _, v := range versions(api) {
		for _, a := range audiences(api, v) {
			m.addSample(row, sample{tenant: tenant, version: v, audience: a, typed: typed}, k, clients)
		}
	}
}

func (m *modeller) addKinds(row *Row, s sample, g grant, clients *clientSet) {
	for _, k := range g.kinds() {
		m.addSample(row, s, k, clients)
	}
}

func (m *modeller) addSample(row *Row, s sample, k kind, clients *clientSet) {
	s.cloud, s.at = &m.estate.Cloud, m.estate.At
	s.user, s.guest, s.scopes, s.roles = k.user, k.guest, k.scopes, k.roles
	row.batches = append(row.batches, batch{sample: s, clients: clients})
}

func asksFor(api *entra.Registration, claim string) bool {
	for _, c := range api.Claims {
		if c.Name.Value == claim {
			return true
		}
	}
	return false
}
