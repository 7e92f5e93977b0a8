package entra

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Directory is what files say about the applications of a tenant.
type Directory struct {
	Apps        []*Registration
	Principals  []*ServicePrincipal
	Assignments []Assignment

	// More is where a list goes on in an answer that is not here (@odata.nextLink). If there is
	// one, there may be other apps, and others may have roles.
	More []Text

	moreApps bool // a list of apps goes on

	read  map[string][]*source.Value // what is read of apps, by their ids
	again int                        // how many apps were read once more
}

// Only is the app that the files are about; nil if they have none, or several, or a list of apps
// that goes on.
func (d *Directory) Only() *Registration {
	if d == nil || len(d.Apps) != 1 || d.moreApps {
		return nil
	}
	return d.Apps[0]
}

// ReadRegistrations reads app registrations, the service principals beside them and their
// assignments from files. Each file may have one of these forms: Microsoft Graph's (az ad app
// show, the portal's manifest), the older manifest's, what Graph or az answer for a service
// principal and its appRoleAssignedTo, or Terraform's azuread provider. All but Terraform's may be
// bare, in lists or in an envelope. A service principal is tied to the registration with its
// application id, whatever file it is in.
//
// Every error is a [*source.Error].
func ReadRegistrations(files ...*source.File) (*Directory, error) {
	d := &Directory{}
	for _, file := range files {
		before := d.size()
		for _, document := range file.Documents {
			if file.Format == source.HCL {
				d.readTerraform(document)
				continue
			}
			d.readObject(document, deepest)
		}
		if d.size() == before {
			return nil, noRegistration(file)
		}
	}
	for _, app := range d.Apps {
		if err := app.checkSize(); err != nil {
			return nil, err
		}
	}
	return d, d.link()
}

// addApp adds an app registration. One that the files have twice in the same words is one.
func (d *Directory) addApp(v *source.Value) {
	app := registrationOf(v)
	if id := app.AppID; id.Known() {
		if d.read == nil {
			d.read = map[string][]*source.Value{}
		}
		same := func(other *source.Value) bool { return other.JSON() == v.JSON() }
		if slices.ContainsFunc(d.read[id.ID()], same) {
			d.again++
			return
		}
		d.read[id.ID()] = append(d.read[id.ID()], v)
	}
	d.Apps = append(d.Apps, app)
}

// mostEntries is how many App ID URIs, scopes, app roles, optional claims and preauthorised
// clients a registration may have, of each. Entra ID itself takes some 1,200 of all together
// (learn.microsoft.com/entra/identity-platform/reference-microsoft-graph-app-manifest).
const mostEntries = 10_000

// checkSize refuses a registration that goes beyond the limit: what is modelled for it grows with
// each list, and with two of them together.
func (r *Registration) checkSize() error {
	for _, list := range []struct {
		size int
		of   string
	}{
		{len(r.URIs), "App ID URIs"},
		{len(r.Scopes), "scopes"},
		{len(r.Roles), "app roles"},
		{len(r.Claims), "optional claims"},
		{len(r.PreAuthorized), "preauthorised clients"},
		{len(r.Requires), "required APIs"},
	} {
		if list.size > mostEntries {
			return &source.Error{
				Pos: r.Pos, Limit: true,
				Cause: fmt.Sprintf("the app registration has more than %d %s, the most that are "+
					"read", mostEntries, list.of),
				Hints: source.Hints("is this an app registration of Entra ID, which has a few? " +
					"then try a copy with fewer"),
			}
		}
	}
	return nil
}

func (d *Directory) size() int {
	return len(d.Apps) + len(d.Principals) + len(d.Assignments) + d.again
}

// deepest is how many levels of lists and envelopes may lie around a registration.
const deepest = 4

