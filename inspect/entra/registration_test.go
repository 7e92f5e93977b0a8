package entra_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// registrations reads one file of this name and text.
func registrations(t *testing.T, name, text string) *entra.Directory {
	t.Helper()
	file, err := source.Read(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	d, err := entra.ReadRegistrations(file)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// told is a registration in short.
type told struct {
	Name, AppID         string
	URIs, Scopes, Roles []string
	Version             entra.Version
	MultiTenant, GUID   bool
}

func inShort(r *entra.Registration) told {
	s := told{Name: r.Name.Value, AppID: r.AppID.Value, MultiTenant: r.MultiTenant(), GUID: r.AudienceIsGUID()}
	s.Version, _ = r.TokenVersion()
	for _, u := range r.URIs {
		s.URIs = append(s.URIs, u.Value)
	}
	for _, p := range r.Scopes {
		s.Scopes = append(s.Scopes, p.Value.Value)
	}
	for _, p := range r.Roles {
		s.Roles = append(s.Roles, p.Value.Value)
	}
	return s
}

const appID = "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09"

func TestRegistrationsAreRead(t *testing.T) {
	tests := []struct {
		name, file, text string
		want             told
	}{
		{
			"Microsoft Graph's form asks for v2.0 tokens", "app.json",
			`{"appId":"` + appID + `","displayName":"orders","identifierUris":["api://orders"],
			  "api":{"requestedAccessTokenVersion":2,"oauth2PermissionScopes":[{"value":"UAT.Access"}]},
			  "appRoles":[{"value":"UAT.Write","allowedMemberTypes":["Application"]}]}`,
			told{"orders", appID, []string{"api://orders"}, []string{"UAT.Access"}, []string{"UAT.Write"}, entra.V2, false, false},
		},
		{
			"the older manifest's form has other names", "app.json",
			`{"appId":"` + appID + `","name":"orders","identifierUris":["api://orders"],"accessTokenAcceptedVersion":2,
			  "oauth2Permissions":[{"value":"UAT.Access"}],"replyUrlsWithType":[],"signInAudience":"AzureADMultipleOrgs"}`,
			told{"orders", appID, []string{"api://orders"}, []string{"UAT.Access"}, nil, entra.V2, true, false},
		},
		{
			"the new name at the top level counts too", "app.json", `{"appId":"` + appID + `","requestedAccessTokenVersion":2}`,
			told{AppID: appID, Version: entra.V2},
		},
		{
			"null for the version means 1", "app.json", `{"appId":"` + appID + `","api":{"requestedAccessTokenVersion":null}}`,
			told{AppID: appID, Version: entra.V1},
		},
		{
			"documentation writes one URI bare and Api with a capital", "app.json",
			`{"appId":"` + appID + `","identifierUris":"api://orders","Api":{"requestedAccessTokenVersion":"2"}}`,
			told{AppID: appID, URIs: []string{"api://orders"}, Version: entra.V2},
		},
		{
			"an optional claim turns the audience into the GUID", "app.json",
			`{"appId":"` + appID + `","api":{},"optionalClaims":{"accessToken":[{"name":"aud","additionalProperties":["use_guid"]}]}}`,
			told{AppID: appID, Version: entra.V1, GUID: true},
		},
		{
			"an older switch makes it multi-tenant", "app.json", `{"appId":"` + appID + `","availableToOtherTenants":true,"oauth2Permissions":[]}`,
			told{AppID: appID, Version: entra.V1, MultiTenant: true},
		},
		{
			"YAML is read as JSON is", "app.yaml", "appId: " + appID + "\nidentifierUris: [api://orders]\n",
			told{AppID: appID, URIs: []string{"api://orders"}, Version: entra.V1},
		},
		{
			"a list in an envelope holds it", "apps.json", `{"value":[{"appId":"` + appID + `","identifierUris":[]}]}`,
			told{AppID: appID, Version: entra.V1},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := registrations(t, test.file, test.text)
			if len(d.Apps) != 1 {
				t.Fatalf("%d registrations, want one", len(d.Apps))
			}
			if diff := cmp.Diff(test.want, inShort(d.Apps[0])); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAServicePrincipalIsTiedToItsRegistration(t *testing.T) {
	d := registrations(t, "tenant.json", `[
	  {"appId":"`+appID+`","identifierUris":[]},
	  {"appId":"9B1C6D52-7D1F-4F0C-8E0E-6A5D3C2B1A09","id":"5f","servicePrincipalType":"Application","appRoleAssignmentRequired":true,
	   "appRoleAssignedTo":[{"principalId":"77","principalType":"ServicePrincipal","resourceId":"5f","appRoleId":"00000000-0000-0000-0000-000000000000"}]}
	]`)
	app := d.Apps[0]
	if !app.AssignmentRequired() || app.Principal.ObjectID.Value != "5f" {
		t.Errorf("assignment required %v, principal %+v", app.AssignmentRequired(), app.Principal)
	}
	if len(d.Assignments) != 1 || d.Assignments[0].Role.Value != entra.Unassigned {
		t.Errorf("assignments %+v", d.Assignments)
	}
	if pos := app.Principal.AssignmentRequired.Pos; pos.Line != 3 || pos.Column != 127 {
		t.Errorf("the switch stands at %v", pos)
	}
}

func TestClientsAndTheirPermissionsAreRead(t *testing.T) {
	d := registrations(t, "app.json", `{
	  "appId": "`+appID+`",
	  "requiredResourceAccess": [{"resourceAppId": "r", "resourceAccess": [{"id": "s", "type": "Scope"}, {"id": "a", "type": "Role"}]}],
	  "api": {"preAuthorizedApplications": [{"appId": "one", "permissionIds": ["p"]}, {"appId": "two", "delegatedPermissionIds": ["q"]}]}
	}`)
	app := d.Apps[0]
	if r := app.Requires[0]; r.Resource.Value != "r" || r.Scopes[0].Value != "s" || r.Roles[0].Value != "a" {
		t.Errorf("requires %+v", r)
	}
	if p := app.PreAuthorized; p[0].Scopes[0].Value != "p" || p[1].Scopes[0].Value != "q" {
		t.Errorf("pre-authorized %+v", p)
	}
}

func TestAFileWithoutARegistrationIsAnError(t *testing.T) {
	for name, text := range map[string]string{
		"policy.json": `{"assetId":"jwt-validation","configurationData":{}}`,
	} {
		file, err := source.Read(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if d, err := entra.ReadRegistrations(file); err == nil {
			t.Errorf("%s: read as %+v", name, d)
		}
	}
}

// TestManifestsInTheWild reads what people have published.
func TestManifestsInTheWild(t *testing.T) {
	files, err := filepath.Glob("../../../shared/corpus/entra/manifests/*.json")
	if err != nil || len(files) == 0 {
		t.Skip("the corpus is not beside the repository")
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		d := registrations(t, name, string(text))
		if len(d.Apps) != 1 || !entra.IsGUID(d.Apps[0].AppID.Value) || d.Apps[0].Name.Value == "" {
			t.Errorf("%s: %+v", name, d)
		}
	}
}
