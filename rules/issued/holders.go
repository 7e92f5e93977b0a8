package issued

import (
	"iter"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Holders are who can have a token that is sent to one API, each with all of their tokens at once:
// what differs among these is left open in them, and is chosen as a gateway's checks ask for it.
// They are the kinds of a world, asked in another order.
type Holders struct {
	*modeller
	place   *Place
	known   *assignments
	tenants []tenant      // that may be ours, the likeliest first
	clouds  []entra.Cloud // whose it may be
	foreign []tenant      // that are not
	texts   texts         // what the policies compare claims with

	audiences  []string // of an API that is made up: those that the policies ask for
	assumed    bool     // the API is made up from what the policies ask for
	ownAssumed bool     // its clients are: they are as the policies want them

	asksForObjects bool // the policies may be for somebody by an object id

	reads reading

	// what was worked out, since one question after the other asks for it
	issuers     map[issuerOf]variable
	audienceSet map[audienceOf]variable
	strangerAPI map[bool]*entra.Registration // by whether its audience is near ours
	ours        map[bool][]*group            // of the API; by whether they are its own clients
	theirs      map[bool]*group              // strangers; by whether they name grants as we do
	ownThere    *group                       // our clients with somebody else's API
}

// reading is what of tokens the policies look at: what they do not need not be told apart.
type reading struct {
	claims []string // in order
	all    bool     // any claim may be read
	// some claim differs between tokens with a user and without, or between versions
	flow, version bool
	caller        bool // so is what the caller writes, perhaps beside the client's own id
}

func readingOf(checks []asking) reading {
	var r reading
	for i := range checks {
		if checks[i].off {
			continue
		}
		for _, in := range checks[i].reads {
			r.caller = r.caller || fromRequest(in)
			if name := in.ClaimRead(); name != "" {
				r.claims, r.all = append(r.claims, name), r.all || name == "*"
			}
		}
	}
	slices.Sort(r.claims)
	r.claims = slices.Compact(r.claims)
	r.flow, r.version = r.all, r.all
	for _, name := range r.claims {
		row, _ := claimNamed(name)
		columns := row.columns
		r.flow = r.flow || columns[0] != columns[1] || columns[2] != columns[3] ||
			slices.Contains([]string{"roles", "idtyp", "appidacr", "azpacr"}, name)
		r.version = r.version || columns[:2] != columns[2:4] || name == "iss" || name == "ver" ||
			name == "aud"
	}
	return r
}

// has reports whether some of the claims are read.
func (r *reading) has(names ...string) bool {
	return r.all || slices.ContainsFunc(names, func(name string) bool {
		_, found := slices.BinarySearch(r.claims, name)
		return found
	})
}

// Tokens visits tokens, until enough is seen.
type Tokens = iter.Seq[*Token]

// HoldersAt gives the holders of tokens that are sent to one environment of a world; nil where its
// API is not given.
func (w *World) HoldersAt(place string) *Holders {
	i := slices.IndexFunc(w.Places, func(p Place) bool { return p.Name == place && p.API != nil })
	if i < 0 {
		return nil
	}
	m, principals := w.modeller()
	m.in.objects = objectsOf(w, m.allAsked())
	p := &w.Places[i]
	return &Holders{
		modeller: m, place: p, known: assignmentsOf(p.API, w.Assignments, principals),
		tenants: []tenant{{id: w.Tenant}}, clouds: []entra.Cloud{w.Cloud},
		texts:   textsOf(m.asked[place]),
		foreign: otherTenantIDs(m.asked[place]), reads: readingOf(m.asked[place]),
		issuers: map[issuerOf]variable{}, audienceSet: map[audienceOf]variable{},
		strangerAPI: map[bool]*entra.Registration{}, ours: map[bool][]*group{},
		theirs: map[bool]*group{},
	}
}

// Own lists the tokens of the environment's own clients for its own API: of these versions, or of
// any.
func (h *Holders) Own(versions ...entra.Version) Tokens {
	if versions == nil {
		versions = h.versionsOf(h.place.API)
	}
	api := apiOf{Registration: h.place.API, freedom: h.ownFreedom()}
	own := kept(h.ours, true, func() []*group {
		return groups(h.place.API, h.place.Clients, grantOwn, h.known)
	})
	return h.ofGroups(api, versions, own...)
}

// ofGroups lists what some groups of clients can have of an API.
func (h *Holders) ofGroups(api apiOf, versions []entra.Version, all ...*group) Tokens {
	return func(yield func(*Token) bool) {
		for _, group := range all {
			if !h.openFor(api, versions, group, yield) {
				return
			}
		}
	}
}

// OwnElsewhere lists the tokens of the environment's own clients for a stranger's API, whose
// scopes and roles are called as ours are. Near says that its audience is one in which a check of
// ours may find what it looks for; without it, one that has nothing to do with ours.
func (h *Holders) OwnElsewhere(near bool) Tokens {
	api := h.elsewhere(near, max(ofAPIOwner, h.ownFreedom()))
	if h.ownThere == nil {
		h.ownThere = &group{grant: h.like(h.place).grant, clients: h.clientsAt(h.place)}
	}
	return h.ofGroups(api, h.versionsOf(nil), h.ownThere)
}

// FindsParts reports whether a check looks for a part of an audience.
func (h *Holders) FindsParts() bool { return len(h.like(h.place).uris) > 0 }

// Strangers lists the tokens of any other client of the tenant for the API.
func (h *Holders) Strangers() Tokens {
	strangers := kept(h.ours, false, func() []*group {
		all := groups(h.place.API, h.world.strangersTo(h.place.API), grantForeign, h.known)
		for _, group := range all {
			group.grant.strange = true
		}
		return all
	})
	return h.ofGroups(apiOf{Registration: h.place.API}, h.versionsOf(h.place.API), strangers...)
}

// Granted lists the tokens of any other client of the tenant for the API, where somebody has given
// it what the environment's own clients have: each scope and role.
func (h *Holders) Granted() Tokens {
	stranger := h.world.strangersTo(h.place.API)[:1]
	granted := groups(h.place.API, stranger, grantOwn, h.known)
	return h.ofGroups(apiOf{Registration: h.place.API}, h.versionsOf(h.place.API), granted...)
}

// StrangersElsewhere lists the tokens of any other client of the tenant for an API of its own, and
// its ID tokens. Without names, none of its scopes and roles is called as one of ours.
func (h *Holders) StrangersElsewhere(near, names bool) Tokens {
	theirs := h.strangersWith(names)
	users := &group{grant: theirs.grant, clients: clientsOf(h.world.publicClients()...)}
	users.grant.appOnly = false
	api, versions := h.elsewhere(near, ofAPIOwner), h.versionsOf(nil)
	return func(yield func(*Token) bool) {
		if !h.openFor(api, versions, theirs, yield) {
			return
		}
		if len(users.clients.ids) > 0 && !h.openFor(api, versions, users, yield) {
			return
		}
		h.identities(ofAPIOwner, theirs, h.tenants, yield)
	}
}

// strangersWith is any other client with what the owner of an API of its own grants it.
func (h *Holders) strangersWith(names bool) *group {
	return kept(h.theirs, names, func() *group {
		all := &group{grant: grant{appOnly: true, delegated: true}, clients: clientsOf(strangerID)}
		if names {
			all.grant = h.like(h.place).grant
		}
		all.grant.strange = true
		return all
	})
}

// OtherTenants lists what the owner of another tenant can have: tokens for an API of its own, and
// where ours is multi-tenant, for ours, whose roles its administrator can assign.
func (h *Holders) OtherTenants() Tokens {
	return func(yield func(*Token) bool) {
		like, tenants := h.like(h.place), h.foreign
		theirs := &group{grant: like.grant, clients: h.others}
		for _, v := range []entra.Version{entra.V1, entra.V2} {
			t := Token{in: h.in, version: v, freedom: ofOtherTenant}
			of := h.audienceVariable(audienceOf{version: v}, func() []audience {
				return otherTenantsAudiences(h.place.API, like.uris, v)
			})
			if !h.ofClients(t, theirs, h.base(v, tenants, &of), yield) {
				return
			}
		}
		if h.place.API.MultiTenant() && !h.ofOurs(theirs, tenants[:1], yield) {
			return
		}
		h.identities(ofOtherTenant, theirs, tenants[:1], yield)
	}
}

// Forgers lists what whoever writes their own token can write.
func (h *Holders) Forgers() Tokens {
	t := Token{
		in: h.in, tenant: h.tenants[0].id, version: entra.V1, client: strangerID,
		freedom: everything,
	}
	return func(yield func(*Token) bool) { yield(&t) }
}

// elsewhere is a stranger's API, of which neither the version nor whether its tokens have idtyp is
// settled.
func (h *Holders) elsewhere(near bool, f freedom) apiOf {
	theirs := kept(h.strangerAPI, near, func() *entra.Registration {
		uris := []string{"api://" + strangersAPIID, "https://other.example/api"}
		if near {
			uris = h.like(h.place).nearURIs(h.place)
		}
		api := strangersAPI(uris)
		return &api
	})
	return apiOf{Registration: theirs, freedom: f}
}

// ofOurs is another tenant's tokens for our API.
func (h *Holders) ofOurs(g *group, tenants []tenant, yield func(*Token) bool) bool {
	api := h.place.API
	for _, v := range versions(api) {
		t := Token{
			in: h.in, version: v, freedom: mapped(api), asked: claimsOf(api),
			typed: typeClaim(api),
		}
		of := h.audienceVariable(audienceOf{api, v, true}, func() []audience {
			return audiences(api, v)
		})
		open := h.base(v, tenants, &of)
		if h.in.objects == nil && h.reads.has("oid", "sub") {
			open = append(open, nobodysIDs(false)) // those that policies name are our tenant's
		}
		if !h.ofClients(t, g, open, yield) {
			return false
		}
	}
	return true
}

// identities lists the ID tokens of clients, with app roles of these names.
func (h *Holders) identities(f freedom, of *group, tenants []tenant, yield func(*Token) bool) {
	for _, v := range []entra.Version{entra.V1, entra.V2} {
		for _, id := range of.clients.ids {
			t := Token{
				in: h.in, version: v, freedom: f, client: id, identity: true, user: true,
				strange: of.grant.strange,
			}
			if !yield(h.identity(t, tenants, of)) {
				return
			}
		}
	}
}

func (h *Holders) identity(t Token, tenants []tenant, of *group) *Token {
	open := h.base(t.version, tenants, nil)
	if of.identity == nil {
		sets := variable{claims: []string{"roles"}}
		for _, set := range largestFirst(h.required.sets(of.grant.roles)) {
			sets.choices = append(sets.choices, choice{values: []*source.Value{wordList(set)}})
		}
		of.identity = &sets
	}
	t.choices = &choices{open: append(open, *of.identity)}
	return &t
}

// tenant is the id of a tenant, or why it is not known whether there is one.
type tenant struct{ id, doubt string }

// otherTenantIDs is the id of another tenant, and what begins or ends as a part of an id does that
// a check looks for.
func otherTenantIDs(checks []asking) []tenant {
	all := []tenant{{id: otherTenantID}}
	for i := range checks {
		if checks[i].off || !checks[i].readsClaim("iss", "tid") {
			continue
		}
		for _, text := range checks[i].textsFor("iss", "tid") {
			all = appendAlike(all, text)
		}
	}
	return all
}

// appendAlike adds other tenants' ids that begin or end as a text does, where that may be a part
// of one.
func appendAlike(all []tenant, text string) []tenant {
	for _, id := range alike(text, otherTenantID) {
		if len(all) < mostTexts {
			all = append(all, tenant{id, "it is not known whether a tenant has such a similar id"})
		}
	}
	return all
}

// alike lists ids that begin or end as a text does, or as its last part, and else are as a given
// one.
func alike(text, id string) []string {
	text = strings.TrimSuffix(text, "/")
	part := text[strings.LastIndexByte(text, '/')+1:]
	if len(part) >= len(id) {
		return nil
	}
	made := []string{part + id[len(part):], id[:len(id)-len(part)] + part}
	return slices.DeleteFunc(made, func(other string) bool {
		return !entra.IsGUID(other) || other == id
	})
}
