package issued

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

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
func (h *Holders) ofClients(t Token, g *group, open []variable, yield func(*Token) bool) bool {
	ids := g.clients.ids
	if !h.reads.caller && (h.in.objects == nil || !h.reads.has("oid", "sub")) {
		t.client = ids[0]
		if len(ids) > 1 && h.reads.has("appid", "azp") {
			claim := "azp"
			if t.version == entra.V1 {
				claim = "appid"
			}
			open = append(open, one(claim, strs(ids...)))
		}
		return h.flowsOf(t, g, open, yield)
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
		key := issuerOf{v, tenants[0].id, len(tenants)}
		issuers := func() variable { return h.issuersOf(v, tenants) }
		open = append(open, kept(h.issuers, key, issuers))
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
	return kept(h.audienceSet, of, func() variable { return audienceVariable(all()) })
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
	if of.app == nil {
		of.app = rolesVariable(g, &h.required)
	}
	if len(of.app.choices) > 0 {
		if !yield(h.opened(t, open, of.app)) {
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
	if of.user == nil {
		of.user = scopesVariable(g, &h.required)
	}
	return yield(h.opened(t, open, of.user))
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
	if t.strange && h.in.objects == nil && h.reads.has("oid", "sub") {
		t.choices.open = append(t.choices.open, h.objectVariable(t.user))
	}
	return &t
}

// objectVariable is whose object ids a stranger's token has, where no file shows whose are whose:
// those of somebody whom no policy names, or perhaps of somebody whom one does.
func (h *Holders) objectVariable(user bool) variable {
	v := nobodysIDs(user)
	if h.asksForObjects {
		v.choices = append(v.choices, choice{
			values: []*source.Value{notModelled("oid"), notModelled("sub")},
		})
	}
	return v
}

// nobodysIDs are the object ids of somebody whom no policy names.
func nobodysIDs(user bool) variable {
	subject := nobodysObject
	if user {
		subject = nobodysSubject
	}
	return variable{claims: []string{"oid", "sub"}, choices: []choice{
		{values: []*source.Value{str(nobodysObject), str(subject)}},
	}}
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
func rolesVariable(g *grant, r *required) *variable {
	v := &variable{claims: []string{"roles"}}
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
func scopesVariable(g *grant, r *required) *variable {
	v := &variable{claims: []string{"scp", "roles"}}
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
