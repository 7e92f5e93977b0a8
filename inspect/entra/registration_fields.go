package entra

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// member returns the member with the first of the names that is there, in any case: documentation
// and PowerShell capitalise them. The Az modules of PowerShell name lists in the singular. Of two
// of one name nobody knows which counts.
func member(v *source.Value, names ...string) *source.Value {
	if v == nil {
		return nil
	}
	for _, name := range names {
		for i := range v.Members {
			m := &v.Members[len(v.Members)-1-i]
			if strings.EqualFold(m.Key, name) ||
				strings.EqualFold(m.Key, strings.TrimSuffix(name, "s")) {
				return m.Known()
			}
		}
	}
	return nil
}

// has reports whether one of the members is there, null or not.
func has(v *source.Value, names ...string) bool { return member(v, names...) != nil }

// textOf takes a scalar as a text. Null, lists and objects give none. One with ${ in it is filled
// in by a deployment, as in Terraform's JSON.
func textOf(v *source.Value) Text {
	if v == nil {
		return Text{}
	}
	t := Text{Pos: v.Pos}
	switch v.Kind {
	case source.String, source.Number, source.Bool:
		t.Value, t.Unknown = v.Text, strings.Contains(v.Text, "${")
	case source.Unknown:
		t.Value, t.Unknown = v.Text, true
	}
	return t
}

// textsOf takes a list of scalars, or one scalar in place of a list.
func textsOf(v *source.Value) []Text {
	var all []Text
	for _, item := range itemsOf(v) {
		if t := textOf(item); t.Value != "" {
			all = append(all, t)
		}
	}
	return all
}

// itemsOf returns the items of a list, or the one value in its place.
func itemsOf(v *source.Value) []*source.Value {
	switch {
	case v == nil || v.Kind == source.Null:
		return nil
	case v.Kind == source.List:
		return v.Items
	}
	return []*source.Value{v}
}

// textAt is the member as a text. Of an object that is unknown, all members are.
func textAt(v *source.Value, names ...string) Text {
	if v.Is(source.Unknown) {
		return textOf(v)
	}
	return textOf(member(v, names...))
}

// registrationOf reads Microsoft Graph's form, the older manifest's and Terraform's. It looks for
// all names of a member, the manifests' in either place
// (learn.microsoft.com/entra/identity-platform/reference-microsoft-graph-app-manifest and
// reference-app-manifest; hashicorp/terraform-provider-azuread, docs/resources/application).
func registrationOf(v *source.Value) *Registration {
	api := objectAt(v, "api")
	groups := []Text{textAt(v, "groupMembershipClaims")}
	r := &Registration{
		Pos:     v.Pos,
		Name:    textAt(v, "displayName", "display_name", "name"),
		AppID:   textAt(v, "appId"),
		URIs:    textsOf(member(v, "identifierUris", "identifier_uris")),
		SignIn:  textAt(v, "signInAudience", "sign_in_audience"),
		Version: versionOf(v, api),
		Public: textAt(
			v, "isFallbackPublicClient", "allowPublicClient", "fallback_public_client_enabled",
		),
		MappedClaims: firstText(textAt(api, "acceptMappedClaims", "mapped_claims_enabled"),
			textAt(v, "acceptMappedClaims")),
		Groups: firstText(append(groups, textsOf(member(v, "group_membership_claims"))...)...),
	}
	if r.SignIn.Value == "" && textAt(v, "availableToOtherTenants").Value == "true" {
		r.SignIn = textAt(v, "availableToOtherTenants")
		r.SignIn.Value = "AzureADMultipleOrgs"
	}
	for _, object := range []*source.Value{api, v} {
		for _, item := range bounded(listed(
			object, "oauth2_permission_scope", "oauth2PermissionScopes", "oauth2Permissions",
		)) {
			r.Scopes = append(r.Scopes, scopeOf(item))
		}
	}
	for _, item := range bounded(listed(v, "app_role", "appRoles")) {
		r.Roles = append(r.Roles, roleOf(item))
	}
	for _, item := range bounded(listed(
		objectAt(v, "optionalClaims", "optional_claims"), "access_token", "accessToken",
	)) {
		r.Claims = append(r.Claims, claimOf(item))
	}
	for _, item := range bounded(
		listed(v, "required_resource_access", "requiredResourceAccess"),
	) {
		r.require(requirementOf(item))
	}
	const preAuthorized = "preAuthorizedApplications"
	clients := member(api, preAuthorized)
	if clients == nil || clients.Kind == source.Null {
		clients = member(v, preAuthorized)
	}
	for _, item := range bounded(itemsOf(clients)) {
		r.PreAuthorized = append(r.PreAuthorized, PreAuthorized{
			Client: textAt(item, "appId"),
			Scopes: textsOf(member(item, "delegatedPermissionIds", "permissionIds")),
		})
	}
	return r
}

