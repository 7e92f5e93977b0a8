package issued

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// grant is what a client can have of an API.
type grant struct {
	appOnly   bool
	delegated bool
	signIn    bool     // to the client itself: its roles are those of ID tokens
	scopes    []string // each can be had alone, and all together
	userRoles []string // the app roles that its users may hold
	// whoever signs in consents, so that there is a scope wherever there are a user's roles
	consented bool

	roles     []string // the app roles that an app-only token may carry
	exactly   bool     // of the roles, all and no others
	needsRole bool     // without a role there is no app-only token

	strange   bool   // of clients that no file shows, and that no policy names
	anyObject bool   // of whoever has an object id that no file shows
	doubt     string // why it is not known whether anybody has any of it; empty where somebody has

	perhaps [][]string // sets of roles that it may hold, since it is not known who holds them

	// why it is not known whether a user's token can have none of the scopes; empty where it can
	unscoped string
}

// noScope is the doubt of a user's token for an API of ours that has none of the API's scopes: a
// scope that does not name its API is one of Microsoft Graph (9 of the facts).
const noScope = "no source shows that Entra ID issues a user's token for an API " +
	"with none of its scopes"

// unscopedAt is why users can't have a token for an API without a scope of it. Where only a
// deployment knows the name of one, they have that.
func unscopedAt(api *entra.Registration) string {
	nameless := func(p entra.Permission) bool {
		return !p.Value.Known() && !p.Disabled && !p.Perhaps
	}
	if slices.ContainsFunc(api.Scopes, nameless) {
		return ""
	}
	return noScope
}

// granting is what a client can have of an API.
type granting func(api, client *entra.Registration, known *assignments) grant

// grantOwn is what a client of the API's own environment can have: every scope and role, as far as
// its registration and the assignments do not say otherwise (a decision of ours: someone has
// consented for it).
func grantOwn(api, client *entra.Registration, known *assignments) grant {
	g := grant{
		appOnly: true, delegated: true, scopes: names(api.Scopes, anyOne),
		userRoles: names(api.Roles, forUsers), roles: names(api.Roles, forApps),
		unscoped: unscopedAt(api),
	}
	if declared := requirement(client, api); declared != nil {
		g.scopes = values(api.Scopes, declared.Scopes)
		g.roles = appRoles(api, declared)
		g.delegated, g.appOnly = len(declared.Scopes) > 0, len(declared.Roles) > 0
	}
	return g.assigned(api, client, known)
}

// grantForeign is what any other client of the tenant can have: an app-only token without roles,
// since Entra does not require a client to be authorised for an API
// (v2-oauth2-client-creds-grant-flow, "Tokens without the roles claim"), and by a user's consent
// each scope that users can consent to; more only where its registration asks for it, or the API
// pre-authorizes it. The roles of a user come with him, whichever client he signs in to
// (access-token-claims-reference, "roles").
func grantForeign(api, client *entra.Registration, known *assignments) grant {
	g := grant{
		appOnly: true, delegated: true, consented: true, unscoped: unscopedAt(api),
		scopes: names(api.Scopes, userScope), userRoles: names(api.Roles, forUsers),
	}
	if declared := requirement(client, api); declared != nil {
		g.scopes = union(g.scopes, values(api.Scopes, declared.Scopes))
		g.roles = appRoles(api, declared)
	}
	for _, p := range api.PreAuthorized {
		if p.Client.Is(client.AppID) {
			g.scopes = union(g.scopes, values(api.Scopes, p.Scopes))
		}
	}
	return g.assigned(api, client, known)
}

// requirement is what a client's registration asks of an API, or nil where it asks nothing.
func requirement(client, api *entra.Registration) *entra.Requirement {
	for i := range client.Requires {
		if client.Requires[i].Resource.Is(api.AppID) {
			return &client.Requires[i]
		}
	}
	return nil
}

// onBehalfOf is what the API of another environment can have when it exchanges a user's token: a
// delegated token in which it is the client itself, with the user's roles
// (v2-oauth2-on-behalf-of-flow).
func onBehalfOf(api, middle *entra.Registration, known *assignments) grant {
	g := grantForeign(api, middle, known)
	g.appOnly, g.perhaps = false, nil
	return g
}

