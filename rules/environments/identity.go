package environments

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// identityTokens models the ID tokens of those who sign in to an environment's own clients: signed with the same keys, of the same
// issuer, and for the client itself (id-tokens, id-token-claims-reference): its id in aud, no appid and no azp, no scp, and the roles that
// the client's registration gives to users. The endpoint decides the version, so both can be had. A gateway that checks no audience
// lets them in. Who signs in to the API itself has one too, where it has a redirect URI: it is left out, since it goes no further than
// the delegated tokens for that API, which have the same audience.
func (m *modeller) identityTokens(site *Site) {
	like := Row{Party: Member, Home: site.Name, Identity: true}
	name := site.Name + "/" + idRow
	for _, set := range byUserRoles(site.Clients) {
		m.addIdentity(m.row(name, like), m.tenant(), set.clients, m.sought.sets(set.grant.roles))
	}
}

// idRow is the second part of the names of rows of ID tokens.
const idRow = "id"

// strangersIdentity models the ID tokens of an application that anyone in the tenant may register, with app roles that are called
// as ours.
func (m *modeller) strangersIdentity(site *Site) {
	row := m.row(strangerRow+"/"+idRow+"-like-"+site.Name, Row{Party: Stranger, Identity: true})
	m.addIdentity(row, m.tenant(), clientsOf(strangerID), m.sought.sets(names(site.API.Roles, anyRole)))
}

// otherTenantsIdentity models the ID tokens of another tenant: for an application of its own, and for those of ours that are
// multi-tenant.
func (m *modeller) otherTenantsIdentity(site *Site) {
	row := m.row(otherTenantRow+"/"+idRow+"-like-"+site.Name, Row{Party: OtherTenant, Identity: true})
	m.addIdentity(row, otherTenantID, m.others, m.sought.sets(names(site.API.Roles, anyRole)))
}

func (m *modeller) addIdentity(row *Row, tenant string, clients *clientSet, roles [][]string) {
	for _, v := range []entra.Version{entra.V1, entra.V2} {
		for _, set := range roles {
			for _, guest := range []bool{false, true} {
				s := sample{tenant: tenant, version: v, identity: true, audience: audience{form: "guid"}}
				m.addSample(row, s, kind{user: true, guest: guest, roles: set}, clients)
			}
		}
	}
}

// byUserRoles sorts clients by the app roles that their own registrations give to users.
func byUserRoles(clients []*entra.Registration) []*group {
	var all []*group
	index := map[string]*group{}
	for _, client := range clients {
		roles := names(client.Roles, forUsers)
		key := strings.Join(roles, "\n")
		if index[key] == nil {
			index[key] = &group{grant{roles: roles}, clientsOf()}
			all = append(all, index[key])
		}
		set := index[key].clients
		set.ids = append(set.ids, clientID(client))
	}
	return all
}

// publicClients lists the clients of all environments that need no secret: whoever can sign in can use their ids, for an API of
// his own too (v2-oauth2-device-code, scenario-desktop-app-registration: allowPublicClient).
func (e *Estate) publicClients() []string {
	var all []string
	for i := range e.Sites {
		for _, c := range e.Sites[i].Clients {
			if c.Public.Value == "true" {
				all = append(all, clientID(c))
			}
		}
	}
	return all
}