// emitGroups puts groups in the place of the app roles in tokens, where the registration asks for
// that: the tokens then have no app role (optional-claims, "Configure groups optional claims").
func (r *Registration) emitGroups() {
	i := slices.IndexFunc(r.Claims, OptionalClaim.groupsAsRoles)
	if i < 0 {
		return
	}
	for i := range r.Roles {
		r.Roles[i].Value.Unknown = true
	}
	groups := r.Claims[i].Name
	groups.Value, groups.Unknown = "groups as roles (emit_as_roles)", true
	r.Roles = append(r.Roles, Permission{Value: groups, Users: true, Apps: true})
}

// versionOf finds the token version. Its older name may be in either place. One that is absent has
// the place of the innermost object that is there.
func versionOf(v, api *source.Value) Text {
	around := v
	if api != nil {
		around = api
	}
	if api.Is(source.Unknown) {
		return textOf(api)
	}
	for _, object := range []*source.Value{api, v} {
		at := member(object, "requestedAccessTokenVersion", "accessTokenAcceptedVersion",
			"requested_access_token_version")
		if at != nil {
			return textOf(at)
		}
	}
	return Text{Pos: around.Pos}
}

func firstText(texts ...Text) Text {
	for _, t := range texts {
		if t.Value != "" {
			return t
		}
	}
	return Text{}
}

// objectAt is a member that is an object. Terraform's JSON may have it in a list of one.
func objectAt(v *source.Value, names ...string) *source.Value {
	at := member(v, names...)
	if list := at.List(); len(list) == 1 {
		return list[0]
	}
	return at
}

// listed lists what Terraform writes as blocks of one type, and the others in a list.
func listed(v *source.Value, block string, lists ...string) []*source.Value {
	if v == nil || v.Kind == source.Unknown {
		return itemsOf(v)
	}
	all := slices.Clone(itemsOf(member(v, lists...)))
	for i := range v.Members {
		if v.Members[i].Key == block {
			all = append(all, itemsOf(v.Members[i].Value)...)
		}
	}
	return all
}

// bounded leaves out of a list what is beyond one entry too many: a registration with so many is
// refused.
func bounded(all []*source.Value) []*source.Value { return all[:min(len(all), mostEntries+1)] }

func scopeOf(v *source.Value) Permission {
	p, kind := permissionOf(v), textAt(v, "type")
	p.AdminOnly, p.Users = strings.EqualFold(kind.Value, "Admin"), true
	p.Value.Unknown = p.Value.Unknown || kind.Unknown
	return p
}

func roleOf(v *source.Value) Permission {
	p := permissionOf(v)
	types := []Text{{Unknown: true}}
	if v.Kind != source.Unknown {
		types = textsOf(member(v, "allowedMemberTypes", "allowed_member_types"))
	}
	for _, t := range types {
		p.Users = p.Users || t.Unknown || strings.EqualFold(t.Value, "User")
		p.Apps = p.Apps || t.Unknown || strings.EqualFold(t.Value, "Application")
		p.Value.Unknown = p.Value.Unknown || t.Unknown
	}
	return p
}

// permissionOf is what scopes and roles have in common. If it is not known whether there is one,
// its name is not known either.
func permissionOf(v *source.Value) Permission {
	enabled := textAt(v, "isEnabled", "enabled")
	p := Permission{
		ID: textAt(v, "id"), Value: textAt(v, "value"), Disabled: enabled.Value == "false",
	}
	p.Named = p.Value.Known()
	return p.perhaps(enabled.Unknown)
}

// require adds what an app asks of an API to what it asks of the same API elsewhere.
func (r *Registration) require(more Requirement) {
	for i := range r.Requires {
		if of := &r.Requires[i]; of.Resource.Is(more.Resource) {
			of.Scopes = append(of.Scopes, more.Scopes...)
			of.Roles = append(of.Roles, more.Roles...)
			return
		}
	}
	r.Requires = append(r.Requires, more)
}

func claimOf(v *source.Value) OptionalClaim {
	claim := OptionalClaim{Name: textAt(v, "name")}
	for _, property := range textsOf(
		member(v, "additionalProperties", "additional_properties", "additionalProperty"),
	) {
		claim.Properties = append(claim.Properties, property.Value)
	}
	return claim
}

func requirementOf(v *source.Value) Requirement {
	r := Requirement{Resource: canonical(textAt(v, "resourceAppId", "resource_app_id"))}
	for _, item := range listed(v, "resource_access", "resourceAccess") {
		id := textAt(item, "id")
		if strings.EqualFold(textAt(item, "type").Value, "Role") {
			r.Roles = append(r.Roles, id)
		} else {
			r.Scopes = append(r.Scopes, id)
		}
	}
	return r
}

