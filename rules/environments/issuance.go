package environments

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// The rules of what Entra ID issues to whom. Each is a function of its own; where a rule rests on a decision of ours and
// not on a source, its comment says so.

// audience is one form in which a token may name its API.
type audience struct {
	form  string // "uri", "uri-slash", "guid", "spn"
	value string
	doubt string // why it is not known whether it can be had; empty where it can
}

// versions lists the versions of the access tokens for an API. The API's registration decides, not the endpoint and not the client
// (learn.microsoft.com/entra/identity-platform/access-tokens, "Token formats"). Where only a deployment knows it, both.
func versions(api *entra.Registration) []entra.Version {
	if v, ok := api.TokenVersion(); ok {
		return []entra.Version{v}
	}
	return []entra.Version{entra.V1, entra.V2}
}

// audiences lists the forms in which a token of this version names the API: the application id in v2.0; in v1.0 whichever form the
// client asked for (access-token-claims-reference, "aud"), unless an optional claim makes it the application id.
func audiences(api *entra.Registration, v entra.Version) []audience {
	id := strings.ToLower(api.AppID.Value)
	guid := audience{form: "guid", value: id}
	if v == entra.V2 || api.AudienceIsGUID() {
		return []audience{guid}
	}
	var all []audience
	for _, uri := range audienceURIs(api) {
		all = append(all, audience{form: "uri", value: uri}, audience{form: "uri-slash", value: uri + "/"})
	}
	return append(all, guid, servicePrincipalAudience(id))
}

// audienceURIs lists what an API goes by beside its id: its App ID URIs, and what else its service principal is named
// (graph/api/resources/serviceprincipal, servicePrincipalNames).
func audienceURIs(api *entra.Registration) []string {
	var all []string
	add := func(texts []entra.Text) {
		for _, t := range texts {
			uri := strings.TrimSuffix(t.Value, "/")
			if t.Known() && !strings.EqualFold(uri, api.AppID.Value) && !slices.Contains(all, uri) {
				all = append(all, uri)
			}
		}
	}
	add(api.URIs)
	if api.Principal != nil {
		add(api.Principal.Names)
	}
	return all
}

// servicePrincipalAudience is a form that real v1.0 tokens of 2016 have, and that Microsoft's own passport-azure-ad still
// accepts by default.
func servicePrincipalAudience(id string) audience { return audience{form: "spn", value: "spn:" + id} }

// grant is what a client can have of an API.
type grant struct {
	appOnly   bool
	delegated bool
	scopes    []string   // each can be had alone, and all together
	roles     [][]string // the sets of app roles that an app-only token may carry
	userRoles []string   // the app roles that its users may hold
}

// grantOwn is what a client of the API's own environment can have: every scope and role, as far as its registration and the
// assignments do not say otherwise (a decision of ours: someone has consented for it).
func grantOwn(api, client *entra.Registration, known assignments) grant {
	g := grant{appOnly: true, delegated: true, scopes: names(api.Scopes, anyScope), userRoles: names(api.Roles, forUsers)}
	g.roles = roleSets(names(api.Roles, forApps))
	if declared := requirement(client, api); declared != nil {
		g.scopes = values(api.Scopes, declared.Scopes)
		g.roles = roleSets(values(api.Roles, declared.Roles))
		g.delegated, g.appOnly = len(declared.Scopes) > 0, len(declared.Roles) > 0
	}
	return g.assigned(api, client, known)
}

// grantForeign is what any other client of the tenant can have: an app-only token without roles, since Entra does not require a client to be
// authorised for an API (v2-oauth2-client-creds-grant-flow, "Tokens without the roles claim"), and by a user's consent
// each scope that users can consent to; more only where its registration asks for it, or the API pre-authorizes it.
func grantForeign(api, client *entra.Registration, known assignments) grant {
	g := grant{appOnly: true, delegated: true, scopes: names(api.Scopes, userScope), roles: [][]string{nil}}
	if declared := requirement(client, api); declared != nil {
		g.scopes = union(g.scopes, values(api.Scopes, declared.Scopes))
		g.roles = roleSets(values(api.Roles, declared.Roles))
	}
	for _, p := range api.PreAuthorized {
		if client != nil && p.Client.Is(client.AppID) {
			g.scopes = union(g.scopes, values(api.Scopes, p.Scopes))
		}
	}
	return g.assigned(api, client, known)
}

// assigned takes the assignments into account: where those of an API are known, a client holds the roles that it is assigned, no more
// and no less; and where the API requires assignment, Entra refuses an app-only token to who has none with AADSTS501051
// (scenario-protected-web-api-app-registration, "Assignment required").
func (g grant) assigned(api, client *entra.Registration, known assignments) grant {
	if known != nil {
		mine := known.of(client)
		g.roles = [][]string{roleValues(mine, api)}
		g.appOnly = g.appOnly && (len(mine) > 0 || !api.AssignmentRequired())
		return g
	}
	if api.AssignmentRequired() {
		g.roles = slices.DeleteFunc(g.roles, func(set []string) bool { return len(set) == 0 })
		g.appOnly = g.appOnly && len(g.roles) > 0
	}
	return g
}

// assignments are the assignments of one API, by the object id of who has them. They are nil where none is given, which does
// not say that there are none.
type assignments map[string][]entra.Assignment

