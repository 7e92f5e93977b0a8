package issued

import (
	"cmp"
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

// issuerOf is what the issuers in tokens depend on.
type issuerOf struct {
	version entra.Version
	tenant  string // the first that is named
	tenants int
}

// audienceOf is what the audiences in tokens depend on: a version, and an API or another tenant's
// owner. Plainly says that nothing is made up beside what the API has.
type audienceOf struct {
	api     *entra.Registration // nil for another tenant's owner
	version entra.Version
	plainly bool
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
	return func(yield func(*Token) bool) {
		for _, group := range h.ownGroups() {
			if !h.openFor(apiOf{h.place.API, h.ownFreedom()}, versions, group, yield) {
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
	return func(yield func(*Token) bool) {
		h.openFor(api, h.versionsOf(nil), h.ownThere, yield)
	}
}

// ownGroups are the API's own clients, by what they can have of it.
func (h *Holders) ownGroups() []*group {
	made := h.ours[true]
	if made == nil {
		made = groups(h.place.API, h.place.Clients, grantOwn, h.known)
		h.ours[true] = made
	}
	return made
}

// strangerGroups are any other clients of the tenant, by what they can have of the API.
func (h *Holders) strangerGroups() []*group {
	made := h.ours[false]
	if made == nil {
		all := h.world.strangersTo(h.place.API)
		made = groups(h.place.API, all, grantForeign, h.known)
		for _, group := range made {
			group.grant.strange = true
		}
		h.ours[false] = made
	}
	return made
}

// FindsParts reports whether a check looks for a part of an audience.
func (h *Holders) FindsParts() bool { return len(h.like(h.place).uris) > 0 }

// Strangers lists the tokens of any other client of the tenant for the API.
func (h *Holders) Strangers() Tokens {
	api := apiOf{Registration: h.place.API}
	return func(yield func(*Token) bool) {
		for _, group := range h.strangerGroups() {
			if !h.openFor(api, h.versionsOf(h.place.API), group, yield) {
				return
			}
		}
	}
}

// Granted lists the tokens of any other client of the tenant for the API, where somebody has given
// it what the environment's own clients have: each scope and role.
func (h *Holders) Granted() Tokens {
	api, all := apiOf{Registration: h.place.API}, h.world.strangersTo(h.place.API)[:1]
	return func(yield func(*Token) bool) {
		for _, group := range groups(h.place.API, all, grantOwn, h.known) {
			if !h.openFor(api, h.versionsOf(h.place.API), group, yield) {
				return
			}
		}
	}
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
	made := h.theirs[names]
	if made == nil {
		made = &group{grant: grant{appOnly: true, delegated: true}, clients: clientsOf(strangerID)}
		if names {
			made.grant = h.like(h.place).grant
		}
		made.grant.strange = true
		h.theirs[names] = made
	}
	return made
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
	if made := h.strangerAPI[near]; made != nil {
		return apiOf{made, f}
	}
	theirs := &entra.Registration{AppID: entra.Text{Value: strangersAPIID}}
	uris := []string{"api://" + strangersAPIID, "https://other.example/api"}
	if near {
		uris = h.like(h.place).nearURIs(h.place)
	}
	for _, uri := range uris {
		theirs.URIs = append(theirs.URIs, entra.Text{Value: uri})
	}
	h.strangerAPI[near] = theirs
	return apiOf{theirs, f}
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
		if !h.ofClients(t, g, h.base(v, tenants, &of), yield) {
			return false
		}
	}
	return true
}

// withClients adds which of several clients has a token, as far as the policies look at it.
func (h *Holders) withClients(open []variable, v entra.Version, ids []string) []variable {
	if len(ids) > 1 && h.reads.has("appid", "azp") {
		return append(open, clientVariable(v, ids))
	}
	return open
}

// identities lists the ID tokens of clients, with app roles of these names.
func (h *Holders) identities(
	f freedom, of *group, tenants []tenant, yield func(*Token) bool,
) {
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

func (h *Holders) ownFreedom() freedom {
	if h.ownAssumed {
		return asWanted
	}
	return ofClient
}

// openFor is what a group of clients can have of an API.
func (h *Holders) openFor(
	api apiOf, versions []entra.Version, g *group, yield func(*Token) bool,
) bool {
	for _, v := range versions {
		t := Token{
			in: h.in, version: v, freedom: api.freedom, asked: h.claimsOf(api),
			typed: typeClaim(api.Registration), strange: g.grant.strange,
		}
		of := h.audienceVariable(audienceOf{api: api.Registration, version: v}, func() []audience {
			return h.audiencesOf(api, v)
		})
		if !h.ofClients(t, g, h.base(v, h.tenants, &of), yield) {
			return false
		}
	}
	return true
}

// ofClients is a token that any of some clients has: one token in which that is open, as far as
// the policies look at it, or one for each where the caller may write the same id beside it.
func (h *Holders) ofClients(
	t Token, g *group, open []variable, yield func(*Token) bool,
) bool {
	ids := g.clients.ids
	if !h.reads.caller && (h.in.objects == nil || !h.reads.has("oid", "sub")) {
		t.client = ids[0]
		return h.flowsOf(t, g, h.withClients(open, t.version, ids), yield)
	}
	for _, id := range ids {
		t.client = id
		if !h.flowsOf(t, g, open, yield) {
			return false
		}
	}
	return true
}

// versionsOf lists the versions of an API's tokens, or with nil of somebody else's, as far as the
// policies can tell them apart.
func (h *Holders) versionsOf(api *entra.Registration) []entra.Version {
	all := []entra.Version{entra.V1, entra.V2}
	if api != nil {
		all = versions(api)
	}
	if !h.reads.version {
		return all[:1]
	}
	return all
}

// base is the issuer and the audience, as far as the policies look at them.
func (h *Holders) base(v entra.Version, tenants []tenant, of *variable) []variable {
	open := make([]variable, 0, 4)
	if h.reads.has("iss", "tid") {
		open = append(open, h.issuersIn(v, tenants))
	}
	if h.reads.has("aud") && of != nil && len(of.choices) > 0 {
		open = append(open, *of)
	}
	return open
}

// audienceVariable is which of some audiences tokens have, as far as the policies look at it.
func (h *Holders) audienceVariable(of audienceOf, all func() []audience) variable {
	if !h.reads.has("aud") {
		return variable{}
	}
	made, known := h.audienceSet[of]
	if !known {
		made = audienceVariable(all())
		h.audienceSet[of] = made
	}
	return made
}

// claimsOf is what an API's registration asks for; of somebody else's, nobody knows.
func (h *Holders) claimsOf(api apiOf) *askedClaims {
	if api.Registration != h.place.API {
		return nil
	}
	return claimsOf(api.Registration)
}

// flowsOf is a token without a user and one with, as far as a grant has them.
func (h *Holders) flowsOf(t Token, of *group, open []variable, yield func(*Token) bool) bool {
	g := &of.grant
	if roles := h.rolesOf(of); len(roles.choices) > 0 {
		if !yield(h.opened(t, open, roles)) {
			return false
		}
		if !h.reads.flow {
			return true
		}
	}
	if !g.delegated {
		return true
	}
	t.user = true
	if len(g.scopes) == 0 {
		t.doubt = cmp.Or(t.doubt, g.unscoped)
	}
	return yield(h.opened(t, open, h.scopesOf(of)))
}

// rolesOf is the roles of the app-only tokens of a group.
func (h *Holders) rolesOf(of *group) *variable {
	if of.app == nil {
		made := rolesVariable(&of.grant, &h.required)
		of.app = &made
	}
	return of.app
}

// scopesOf is the scopes and roles of the users' tokens of a group.
func (h *Holders) scopesOf(of *group) *variable {
	if of.user == nil {
		made := scopesVariable(&of.grant, &h.required)
		of.user = &made
	}
	return of.user
}

// opened is a token with variables left open in it.
func (h *Holders) opened(t Token, open []variable, more *variable) *Token {
	t.choices = &choices{open: slices.Clip(open)}
	if h.reads.has("scp", "roles") {
		t.choices.open = append(t.choices.open, *more)
	}
	if h.choosesType(&t) {
		t.choices.open = append(t.choices.open, typeVariable(t.user))
	}
	return &t
}

// choosesType reports whether somebody chooses whether a token has idtyp: the owner of another
// API, or who makes an API up.
func (h *Holders) choosesType(t *Token) bool {
	return h.required.typed &&
		(t.asked == nil || t.freedom == ofAPIOwner || t.freedom == ofOtherTenant)
}

func typeVariable(user bool) variable {
	value := "app"
	if user {
		value = "user"
	}
	return one("idtyp", []*source.Value{str(value), nil})
}

// rolesVariable is the roles of an app-only token.
func rolesVariable(g *grant, r *required) variable {
	v := variable{claims: []string{"roles"}}
	for _, roles := range largestFirst(g.roleSets(r)) {
		v.choices = append(v.choices, choice{values: []*source.Value{wordList(roles)}})
	}
	for _, roles := range g.perhaps {
		v.choices = append(v.choices, choice{[]*source.Value{wordList(roles)}, unclaimedRoles})
	}
	return v
}

// mostChoices is how many sets of scopes and roles together are listed. Of so many not all are
// tried, and what was not tried is unknown.
const mostChoices = 1 << 16

// scopesVariable is the scopes and roles of a user's token.
func scopesVariable(g *grant, r *required) variable {
	v := variable{claims: []string{"scp", "roles"}}
	roles := []*source.Value{nil}
	for _, set := range r.sets(g.userRoles)[1:] {
		roles = append(roles, wordList(set))
	}
	for _, scopes := range largestFirst(r.sets(g.scopes)) {
		scp, with, doubt := (&Token{user: true, scopes: scopes}).scp(), roles, ""
		if len(scopes) == 0 {
			doubt = g.unscoped
			if g.consented {
				with = roles[:1]
			}
		}
		for _, list := range with {
			if v.cut = len(v.choices) == mostChoices; v.cut {
				return v
			}
			v.choices = append(v.choices, choice{[]*source.Value{scp, list}, doubt})
		}
	}
	return v
}

// largestFirst sorts sets so that what has most is tried first.
func largestFirst(sets [][]string) [][]string {
	sets = slices.Clone(sets)
	slices.SortStableFunc(sets, func(a, b []string) int { return len(b) - len(a) })
	return sets
}

func audienceVariable(all []audience) variable {
	texts := make([]string, len(all))
	for i := range all {
		texts[i] = all[i].value
	}
	v := one("aud", strs(texts...))
	for i := range all {
		v.choices[i].doubt = all[i].doubt
	}
	return v
}

// clientVariable is which of several clients has the token.
func clientVariable(v entra.Version, ids []string) variable {
	values := strs(ids...)
	if v == entra.V1 {
		return one("appid", values)
	}
	return one("azp", values)
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
		for _, text := range checks[i].texts {
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

// issuersIn is the issuer and the tenant in a token of a version.
func (h *Holders) issuersIn(v entra.Version, tenants []tenant) variable {
	key := issuerOf{v, tenants[0].id, len(tenants)}
	made, known := h.issuers[key]
	if known {
		return made
	}
	made = h.issuersOf(v, tenants)
	h.issuers[key] = made
	return made
}

func (h *Holders) issuersOf(v entra.Version, tenants []tenant) variable {
	made := variable{claims: []string{"iss", "tid"}, choices: make([]choice, 0, 4)}
	clouds := h.clouds
	if len(h.texts["iss"])+len(h.texts["tid"]) == 0 {
		tenants, clouds = tenants[:1], clouds[:1] // nothing tells them apart
	}
	for _, tenant := range tenants {
		for _, cloud := range clouds {
			if len(made.choices) > 0 && entra.IssuerURL(cloud, tenant.id, v) == "" {
				continue // no source tells what this cloud writes
			}
			values := []*source.Value{issuerIn(&cloud, tenant.id, v), str(tenant.id)}
			made.choices = append(made.choices, choice{values, tenant.doubt})
		}
	}
	if h.assumed && tenants[0].id != otherTenantID {
		made.choices = append(made.choices, h.otherIssuers()...)
	}
	return made
}

// otherIssuers are the issuers that policies ask for and that are nobody's of Entra ID: whose
// tokens are not modelled, and who a policy may be written for.
func (h *Holders) otherIssuers() []choice {
	var all []choice
	for _, text := range h.texts["iss"] {
		host, _, _ := strings.Cut(strings.TrimPrefix(text, "https://"), "/")
		if _, ours := entra.CloudOf(host); !ours && strings.HasPrefix(text, "https://") {
			all = append(all, choice{values: []*source.Value{str(text), notModelled("tid")}})
		}
	}
	return all
}

// audiencesOf lists the audiences of an API's tokens. Of a world that is made up they are those
// that the policies ask for.
func (h *Holders) audiencesOf(api apiOf, v entra.Version) []audience {
	if !h.assumed || api.Registration != h.place.API {
		return audiences(api.Registration, v)
	}
	all := audiences(api.Registration, v)
	for _, text := range h.audiences {
		if v == entra.V1 || entra.IsGUID(text) {
			all = append(all, audience{form: "uri", value: text})
		}
	}
	return all
}
