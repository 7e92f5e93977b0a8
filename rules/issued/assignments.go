package issued

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

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
		if !concerns(a, api) {
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

// concerns reports whether an assignment is one to this API.
func concerns(a entra.Assignment, api *entra.Registration) bool {
	if api.Principal != nil && a.Resource.Is(api.Principal.ObjectID) {
		return true
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