func (a assignments) of(client *entra.Registration) []entra.Assignment {
	if client == nil || client.Principal == nil {
		return nil
	}
	return a[strings.ToLower(client.Principal.ObjectID.Value)]
}

// assignmentsOf picks the assignments of an API.
func assignmentsOf(api *entra.Registration, all []entra.Assignment) assignments {
	var found assignments
	for _, a := range all {
		if !concerns(a, api) {
			continue
		}
		if found == nil {
			found = assignments{}
		}
		who := strings.ToLower(a.Principal.Value)
		found[who] = append(found[who], a)
	}
	return found
}

// concerns reports whether an assignment is one to this API.
func concerns(a entra.Assignment, api *entra.Registration) bool {
	if api.Principal != nil && a.Resource.Is(api.Principal.ObjectID) {
		return true
	}
	return slices.ContainsFunc(api.Roles, func(p entra.Permission) bool { return p.ID.Is(a.Role) })
}

func roleValues(held []entra.Assignment, api *entra.Registration) []string {
	var all []string
	for _, a := range held {
		if value := roleValue(a, api); value != "" {
			all = append(all, value)
		}
	}
	return all
}

func roleValue(a entra.Assignment, api *entra.Registration) string {
	if a.RoleValue != "" {
		return a.RoleValue
	}
	for _, p := range api.Roles {
		if p.ID.Is(a.Role) && !p.Disabled {
			return p.Value.Value
		}
	}
	return ""
}

// requirement is what a client's registration asks of an API, or nil where it asks nothing.
func requirement(client, api *entra.Registration) *entra.Requirement {
	if client == nil {
		return nil
	}
	for i := range client.Requires {
		if client.Requires[i].Resource.Is(api.AppID) {
			return &client.Requires[i]
		}
	}
	return nil
}

// guests reports whether a guest of the tenant can have a token for the API: like any user, unless assignment is required
// (a decision of ours: guests are not assigned).
func guests(api *entra.Registration) bool { return !api.AssignmentRequired() }

// onBehalfOf is what the API of another environment can have when it exchanges a user's token: a delegated token in which
// it is the client itself (v2-oauth2-on-behalf-of-flow).
func onBehalfOf(api, middle *entra.Registration, known assignments) grant {
	g := grantForeign(api, middle, known)
	g.appOnly = false
	return g
}

// strangersAPI is an API that anyone in the tenant may register: its name only begins like ours, since App ID URIs are unique in a
// tenant, but its scopes and roles may be called the same (kb-005321722, what it leaves out, 8). Its owner chooses the version.
func strangersAPI(api *entra.Registration) (entra.Registration, grant) {
	theirs := entra.Registration{AppID: entra.Text{Value: strangersAPIID}}
	for _, uri := range audienceURIs(api) {
		theirs.URIs = append(theirs.URIs, entra.Text{Value: uri + "-copy"})
	}
	return theirs, sameNames(api)
}

// sameNames is what the owner of an API can grant who names scopes and roles as ours are.
func sameNames(api *entra.Registration) grant {
	return grant{
		appOnly: true, delegated: true,
		scopes: names(api.Scopes, anyScope), roles: roleSets(names(api.Roles, anyRole)), userRoles: names(api.Roles, anyRole),
	}
}

// otherTenantsAudiences lists what an owner of an API in another tenant can put into aud: of v2.0 tokens its own id; of v1.0 tokens that too, and
// our App ID URIs: an api:// name of free choice where its administrator has switched Microsoft's policy off
// (identifier-uri-restrictions); whether one that holds our ids or stands on our verified domain can be had, no source
// tells.
func otherTenantsAudiences(api *entra.Registration, v entra.Version) []audience {
	all := []audience{{form: "guid", value: otherTenantsAPIID}}
	if v == entra.V2 {
		return all
	}
	for _, uri := range audienceURIs(api) {
		a := audience{form: "uri", value: uri}
		if !strings.HasPrefix(uri, "api://") || holdsGUID(uri) {
			a.doubt = "it is not known whether another tenant can have the App ID URI " + uri
		}
		all = append(all, a)
	}
	return all
}

func holdsGUID(uri string) bool {
	parts := strings.FieldsFunc(uri, func(r rune) bool { return r == '/' || r == ':' })
	return slices.ContainsFunc(parts, entra.IsGUID)
}

// names lists the values of the enabled permissions of one sort.
func names(permissions []entra.Permission, sort func(entra.Permission) bool) []string {
	var all []string
	for _, p := range permissions {
		if p.Value.Known() && !p.Disabled && sort(p) {
			all = append(all, p.Value.Value)
		}
	}
	return all
}

func anyScope(entra.Permission) bool { return true }

func anyRole(entra.Permission) bool { return true }

func userScope(p entra.Permission) bool { return !p.AdminOnly }

func forApps(p entra.Permission) bool { return p.Apps }

func forUsers(p entra.Permission) bool { return p.Users }

// values lists the values of the enabled permissions with these ids.
func values(permissions []entra.Permission, ids []entra.Text) []string {
	return names(permissions, func(p entra.Permission) bool { return slices.ContainsFunc(ids, p.ID.Is) })
}

// roleSets lists the sets of roles that a client may turn out to hold: none, each alone, and all.
func roleSets(roles []string) [][]string {
	sets := [][]string{nil}
	for _, role := range roles {
		sets = append(sets, []string{role})
	}
	if len(roles) > 1 {
		sets = append(sets, roles)
	}
	return sets
}

func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}