func principalOf(v *source.Value) *ServicePrincipal {
	return &ServicePrincipal{
		Name:               textAt(v, "displayName"),
		AppID:              textAt(v, "appId"),
		ObjectID:           textAt(v, "id", "objectId"),
		Names:              textsOf(member(v, "servicePrincipalNames")),
		AssignmentRequired: textAt(v, "appRoleAssignmentRequired"),
		Owner:              textAt(v, "appOwnerOrganizationId"),
		Disabled:           textAt(v, "accountEnabled").Value == "false",
		Unassigned: member(v, assigned).Is(source.List) &&
			len(member(v, assigned).Items) == 0 && !has(v, assigned+"@odata.nextLink"),
	}
}

func assignmentOf(v *source.Value) Assignment {
	return Assignment{
		Principal: textAt(v, "principalId"),
		Type:      textAt(v, "principalType"),
		Resource:  textAt(v, "resourceId"),
		Role:      textAt(v, "appRoleId"),
	}
}

// readTerraform reads the resources of Terraform's azuread provider
// (hashicorp/terraform-provider-azuread, docs/resources). The ids that Entra assigns are not in
// such a file. In their place it takes the expression that other resources use for them.
func (d *Directory) readTerraform(blocks []source.Member) {
	for i := range blocks {
		block := blocks[i].Value
		if blocks[i].Key != "resource" || len(block.Labels) != 2 ||
			textAt(block, "count").Value == "0" {
			continue
		}
		address := block.Labels[0] + "." + block.Labels[1]
		switch block.Labels[0] {
		case "azuread_application", "azuread_application_registration":
			app := registrationOf(block)
			app.AppID = reference(block, address+".client_id")
			if block.Labels[0] == "azuread_application_registration" && app.Version.Value == "" {
				app.Version.Value = "2" // this resource's default; azuread_application's is 1
			}
			d.Apps = append(d.Apps, app)
		case "azuread_service_principal":
			d.Principals = append(d.Principals, terraformPrincipal(block, address))
		case "azuread_app_role_assignment":
			d.Assignments = append(d.Assignments, terraformAssignment(block))
		case "azuread_application_identifier_uri", "azuread_application_app_role",
			"azuread_application_permission_scope", "azuread_application_optional_claims",
			"azuread_application_pre_authorized", "azuread_application_api_access",
			"azuread_application_fallback_public_client":
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

// extend adds what a resource of its own says of an application. Of one that only a deployment
// makes, the values are not known.
func (r *Registration) extend(block *source.Value) {
	perhaps := mayBeMade(block)
	switch block.Labels[0] {
	case "azuread_application_identifier_uri":
		uri := textAt(block, "identifier_uri")
		uri.Unknown = uri.Unknown || perhaps
		r.URIs = append(r.URIs, uri)
	case "azuread_application_app_role":
		role := roleOf(block)
		role.ID = textAt(block, "role_id")
		r.Roles = append(r.Roles, role.perhaps(perhaps))
	case "azuread_application_permission_scope":
		scope := scopeOf(block)
		scope.ID = textAt(block, "scope_id")
		r.Scopes = append(r.Scopes, scope.perhaps(perhaps))
	case "azuread_application_optional_claims":
		for _, item := range listed(block, "access_token") {
			claim := claimOf(item)
			claim.Name.Unknown = claim.Name.Unknown || perhaps
			r.Claims = append(r.Claims, claim)
		}
	case "azuread_application_pre_authorized":
		r.PreAuthorized = append(r.PreAuthorized, PreAuthorized{
			Client: canonical(textAt(block, "authorized_client_id", "authorized_app_id")),
			Scopes: textsOf(member(block, "permission_ids")),
		})
	case "azuread_application_fallback_public_client":
		r.Public = textAt(block, "enabled")
	case "azuread_application_api_access":
		r.require(Requirement{
			Resource: canonical(textAt(block, "api_client_id")),
			Scopes:   textsOf(member(block, "scope_ids")),
			Roles:    textsOf(member(block, "role_ids")),
		})
	}
}

// mayBeMade reports whether only a deployment knows if there is any of a Terraform resource: its
// count or for_each says so.
func mayBeMade(block *source.Value) bool {
	return textAt(block, "count").Unknown || member(block, "for_each") != nil
}

// perhaps is a permission of which only a deployment knows whether there is one, where that is so.
func (p Permission) perhaps(so bool) Permission {
	p.Perhaps, p.Value.Unknown = p.Perhaps || so, p.Value.Unknown || so
	return p
}

func terraformPrincipal(v *source.Value, address string) *ServicePrincipal {
	return &ServicePrincipal{
		AppID:              canonical(textAt(v, "client_id", "application_id")),
		ObjectID:           reference(v, address+".object_id"),
		AssignmentRequired: textAt(v, "app_role_assignment_required"),
		Disabled:           textAt(v, "account_enabled").Value == "false",
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
