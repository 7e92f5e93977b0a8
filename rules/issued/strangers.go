package issued

import (
	"slices"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// strangers models any other client of the tenant, which no file shows, with its users and with
// guests.
func (m *modeller) strangers(place *Place, known *assignments) {
	like := Kind{Holder: Stranger, For: place.Name}
	prefix := strangerKind + "/for-" + place.Name + "-"
	for _, group := range m.strangersOf(place, known) {
		m.add(prefix, like, m.own(place), group)
		m.addGuests(prefix, like, place, group)
	}
}

// strangersOf are any other clients of the tenant, by what they can have of an API.
func (m *modeller) strangersOf(place *Place, known *assignments) []*group {
	all := groups(place.API, m.world.strangersTo(place.API), grantForeign, known)
	for _, group := range all {
		group.grant.strange = true
	}
	return all
}

// strangersTo lists a client about which nothing is known, and those that an API pre-authorizes
// and no file shows.
func (w *World) strangersTo(api *entra.Registration) []*entra.Registration {
	all := []*entra.Registration{{AppID: entra.Text{Value: strangerID}}}
	if len(api.PreAuthorized) == 0 {
		return all
	}
	seen := map[string]bool{}
	for _, r := range slices.Concat(all, w.applications()) {
		seen[r.AppID.ID()] = true
	}
	for _, p := range api.PreAuthorized {
		if id := p.Client.ID(); p.Client.Known() && !seen[id] {
			seen[id] = true
			all = append(all, &entra.Registration{AppID: p.Client})
		}
	}
	return all
}

// unknownClients models clients that a contract or a policy names and no file shows. What they can
// have is what a client of the environment can: perhaps they are.
func (m *modeller) unknownClients(place *Place, known *assignments) {
	like := Kind{Holder: UnknownClient, For: place.Name}
	prefix := unknownClientKind + "/for-" + place.Name + "-"
	for _, group := range groups(place.API, m.unknownClientsAt(place), grantOwn, known) {
		group.grant.doubt = "a contract or a policy names the client, no file shows it, " +
			"and it may be anyone's"
		m.add(prefix, like, m.own(place), group)
	}
}

// unknownClientsAt lists the clients that an environment's contracts or policies name and no file
// shows. A text that is not an application id is left out: no token of Entra ID has it. If the
// environment's own clients are not given, it lists none: there all clients would be unknown.
func (m *modeller) unknownClientsAt(place *Place) []*entra.Registration {
	var named []string
	if len(place.Clients) == 0 {
		return nil
	}
	if place.Contracts != nil {
		named = append(named, place.Contracts.IDs...)
	}
	named = source.Without(named, func(id string) bool {
		return !entra.IsGUID(id) || strings.ToLower(id) != id
	})
	named = append(named, clientsNamedBy(m.asked[place.Name], namesOne(m.shown))...)
	if len(named) == 0 {
		return nil
	}
	also := map[string]bool{} // that have rows as strangers
	for _, app := range m.world.strangersTo(place.API) {
		also[clientID(app)] = true
	}
	var all []*entra.Registration
	for _, id := range named {
		if !m.shown[id] && !also[id] {
			also[id] = true
			all = append(all, &entra.Registration{AppID: entra.Text{Value: id}})
		}
	}
	return all
}

// strangersElsewhere is what a stranger has who registers an API: tokens for it, and for whoever
// signs in to it ID tokens.
func (m *modeller) strangersElsewhere(api *resource, theirs []*group) []holding {
	signed := holding{signIn(m.tenants, ofAPIOwner), theirs[0].signingIn()}
	return append(holdings(api, theirs), signed)
}

// grantedByStrangers is who a stranger that owns an API grants some of it: their own client, and
// with users, ours that need no secret.
func (m *modeller) grantedByStrangers(g grant) []*group {
	g.strange = true
	all := []*group{{grant: g, clients: clientsOf(strangerID)}}
	if public := m.world.publicClients(); len(public) > 0 {
		g.appOnly = false
		all = append(all, &group{grant: g, clients: clientsOf(public...)})
	}
	return all
}

// likeness is what somebody else's API can have in common with an environment's, as far as it can.
type likeness struct {
	uris    []string // that a check of the environment may take for its own
	tenants []tenant // others, whose ids begin or end as one does that a check looks for
	grant   grant
	api     func() *resource // of a stranger
	// another one of a stranger, whose audience has nothing to do with ours
	unrelated func() *resource
}

// like is what anybody's API can have in common with an environment's.
func (m *modeller) like(place *Place) *likeness {
	return kept(m.alike, place.Name, func() *likeness {
		asked := m.asked[place.Name]
		l := &likeness{
			uris:    nearAudiences(asked, place.API.Names()),
			tenants: otherTenantIDs(asked), grant: sameNames(place.API, asked),
		}
		l.api = sync.OnceValue(func() *resource { return m.apiNamed(l.nearURIs(place)) })
		l.unrelated = sync.OnceValue(func() *resource {
			return m.apiNamed([]string{"api://" + strangersAPIID, "https://other.example/api"})
		})
		return l
	})
}

// ofLikeAPI is what some clients have of a stranger's API that is like an environment's.
func (m *modeller) ofLikeAPI(place *Place, clients *clientSet) holding {
	return holding{m.like(place).api(), m.likeGrant(place, clients)}
}

// likeGrant is what some clients are granted by the owner of an API that is like an environment's.
func (m *modeller) likeGrant(place *Place, clients *clientSet) *group {
	return &group{grant: m.like(place).grant, clients: clients}
}

// addOthers adds what others have by an environment's API or by one that is called as it is, and
// the ID tokens of who signs in to an application of theirs.
func (m *modeller) addOthers(holder string, like Kind, place *Place, all ...holding) {
	for _, held := range all {
		kind, what := like, "api-like-"
		switch {
		case held.of.identity:
			kind.Identity, what = true, idKind+"-like-"
		case held.of.api == place.API:
			kind.For, what = place.Name, "for-"
		}
		m.addAll(holder+"/"+what+place.Name, kind, held.of, held.to)
	}
}

// nearURIs are App ID URIs of somebody else in which a check may find what it looks for in ours.
func (l *likeness) nearURIs(place *Place) []string {
	uris := l.uris
	for _, uri := range place.API.Names() {
		uris = append(slices.Clip(uris), uri+"-copy")
	}
	return uris
}

// otherTenants is what the owner of another tenant has: tokens for an API of its own that is named
// as ours is; for ours, where that is multi-tenant, whose roles its administrator can assign; and
// the ID tokens of an application.
func (m *modeller) otherTenants(place *Place, theirs *group) []holding {
	all := []holding{{m.otherTenantsAPI(place), theirs}}
	if place.API.MultiTenant() {
		same := m.resourceOf(place.API, m.elsewhere, mapped(place.API))
		all = append(all, holding{same, theirs})
	}
	return append(all, holding{signIn(m.elsewhere, ofOtherTenant), theirs.signingIn()})
}

// otherTenantsClients lists a client of another tenant, and those of all environments that other
// tenants can use too.
func (w *World) otherTenantsClients() *clientSet {
	all := clientsOf(otherTenantClient)
	seen := map[string]bool{otherTenantClient: true}
	for _, app := range w.applications() {
		if id := clientID(app); app.MultiTenant() && !seen[id] {
			seen[id], all.ids = true, append(all.ids, id)
		}
	}
	return all
}

// forged models whoever writes their own token, where some gateway checks no signature of some
// requests.
func (m *modeller) forged() {
	unchecked := func(p Place) bool {
		return p.Policies != nil && slices.ContainsFunc(
			rules.Classes(p.Policies, "", ""),
			func(c rules.Class) bool { return !checksSignatures(p.Policies, &c) },
		)
	}
	if slices.ContainsFunc(m.world.Places, unchecked) {
		forged := m.kind(forgedKind+"/token", Kind{Holder: Forger})
		forged.add([]*Token{m.forgery()}, clientsOf(strangerID))
	}
}

// forgery is a token that somebody has written.
func (m *modeller) forgery() *Token {
	return &Token{in: m.in, tenant: m.tenants[0].id, version: entra.V1, freedom: everything}
}

// checksSignatures reports whether some policy that applies to a class of requests verifies the
// token of each.
func checksSignatures(policies []*rules.Policy, class *rules.Class) bool {
	for i, policy := range policies {
		runs := !policy.When.Disabled && policy.Runs(class.Applies[i]) == rules.Yes
		if runs && VerifiesAlways(policy) {
			return true
		}
	}
	return false
}

// VerifiesAlways reports whether a policy lets nobody past without asking whether the token's
// signature verifies, itself or at a validation endpoint.
func VerifiesAlways(policy *rules.Policy) bool {
	unchecked := func(way []*rules.Check) bool {
		return !slices.ContainsFunc(way, asksForSignature) &&
			!slices.ContainsFunc(way, WantsNoToken)
	}
	ways, ok := policy.Root.Ways()
	return ok && !slices.ContainsFunc(ways, unchecked)
}

// asksForSignature reports whether a check surely wants a signature that verifies. One that wants
// a signature that does not is a Not.
func asksForSignature(c *rules.Check) bool {
	return c.Skip == "" && c.MaySkip == nil && c.Test.Op != rules.Not &&
		(c.ID == rules.Signature || c.ID == rules.Introspection)
}

// WantsNoToken reports whether a check holds for requests without a token only.
func WantsNoToken(c *rules.Check) bool {
	return slices.ContainsFunc(c.Test.Conjuncts(), func(p rules.Predicate) bool {
		return p.Op == rules.Not && p.Of[0].IsSent()
	})
}
