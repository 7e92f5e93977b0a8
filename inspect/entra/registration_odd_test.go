package entra_test

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestAnAppInTwoAnswersIsOneUnlessTheyDiffer(t *testing.T) {
	t.Parallel()
	const show = `{"@odata.context": "x#applications/$entity", "appId": "a", ` +
		`"identifierUris": ["api://orders"]}`
	for _, test := range []struct {
		name, other string
		apps        int
	}{
		{"the same", `{"appId": "a", "identifierUris": ["api://orders"]}`, 1},
		{"another time", `{"appId": "a", "identifierUris": ["api://orders", "api://new"]}`, 2},
	} {
		d := registrations(t, "apps.json", `[`+show+`, {"value": [`+test.other+`]}]`)
		if len(d.Apps) != test.apps {
			t.Errorf("%s: %d apps, want %d", test.name, len(d.Apps), test.apps)
		}
		// which of two is now the app nobody knows
		found := entra.WithAudience(d.Apps, "api://orders")
		if (found != nil) != (test.apps == 1) {
			t.Errorf("%s: %v has the audience", test.name, found)
		}
	}
}

func TestWhatWasDeletedIsLeftOut(t *testing.T) {
	t.Parallel()
	const deleted = `{"appId": "a", "identifierUris": [], ` +
		`"deletedDateTime": "2026-05-06T10:00:00Z"}`
	d := registrations(t, "apps.json", `[`+deleted+`, {"appId": "b", "identifierUris": []}]`)
	if len(d.Apps) != 1 || d.Apps[0].AppID.Value != "b" {
		t.Errorf("%+v", d.Apps)
	}
	file, err := source.Read("app.json", []byte(deleted))
	if err != nil {
		t.Fatal(err)
	}
	const want = "this application was deleted on 2026-05-06T10:00:00Z"
	_, err = entra.ReadRegistrations(file)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWhatWasNotSelectedIsNotKnown(t *testing.T) {
	t.Parallel()
	d := registrations(t, "app.json", `{"@odata.context": "https://graph.microsoft.com/v1.0/`+
		`$metadata#applications(appId,displayName,optionalClaims)/$entity", "appId": "a", `+
		`"displayName": "orders", "optionalClaims": null}`)
	app := d.Apps[0]
	if _, known := app.TokenVersion(); known || len(app.URIs) != 1 || app.URIs[0].Known() ||
		len(app.Scopes) != 1 || !app.Scopes[0].Value.Unknown ||
		len(app.Roles) != 1 || !app.Roles[0].Value.Unknown || !app.MayHaveGroups() {
		t.Errorf("%+v", app)
	}
	if app.Claims != nil {
		t.Errorf("the optional claims were selected, and there are none: %+v", app.Claims)
	}
}

func TestTheAzModulesOfPowerShellNameListsInTheSingular(t *testing.T) {
	t.Parallel()
	d := registrations(t, "app.json", `{"AppId": "a", "DisplayName": "orders",
		"IdentifierUri": ["api://orders"], "AppRole": [{"Id": "r", "Value": "Orders.Read",
		"IsEnabled": true, "AllowedMemberType": ["Application"]}],
		"Api": {"Oauth2PermissionScope": [{"Id": "s", "Value": "Orders.Call"}]},
		"OptionalClaim": {"AccessToken": [{"Name": "aud", "AdditionalProperty": ["use_guid"]}]}}`)
	app := d.Apps[0]
	if len(app.URIs) != 1 || len(app.Roles) != 1 || !app.Roles[0].Apps || len(app.Scopes) != 1 ||
		!app.AudienceIsGUID() {
		t.Errorf("%+v", app)
	}
}

func TestAClientMayHaveAServicePrincipalAndNoRegistration(t *testing.T) {
	t.Parallel()
	d := registrations(t, "clients.json", `[{"appId": "a", "identifierUris": []},
		{"appId": "A", "id": "1", "servicePrincipalType": "Application"},
		{"appId": "m", "id": "2", "servicePrincipalType": "ManagedIdentity",
		 "displayName": "vm", "accountEnabled": false}]`)
	clients := d.Clients()
	if len(d.Apps) != 1 || len(clients) != 2 || clients[1].AppID.Value != "m" ||
		clients[1].Title() != "vm" || !clients[1].Principal.Disabled ||
		clients[0].Principal.Disabled {
		t.Errorf("%+v", clients)
	}
}

func TestWhatAnAppAsksOfOneAPIStandsTogether(t *testing.T) {
	t.Parallel()
	d := registrations(t, "app.json", `{"appId": "a", "requiredResourceAccess": [
		{"resourceAppId": "x", "resourceAccess": [{"id": "s", "type": "Scope"}]},
		{"resourceAppId": "X", "resourceAccess": [{"id": "r", "type": "Role"}]},
		{"resourceAppId": "y", "resourceAccess": null}]}`)
	asks := d.Apps[0].Requires
	if len(asks) != 2 || len(asks[0].Scopes) != 1 || len(asks[0].Roles) != 1 {
		t.Errorf("%+v", asks)
	}
}

func TestTerraformsResourcesBesideAnApplicationAreRead(t *testing.T) {
	t.Parallel()
	d := registrations(t, "main.tf", `
resource "azuread_application_app_role" "read" {
  application_id       = azuread_application_registration.orders.id
  role_id              = "r"
  value                = "Orders.Read"
  allowed_member_types = ["Application"]
}
resource "azuread_application_registration" "orders" {
  display_name                   = "orders"
  requested_access_token_version = 2
}
resource "azuread_application_identifier_uri" "orders" {
  application_id = azuread_application_registration.orders.id
  identifier_uri = "api://orders"
}
resource "azuread_application_permission_scope" "call" {
  application_id = azuread_application_registration.orders.id
  scope_id       = "s"
  value          = "Orders.Call"
  type           = "Admin"
}
resource "azuread_application_optional_claims" "orders" {
  application_id = azuread_application_registration.orders.id
  access_token {
    name = "idtyp"
  }
}
resource "azuread_application_pre_authorized" "web" {
  application_id       = azuread_application_registration.orders.id
  authorized_client_id = "web"
  permission_ids       = ["s"]
}
resource "azuread_application_api_access" "other" {
  application_id = azuread_application_registration.orders.id
  api_client_id  = "other"
  role_ids       = ["o"]
}
resource "azuread_application_app_role" "elsewhere" {
  application_id = azuread_application.other.id
  value          = "Other.Read"
}
`)
	app := d.Apps[0]
	if v, _ := app.TokenVersion(); len(d.Apps) != 1 || v != entra.V2 {
		t.Errorf("%d apps, version %v", len(d.Apps), v)
	}
	if len(app.Roles) != 1 || app.Roles[0].ID.Value != "r" || !app.Roles[0].Apps ||
		len(app.Scopes) != 1 || app.Scopes[0].ID.Value != "s" || !app.Scopes[0].AdminOnly ||
		len(app.URIs) != 1 || len(app.Claims) != 1 || len(app.PreAuthorized) != 1 ||
		len(app.Requires) != 1 || len(app.Requires[0].Roles) != 1 {
		t.Errorf("%+v", app)
	}
}

// The provider gives another version to each of its two kinds of applications where they name none
// (hashicorp/terraform-provider-azuread, docs/resources).
func TestATokenVersionThatTerraformDoesNotNameIsTheProvidersDefault(t *testing.T) {
	t.Parallel()
	const version = "requested_access_token_version = "
	for _, test := range []struct {
		kind, says string
		want       entra.Version
		known      bool
	}{
		{"azuread_application", "", entra.V1, true},
		{"azuread_application", "api {\n}", entra.V1, true},
		{"azuread_application_registration", "", entra.V2, true},
		{"azuread_application_registration", version + "null", entra.V2, true},
		{"azuread_application_registration", version + "1", entra.V1, true},
		{"azuread_application_registration", version + "var.x", entra.V1, false},
	} {
		d := registrations(t, "main.tf",
			`resource "`+test.kind+`" "a" {`+"\n"+test.says+"\n}\n")
		got, known := d.Apps[0].TokenVersion()
		if known != test.known || got != test.want {
			t.Errorf("%s, %s: got %v, %t", test.kind, test.says, got, known)
		}
	}
}

func TestTerraformSaysWhichClientsArePublicAndWhichPrincipalsAreDisabled(t *testing.T) {
	t.Parallel()
	d := registrations(t, "main.tf", `
resource "azuread_application_registration" "web" {
  display_name = "web"
}
resource "azuread_application_fallback_public_client" "web" {
  application_id = azuread_application_registration.web.id
  enabled        = true
}
resource "azuread_service_principal" "web" {
  client_id       = azuread_application_registration.web.client_id
  account_enabled = false
}
resource "azuread_application" "api" {
  display_name = "api"
}
resource "azuread_application_pre_authorized" "web" {
  application_object_id = azuread_application.api.object_id
  authorized_app_id     = azuread_application_registration.web.application_id
  permission_ids        = ["s"]
}
`)
	web, api := d.Apps[0], d.Apps[1]
	if web.Public.Value != "true" || web.Principal == nil || !web.Principal.Disabled ||
		api.Public.Value != "" {
		t.Errorf("%+v and %+v", web, api)
	}
	if len(api.PreAuthorized) != 1 || !api.PreAuthorized[0].Client.Is(web.AppID) {
		t.Errorf("%+v is not that of %+v", api.PreAuthorized, web.AppID)
	}
}

func TestOfTwoMembersOfOneNameNobodyKnowsWhichCounts(t *testing.T) {
	t.Parallel()
	app := registrations(t, "app.json", `{"appId": "a", "displayName": "orders",
		"identifierUris": ["api://orders"], "identifierUris": ["api://other"],
		"api": {"requestedAccessTokenVersion": 1, "requestedAccessTokenVersion": 2},
		"signInAudience": "AzureADMyOrg", "signInAudience": "AzureADMyOrg"}`).Apps[0]
	if _, known := app.TokenVersion(); known || len(app.URIs) != 1 || app.URIs[0].Known() {
		t.Errorf("the version is known, or an audience: %+v", app)
	}
	if !app.SignIn.Known() {
		t.Errorf("both say the same: %+v", app.SignIn)
	}
}

func TestAPermissionThatOnlyADeploymentKnowsHasNoName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, role string
		perhaps    bool
		any        bool // it may be of any name
	}{
		{"the name", `app_role { value = var.x }`, false, true},
		{"whether it is enabled", `app_role {
			value   = "Orders.Read"
			enabled = var.x
		}`, true, false},
		{"who can hold it", `app_role {
			value                = "Orders.Read"
			allowed_member_types = var.x
		}`, false, false},
		{"how many there are", `dynamic "app_role" {
			for_each = var.x
			content {
				value = app_role.value
			}
		}`, true, true},
	} {
		d := registrations(t, "main.tf", "resource \"azuread_application\" \"a\" {\n"+
			test.role+"\n}\n")
		role := d.Apps[0].Roles[0]
		if role.Value.Known() || role.Perhaps != test.perhaps || role.MayBe("A") != test.any ||
			!role.MayBe("Orders.Read") {
			t.Errorf("%s: %+v", test.name, role)
		}
	}
}

