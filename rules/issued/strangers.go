package issued

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// strangers models any other client of the tenant, which no file shows, with its users and with
// guests.
func (m *modeller) strangers(place *Place, known *assignments) {
	like := Kind{Holder: Stranger, For: place.Name}
	prefix, api := strangerKind+"/for-"+place.Name+"-", m.apiAt(place)
	for _, group := range groups(place.API, m.world.strangersTo(place.API), grantForeign, known) {
		group.grant.strange = true
		m.add(prefix, like, api, group)
		if guests(place.API) {
			m.addGuests(prefix+"guest", like, api, group)
		}
	}
}

// strangersTo lists a client of which nothing is known, and those that an API pre-authorizes and
// no file shows.
func (w *World) strangersTo(api *entra.Registration) []*entra.Registration {
	all := []*entra.Registration{{AppID: entra.Text{Value: strangerID}}}
	if len(api.PreAuthorized) == 0 {
		return all
	}
	shown := w.applications()
	for _, p := range api.PreAuthorized {
		isIt := func(r *entra.Registration) bool { return r.AppID.Is(p.Client) }
		if p.Client.Known() && !slices.ContainsFunc(shown, isIt) &&
			!slices.ContainsFunc(all, isIt) {
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
		m.add(prefix, like, m.apiAt(place), group)
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
	named = slices.DeleteFunc(named, func(id string) bool {
		return !entra.IsGUID(id) || lower(id) != id
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

// issuedByStrangers models tokens for a stranger's own API: for clients of their own, and for
// users of ours that need no secret.
func (m *modeller) issuedByStrangers(place *Place) {
	name, like := strangerKind+"/api-like-"+place.Name, Kind{Holder: Stranger}
	public := m.world.publicClients()
	for _, tokens := range m.tokensLike(place) {
		if m.in.objects != nil {
			tokens = strange(tokens)
		}
		m.kind(name, like).add(tokens, clientsOf(strangerID))
		if len(public) > 0 {
			m.kind(name, like).add(usersOf(tokens), clientsOf(public...))
		}
	}
}

// strange is tokens as those have them whose object id no file shows, and no policy names.
func strange(tokens []*Token) []*Token {
	all := make([]*Token, len(tokens))
	for i, t := range tokens {
		theirs := *t
		theirs.strange = true
		all[i] = &theirs
	}
	return all
}

func usersOf(tokens []*Token) []*Token {
	return slices.DeleteFunc(slices.Clone(tokens), func(t *Token) bool { return !t.user })
}

// likeness is an API of somebody else that has what an environment's has, as far as it can.
type likeness struct {
	uris   []string // that a check of the environment may take for its own
	grant  grant
	tokens [][]*Token // for each such API, filled when they are asked for
}

// like is what anybody's API can have in common with an environment's.
func (m *modeller) like(place *Place) *likeness {
	return kept(m.alike, place.Name, func() *likeness {
		asked := m.asked[place.Name]
		return &likeness{
			uris:  nearAudiences(asked, audienceURIs(place.API)),
			grant: sameNames(place.API, asked),
		}
	})
}

// tokensLike are the tokens for an API that is like an environment's, in each form of the API: its
// owner chooses the version and the optional claims.
func (m *modeller) tokensLike(place *Place) [][]*Token {
	l := m.like(place)
	if l.tokens != nil {
		return l.tokens
	}
	for _, v := range []string{"1", "2"} {
		for _, typed := range m.required.types() {
			theirs := strangersAPI(l.nearURIs(place))
			theirs.Version.Value, theirs.Claims = v, typed.claims()
			var tokens []*Token
			for _, f := range l.grant.flows(&m.required) {
				tokens = append(tokens, m.tokensOf(apiOf{&theirs, ofAPIOwner, m.tenant()}, f)...)
			}
			l.tokens = append(l.tokens, tokens)
		}
	}
	return l.tokens
}

// nearURIs are App ID URIs of somebody else in which a check may find what it looks for in ours.
func (l *likeness) nearURIs(place *Place) []string {
	uris := l.uris
	for _, uri := range audienceURIs(place.API) {
		uris = append(slices.Clip(uris), uri+"-copy")
	}
	return uris
}

// otherTenants models the owner of another tenant: with an API of its own that is called as ours
// is, and where ours is multi-tenant, with tokens for ours, whose roles its administrator can
// assign.
func (m *modeller) otherTenants(place *Place) {
	like := Kind{Holder: OtherTenant}
	name, theirs := otherTenantKind+"/api-like-"+place.Name, m.like(place)
	tenants := otherTenantIDs(m.asked[place.Name])
	for _, v := range []entra.Version{entra.V1, entra.V2} {
		for _, a := range otherTenantsAudiences(place.API, theirs.uris, v) {
			for _, typed := range m.required.types() {
				for _, tenant := range tenants {
					t := Token{
						tenant: tenant.id, version: v, audience: a, typed: typed,
						freedom: ofOtherTenant, doubt: tenant.doubt,
					}
					for _, f := range theirs.grant.flows(&m.required) {
						m.addToken(m.kind(name, like), t, f, m.others)
					}
				}
			}
		}
	}
	if place.API.MultiTenant() {
		like.For = place.Name
		api := apiOf{place.API, mapped(place.API), otherTenantID}
		all := &group{grant: theirs.grant, clients: m.others}
		m.addAll(otherTenantKind+"/for-"+place.Name, like, api, all)
	}
}

// mapped is what another tenant can write into tokens for our API: with claims mapping, where the
// API accepts it. Who has a key of their own for it has a signature that does not verify.
func mapped(api *entra.Registration) freedom {
	if api.MappedClaims.Value == "true" {
		return ofOtherTenant
	}
	return ofClient
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
		kind := m.kind(forgedKind+"/token", Kind{Holder: Forger})
		theirs := Token{tenant: m.tenant(), version: entra.V1, freedom: everything}
		m.addToken(kind, theirs, flow{}, clientsOf(strangerID))
	}
}

// checksSignatures reports whether some policy that applies to a class of requests lets nobody
// past without asking whether the token's signature verifies, itself or at a validation endpoint.
func checksSignatures(policies []*rules.Policy, class *rules.Class) bool {
	unchecked := func(way []*rules.Check) bool {
		return !slices.ContainsFunc(way, asksForSignature) &&
			!slices.ContainsFunc(way, wantsNoToken)
	}
	for i, policy := range policies {
		if policy.When.Disabled || policy.Runs(class.Applies[i]) != rules.Yes {
			continue
		}
		if ways, ok := policy.Root.Ways(); ok && !slices.ContainsFunc(ways, unchecked) {
			return true
		}
	}
	return false
}

// asksForSignature reports whether a check surely wants a signature that verifies. One that wants
// a signature that does not is a Not.
func asksForSignature(c *rules.Check) bool {
	return c.Skip == "" && c.MaySkip == nil && c.Test.Op != rules.Not &&
		(c.ID == rules.Signature || c.ID == rules.Introspection)
}

// wantsNoToken reports whether a check holds for requests without a token only.
func wantsNoToken(c *rules.Check) bool {
	parts := []rules.Predicate{c.Test}
	if c.Test.Op == rules.And {
		parts = c.Test.Of
	}
	return slices.ContainsFunc(parts, func(p rules.Predicate) bool {
		return p.Op == rules.Not && isSent(p.Of[0])
	})
}

// isSent reports whether a predicate is that a token is sent, in one place or another.
func isSent(p rules.Predicate) bool {
	others := func(p rules.Predicate) bool { return !isSent(p) }
	return p.Op == rules.Sent || p.Op == rules.Or && !slices.ContainsFunc(p.Of, others)
}