// byItself is what the API of another environment can have without a user: it has a secret, as it
// must to exchange tokens.
func byItself(api, client *entra.Registration, known *assignments) grant {
	g := grantForeign(api, client, known)
	g.delegated = false
	return g
}

// sameNames is what the owner of an API can grant who names scopes and roles as ours are, or as
// the policies want them.
func sameNames(api *entra.Registration, checks []asking) grant {
	asked := requiredBy(checks)
	roles := union(names(api.Roles, anyOne), asked.roles)
	return grant{
		appOnly: true, delegated: true, roles: roles, userRoles: roles,
		scopes: union(names(api.Scopes, anyOne), asked.scopes),
	}
}

// names lists the values of the enabled permissions of one sort. One that only a deployment knows
// is there as it is written, behind a sign that is in no value.
func names(permissions []entra.Permission, sort func(entra.Permission) bool) []string {
	var all []string
	for _, p := range permissions {
		switch {
		case p.Disabled || p.Value.Value == "" || !sort(p):
		case p.Value.Unknown && p.Perhaps && p.Named:
			all = append(all, perhapsNamed+p.Value.Value)
		case p.Value.Unknown:
			all = append(all, unnamed+p.Value.Value)
		default:
			all = append(all, p.Value.Value)
		}
	}
	return all
}

// unnamed begins what stands for the name of a scope or a role that is not known.
const unnamed = "\x00"

// perhapsNamed begins what stands for a scope or a role of which only a deployment knows whether
// it is there. Its name is behind that.
const perhapsNamed = unnamed + "\x01"

// isUnnamed reports whether a scope or a role is not known, or not known to be there.
func isUnnamed(name string) bool { return strings.HasPrefix(name, unnamed) }

// otherNames says which of some scopes or roles is not known, or not known to be there; empty
// where all are.
func otherNames(names []string) string {
	_, other := namesIn(names)
	for _, name := range names {
		if perhaps, ok := strings.CutPrefix(name, perhapsNamed); ok && other == "" {
			return "only a deployment knows whether the app registration has " + perhaps
		}
	}
	return other
}

// unnamedIn are names of which those that are not known to be there are not known at all.
func unnamedIn(all []string) []string {
	if !slices.ContainsFunc(all, isUnnamed) {
		return all
	}
	all = slices.Clone(all)
	for i, name := range all {
		if after, perhaps := strings.CutPrefix(name, perhapsNamed); perhaps {
			all[i] = unnamed + after
		}
	}
	return all
}

// namesIn are the names of some scopes and roles. Where one is not known, it says which.
func namesIn(all []string) (names []string, other string) {
	for _, name := range all {
		name = strings.TrimPrefix(name, perhapsNamed)
		if other, ok := strings.CutPrefix(name, unnamed); ok {
			return nil, "the app registration does not show all names of its scopes and roles: " +
				other
		}
		names = append(names, name)
	}
	return names, ""
}

func anyOne(entra.Permission) bool { return true }

func userScope(p entra.Permission) bool { return !p.AdminOnly }

func forApps(p entra.Permission) bool { return p.Apps }

func forUsers(p entra.Permission) bool { return p.Users }

// appRoles lists the roles that a client asks for and that can be assigned to a client.
func appRoles(api *entra.Registration, declared *entra.Requirement) []string {
	asked := isOneOf(declared.Roles)
	return names(api.Roles, func(p entra.Permission) bool { return p.Apps && asked(p) })
}

// values lists the values of the enabled permissions with these ids, and those whose value and id
// are not known.
func values(permissions []entra.Permission, ids []entra.Text) []string {
	return names(permissions, isOneOf(ids))
}

func isOneOf(ids []entra.Text) func(entra.Permission) bool {
	return func(p entra.Permission) bool {
		return slices.ContainsFunc(ids, p.ID.Is) ||
			p.Value.Unknown && !p.ID.Known() && len(ids) > 0
	}
}

func union(a, b []string) []string { return source.Union(slices.Clip(a), b...) }