// Groups in the claim roles stand in the place of app roles.
func TestGroupsAsRolesLeaveNoRoleKnown(t *testing.T) {
	t.Parallel()
	d := registrations(t, "app.json", `{"appId": "a", "appRoles": [{"value": "Orders.Read"}],
		"optionalClaims": {"accessToken": [{"name": "groups",
		"additionalProperties": ["emit_as_roles"]}]}}`)
	app := d.Apps[0]
	if !app.GroupsAsRoles() || len(app.Roles) != 2 || app.Roles[0].Value.Known() ||
		app.Roles[1].Value.Known() {
		t.Errorf("%+v", app)
	}
}

func TestTheAudiencesOfAnAppAreOfItsServicePrincipalToo(t *testing.T) {
	t.Parallel()
	d := registrations(t, "apps.json", `[{"appId": "AB", "identifierUris": ["api://orders/"]},
		{"appId": "ab", "servicePrincipalNames": ["ab", "api://orders", "https://more"]}]`)
	for _, audience := range []string{
		"ab", "spn:ab", "api://orders", "api://orders/", "https://more", "https://more/",
	} {
		if entra.WithAudience(d.Apps, audience) != d.Apps[0] {
			t.Errorf("%s is none of its audiences", audience)
		}
	}
	if entra.WithAudience(d.Apps, "AB") != nil {
		t.Error("Entra ID writes ids in lower case")
	}
}

