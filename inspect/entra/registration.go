package entra

import (
	"path"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Text is a text of a file with its place. The zero Text is one that is not there.
type Text struct {
	Value   string
	Unknown bool // only a deployment knows it: Value is the expression as the file has it
	Pos     source.Position
}

// Known reports whether the text is there, and is what it says.
func (t Text) Known() bool { return t.Value != "" && !t.Unknown }

// Is reports whether two texts name the same thing: an id in either case, or the same expression
// of one Terraform module, which is a folder.
func (t Text) Is(other Text) bool {
	return t.Value != "" && t.Unknown == other.Unknown &&
		strings.EqualFold(t.Value, other.Value) && (!t.Unknown || t.module() == other.module())
}

func (t Text) module() string { return path.Dir(t.Pos.File) }

// ID is equal for two texts of which Is holds, and else differs.
func (t Text) ID() string {
	if t.Unknown {
		return t.module() + "/" + strings.ToLower(t.Value)
	}
	return strings.ToLower(t.Value)
}

// Registration is an app registration: what an application is in every tenant. Each value knows
// its place. A value that the file does not have is zero.
type Registration struct {
	Pos   source.Position
	Name  Text
	AppID Text
	URIs  []Text // identifierUris: the App ID URIs

	// SignIn is signInAudience: AzureADMyOrg, AzureADMultipleOrgs, PersonalMicrosoftAccount, or
	// AzureADandPersonalMicrosoftAccount.
	SignIn Text

	// Version is requestedAccessTokenVersion as the file has it. If it is absent, its place is
	// that of the nearest object that is there.
	Version Text

	Scopes        []Permission // delegated permissions that the app exposes
	Roles         []Permission // app roles that the app defines
	Claims        []OptionalClaim
	Requires      []Requirement
	PreAuthorized []PreAuthorized
	Public        Text // isFallbackPublicClient or allowPublicClient
	MappedClaims  Text // acceptMappedClaims
	Groups        Text // groupMembershipClaims: which groups are in tokens; None for none

	Principal *ServicePrincipal // nil if none is given
}

// Permission is a scope or an app role of an API.
type Permission struct {
	ID        Text
	Value     Text // as scp or roles have it; not known where Perhaps, or where a part is not
	Named     bool // the file shows the value that it has if there is one
	Disabled  bool
	Perhaps   bool // only a deployment knows whether there is one
	AdminOnly bool // of a scope: its type is Admin, so users can't consent to it
	Users     bool // of a role: it can be assigned to users
	Apps      bool // of a role: it can be assigned to applications
}

// MayBe reports whether the permission is one of which only a deployment knows whether it is there
// and has this value.
func (p *Permission) MayBe(value string) bool {
	return p.Value.Unknown && (!p.Named || p.Value.Value == value)
}

// OptionalClaim is a claim of access tokens that the registration asks for.
type OptionalClaim struct {
	Name       Text
	Properties []string // additionalProperties: use_guid, include_user_token, …
}

// Requirement is what a client asks for of one API (requiredResourceAccess).
type Requirement struct {
	Resource Text // the API's application id
	Scopes   []Text
	Roles    []Text // ids of app roles, not their values
}

// PreAuthorized is a client that has some of an API's scopes without consent.
type PreAuthorized struct {
	Client Text
	Scopes []Text // ids of scopes
}

// ServicePrincipal is an application in one tenant.
type ServicePrincipal struct {
	Name     Text
	AppID    Text
	ObjectID Text
	Names    []Text // servicePrincipalNames: what a token may be requested for

	// AssignmentRequired is appRoleAssignmentRequired as the file has it: "true", "false", or
	// nothing, which means false.
	AssignmentRequired Text

	Owner Text // appOwnerOrganizationId: the tenant that has the registration

	// Disabled is accountEnabled: false, with which Entra ID issues no tokens of it or for it
	// (entra/identity/enterprise-apps/disable-user-sign-in-portal).
	Disabled bool

	Unassigned bool // appRoleAssignedTo is there and empty: nobody is assigned a role of it
}

// Assignment gives a principal an app role of an API (appRoleAssignment).
type Assignment struct {
	Principal Text // the object id of the client's service principal, of a user or of a group
	Type      Text // ServicePrincipal, User, Group
	Resource  Text // the object id of the API's service principal
	Role      Text // the role's id; zeros for an assignment without a role
	RoleValue string
}

// Unassigned is the app role id of an assignment that gives no role.
const Unassigned = "00000000-0000-0000-0000-000000000000"

// TokenVersion is the version of the access tokens that Entra issues for this API: 2 if the
// registration says so, 1 for null, 1 or nothing
// (learn.microsoft.com/entra/identity-platform/access-tokens, "Token formats"). It is not ok if
// only a deployment knows it, or if the file has another number.
func (r *Registration) TokenVersion() (v Version, ok bool) {
	switch {
	case r.Version.Unknown:
		return V1, false
	case r.Version.Value == "2":
		return V2, true
	}
	return V1, r.Version.Value == "" || r.Version.Value == "1"
}

// MultiTenant reports whether users of other tenants may sign in to the application.
func (r *Registration) MultiTenant() bool {
	switch strings.ToLower(r.SignIn.Value) {
	case "azureadmultipleorgs", "azureadandpersonalmicrosoftaccount", "personalmicrosoftaccount":
		return true
	}
	return false
}

// AudienceIsGUID reports whether the registration turns the audience of v1.0 tokens into the
// application id: it asks for the optional claim aud with use_guid
// (learn.microsoft.com/entra/identity-platform/optional-claims-reference).
func (r *Registration) AudienceIsGUID() bool {
	return slices.ContainsFunc(r.Claims, func(c OptionalClaim) bool {
		return c.Name.Value == "aud" && slices.Contains(c.Properties, "use_guid")
	})
}

// GroupsAsRoles reports whether roles holds groups in tokens for the API, and no app roles.
func (r *Registration) GroupsAsRoles() bool {
	return slices.ContainsFunc(r.Claims, OptionalClaim.groupsAsRoles)
}

func (c OptionalClaim) groupsAsRoles() bool {
	return c.Name.Value == "groups" && slices.Contains(c.Properties, "emit_as_roles")
}

// MayHaveGroups reports whether tokens for this API may carry groups: the registration asks for
// them, or only a deployment knows.
func (r *Registration) MayHaveGroups() bool {
	return r.Groups.Unknown || r.Groups.Value != "" && r.Groups.Value != "None"
}

// AssignmentRequired reports whether Entra refuses tokens for this API to whoever has no role of
// it assigned.
func (r *Registration) AssignmentRequired() bool {
	return r.Principal != nil && r.Principal.AssignmentRequired.Value == "true"
}

// Title is what to call the registration in a message: its name, else its id.
func (r *Registration) Title() string {
	switch {
	case r.Name.Known():
		return r.Name.Value
	case r.AppID.Value != "":
		return r.AppID.Value
	}
	return "an app registration"
}

// KnowsURIs reports whether all App ID URIs are known before a deployment.
func (r *Registration) KnowsURIs() bool {
	return !slices.ContainsFunc(r.URIs, func(uri Text) bool { return !uri.Known() })
}

// Names lists what an API goes by beside its id: its App ID URIs, and what else its service
// principal is named (graph/api/resources/serviceprincipal, servicePrincipalNames), without a
// slash at the end.
func (r *Registration) Names() []string {
	var all []string
	seen := make(map[string]bool, len(r.URIs))
	add := func(texts []Text) {
		for _, t := range texts {
			uri := strings.TrimSuffix(t.Value, "/")
			if t.Known() && !strings.EqualFold(uri, r.AppID.Value) && !seen[uri] {
				seen[uri], all = true, append(all, uri)
			}
		}
	}
	add(r.URIs)
	if r.Principal != nil {
		add(r.Principal.Names)
	}
	return all
}

// Audiences lists every audience that tokens for an API may have (access-token-claims-reference,
// "aud"), in the order of its names.
func (r *Registration) Audiences() []string {
	var all []string
	if r.AppID.Known() {
		id := strings.ToLower(r.AppID.Value)
		all = append(all, id, "spn:"+id)
	}
	for _, name := range r.Names() {
		all = append(all, name, name+"/")
	}
	return all
}

// WithAudience returns the app whose tokens may carry an audience. It is nil where none may, and
// where several registrations may be meant.
func WithAudience(apps []*Registration, audience string) *Registration {
	var found *Registration
	for _, app := range apps {
		if !slices.Contains(app.Audiences(), audience) {
			continue
		}
		if found != nil {
			return nil
		}
		found = app
	}
	return found
}