// readObject reads one object of Graph, or looks for some inside a list or an envelope.
func (d *Directory) readObject(v *source.Value, depth int) {
	switch {
	case v == nil || depth == 0:
	case v.Kind == source.List:
		for _, item := range v.Items {
			d.readObject(item, depth-1)
		}
	case has(v, "appRoleId") && has(v, "principalId"):
		d.Assignments = append(d.Assignments, assignmentOf(v))
	case has(v, "servicePrincipalType", "servicePrincipalNames", "appRoleAssignmentRequired",
		"appOwnerOrganizationId"):
		d.Principals = append(d.Principals, principalOf(v))
		d.readObject(member(v, "appRoleAssignedTo"), depth-1)
		if next := textAt(v, "appRoleAssignedTo@odata.nextLink"); next.Value != "" {
			d.More = append(d.More, next)
		}
	case has(v, "identifierUris", "signInAudience", "requiredResourceAccess", "oauth2Permissions",
		"requestedAccessTokenVersion", "accessTokenAcceptedVersion", "replyUrlsWithType"):
		d.addApp(v)
	case has(v, "appId") && (has(v, "api") || has(v, "appRoles") || has(v, "displayName")):
		d.addApp(v)
	default:
		before, apps := d.size(), len(d.Apps)
		for _, m := range v.Members {
			d.readObject(m.Value, depth-1)
		}
		if next := v.Continued(); next != nil && d.size() > before {
			d.More = append(d.More, textOf(next.Value))
			d.moreApps = d.moreApps || len(d.Apps) > apps
		}
	}
}

// link ties each service principal to its registration. It is an error where two of one app
// differ: they are of two tenants, or of two days.
func (d *Directory) link() error {
	principals := make(map[string]*ServicePrincipal, len(d.Principals))
	for _, p := range d.Principals {
		before := principals[p.AppID.ID()]
		if before == nil {
			principals[p.AppID.ID()] = p
		} else if p.AppID.Known() && !before.like(p) {
			return &source.Error{
				Pos: p.AppID.Pos,
				Cause: "the service principal of " + p.AppID.Value + " is at " +
					before.AppID.Pos.String() + " too, and they differ",
				Hints: source.Hints("pass the one of the tenant whose tokens are meant"),
			}
		}
	}
	for _, app := range d.Apps {
		if p := principals[app.AppID.ID()]; p != nil && app.AppID.Value != "" {
			app.Principal = p
		}
	}
	d.identify()
	return nil
}

// like reports whether two service principals say the same, as far as both say it.
func (p *ServicePrincipal) like(other *ServicePrincipal) bool {
	same := func(a, b Text) bool { return !a.Known() || !b.Known() || a.Is(b) }
	return same(p.ObjectID, other.ObjectID) &&
		same(p.AssignmentRequired, other.AssignmentRequired)
}

// identify gives a Terraform application the id of the service principal beside it, if there is
// one of each. Entra assigns the id when it creates the app, so no Terraform file has it.
func (d *Directory) identify() {
	if len(d.Apps) != 1 || !d.Apps[0].AppID.Unknown {
		return
	}
	var known []*ServicePrincipal
	for _, p := range d.Principals {
		if p.AppID.Known() {
			known = append(known, p)
		}
	}
	if len(known) != 1 {
		return
	}
	app := d.Apps[0]
	app.AppID = known[0].AppID
	if app.Principal != nil && known[0].AssignmentRequired.Value == "" {
		known[0].AssignmentRequired = app.Principal.AssignmentRequired
	}
	app.Principal = known[0]
}

func noRegistration(file *source.File) error {
	err := &source.Error{
		Pos:   source.Position{File: file.Name},
		Cause: "no app registration in this file",
		Hints: source.Hints(
			"expected: the output of az ad app show --id APP, a manifest from the portal, or " +
				"Terraform with an azuread_application"),
	}
	if len(file.Documents) > 0 {
		err.Pos = file.Documents[0].Pos
	}
	return err
}

// member returns the first member with one of the names, in any case: documentation and PowerShell
// capitalise them.
func member(v *source.Value, names ...string) *source.Value {
	if v == nil {
		return nil
	}
	for _, name := range names {
		for i := range v.Members {
			if m := &v.Members[i]; strings.EqualFold(m.Key, name) {
				return m.Value
			}
		}
	}
	return nil
}

// has reports whether one of the members is there, null or not.
func has(v *source.Value, names ...string) bool { return member(v, names...) != nil }