// Terraform reads the same from JSON, as the CDK for Terraform writes it: a block is an object, or
// stands in a list (developer.hashicorp.com/terraform/language/syntax/json).
func TestTerraformsJSONIsRead(t *testing.T) {
	t.Parallel()
	for _, api := range []string{
		`{"requested_access_token_version": 2}`, `[{"requested_access_token_version": 2}]`,
	} {
		d := registrations(t, "main.tf.json", `{"resource": {
"azuread_application": {"orders": {"display_name": "orders", "api": `+api+`,
  "identifier_uris": ["api://orders", "api://${var.name}"], "app_role": [
    {"value": "Orders.Read", "allowed_member_types": ["Application"]},
    {"value": "${var.role}", "allowed_member_types": ["Application"]}]}},
"azuread_service_principal": {"orders": {"app_role_assignment_required": true,
  "client_id": "${azuread_application.orders.client_id}"}}}}`)
		app := d.Only()
		if v, _ := app.TokenVersion(); v != entra.V2 || !app.AssignmentRequired() {
			t.Errorf("%s: version %v, %+v", api, v, app.Principal)
		}
		if len(app.URIs) != 2 || !app.URIs[0].Known() || app.KnowsURIs() ||
			len(app.Roles) != 2 || !app.Roles[0].Value.Known() || !app.Roles[1].Value.Unknown {
			t.Errorf("%s: %+v", api, app)
		}
	}
}

