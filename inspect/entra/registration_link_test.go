package entra

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// directoryOf reads files, given by their names and texts.
func directoryOf(t *testing.T, namesAndTexts ...string) (*Directory, error) {
	t.Helper()
	var files []*source.File
	for i := 0; i < len(namesAndTexts); i += 2 {
		file, err := source.Read(namesAndTexts[i], []byte(namesAndTexts[i+1]))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return ReadRegistrations(files...)
}

// A service principal is that of the application with its id, whatever the case. Of two of one
// application nobody knows which is meant, unless they say the same.
func TestAServicePrincipalIsFoundByTheApplicationsID(t *testing.T) {
	t.Parallel()
	const apps = `{"appId": "AAAA", "identifierUris": []}, {"appId": "cccc", "identifierUris": []}`
	first := `{"appId": "aaaa", "id": "first", "appRoleAssignmentRequired": true}`
	for other, want := range map[string]string{
		strings.Replace(first, "aaaa", "AAAA", 1):        "",
		`{"appId": "aaaa", "servicePrincipalNames": []}`: "",
		strings.Replace(first, "first", "second", 1): "the service principal of aaaa is at " +
			"apps.json:1:93 too, and they differ",
		strings.Replace(first, "true", "false", 1): "they differ",
	} {
		d, err := directoryOf(t, "apps.json", "["+apps+","+first+"]", "b.json", other)
		switch {
		case want != "":
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v", other, err)
			}
		case err != nil:
			t.Errorf("%s: %v", other, err)
		case d.Apps[0].Principal != d.Principals[0] || d.Apps[1].Principal != nil:
			t.Errorf("%v and %v of %v", d.Apps[0].Principal, d.Apps[1].Principal, d.Principals)
		}
	}
}

// The address of a Terraform resource counts in its module, which is a folder.
func TestAnAddressIsOneOfItsModule(t *testing.T) {
	t.Parallel()
	const text = `resource "azuread_application" "api" {
  display_name    = "orders"
  identifier_uris = ["api://orders"]
}
resource "azuread_service_principal" "api" {
  client_id                    = azuread_application.api.client_id
  app_role_assignment_required = %REQUIRED
}
resource "azuread_app_role_assignment" "a" {
  app_role_id         = azuread_service_principal.api.app_role_ids["x"]
  principal_object_id = azuread_service_principal.client.object_id
  resource_object_id  = azuread_service_principal.api.object_id
}
`
	dev := strings.Replace(text, "%REQUIRED", "true", 1)
	uat := strings.Replace(text, "%REQUIRED", "false", 1)
	d, err := directoryOf(t, "dev/app.tf", dev, "uat/app.tf", uat)
	if err != nil {
		t.Fatal(err)
	}
	if !d.Apps[0].AssignmentRequired() || d.Apps[1].AssignmentRequired() {
		t.Errorf("the first service principal is that of both applications: %v", d.Apps)
	}
	for i, a := range d.Assignments {
		for j, app := range d.Apps {
			if got := a.Resource.Is(app.Principal.ObjectID); got != (i == j) {
				t.Errorf("the assignment in %s is one to the application in %s: %t",
					a.Resource.Pos.File, app.Pos.File, got)
			}
		}
	}
	if one := d.Assignments[0].Resource; one.ID() == d.Assignments[1].Resource.ID() ||
		one.ID() != d.Apps[0].Principal.ObjectID.ID() {
		t.Errorf("got %s", one.ID())
	}
}

// An App ID URI is unique in its tenant alone, and an application that is read twice is one.
func TestAnAudienceThatTwoApplicationsHave(t *testing.T) {
	t.Parallel()
	const app = `{"appId": "aaaa", "identifierUris": ["api://orders"]}`
	for _, test := range []struct {
		name, other string
		apps        int
		found       bool
	}{
		{"another audience", `{"appId": "bbbb", "identifierUris": ["api://x"]}`, 2, true},
		{"the same file twice", app, 1, true},
		{"of another tenant", `{"appId": "bbbb", "identifierUris": ["api://orders"]}`, 2, false},
		{"of another day", strings.Replace(app, "]}", `], "api": {}}`, 1), 2, false},
	} {
		d, err := directoryOf(t, "a.json", app, "b.json", test.other)
		if err != nil {
			t.Fatal(err)
		}
		if got := WithAudience(d.Apps, "api://orders"); len(d.Apps) != test.apps ||
			(got != nil) != test.found {
			t.Errorf("%s: got %v of %d", test.name, got, len(d.Apps))
		}
	}
}

