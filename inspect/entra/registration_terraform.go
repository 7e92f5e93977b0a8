package entra

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// readTerraform reads the resources of Terraform's azuread provider
// (hashicorp/terraform-provider-azuread, docs/resources). The ids that Entra assigns are not in
// such a file. In their place it takes the expression that other resources use for them.
func (d *Directory) readTerraform(body *source.Value) {
	for i := range body.Members {
		block := body.Members[i].Value
		if body.Members[i].Key != "resource" || len(block.Labels) != 2 {
			continue
		}
		address := block.Labels[0] + "." + block.Labels[1]
		switch block.Labels[0] {
		case "azuread_application", "azuread_application_registration":
			app := registrationOf(block)
			app.AppID = reference(block, address+".client_id")
			d.Apps = append(d.Apps, app)
		case "azuread_service_principal":
			d.Principals = append(d.Principals, terraformPrincipal(block, address))
		case "azuread_app_role_assignment":
			d.Assignments = append(d.Assignments, terraformAssignment(block))
		case "azuread_application_identifier_uri", "azuread_application_app_role",
			"azuread_application_permission_scope", "azuread_application_optional_claims",
			"azuread_application_pre_authorized", "azuread_application_api_access":
			d.parts = append(d.parts, block)
		}
	}
}

// extend adds what a resource of its own says to the application that it names, which may be in
// another file of the module.
func (d *Directory) extend(part *source.Value) {
	of := canonical(textAt(part, "application_id", "application_object_id"))
	if address, ok := strings.CutSuffix(of.Value, ".object_id"); ok {
		of.Value = address + ".client_id"
	}
	for _, app := range d.Apps {
		if app.AppID.Is(of) {
			app.extend(part)
		}
	}
}

// extend adds what a resource of its own says of an application.
func (r *Registration) extend(block *source.Value) {
	switch block.Labels[0] {
	case "azuread_application_identifier_uri":
		r.URIs = append(r.URIs, textAt(block, "identifier_uri"))
	case "azuread_application_app_role":
		role := roleOf(block)
		role.ID = textAt(block, "role_id")
		r.Roles = append(r.Roles, role)
	case "azuread_application_permission_scope":
		scope := scopeOf(block)
		scope.ID = textAt(block, "scope_id")
		r.Scopes = append(r.Scopes, scope)
	case "azuread_application_optional_claims":
		for _, item := range listed(block, "access_token") {
			r.Claims = append(r.Claims, claimOf(item))
		}
	case "azuread_application_pre_authorized":
		r.PreAuthorized = append(r.PreAuthorized, PreAuthorized{
			Client: textAt(block, "authorized_client_id"),
			Scopes: textsOf(member(block, "permission_ids")),
		})
	case "azuread_application_api_access":
		r.require(Requirement{
			Resource: canonical(textAt(block, "api_client_id")),
			Scopes:   textsOf(member(block, "scope_ids")),
			Roles:    textsOf(member(block, "role_ids")),
		})
	}
}

func terraformPrincipal(v *source.Value, address string) *ServicePrincipal {
	return &ServicePrincipal{
		AppID:              canonical(textAt(v, "client_id", "application_id")),
		ObjectID:           reference(v, address+".object_id"),
		AssignmentRequired: textAt(v, "app_role_assignment_required"),
	}
}

func terraformAssignment(v *source.Value) Assignment {
	a := Assignment{
		Principal: canonical(textAt(v, "principal_object_id")),
		Resource:  canonical(textAt(v, "resource_object_id")),
		Role:      textAt(v, "app_role_id"),
	}
	if _, index, ok := strings.Cut(a.Role.Value, "app_role_ids["); a.Role.Unknown && ok {
		a.RoleValue = strings.Trim(strings.TrimSuffix(strings.TrimSpace(index), "]"), `"`)
	}
	return a
}

// reference stands for an id that Entra assigns to the resource.
func reference(v *source.Value, expression string) Text {
	return Text{Value: expression, Unknown: true, Pos: v.Pos}
}

// canonical writes a reference to a resource's id in the one way that [reference] does. Older
// names of the attributes, an interpolation around it and an index of 0 do not matter.
func canonical(t Text) Text {
	if !t.Unknown {
		return t
	}
	text := strings.TrimSuffix(strings.TrimPrefix(strings.Trim(t.Value, `"`), "${"), "}")
	text = strings.ReplaceAll(strings.TrimSpace(text), "[0]", "")
	if parts := strings.Split(text, "."); len(parts) == 3 {
		switch parts[2] {
		case "application_id":
			parts[2] = "client_id"
		case "id":
			parts[2] = "object_id"
		}
		switch parts[0] {
		case "azuread_application", "azuread_application_registration",
			"azuread_service_principal":
			text = strings.Join(parts, ".")
		}
	}
	t.Value = text
	return t
}
