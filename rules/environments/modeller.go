package environments

import (
	"cmp"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// modeller makes the rows of an estate, each once.
type modeller struct {
	estate  *Estate
	sought  sought
	belong  map[string]map[string]bool // the clients' ids, by environment
	clients map[string]*clientSet      // all applications, by environment
	others  *clientSet                 // of other tenants
	rows    []*Row
	byName  map[string]*Row
}

// rows lists the real tokens, then every kind of token that Entra can issue, environment by environment.
func (e *Estate) rows() []*Row {
	m := &modeller{estate: e, sought: e.soughtBy(), belong: map[string]map[string]bool{}, clients: map[string]*clientSet{}, others: e.otherTenantsClients(), byName: map[string]*Row{}}
	for i := range e.Sites {
		m.belong[e.Sites[i].Name] = e.Sites[i].clientIDs()
	}
	shown := e.principals()
	for i := range e.Sites {
		m.realTokens(&e.Sites[i])
	}
	for i := range e.Sites {
		if api := e.Sites[i].API; api != nil {
			m.issuedFor(&e.Sites[i], assignmentsOf(api, e.Assignments, shown))
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
func (m *modeller) issuedFor(site *Site, known *assignments) {
	for i := range m.estate.Sites {
		m.members(&m.estate.Sites[i], site, known)
	}
	for i := range m.estate.Sites {
		m.likenesses(&m.estate.Sites[i], site)
	}
	m.strangers(site, known)
	m.issuedByStrangers(site)
	m.strangersIdentity(site)
	m.otherTenants(site)
	m.otherTenantsIdentity(site)
}

// add puts the tokens of a grant into one row for each kind.
func (m *modeller) add(prefix string, like Row, api *entra.Registration, tenant string, g grant, clients *clientSet) {
	for _, k := range g.kinds(&m.sought) {
		m.addKind(m.row(prefix+k.name, like), api, tenant, k, clients)
	}
}

// addAll puts the tokens of a grant into one row.
func (m *modeller) addAll(name string, like Row, api *entra.Registration, tenant string, g grant, clients *clientSet) {
	for _, k := range g.kinds(&m.sought) {
		m.addKind(m.row(name, like), api, tenant, k, clients)
	}
}

func (m *modeller) addGuests(name string, like Row, api *entra.Registration, g grant, clients *clientSet) {
	like.Guest = true
	for _, k := range g.kinds(&m.sought) {
		if k.user {
			k.guest = true
			m.addKind(m.row(name, like), api, m.tenant(), k, clients)
		}
	}
}

func (m *modeller) addKind(row *Row, api *entra.Registration, tenant string, k kind, clients *clientSet) {
	typed := typeClaim(api)
	for _, v := range versions(api) {
		for _, a := range audiences(api, v) {
			m.addSample(row, sample{tenant: tenant, version: v, audience: a, typed: typed}, k, clients)
		}
	}
}

func (m *modeller) addSample(row *Row, s sample, k kind, clients *clientSet) {
	s.cloud, s.at = &m.estate.Cloud, m.estate.At
	s.user, s.guest, s.scopes, s.roles = k.user, k.guest, k.scopes, k.roles
	s.doubt = cmp.Or(k.doubt, s.audience.doubt)
	row.batches = append(row.batches, batch{sample: s, clients: clients})
}

func (m *modeller) tenant() string { return m.estate.Tenant }
