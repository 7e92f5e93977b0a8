package issued

import (
	"cmp"
	"fmt"
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
	place  *Place
	known  *assignments
	clouds []entra.Cloud // whose the tenants may be
	texts  texts         // what the policies compare claims with
	reads  reading

	audiences      []string // that the policies ask for, where the API has not said its own
	freedom        freedom  // of the environment's own clients
	asksForObjects bool     // the policies may be for somebody by an object id

	barred *View // whose checks keep tokens out that nobody asks for; nil for none

	// what was worked out, since one question after the other asks for it
	issuers map[issuerOf]variable
	groups  map[string][]*group
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
type Tokens iter.Seq[*Token]

// Only leaves out the tokens for which a function is false.
func (all Tokens) Only(of func(*Token) bool) Tokens {
	return func(yield func(*Token) bool) {
		for t := range all {
			if of(t) && !yield(t) {
				return
			}
		}
	}
}

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
		clouds: []entra.Cloud{w.Cloud}, texts: textsOf(m.asked[place]),
		reads: readingOf(m.asked[place]), issuers: map[issuerOf]variable{},
		groups: map[string][]*group{},
	}
}

// Own lists the tokens of the environment's own clients for its own API: of these versions, or of
// any.
func (h *Holders) Own(versions ...entra.Version) Tokens {
	api := h.own(h.place).with(h.freedom, &h.required)
	if versions != nil {
		api.versions = versions
	}
	return h.open(holdings(api, h.kept("own", func() []*group {
		return groups(h.place.API, h.place.Clients, grantOwn, h.known)
	})))
}

// OwnElsewhere lists the tokens of the environment's own clients for a stranger's API, whose
// scopes and roles are called as ours are. Near says that its audience is one in which a check of
// ours may find what it looks for; without it, one that has nothing to do with ours.
func (h *Holders) OwnElsewhere(near bool) Tokens {
	api := h.strangersAPI(near).with(max(ofAPIOwner, h.freedom), &h.required)
	return h.open(holdings(api, h.kept("own elsewhere", func() []*group {
		return []*group{h.likeGrant(h.place, h.clientsAt(h.place))}
	})))
}

// FindsParts reports whether a check looks for a part of an audience.
func (h *Holders) FindsParts() bool { return len(h.like(h.place).uris) > 0 }

// Strangers lists the tokens of any other client of the tenant for the API.
func (h *Holders) Strangers() Tokens {
	return h.open(holdings(h.own(h.place), h.kept("strangers", func() []*group {
		return h.strangersOf(h.place, h.known)
	})))
}

// Granted lists the tokens of any other client of the tenant for the API, where somebody has given
// it what the environment's own clients have: each scope and role.
func (h *Holders) Granted() Tokens {
	stranger := h.world.strangersTo(h.place.API)[:1]
	return h.open(holdings(h.own(h.place), groups(h.place.API, stranger, grantOwn, h.known)))
}

// StrangersElsewhere lists the tokens of any other client of the tenant for an API of its own, and
// its ID tokens. Without names, none of its scopes and roles is called as one of ours.
func (h *Holders) StrangersElsewhere(near, names bool) Tokens {
	who, given := "strangers elsewhere", grant{appOnly: true, delegated: true}
	if names {
		who, given = "namesakes", h.like(h.place).grant
	}
	theirs := h.kept(who, func() []*group { return h.grantedByStrangers(given) })
	return h.open(h.strangersElsewhere(h.strangersAPI(near), theirs))
}

// OtherTenants lists what the owner of another tenant can have: tokens for an API of its own, and
// where ours is multi-tenant, for ours, whose roles its administrator can assign.
func (h *Holders) OtherTenants() Tokens {
	theirs := h.kept("other tenants", func() []*group {
		return []*group{h.likeGrant(h.place, h.others)}
	})
	return h.open(h.otherTenants(h.place, theirs[0]))
}

// Except is the holders without tokens that one check of a view alone keeps out, by their issuer
// or audience.
func (h *Holders) Except(barred *View) *Holders {
	rest := *h
	rest.barred = barred
	return &rest
}

