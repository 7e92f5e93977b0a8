// Package estates has app registrations for tests, as Graph would answer them: those of two
// environments that a test writes down, and random ones.
package estates

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// The ids of a tenant with two environments.
const (
	Tenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	APIDev = "d1b1c6d5-7d1f-4f0c-8e0e-6a5d3c2b1a01"
	APIUAT = "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09"
	WebDev = "d30c7f41-52b8-4f6e-8a1b-90c4e7d2a5b6"
	WebUAT = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
)

// Members of a registration, each with a comma before it.
const (
	V1Orders = `,"identifierUris":["api://orders-uat"]`
	V2       = `,"api":{"requestedAccessTokenVersion":2}`
	Scopes   = `,"api":{"oauth2PermissionScopes":[` +
		`{"id":"s1","value":"UAT.Access","type":"User"},` +
		`{"id":"s2","value":"UAT.Admin","type":"Admin"},` +
		`{"id":"s3","value":"UAT.Old","isEnabled":false}]}`
	Roles = `,"appRoles":[` +
		`{"id":"r1","value":"UAT.Write","allowedMemberTypes":["Application"]},` +
		`{"id":"r2","value":"UAT.Clerk","allowedMemberTypes":["User"]}]`
	BothOfUAT = Scopes + Roles
)

// NeedsRole is a service principal of the UAT API: who gets a token for it needs a role.
const NeedsRole = `{"appId":"` + APIUAT + `","id":"p1","servicePrincipalType":"Application",` +
	`"appRoleAssignmentRequired":true}`

// App is a registration with these members.
func App(id, more string) string {
	return `{"appId":"` + id + `","identifierUris":[]` + more + `}`
}

// Parts is what files say of two environments. Each text is a list of what Graph answers.
type Parts struct{ Dev, UAT, DevClients, UATClients string }

// Environment is what Parts say of one environment.
type Environment struct {
	Name        string
	API         *entra.Registration // nil where nothing is said of it
	Clients     []*entra.Registration
	Assignments []entra.Assignment
}

// Read reads both environments.
func (p Parts) Read(t testing.TB) []Environment {
	t.Helper()
	all := []Environment{{Name: "dev"}, {Name: "uat"}}
	texts := []struct{ api, clients string }{{p.Dev, p.DevClients}, {p.UAT, p.UATClients}}
	for i, text := range texts {
		if text.api != "" {
			found := Directory(t, text.api)
			all[i].API, all[i].Assignments = found.Apps[0], found.Assignments
		}
		if text.clients != "" {
			all[i].Clients = Directory(t, text.clients).Apps
		}
	}
	return all
}

// Directory reads a list of what Graph answers.
func Directory(t testing.TB, text string) *entra.Directory {
	t.Helper()
	file, err := source.Read("apps.json", []byte("["+text+"]"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := entra.ReadRegistrations(file)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