// flow is what tells tokens of one client for one API apart, but for their audience's form.
type flow struct {
	user, guest bool
	scopes      []string
	roles       []string
	cut         bool   // with other scopes and roles than those that are tried
	doubt       string // why it is not known whether anybody can have it; empty where one can
	// whose object id it has: one that no file shows, or one that no policy names either
	anyObject, strange bool
}

// name is the last part of the name of its kind.
func (f *flow) name() string {
	switch {
	case f.cut && f.user:
		return "user-others"
	case f.cut:
		return "app-others"
	case !f.user:
		return "app" + suffix(f.roles)
	case len(f.roles) > 0:
		return "user" + suffix(f.scopes) + "-with-roles"
	}
	return "user" + suffix(f.scopes)
}

// unclaimedRoles is the doubt about roles that are assigned to an application that no file
// identifies.
const unclaimedRoles = "an assignment names a service principal that no file shows, and it is " +
	"not known which client it is: pass the output of az ad sp show --id APP"

// flows lists the tokens of a grant: app-only with each set of roles; delegated with each set of
// scopes and with none, and where users can hold roles, with those. Who signs in to a client has
// its roles, and may be a guest.
func (g grant) flows(r *required) []flow {
	var all []flow
	for _, f := range g.withRoles(g.roleSets(r)) {
		f.user = g.signIn
		all = append(all, f)
		if g.signIn {
			f.guest = true
			all = append(all, f)
		}
	}
	scopes, userRoles := g.scopeSets(r), r.sets("roles", g.userRoles)
	for _, scopes := range scopes.all {
		sets, doubt := beside(&g, scopes, userRoles.all)
		for _, roles := range sets {
			all = append(all, flow{
				user: true, scopes: scopes, roles: roles,
				doubt: cmp.Or(doubt, otherNames(scopes), otherNames(roles)),
			})
		}
	}
	if scopes.cut || g.delegated && userRoles.cut {
		all = append(all, flow{user: true, cut: true})
	}
	for i := range all {
		all[i].strange, all[i].anyObject = g.strange, g.anyObject
		all[i].doubt = cmp.Or(g.doubt, all[i].doubt)
	}
	return all
}

// withRoles lists the tokens without scopes that have these sets of roles, and those that perhaps
// nobody has.
func (g grant) withRoles(sets nameSets) []flow {
	var all []flow
	for _, roles := range sets.all {
		all = append(all, flow{roles: roles, doubt: otherNames(roles)})
	}
	if sets.cut {
		all = append(all, flow{cut: true})
	}
	for _, roles := range g.perhaps {
		all = append(all, flow{roles: roles, doubt: unclaimedRoles})
	}
	return all
}

// beside is which of several sets of roles a user's token may carry beside some scopes, and why
// that is not known. The first set is empty.
func beside[Set any](g *grant, scopes []string, sets []Set) (may []Set, doubt string) {
	switch {
	case len(scopes) > 0:
		return sets, ""
	case g.consented:
		return sets[:1], g.unscoped
	}
	return sets, g.unscoped
}

// scopeSets lists the sets of scopes of a user's token; none where there is no such token.
func (g grant) scopeSets(r *required) nameSets {
	if !g.delegated {
		return nameSets{}
	}
	return r.sets("scp", g.scopes)
}

// roleSets lists the sets of roles that an app-only token may carry, or an ID token; none where
// there is no such token.
func (g grant) roleSets(r *required) nameSets {
	switch {
	case !g.appOnly && !g.signIn:
		return nameSets{}
	case g.exactly && !g.signIn:
		return nameSets{all: [][]string{unnamedIn(g.roles)}}
	}
	sets := r.sets("roles", g.roles)
	if g.needsRole && !g.signIn {
		sets.all = sets.all[1:]
	}
	return sets
}

func suffix(names []string) string {
	known, other := namesIn(names)
	switch {
	case len(names) == 0:
		return ""
	case other != "":
		return "-others"
	}
	return "-" + strings.Join(known, "+")
}

// group is the clients that can have the same of an API.
type group struct {
	grant   grant
	clients *clientSet

	// what is open in the tokens of holders, once it was asked for: the roles of app-only tokens,
	// the scopes and roles of users'
	app, user *variable
	signed    *group // see signingIn
}