// kept makes groups once, when somebody asks for them.
func (h *Holders) kept(who string, made func() []*group) []*group {
	return kept(h.groups, who, made)
}

// strangersAPI is a stranger's API whose audience is near ours, or has nothing to do with it.
func (h *Holders) strangersAPI(near bool) *resource {
	if near {
		return h.like(h.place).api()
	}
	return h.like(h.place).unrelated()
}

// open lists the tokens of some holdings, with all that differs left open, as far as the policies
// look at it.
func (h *Holders) open(all []holding) Tokens {
	return func(yield func(*Token) bool) {
		for _, held := range all {
			versions := h.versions(held.of)
			for i := range versions {
				if !h.ofClients(held.of, &versions[i], held.to, yield) {
					return
				}
			}
		}
	}
}

// ofVersion is a version of a resource's tokens, with the variables that all of them have.
type ofVersion struct {
	version entra.Version
	open    []variable
}

// versions lists those that the policies tell apart and that are not barred.
func (h *Holders) versions(r *resource) []ofVersion {
	versions := r.versions
	if !h.reads.version {
		versions = versions[:1]
	}
	var all []ofVersion
	for _, v := range versions {
		if open := h.base(r, v); !h.barred.barsAny(open) {
			all = append(all, ofVersion{v, open})
		}
	}
	return all
}

// ofClients is a token that any of some clients has: one token in which that is open, as far as
// the policies look at it, or one for each where the caller may write the same id beside it.
func (h *Holders) ofClients(r *resource, of *ofVersion, g *group, yield func(*Token) bool) bool {
	t, open, ids := h.token(r, of.version), of.open, g.clients.ids
	t.strange = g.grant.strange
	known := h.in.objects != nil && h.reads.has("oid", "sub")
	if !r.identity && !h.reads.caller && !known {
		t.client = ids[0]
		if len(ids) > 1 && h.reads.has("appid", "azp") {
			claim := "azp"
			if of.version == entra.V1 {
				claim = "appid"
			}
			open = append(slices.Clip(open), one(claim, source.NewStrings(ids...)))
		}
		return h.flowsOf(t, r, g, open, yield)
	}
	for _, id := range ids {
		t.client = id
		if !h.flowsOf(t, r, g, open, yield) {
			return false
		}
	}
	return true
}

// base is the issuer and the audience, as far as the policies look at them.
func (h *Holders) base(r *resource, v entra.Version) []variable {
	open := make([]variable, 0, 2)
	if h.reads.has("iss", "tid") {
		open = append(open, kept(h.issuers, issuerOf{v, &r.tenants[0]}, func() variable {
			return h.issuersOf(v, r.tenants)
		}))
	}
	if h.reads.has("aud") && !r.identity {
		open = append(open, kept(r.aud, v, func() variable {
			all := r.audiences(v)
			if all[0].value == otherTenantsAPIID { // what is called as ours is shows more
				all = append(all[1:], all[0])
			}
			return audienceVariable(all)
		}))
	}
	return open
}

// issuerOf is what the issuers in tokens depend on: a version, and which tenants may issue them.
type issuerOf struct {
	version entra.Version
	tenants *tenant
}

