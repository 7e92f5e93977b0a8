package environments

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// strangers models any other client of the tenant, of which no file tells, with its users and with guests.
func (m *modeller) strangers(site *Site, known *assignments) {
	like := Row{Party: Stranger, For: site.Name}
	prefix := strangerRow + "/for-" + site.Name + "-"
	for _, group := range groups(site.API, m.estate.strangersTo(site.API), grantForeign, known) {
		m.add(prefix, like, site.API, m.tenant(), group.grant, group.clients)
		if guests(site.API) {
			m.addGuests(prefix+"guest", like, site.API, group.grant, group.clients)
		}
	}
}

// strangersTo lists a client of which nothing is known, and those that an API pre-authorizes and no file shows.
func (e *Estate) strangersTo(api *entra.Registration) []*entra.Registration {
	all := []*entra.Registration{{AppID: entra.Text{Value: strangerID}}}
	shown := e.applications()
	for _, p := range api.PreAuthorized {
		isIt := func(r *entra.Registration) bool { return r.AppID.Is(p.Client) }
		if p.Client.Known() && !slices.ContainsFunc(shown, isIt) && !slices.ContainsFunc(all, isIt) {
			all = append(all, &entra.Registration{AppID: p.Client})
		}
	}
	return all
}

// issuedByStrangers models tokens for a stranger's own API: for clients of his own, and for users of ours that need no secret.
func (m *modeller) issuedByStrangers(site *Site) {
	name, like := strangerRow+"/api-like-"+site.Name, Row{Party: Stranger}
	users, public := sameNames(site.API), m.estate.publicClients()
	users.appOnly = false
	for _, api := range m.strangersAPIs(site.API) {
		m.addAll(name, like, &api, m.tenant(), sameNames(site.API), clientsOf(strangerID))
		if len(public) > 0 {
			m.addAll(name, like, &api, m.tenant(), users, clientsOf(public...))
		}
	}
}

// strangersAPIs lists the forms that a stranger's API can have: its owner chooses the version and the optional claims.
func (m *modeller) strangersAPIs(api *entra.Registration) []entra.Registration {
	var all []entra.Registration
	for _, v := range []string{"1", "2"} {
		for _, typed := range m.sought.types() {
			theirs := strangersAPI(api)
			theirs.Version.Value, theirs.Claims = v, typed.claims()
			all = append(all, theirs)
		}
	}
	return all
}

// otherTenants models the owner of another tenant: with an API of its own that is called as ours is, and where ours is multi-tenant,
// with tokens for ours, whose roles its administrator can assign.
func (m *modeller) otherTenants(site *Site) {
	like := Row{Party: OtherTenant}
	name := otherTenantRow + "/api-like-" + site.Name
	for _, v := range []entra.Version{entra.V1, entra.V2} {
		for _, a := range otherTenantsAudiences(site.API, v) {
			for _, typed := range m.sought.types() {
				m.addKinds(m.row(name, like), sample{tenant: otherTenantID, version: v, audience: a, typed: typed}, sameNames(site.API), m.others)
			}
		}
	}
	if site.API.MultiTenant() {
		like.For = site.Name
		m.addAll(otherTenantRow+"/for-"+site.Name, like, site.API, otherTenantID, sameNames(site.API), m.others)
	}
}

func (m *modeller) addKinds(row *Row, s sample, g grant, clients *clientSet) {
	for _, k := range g.kinds(&m.sought) {
		m.addSample(row, s, k, clients)
	}
}

// otherTenantsClients lists a client of another tenant, and those of all environments that other tenants can use too.
func (e *Estate) otherTenantsClients() *clientSet {
	all := clientsOf(otherTenantClient)
	for _, app := range e.applications() {
		if id := clientID(app); app.MultiTenant() && !slices.Contains(all.ids, id) {
			all.ids = append(all.ids, id)
		}
	}
	return all
}