func TestARegistrationBeyondALimitIsRefusedWithTheLimit(t *testing.T) {
	t.Parallel()
	file, err := source.Read("app.json", []byte(`{"appId": "aaaa", "identifierUris": ["x"`+
		strings.Repeat(`,"x"`, mostEntries)+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	const want = "the app registration has more than 10000 App ID URIs, the most that are read"
	if _, err := ReadRegistrations(file); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A resource that adds to an application may be in another file of the module, but in none of
// another module.
func TestTerraformsResourcesAreOneModuleInAFolder(t *testing.T) {
	t.Parallel()
	const role = `resource "azuread_application_app_role" "read" {
  application_id = azuread_application.api.id
  value          = "Orders.Read"
}
`
	for name, roles := range map[string]int{"dev/roles.tf": 1, "uat/roles.tf": 0} {
		d, err := directoryOf(t, name, role, "dev/app.tf",
			"resource \"azuread_application\" \"api\" {}\n")
		if err != nil {
			t.Fatal(err)
		}
		if got := len(d.Apps[0].Roles); got != roles {
			t.Errorf("%s: %d roles, want %d", name, got, roles)
		}
	}
}

func TestAListOfTheDirectoryMayGoOnInAnotherAnswer(t *testing.T) {
	t.Parallel()
	const (
		app       = `{"appId": "a", "identifierUris": ["api://orders"]}`
		principal = `{"appId": "a", "servicePrincipalType": "Application"`
		assigned  = `{"principalId": "p", "appRoleId": "r", "resourceId": "s"}`
		next      = `"@odata.nextLink": "https://graph.microsoft.com/v1.0/x?$skiptoken=1"`
	)
	tests := []struct {
		name, text string
		more, only bool // a list goes on; there is one app and no other
	}{
		{"an app", app, false, true},
		{"a list of apps", `{"value": [` + app + `]}`, false, true},
		{"its first page", `{"value": [` + app + `], ` + next + `}`, true, false},
		{"the link first", `{` + next + `, "value": [` + app + `]}`, true, false},
		{"an empty link", `{"@odata.nextLink": null, "value": [` + app + `]}`, false, true},
		{"fewer than counted", `{"@odata.count": 2, "value": [` + app + `]}`, true, false},
		{
			"an empty page that goes on",
			`[{"value": [` + app + `]}, {"value": [], ` + next + `}]`, true, false,
		},
		{"as many as counted", `{"@odata.count": 1, "value": [` + app + `]}`, false, true},
		{"pages in a list", `[{"value": [` + app + `], ` + next + `}]`, true, false},
		{"principals", `{"value": [` + principal + `}], ` + next + `}`, true, false},
		{"assignments", `{"value": [` + assigned + `], ` + next + `}`, true, false},
		{
			"assignments beside an app",
			`[` + app + `, {"value": [` + assigned + `], ` + next + `}]`, true, true,
		},
		{
			"assignments inside a principal",
			`[` + app + `, ` + principal + `, "appRoleAssignedTo": [` + assigned + `],
			 "appRoleAssignedTo@odata.nextLink": "https://x"}]`, true, true,
		},
	}
	for _, test := range tests {
		file, err := source.Read("answer.json", []byte(test.text))
		if err != nil {
			t.Fatal(err)
		}
		d, err := ReadRegistrations(file)
		if err != nil {
			t.Fatal(err)
		}
		if more, only := len(d.More) > 0, d.Only() != nil; more != test.more || only != test.only {
			t.Errorf("%s: goes on %t, only app %t; want %t, %t",
				test.name, more, only, test.more, test.only)
		}
	}
}