// signingIn is who signs in to the clients of a group, with app roles of the same names.
func (g *group) signingIn() *group {
	if g.signed == nil {
		roles := grant{signIn: true, roles: g.grant.roles, strange: g.grant.strange}
		g.signed = &group{grant: roles, clients: g.clients}
	}
	return g.signed
}

// holding is a resource, and clients that are granted some of it.
type holding struct {
	of *resource
	to *group
}

// holdings are what some clients have of one resource.
func holdings(of *resource, all []*group) []holding {
	return source.Each(all, func(to *group) holding { return holding{of, to} })
}

// groups sorts clients by what they can have of an API.
func groups(
	api *entra.Registration, clients []*entra.Registration, can granting, known *assignments,
) []*group {
	facing := eachClient(api)
	usual := func(client *entra.Registration) bool {
		return unremarkable(facing(client), client, known)
	}
	return grouped(clients, usual, func(client *entra.Registration) grant {
		return can(facing(client), client, known)
	})
}

// eachClient gives an API as one client after the other sees it: of thousands that it may
// pre-authorize, with this one alone.
func eachClient(api *entra.Registration) func(*entra.Registration) *entra.Registration {
	if api == nil || len(api.PreAuthorized) < 2 {
		return func(*entra.Registration) *entra.Registration { return api }
	}
	byClient := map[string][]entra.PreAuthorized{}
	for _, p := range api.PreAuthorized {
		byClient[p.Client.ID()] = append(byClient[p.Client.ID()], p)
	}
	return func(client *entra.Registration) *entra.Registration {
		its := *api
		its.PreAuthorized = byClient[client.AppID.ID()]
		return &its
	}
}

// grouped sorts clients by what they can have. All usual ones can have the same.
func grouped(
	clients []*entra.Registration, usual func(*entra.Registration) bool,
	can func(*entra.Registration) grant,
) []*group {
	var all []*group
	var ofUsual *group
	byGrant := map[string]*group{}
	for _, client := range clients {
		of, plain := ofUsual, usual(client)
		if !plain || of == nil {
			g := can(client)
			of = kept(byGrant, g.key(), func() *group {
				if len(all) > 0 {
					g.share(&all[0].grant)
				}
				all = append(all, &group{grant: g, clients: clientsOf()})
				return all[len(all)-1]
			})
		}
		if plain {
			ofUsual = of
		}
		of.clients.ids = append(of.clients.ids, clientID(client))
	}
	return all
}

// key is the same for two grants of the same. It is short, whatever the names.
func (g grant) key() string {
	var key []byte
	for _, list := range []*[]string{&g.scopes, &g.userRoles, &g.roles} {
		key = fmt.Appendf(key, "%t%d", *list == nil, len(*list))
		for _, name := range *list {
			key = append(binary.AppendUvarint(key, uint64(len(name))), name...)
		}
		*list = nil
	}
	sum := sha256.Sum256(fmt.Appendf(key, "%#v", g))
	return string(sum[:])
}

// share has two grants hold the names once that both have: an API may have thousands.
func (g *grant) share(other *grant) {
	if slices.Equal(g.scopes, other.scopes) {
		g.scopes = other.scopes
	}
	if slices.Equal(g.userRoles, other.userRoles) {
		g.userRoles = other.userRoles
	}
}

// unremarkable reports whether nothing is known of a client and an API: all such clients can have
// the same.
func unremarkable(api, client *entra.Registration, known *assignments) bool {
	if requirement(client, api) != nil || known != nil && client.Principal != nil ||
		disabled(client) {
		return false
	}
	return !slices.ContainsFunc(
		api.PreAuthorized, func(p entra.PreAuthorized) bool { return p.Client.Is(client.AppID) },
	)
}

