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
		case "azuread_application":
			d.Apps = append(d.Apps, terraformApp(block, address))
		case "azuread_service_principal":
			d.Principals = append(d.Principals, terraformPrincipal(block, address))
		case "azuread_app_role_assignment":
			d.Assignments = append(d.Assignments, terraformAssignment(block))
		}
	}
}

func terraformApp(v *source.Value, address string) *Registration {
	api := member(v, "api")
	r := &Registration{
		Pos: v.Pos, Span: v.Span,
		Name:         textAt(v, "display_name"),
		AppID:        reference(v, address+".client_id"),
		ObjectID:     reference(v, address+".object_id"),
		URIs:         textsOf(member(v, "identifier_uris")),
		SignIn:       textAt(v, "sign_in_audience"),
		Version:      terraformVersion(v, api),
		Public:       textAt(v, "fallback_public_client_enabled"),
		MappedClaims: textAt(api, "mapped_claims_enabled"),
		Groups:       firstText(textsOf(member(v, "group_membership_claims"))...),
	}
	for _, block := range blocks(api, "oauth2_permission_scope") {
		r.Scopes = append(r.Scopes, Permission{
			ID: textAt(block, "id"), Value: textAt(block, "value"),
			Disabled:  isFalse(block, "enabled"),
			AdminOnly: textAt(block, "type").Value == "Admin", Users: true,
		})
	}
	for _, block := range blocks(v, "app_role") {
		role := Permission{
			ID: textAt(block, "id"), Value: textAt(block, "value"),
			Disabled: isFalse(block, "enabled"),
		}
		role.allow(textsOf(member(block, "allowed_member_types")))
		r.Roles = append(r.Roles, role)
	}
	for _, block := range blocks(member(v, "optional_claims"), "access_token") {
		claim := OptionalClaim{Name: textAt(block, "name")}
		for _, property := range textsOf(member(block, "additional_properties")) {
			claim.Properties = append(claim.Properties, property.Value)
		}
		r.Claims = append(r.Claims, claim)
	}
	for _, block := range blocks(v, "required_resource_access") {
		r.Requires = append(r.Requires, terraformRequirement(block))
	}
	return r
}

// terraformVersion reads requested_access_token_version, which is 1 if it is absent.
func terraformVersion(v, api *source.Value) Text {
	if at := member(api, "requested_access_token_version"); at != nil {
		return textOf(at)
	}
	return absentFrom(v, api)
}

func terraformRequirement(v *source.Value) Requirement {
	r := Requirement{Resource: canonical(textAt(v, "resource_app_id"))}
	for _, block := range blocks(v, "resource_access") {
		r.add(textAt(block, "id"), textAt(block, "type"))
	}
	return r
}

func terraformPrincipal(v *source.Value, address string) *ServicePrincipal {
	return &ServicePrincipal{
		Pos: v.Pos, Span: v.Span,
		AppID:              canonical(textAt(v, "client_id", "application_id")),
		ObjectID:           reference(v, address+".object_id"),
		AssignmentRequired: textAt(v, "app_role_assignment_required"),
	}
}

func terraformAssignment(v *source.Value) Assignment {
	a := Assignment{
		Pos:       v.Pos,
		Principal: canonical(textAt(v, "principal_object_id")),
		Resource:  canonical(textAt(v, "resource_object_id")),
		Role:      textAt(v, "app_role_id"),
	}
	if _, index, ok := strings.Cut(a.Role.Value, "app_role_ids["); a.Role.Unknown && ok {
		a.RoleValue = strings.Trim(strings.TrimSuffix(strings.TrimSpace(index), "]"), `"`)
	}
	return a
}

// blocks lists the blocks of one type.
func blocks(v *source.Value, name string) []*source.Value {
	var all []*source.Value
	if v == nil {
		return nil
	}
	for i := range v.Members {
		if v.Members[i].Key == name {
			all = append(all, v.Members[i].Value)
		}
	}
	return all
}

// reference stands for an id that Entra assigns to the resource.
func reference(v *source.Value, expression string) Text {
	return Text{
		Value: expression, Unknown: true, Pos: v.Pos,
		Span: source.Span{Start: v.Span.Start, End: v.Span.Start + 1},
	}
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
		if parts[0] == "azuread_application" || parts[0] == "azuread_service_principal" {
			text = strings.Join(parts, ".")
		}
	}
	t.Value = text
	return t
}