// flowsOf is a token without scopes and one with, as far as a grant has them.
func (h *Holders) flowsOf(
	t Token, r *resource, of *group, open []variable, yield func(*Token) bool,
) bool {
	g := &of.grant
	if of.app == nil {
		of.app = rolesVariable(g, &h.required)
	}
	if len(of.app.choices) > 0 {
		t.user = g.signIn
		token := h.opened(t, r, open, of.app)
		if !yield(token) {
			return false
		}
		if !h.reads.flow && token.doubt == "" {
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
	if of.user == nil {
		of.user = scopesVariable(g, &h.required)
	}
	return yield(h.opened(t, r, open, of.user))
}

// opened is a token with variables left open in it.
func (h *Holders) opened(t Token, r *resource, open []variable, more *variable) *Token {
	t.doubt = cmp.Or(t.doubt, more.doubt())
	t.choices = &choices{open: slices.Grow(slices.Clip(open), 2)}
	if h.reads.has("scp", "roles") {
		t.choices.open = append(t.choices.open, *more)
	}
	if len(r.types) > 1 {
		t.choices.open = append(t.choices.open, typeVariable(t.user))
	}
	if t.strange && h.in.objects == nil && h.reads.has("oid", "sub") {
		t.choices.open = append(t.choices.open, h.objectVariable(t.user))
	}
	return &t
}

// objectVariable is whose object ids a stranger's token has, where no file shows whose are whose:
// those of somebody whom no policy names, or perhaps of somebody whom one does.
func (h *Holders) objectVariable(user bool) variable {
	subject := nobodysObject
	if user {
		subject = nobodysSubject
	}
	v := variable{claims: []string{"oid", "sub"}, choices: []choice{
		{values: []*source.Value{source.NewString(nobodysObject), source.NewString(subject)}},
	}}
	if h.asksForObjects {
		v.choices = append(v.choices, choice{
			values: []*source.Value{notModelled("oid"), notModelled("sub")},
		})
	}
	return v
}

// asksForObjects reports whether checks ask for an object id, or for what only an expression says.
// A text that is in none, such as the end of an address, asks for nobody.
func asksForObjects(checks []asking) bool {
	return slices.ContainsFunc(checks, func(a asking) bool {
		parts := a.about("oid", "sub")
		return !a.off && (slices.ContainsFunc(parts, func(part comparison) bool {
			return part.Input.Opaque != nil
		}) || slices.ContainsFunc(partsIn(parts), namesObject))
	})
}

func typeVariable(user bool) variable {
	value := "app"
	if user {
		value = "user"
	}
	return one("idtyp", []*source.Value{source.NewString(value), nil})
}

// rolesVariable is the roles of a token without scopes.
func rolesVariable(g *grant, r *required) *variable {
	v := &variable{claims: []string{"roles"}}
	sets := g.roleSets(r)
	if sets.cut {
		v.cut = notAllPicked()
	}
	for _, f := range g.withRoles(nameSets{all: largestFirst(sets.all)}) {
		v.choices = append(v.choices, choice{[]*source.Value{wordList(f.roles)}, f.doubt})
	}
	return v
}

// mostChoices is how many sets of scopes and roles together are listed. Of so many not all are
// tried, and what was not tried is unknown.
const mostChoices = 1 << 16

// scopesVariable is the scopes and roles of a user's token.
func scopesVariable(g *grant, r *required) *variable {
	v := &variable{claims: []string{"scp", "roles"}}
	var roles []*source.Value
	scopes, userRoles := r.sets("scp", g.scopes), r.sets("roles", g.userRoles)
	if scopes.cut || userRoles.cut {
		v.cut = notAllPicked()
	}
	for _, set := range userRoles.all {
		roles = append(roles, wordList(set))
	}
	for _, scopes := range largestFirst(scopes.all) {
		with, doubt := beside(g, scopes, roles)
		scp := wordsOf(scopes)
		for i, list := range with {
			if len(v.choices) == mostChoices {
				v.cut = fmt.Sprintf("%d sets of scopes and roles", mostChoices)
				return v
			}
			v.choices = append(v.choices, choice{
				[]*source.Value{scp, list},
				cmp.Or(doubt, otherNames(scopes), otherNames(userRoles.all[i])),
			})
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
	claims := make([]*source.Value, len(all))
	for i := range all {
		claims[i] = all[i].claim()
	}
	v := one("aud", claims)
	for i := range all {
		v.choices[i].doubt = all[i].doubt
	}
	return v
}

// issuersOf is the issuer and the tenant in a token of a version.
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
			values := []*source.Value{issuerIn(&cloud, tenant.id, v), source.NewString(tenant.id)}
			made.choices = append(made.choices, choice{values, tenant.doubt})
		}
	}
	if h.freedom == asWanted && h.assumed && tenants[0].id != otherTenantID {
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
			all = append(all, choice{
				values: []*source.Value{source.NewString(text), notModelled("tid")},
			})
		}
	}
	return all
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
	return source.Without(made, func(other string) bool {
		return !entra.IsGUID(other) || other == id
	})
}