// assigned takes the assignments into account: where those of an API are known, a client holds the
// roles that it is assigned, no more and no less; and where the API requires assignment, Entra
// refuses an app-only token to who has none with AADSTS501051
// (scenario-protected-web-api-app-registration, "Assignment required").
func (g grant) assigned(api, client *entra.Registration, known *assignments) grant {
	if disabled(api) || disabled(client) {
		g.doubt = disabledPrincipal
	}
	if known == nil {
		g.needsRole = api.AssignmentRequired()
		return g
	}
	mine := known.of(client)
	g.roles, g.exactly = roleValues(mine, api), true
	g.appOnly = len(mine) > 0 || g.appOnly && !api.AssignmentRequired()
	if client.Principal == nil {
		g.perhaps = known.unclaimed
	}
	return g
}

// disabledPrincipal is the doubt of tokens of or for an application that has been disabled.
const disabledPrincipal = "a service principal is disabled (accountEnabled), and Entra ID " +
	"issues no tokens of it or for it until it is enabled"

func disabled(app *entra.Registration) bool {
	return app.Principal != nil && app.Principal.Disabled
}

// assignments are the assignments of one API. They are nil where none is given, which does not say
// that there are none.
type assignments struct {
	byPrincipal map[string][]entra.Assignment // by the object id of who has them
	// the roles of applications that no file identifies
	unclaimed [][]string
}

func (a *assignments) of(client *entra.Registration) []entra.Assignment {
	if a == nil || client.Principal == nil {
		return nil
	}
	return a.byPrincipal[client.Principal.ObjectID.ID()]
}

// assignmentsOf picks the assignments of an API. The object ids are those of the applications that
// files show.
func assignmentsOf(
	api *entra.Registration, all []entra.Assignment, shown map[string]bool,
) *assignments {
	var found *assignments
	var unclaimed []string
	if api.Principal != nil && api.Principal.Unassigned {
		found = &assignments{}
	}
	for _, a := range all {
		if !concerns(a, api, shown) {
			continue
		}
		if found == nil || found.byPrincipal == nil {
			found = &assignments{byPrincipal: map[string][]entra.Assignment{}}
		}
		who := a.Principal.ID()
		if found.byPrincipal[who] == nil && isApplication(a) && !shown[who] {
			unclaimed = append(unclaimed, who)
		}
		found.byPrincipal[who] = append(found.byPrincipal[who], a)
	}
	for _, who := range unclaimed {
		found.unclaimed = append(found.unclaimed, roleValues(found.byPrincipal[who], api))
	}
	return found
}

// isApplication reports whether an assignment is none to a user or to a group.
func isApplication(a entra.Assignment) bool {
	return a.Type.Value == "" || strings.EqualFold(a.Type.Value, "ServicePrincipal")
}

// principals is the object ids of the applications of all environments.
func (w *World) principals() map[string]bool {
	all := map[string]bool{}
	for _, app := range w.applications() {
		if app.Principal != nil {
			all[app.Principal.ObjectID.ID()] = true
		}
	}
	return all
}

// concerns reports whether an assignment is one to this API. The service principal that it names
// decides; where no file shows that one, the id of its role does. That alone is not enough:
// registrations that were copied have roles of the same ids.
func concerns(a entra.Assignment, api *entra.Registration, shown map[string]bool) bool {
	if p := api.Principal; p != nil && a.Resource.Value != "" {
		switch {
		case a.Resource.Is(p.ObjectID):
			return true
		case a.Resource.Known() && p.ObjectID.Known():
			return false
		}
	}
	if a.Resource.Value != "" && shown[a.Resource.ID()] {
		return false // another application's
	}
	return slices.ContainsFunc(api.Roles, func(p entra.Permission) bool { return p.ID.Is(a.Role) })
}

func roleValues(assigned []entra.Assignment, api *entra.Registration) []string {
	var all []string
	for _, a := range assigned {
		// a file may be named twice
		if value := roleValue(a, api); value != "" && !slices.Contains(all, value) {
			all = append(all, value)
		}
	}
	return all
}

func roleValue(a entra.Assignment, api *entra.Registration) string {
	if a.RoleValue != "" {
		return a.RoleValue
	}
	if a.Role.Value == entra.Unassigned {
		return ""
	}
	for _, value := range values(api.Roles, []entra.Text{a.Role}) {
		return value
	}
	return ""
}
