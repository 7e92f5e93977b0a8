package entra_test

import (
	"errors"
	"fmt"
	"strings"
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

// short is a registration in short.
type short struct {
	Name, AppID         string
	URIs, Scopes, Roles []string
	Version             entra.Version
	MultiTenant, GUID   bool
}

func inShort(r *entra.Registration) short {
	s := short{
		Name: r.Name.Value, AppID: r.AppID.Value, MultiTenant: r.MultiTenant(),
		GUID: r.AudienceIsGUID(),
	}
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
	t.Parallel()
	tests := []struct {
		name, file, text string
		want             short
	}{
		{
			"Microsoft Graph's form asks for v2.0 tokens", "app.json",
			`{"appId":"` + appID + `","displayName":"orders","identifierUris":["api://orders"],
			  "api":{"requestedAccessTokenVersion":2,
			    "oauth2PermissionScopes":[{"value":"UAT.Access"}]},
			  "appRoles":[{"value":"UAT.Write","allowedMemberTypes":["Application"]}]}`,
			short{
				"orders", appID,
				[]string{"api://orders"},
				[]string{"UAT.Access"},
				[]string{"UAT.Write"},
				entra.V2, false, false,
			},
		},
		{
			"the older manifest's form has other names", "app.json",
			`{"appId":"` + appID + `","name":"orders","identifierUris":["api://orders"],
			  "accessTokenAcceptedVersion":2,"oauth2Permissions":[{"value":"UAT.Access"}],
			  "replyUrlsWithType":[],"signInAudience":"AzureADMultipleOrgs"}`,
			short{
				"orders", appID,
				[]string{"api://orders"},
				[]string{"UAT.Access"},
				nil, entra.V2,
				true, false,
			},
		},
		{
			"the new name at the top level counts too", "app.json",
			`{"appId":"` + appID + `","requestedAccessTokenVersion":2}`,
			short{AppID: appID, Version: entra.V2},
		},
		{
			"null for the version means 1", "app.json",
			`{"appId":"` + appID + `","api":{"requestedAccessTokenVersion":null}}`,
			short{AppID: appID, Version: entra.V1},
		},
		{
			"documentation writes one URI bare and Api with a capital", "app.json",
			`{"appId":"` + appID +
				`","identifierUris":"api://orders","Api":{"requestedAccessTokenVersion":"2"}}`,
			short{AppID: appID, URIs: []string{"api://orders"}, Version: entra.V2},
		},
		{
			"an optional claim turns the audience into the GUID", "app.json",
			`{"appId":"` + appID +
				`","api":{},"optionalClaims":{"accessToken":[{"name":"aud",` +
				`"additionalProperties":["use_guid"]}]}}`,
			short{AppID: appID, Version: entra.V1, GUID: true},
		},
		{
			"an older switch makes it multi-tenant", "app.json",
			`{"appId":"` + appID + `","availableToOtherTenants":true,"oauth2Permissions":[]}`,
			short{AppID: appID, Version: entra.V1, MultiTenant: true},
		},
		{
			"YAML is read as JSON is", "app.yaml",
			"appId: " + appID + "\nidentifierUris: [api://orders]\n",
			short{AppID: appID, URIs: []string{"api://orders"}, Version: entra.V1},
		},
		{
			"a list in an envelope holds it", "apps.json",
			`{"value":[{"appId":"` + appID + `","identifierUris":[]}]}`,
			short{AppID: appID, Version: entra.V1},
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
	t.Parallel()
	d := registrations(t, "tenant.json", `[
	  {"appId":"`+appID+`","identifierUris":[]},
	  {"appId":"9B1C6D52-7D1F-4F0C-8E0E-6A5D3C2B1A09","id":"5f",
	   "servicePrincipalType":"Application","appRoleAssignmentRequired":true,
	   "appRoleAssignedTo":[{"principalId":"77","principalType":"ServicePrincipal",
	     "resourceId":"5f","appRoleId":"00000000-0000-0000-0000-000000000000"}]}
	]`)
	app := d.Apps[0]
	if !app.AssignmentRequired() || app.Principal.ObjectID.Value != "5f" {
		t.Errorf("assignment required %v, principal %+v", app.AssignmentRequired(), app.Principal)
	}
	if len(d.Assignments) != 1 || d.Assignments[0].Role.Value != entra.Unassigned {
		t.Errorf("assignments %+v", d.Assignments)
	}
	if pos := app.Principal.AssignmentRequired.Pos; pos.Line != 4 || pos.Column != 70 {
		t.Errorf("the switch stands at %v", pos)
	}
}

func TestClientsAndTheirPermissionsAreRead(t *testing.T) {
	t.Parallel()
	d := registrations(t, "app.json", `{
	  "appId": "`+appID+`",
	  "requiredResourceAccess": [{
	    "resourceAppId": "r",
	    "resourceAccess": [{"id": "s", "type": "Scope"}, {"id": "a", "type": "Role"}]
	  }],
	  "api": {"preAuthorizedApplications": [
	    {"appId": "one", "permissionIds": ["p"]},
	    {"appId": "two", "delegatedPermissionIds": ["q"]}
	  ]}
	}`)
	app := d.Apps[0]
	if r := app.Requires[0]; r.Resource.Value != "r" || r.Scopes[0].Value != "s" ||
		r.Roles[0].Value != "a" {
		t.Errorf("requires %+v", r)
	}
	if p := app.PreAuthorized; p[0].Scopes[0].Value != "p" || p[1].Scopes[0].Value != "q" {
		t.Errorf("pre-authorized %+v", p)
	}
}

func TestAFileWithoutARegistrationIsAnError(t *testing.T) {
	t.Parallel()
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

// The two forms in full, as the portal and as Graph write them, with everything that is empty.
func TestWholeManifestsAreRead(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"the older " +
			"manifest": `{"id":"03ef14b0-0000-4840-8f4f-d6e91916010e","acceptMappedClaims":null,
		  "accessTokenAcceptedVersion":null,"addIns":[],"allowPublicClient":null,"appId":"` +
			appID + `",
		  "appRoles":[],"createdDateTime":"2026-05-06T10:00:00Z","groupMembershipClaims":null,
		  "identifierUris":[],"informationalUrls":{"support":null},"keyCredentials":[],
		  "knownClientApplications":[],"name":"orders","oauth2AllowImplicitFlow":false,
		  "oauth2Permissions":[],"optionalClaims":null,"parentalControlSettings":{
		    "countriesBlockedForMinors":[],"legalAgeGroupRule":"Allow"},"passwordCredentials":[],
		  "preAuthorizedApplications":[],"publisherDomain":"contoso.onmicrosoft.com",
		  "replyUrlsWithType":[{"url":"https://app.example/callback","type":"Web"}],
		  "requiredResourceAccess":[{"resourceAppId":"00000003-0000-0000-c000-000000000000",
		    "resourceAccess":[{"id":"37f7f235-0000-4136-accd-4a02d197296e","type":"Scope"}]}],
		  "signInAudience":"AzureADMyOrg","tags":[],"tokenEncryptionKeyId":null}`,
		"an answer of Graph in an " +
			"envelope": `{"application":{"id":"03ef14b0-0000-4840-8f4f-d6e91916010e",
		  "deletedDateTime":null,"isFallbackPublicClient":null,"appId":"` + appID + `",
		  "identifierUris":[],"displayName":"orders","optionalClaims":null,"addIns":[],
		  "signInAudience":"AzureADandPersonalMicrosoftAccount","api":{"acceptMappedClaims":null,
		    "requestedAccessTokenVersion":2,"knownClientApplications":[],
		    "oauth2PermissionScopes":[],"preAuthorizedApplications":[]},"appRoles":[],
		  "publicClient":{"redirectUris":[]},"info":{"logoUrl":null},"keyCredentials":[],
		  "passwordCredentials":[],"requiredResourceAccess":[],"web":{"redirectUris":[],
		    "homePageUrl":null,"implicitGrantSettings":{"enableIdTokenIssuance":false}}}}`,
	} {
		d := registrations(t, "app.json", text)
		if len(d.Apps) != 1 || d.Apps[0].AppID.Value != appID || d.Apps[0].Name.Value != "orders" {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestTerraformIsRead(t *testing.T) {
	t.Parallel()
	d := registrations(t, "main.tf", `
resource "azuread_application" "orders" {
  display_name    = "orders-uat"
  identifier_uris = ["api://orders-uat"]
  api {
    requested_access_token_version = 2
    oauth2_permission_scope {
      id    = "11111111-1111-1111-1111-111111111111"
      value = "UAT.Access"
      type  = "User"
    }
  }
  app_role {
    id                   = "22222222-2222-2222-2222-222222222222"
    value                = "UAT.Write"
    allowed_member_types = ["Application"]
  }
}

resource "azuread_service_principal" "orders" {
  client_id                    = azuread_application.orders.application_id
  app_role_assignment_required = true
}

resource "azuread_app_role_assignment" "web" {
  app_role_id         = azuread_service_principal.orders.app_role_ids["UAT.Write"]
  principal_object_id = azuread_service_principal.web.object_id
  resource_object_id  = azuread_service_principal.orders.id
}
`)
	app := d.Apps[0]
	want := short{
		"orders-uat", "azuread_application.orders.client_id",
		[]string{"api://orders-uat"},
		[]string{"UAT.Access"},
		[]string{"UAT.Write"},
		entra.V2, false, false,
	}
	if diff := cmp.Diff(want, inShort(app)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if app.AppID.Known() {
		t.Error("the file does not show the application id, which Entra gives")
	}
	if !app.AssignmentRequired() {
		t.Error("the service principal refers to the application")
	}
	if a := d.Assignments[0]; a.RoleValue != "UAT.Write" ||
		!a.Resource.Is(app.Principal.ObjectID) {
		t.Errorf("assignment %+v", a)
	}
	if pos := app.Version.Pos; pos.Line != 6 || pos.Column != 38 {
		t.Errorf("the version stands at %v", pos)
	}
}

func TestATokenVersionThatOnlyADeploymentKnowsIsNotGuessed(t *testing.T) {
	t.Parallel()
	d := registrations(t, "main.tf",
		"resource \"azuread_application\" \"a\" {\n api {\n requested_access_token_version = "+
			"var.v\n }\n}\n")
	if v, ok := d.Apps[0].TokenVersion(); ok {
		t.Errorf("TokenVersion() = %v", v)
	}
}

func TestTerraformWithoutAnApplicationIsAnError(t *testing.T) {
	t.Parallel()
	file, err := source.Read("main.tf", []byte("resource \"random_uuid\" \"x\" {}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if d, err := entra.ReadRegistrations(file); err == nil {
		t.Errorf("read as %+v", d)
	}
}

func TestAServicePrincipalBesideTerraformTellsTheID(t *testing.T) {
	t.Parallel()
	read := func(name, text string) *source.File {
		file, err := source.Read(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	d, err := entra.ReadRegistrations(
		read("main.tf",
			"resource \"azuread_application\" \"a\" {}\nresource \"azuread_service_principal\" "+
				"\"a\" {\n client_id = azuread_application.a.client_id\n "+
				"app_role_assignment_required = true\n}\n"),
		read("sp.json", `{"appId":"`+appID+`","id":"5f","servicePrincipalType":"Application"}`),
	)
	if err != nil {
		t.Fatal(err)
	}
	if app := d.Apps[0]; app.AppID.Value != appID || !app.AssignmentRequired() ||
		app.Principal.ObjectID.Value != "5f" {
		t.Errorf("%+v, principal %+v", app, app.Principal)
	}
}

// FuzzReadRegistrations checks that every value of a registration is in its file, and that every
// error has a place.
func FuzzReadRegistrations(f *testing.F) {
	f.Add("app.json",
		`{"appId":"a","identifierUris":"api://x","Api":{"requestedAccessTokenVersion":2}}`)
	f.Add("app.json",
		`[{"appId":"a","appRoles":[{"allowedMemberTypes":"User"}]},{"appId":"a",`+
			`"servicePrincipalType":"x","appRoleAssignedTo":[{"principalId":"p",`+
			`"appRoleId":null}]}]`)
	f.Add("main.tf",
		"resource \"azuread_application\" \"a\" {\n api {\n requested_access_token_version = 2\n "+
			"}\n}\n")
	f.Add("app.yaml", "a: &a {appId: x, api: {}}\nb: *a\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		file, err := source.Read(name, []byte(text))
		if err != nil {
			return
		}
		d, err := entra.ReadRegistrations(file)
		if err != nil {
			var placed *source.Error
			if !errors.As(err, &placed) || placed.Pos.File != name {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, app := range d.Apps {
			for _, value := range append(
				[]entra.Text{app.AppID, app.Name, app.Version, app.SignIn}, app.URIs...) {
				if value.Value != "" && value.Pos.Line == 0 {
					t.Fatalf("%q stands at %v", value.Value, value.Pos)
				}
			}
		}
	})
}

// Whether an answer was read before is looked for in an index, not in all answers each time.
func TestAnApplicationIsReadOnceFromManyAnswers(t *testing.T) {
	const n = 1000
	var apps []string
	for i := range n {
		apps = append(apps, fmt.Sprintf(`{"appId": "a", "identifierUris": [], "x": "%d"}`, i/2))
	}
	file, err := source.ReadJSON("apps.json", []byte("["+strings.Join(apps, ",")+"]"))
	if err != nil {
		t.Fatal(err)
	}
	allocations := testing.AllocsPerRun(1, func() {
		d, err := entra.ReadRegistrations(file)
		if err != nil || len(d.Apps) != n/2 {
			t.Errorf("%v, want %d applications", err, n/2)
		}
	})
	if allocations > 200*n {
		t.Errorf("%.0f allocations for %d applications", allocations, n)
	}
}
