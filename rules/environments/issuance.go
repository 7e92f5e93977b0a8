package environments

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
)

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