func TestWhetherTerraformMakesAResourceMayNotBeKnown(t *testing.T) {
	t.Parallel()
	for number, known := range map[string]bool{
		"": true, "count = 1": true, "count = var.on ? 1 : 0": false,
		"for_each = toset(var.apis)": false,
	} {
		beside := func(kind, rest string) string {
			return "resource \"azuread_application_" + kind + "\" \"x\" {\n" + number +
				"\napplication_id = azuread_application.a.id\n" + rest + "}\n"
		}
		app := registrations(t, "main.tf", "resource \"azuread_application\" \"a\" {}\n"+
			beside("identifier_uri", "identifier_uri = \"api://a\"\n")+
			beside("app_role", "value = \"Read\"\n")+
			beside("permission_scope", "value = \"Call\"\n")+
			beside("optional_claims", "access_token {\nname = \"idtyp\"\n}\n")).Apps[0]
		for _, text := range []entra.Text{
			app.URIs[0], app.Roles[0].Value, app.Scopes[0].Value, app.Claims[0].Name,
		} {
			if text.Known() != known {
				t.Errorf("%s: %+v", number, text)
			}
		}
	}
	app := registrations(t, "main.tf", "resource \"azuread_application\" \"a\" {}\n"+
		"resource \"azuread_application_app_role\" \"none\" {\ncount = 0\nvalue = \"Read\"\n"+
		"application_id = azuread_application.a.id\n}\n").Apps[0]
	if len(app.Roles) > 0 {
		t.Errorf("of none there is %+v", app.Roles)
	}
}
