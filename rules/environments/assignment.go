package environments

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

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
