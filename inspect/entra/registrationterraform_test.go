package entra_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestTerraformIsRead(t *testing.T) {
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
	want := told{"orders-uat", "azuread_application.orders.client_id", []string{"api://orders-uat"}, []string{"UAT.Access"}, []string{"UAT.Write"}, entra.V2, false, false}
	if diff := cmp.Diff(want, inShort(app)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if app.AppID.Known() {
		t.Error("the file does not tell the application id, which Entra gives")
	}
	if !app.AssignmentRequired() {
		t.Error("the service principal refers to the application")
	}
	if a := d.Assignments[0]; a.RoleValue != "UAT.Write" || !a.Resource.Is(app.Principal.ObjectID) {
		t.Errorf("assignment %+v", a)
	}
	if pos := app.Version.Pos; pos.Line != 6 || pos.Column != 38 {
		t.Errorf("the version stands at %v", pos)
	}
}

func TestATokenVersionThatOnlyADeploymentKnowsIsNotGuessed(t *testing.T) {
	d := registrations(t, "main.tf", "resource \"azuread_application\" \"a\" {\n api {\n requested_access_token_version = var.v\n }\n}\n")
	if v, ok := d.Apps[0].TokenVersion(); ok {
		t.Errorf("TokenVersion() = %v", v)
	}
}

func TestTerraformWithoutAnApplicationIsAnError(t *testing.T) {
	file, err := source.Read("main.tf", []byte("resource \"random_uuid\" \"x\" {}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if d, err := entra.ReadRegistrations(file); err == nil {
		t.Errorf("read as %+v", d)
	}
}

func TestAServicePrincipalBesideTerraformTellsTheID(t *testing.T) {
	read := func(name, text string) *source.File {
		file, err := source.Read(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	d, err := entra.ReadRegistrations(
		read("main.tf", "resource \"azuread_application\" \"a\" {}\nresource \"azuread_service_principal\" \"a\" {\n client_id = azuread_application.a.client_id\n app_role_assignment_required = true\n}\n"),
		read("sp.json", `{"appId":"`+appID+`","id":"5f","servicePrincipalType":"Application"}`),
	)
	if err != nil {
		t.Fatal(err)
	}
	if app := d.Apps[0]; app.AppID.Value != appID || !app.AssignmentRequired() || app.Principal.ObjectID.Value != "5f" {
		t.Errorf("%+v, principal %+v", app, app.Principal)
	}
}
