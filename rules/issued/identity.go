package issued

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
)

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

// strangersIdentity models the ID tokens of an application that anyone in the tenant may register,
// with app roles that are called as ours.
func (m *modeller) strangersIdentity(place *Place) {
	like := Kind{Holder: Stranger, Identity: true}
	name := strangerKind + "/" + idKind + "-like-" + place.Name
	theirs := m.strangersElsewhere(m.like(place).grant)[0]
	m.addAll(name, like, signIn(m.tenants, ofAPIOwner), signingIn(theirs))
}

// signingIn is who signs in to the clients of a group, with app roles of the same names.
func signingIn(g *group) *group {
	roles := grant{signIn: true, roles: g.grant.roles, strange: g.grant.strange}
	return &group{grant: roles, clients: g.clients}
}

// otherTenantsIdentity models the ID tokens of another tenant: for an application of its own, and
// for those of ours that are multi-tenant.
func (m *modeller) otherTenantsIdentity(place *Place) {
	like := Kind{Holder: OtherTenant, Identity: true}
	name := otherTenantKind + "/" + idKind + "-like-" + place.Name
	theirs := signingIn(m.likeGrant(place, m.others))
	m.addAll(name, like, signIn(m.elsewhere, ofOtherTenant), theirs)
}

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