// textOf takes a scalar as a text. Null, lists and objects give none.
func textOf(v *source.Value) Text {
	if v == nil {
		return Text{}
	}
	t := Text{Pos: v.Pos, Span: v.Span}
	switch v.Kind {
	case source.String, source.Number, source.Bool:
		t.Value = v.Text
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

// textAt is the member as a text.
func textAt(v *source.Value, names ...string) Text { return textOf(member(v, names...)) }

// isFalse reports whether a member is there and false. One that is absent counts as true.
func isFalse(v *source.Value, names ...string) bool { return textAt(v, names...).Value == "false" }

// registrationOf reads Microsoft Graph's form, the older manifest's and Terraform's. It looks for
// all names of a member, the manifests' in either place
// (learn.microsoft.com/entra/identity-platform/reference-microsoft-graph-app-manifest and
// reference-app-manifest; hashicorp/terraform-provider-azuread, docs/resources/application).
func registrationOf(v *source.Value) *Registration {
	api := member(v, "api")
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
		member(v, "optionalClaims", "optional_claims"), "access_token", "accessToken",
	)) {
		r.Claims = append(r.Claims, claimOf(item))
	}
	for _, item := range bounded(
		listed(v, "required_resource_access", "requiredResourceAccess"),
	) {
		r.Requires = append(r.Requires, requirementOf(item))
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

// versionOf finds the token version. Its older name may be in either place. One that is absent has
// the place of the innermost object that is there.
func versionOf(v, api *source.Value) Text {
	around := v
	if api != nil {
		around = api
	}
	for _, object := range []*source.Value{api, v} {
		at := member(object, "requestedAccessTokenVersion", "accessTokenAcceptedVersion",
			"requested_access_token_version")
		if at != nil {
			return textOf(at)
		}
	}
	start := around.Span.Start
	return Text{Pos: around.Pos, Span: source.Span{Start: start, End: start + 1}}
}

func firstText(texts ...Text) Text {
	for _, t := range texts {
		if t.Value != "" {
			return t
		}
	}
	return Text{}
}

// listed lists what Terraform writes as blocks of one type, and the others in a list.
func listed(v *source.Value, block string, lists ...string) []*source.Value {
	all := slices.Clone(itemsOf(member(v, lists...)))
	if v == nil {
		return all
	}
	for i := range v.Members {
		if v.Members[i].Key == block {
			all = append(all, v.Members[i].Value)
		}
	}
	return all
}

// bounded leaves out of a list what is beyond one entry too many: a registration with so many is
// refused.
func bounded(all []*source.Value) []*source.Value { return all[:min(len(all), mostEntries+1)] }

func scopeOf(v *source.Value) Permission {
	return Permission{
		ID: textAt(v, "id"), Value: textAt(v, "value"),
		Disabled:  isFalse(v, "isEnabled", "enabled"),
		AdminOnly: strings.EqualFold(textAt(v, "type").Value, "Admin"), Users: true,
	}
}

func roleOf(v *source.Value) Permission {
	p := Permission{
		ID: textAt(v, "id"), Value: textAt(v, "value"),
		Disabled: isFalse(v, "isEnabled", "enabled"),
	}
	for _, t := range textsOf(member(v, "allowedMemberTypes", "allowed_member_types")) {
		p.Users = p.Users || strings.EqualFold(t.Value, "User")
		p.Apps = p.Apps || strings.EqualFold(t.Value, "Application")
	}
	return p
}

func claimOf(v *source.Value) OptionalClaim {
	claim := OptionalClaim{Name: textAt(v, "name")}
	for _, property := range textsOf(member(v, "additionalProperties", "additional_properties")) {
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
		AppID:              textAt(v, "appId"),
		ObjectID:           textAt(v, "id", "objectId"),
		Names:              textsOf(member(v, "servicePrincipalNames")),
		AssignmentRequired: textAt(v, "appRoleAssignmentRequired"),
		Owner:              textAt(v, "appOwnerOrganizationId"),
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
func (d *Directory) readTerraform(body *source.Value) {
	for i := range body.Members {
		block := body.Members[i].Value
		if body.Members[i].Key != "resource" || len(block.Labels) != 2 {
			continue
		}
		address := block.Labels[0] + "." + block.Labels[1]
		switch block.Labels[0] {
		case "azuread_application":
			app := registrationOf(block)
			app.AppID = reference(block, address+".client_id")
			d.Apps = append(d.Apps, app)
		case "azuread_service_principal":
			d.Principals = append(d.Principals, terraformPrincipal(block, address))
		case "azuread_app_role_assignment":
			d.Assignments = append(d.Assignments, terraformAssignment(block))
		}
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
