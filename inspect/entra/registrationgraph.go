package entra

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// registrationOf reads Microsoft Graph's form and the older manifest's alike: what the two name differently is looked for under
// both names, wherever it stands (learn.microsoft.com/entra/identity-platform/reference-microsoft-graph-app-manifest and
// reference-app-manifest).
func registrationOf(v *source.Value) *Registration {
	api := member(v, "api")
	r := &Registration{
		Pos:          v.Pos,
		Span:         v.Span,
		Name:         textAt(v, "displayName", "name"),
		AppID:        textAt(v, "appId"),
		ObjectID:     textAt(v, "id", "objectId"),
		URIs:         textsOf(member(v, "identifierUris")),
		SignIn:       textAt(v, "signInAudience"),
		Version:      versionOf(v, api),
		Scopes:       scopesOf(api, v),
		Claims:       claimsOf(v),
		Public:       textAt(v, "isFallbackPublicClient", "allowPublicClient"),
		MappedClaims: firstText(textAt(api, "acceptMappedClaims"), textAt(v, "acceptMappedClaims")),
	}
	if r.SignIn.Value == "" && isTrue(v, "availableToOtherTenants") {
		r.SignIn = textAt(v, "availableToOtherTenants")
		r.SignIn.Value = "AzureADMultipleOrgs"
	}
	for _, item := range itemsOf(member(v, "appRoles")) {
		r.Roles = append(r.Roles, roleOf(item))
	}
	for _, item := range itemsOf(member(v, "requiredResourceAccess")) {
		r.Requires = append(r.Requires, requirementOf(item))
	}
	for _, item := range itemsOf(firstValue(member(api, "preAuthorizedApplications"), member(v, "preAuthorizedApplications"))) {
		r.PreAuthorized = append(r.PreAuthorized, PreAuthorized{
			Client: textAt(item, "appId"),
			Scopes: textsOf(member(item, "delegatedPermissionIds", "permissionIds")),
		})
	}
	return r
}

// versionOf finds the token version, whose older name may stand in either place.
func versionOf(v, api *source.Value) Text {
	for _, object := range []*source.Value{api, v} {
		if at := member(object, "requestedAccessTokenVersion", "accessTokenAcceptedVersion"); at != nil {
			return textOf(at)
		}
	}
	nearest := v
	if api != nil {
		nearest = api
	}
	return Text{Pos: nearest.Pos, Span: source.Span{Start: nearest.Span.Start, End: nearest.Span.Start + 1}}
}

func firstText(texts ...Text) Text {
	if i := slices.IndexFunc(texts, func(t Text) bool { return t.Value != "" }); i >= 0 {
		return texts[i]
	}
	return Text{}
}

func firstValue(values ...*source.Value) *source.Value {
	if i := slices.IndexFunc(values, func(v *source.Value) bool { return v != nil && v.Kind != source.Null }); i >= 0 {
		return values[i]
	}
	return nil
}

func scopesOf(objects ...*source.Value) []Permission {
	var all []Permission
	for _, object := range objects {
		for _, item := range itemsOf(member(object, "oauth2PermissionScopes", "oauth2Permissions")) {
			all = append(all, Permission{
				ID: textAt(item, "id"), Value: textAt(item, "value"), Disabled: isFalse(item, "isEnabled"),
				AdminOnly: strings.EqualFold(textAt(item, "type").Value, "Admin"), Users: true,
			})
		}
	}
	return all
}

func roleOf(v *source.Value) Permission {
	p := Permission{ID: textAt(v, "id"), Value: textAt(v, "value"), Disabled: isFalse(v, "isEnabled")}
	p.allow(textsOf(member(v, "allowedMemberTypes")))
	return p
}

// allow reads to whom a role can be assigned.
func (p *Permission) allow(types []Text) {
	for _, t := range types {
		p.Users = p.Users || strings.EqualFold(t.Value, "User")
		p.Apps = p.Apps || strings.EqualFold(t.Value, "Application")
	}
}

func claimsOf(v *source.Value) []OptionalClaim {
	var all []OptionalClaim
	for _, item := range itemsOf(member(member(v, "optionalClaims"), "accessToken")) {
		claim := OptionalClaim{Name: textAt(item, "name")}
		for _, property := range textsOf(member(item, "additionalProperties")) {
			claim.Properties = append(claim.Properties, property.Value)
		}
		all = append(all, claim)
	}
	return all
}

func requirementOf(v *source.Value) Requirement {
	r := Requirement{Resource: textAt(v, "resourceAppId")}
	for _, item := range itemsOf(member(v, "resourceAccess")) {
		r.add(textAt(item, "id"), textAt(item, "type"))
	}
	return r
}

// add files a permission under what it is.
func (r *Requirement) add(id, kind Text) {
	if strings.EqualFold(kind.Value, "Role") {
		r.Roles = append(r.Roles, id)
		return
	}
	r.Scopes = append(r.Scopes, id)
}

func principalOf(v *source.Value) *ServicePrincipal {
	return &ServicePrincipal{
		Pos: v.Pos, Span: v.Span,
		AppID:              textAt(v, "appId"),
		ObjectID:           textAt(v, "id", "objectId"),
		Names:              textsOf(member(v, "servicePrincipalNames")),
		AssignmentRequired: textAt(v, "appRoleAssignmentRequired"),
	}
}

func assignmentOf(v *source.Value) Assignment {
	return Assignment{
		Pos:       v.Pos,
		Principal: textAt(v, "principalId"),
		Type:      textAt(v, "principalType"),
		Resource:  textAt(v, "resourceId"),
		Role:      textAt(v, "appRoleId"),
	}
}
