package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// granting is what the steps of granting something need to know.
type granting struct {
	profile inspect.Profile
	api     *entra.Registration // nil where it was not given
	holder  string              // the object id of the token's user or app; may be empty
	shell   Shell
	again   string // the command that reads another token; may be empty
}

// steps say who must be granted what so that a check passes, in the words of the portal and as
// commands. What a command has in capitals, a command before it looks up.
func (g *granting) steps(missing rules.Lacking) []rules.Step {
	if missing.Claim == "" {
		return nil
	}
	if missing.Claim == "scp" && g.profile.Flow == inspect.AppOnly {
		return []rules.Step{{
			Note: "An app-only token never has a scope: change the policy to require an app " +
				"role that is granted to the client, or change the client to sign a user in, " +
				"and read that token",
			Command: g.again,
		}}
	}
	if len(missing.Names) == 0 {
		return g.grant(missing.Claim, "", nil)
	}
	var all steps
	for _, name := range missing.Names {
		all.addAll(g.grant(missing.Claim, name, missing.Or)...)
	}
	return all
}

// grant grants one scope or role, in the place of which others would do; without a name, whichever
// the policy wants.
func (g *granting) grant(claim, name string, or []string) []rules.Step {
	sort := "app role"
	if claim == "scp" {
		sort = "scope"
	}
	permission := g.find(sort, name)
	shown := strings.Join(append([]string{name}, or...), " or ")
	if name == "" {
		shown = "(the " + sort + ")"
	}
	if why := g.impossible(sort, name, permission); why != "" {
		return []rules.Step{g.shows(sort, why)}
	}
	switch {
	case claim == "scp":
		return g.scope(name, shown)
	case g.profile.Flow == inspect.Delegated:
		return g.assigned("users", "USER-ID", "Assign the user the app role: Enterprise "+
			"applications > (the API) > Users and groups > Add user/group > "+shown,
			permission, name)
	case g.profile.MayBeManaged():
		return g.identityRole(permission, name, shown)
	}
	return g.clientRole(permission, name, shown)
}

// scope is consented to: by an administrator for all, or by the user.
func (g *granting) scope(name, shown string) []rules.Step {
	return afterLookUps("Grant the client the scope: App registrations > (the client) > API "+
		"permissions > Add a permission > (the API) > Delegated permissions > "+shown+
		"; then Grant admin consent, or let the user consent", g.lookUpAPI(), rules.Step{
		Note: "Grant the scope",
		Command: g.shell.Line("az", "ad", "app", "permission", "grant", "--id", g.client(),
			"--api", g.apiID(), "--scope", cmp.Or(name, "SCOPE")),
	})
}

// afterLookUps is what is done in the portal, and the commands that do the same. Where nothing
// must be looked up for them, the first of them says both.
func afterLookUps(byHand string, lookUps []rules.Step, commands ...rules.Step) []rules.Step {
	if len(lookUps) == 0 {
		commands[0].Note = byHand
		return commands
	}
	all := []rules.Step{{Note: byHand}}
	for _, step := range slices.Concat(lookUps, commands) {
		step.Folded = true
		all = append(all, step)
	}
	return all
}

// clientRole is added to the client's registration, and then consented to by an administrator.
func (g *granting) clientRole(p *entra.Permission, name, shown string) []rules.Step {
	id, lookUps := g.roleID(p, name)
	lookUps = append(g.lookUpAPI(), lookUps...)
	byHand := "Grant the client the app role: App registrations > (the client) > API " +
		"permissions > Add a permission > (the API) > Application permissions > " + shown
	if len(lookUps) > 0 {
		byHand += "; then Grant admin consent"
	}
	return afterLookUps(byHand, lookUps, rules.Step{
		Note: "Add the app role to the client",
		Command: g.shell.Line("az", "ad", "app", "permission", "add", "--id", g.client(),
			"--api", g.apiID(), "--api-permissions", id+"=Role"),
	}, rules.Step{
		Note: "Then Grant admin consent, as an administrator",
		Command: g.shell.Line("az", "ad", "app", "permission", "admin-consent",
			"--id", g.client()),
	})
}

// identityRole is assigned to the service principal of a managed identity: the portal has no page
// for it, since there is no app registration.
func (g *granting) identityRole(p *entra.Permission, name, shown string) []rules.Step {
	byHand := "Assign the managed identity the app role " + shown + ". The portal has no page " +
		"for it, since a managed identity has no app registration"
	if !g.profile.HasTrait("managed-identity") {
		byHand = "Assign the service principal of the client the app role " + shown +
			". If it is a managed identity, it has no app registration, and the portal no page"
	}
	return g.assigned("servicePrincipals", "IDENTITY-ID", byHand, p, name)
}

// assigned is a role that is assigned to the one whom the token is about, in a collection of
// Microsoft Graph's: the user who signs in, or the service principal of a managed identity.
func (g *granting) assigned(
	collection, holder, byHand string, p *entra.Permission, name string,
) []rules.Step {
	id, lookUps := g.roleID(p, name)
	if entra.IsGUID(g.holder) {
		holder = g.holder
	}
	lookUps = append(lookUps, rules.Step{
		Note: "Look up the API's service principal, SERVICE-PRINCIPAL-ID in the next command",
		Command: g.shell.Line("az", "ad", "sp", "show", "--id", g.apiName(),
			"--query", "id", "-o", "tsv"),
	})
	return afterLookUps(byHand, lookUps, rules.Step{
		Note: "Assign the role",
		Command: g.shell.Line("az", "rest", "--method", "post", "--url",
			"https://"+graphHost(cloudOf(&g.profile))+"/v1.0/"+collection+"/"+holder+
				"/appRoleAssignments",
			"--body", `{"principalId":"`+holder+`","resourceId":"SERVICE-PRINCIPAL-ID",`+
				`"appRoleId":"`+id+`"}`),
	})
}

// roleID is a role's id, with the command that looks it up where that is not known.
func (g *granting) roleID(p *entra.Permission, name string) (string, []rules.Step) {
	if p != nil && entra.IsGUID(p.ID.Value) {
		return p.ID.Value, nil
	}
	query := "appRoles[].{value:value,id:id}"
	if name != "" {
		query = "appRoles[?value=='" + strings.ReplaceAll(name, "'", `\'`) + "'].id"
	}
	return "ROLE-ID", []rules.Step{{
		Note:    "Look up the app role's id, ROLE-ID in the next command",
		Command: g.shell.Line("az", "ad", "sp", "show", "--id", g.apiName(), "--query", query),
	}}
}

// lookUpAPI looks the API's application id up where a command needs it and it is not known.
func (g *granting) lookUpAPI() []rules.Step {
	if g.apiID() != unknownAPI || g.apiName() == unknownAPI {
		return nil
	}
	return []rules.Step{{
		Note: "Look up the API's application id, " + unknownAPI + " in the next command",
		Command: g.shell.Line("az", "ad", "sp", "show", "--id", g.apiName(),
			"--query", "appId", "-o", "tsv"),
	}}
}

// impossible says why nobody can be granted a scope or role before the registration changes; empty
// where somebody can, or where the registration was not given.
func (g *granting) impossible(sort, name string, p *entra.Permission) string {
	if g.api == nil || name == "" {
		return ""
	}
	registration := "App registrations > " + g.api.Title()
	mayBe := func(p entra.Permission) bool { return p.MayBe(name) }
	if p == nil && slices.ContainsFunc(g.permissions(sort), mayBe) {
		return "" // it may be one that only a deployment knows
	}
	both := " (" + registration + " > App roles > " + name + " > Allowed member types > Both)"
	user := g.profile.Flow == inspect.Delegated
	switch {
	case p == nil:
		return fmt.Sprintf("The app registration %s has no %s %s, so nobody can be granted it. "+
			"Add it there, or change the policy to require one that it "+
			"has", g.api.Title(), sort, name)
	case p.Disabled:
		return fmt.Sprintf("The %s %s is disabled: enable it in %s", sort, name, registration)
	case sort == "scope":
		return ""
	case !user && !p.Apps:
		return fmt.Sprintf("The app role %s is for users only, and this token is app-only: allow "+
			"it for applications%s, then grant it to the client", name, both)
	case user && !p.Users:
		return fmt.Sprintf("The app role %s is for applications only, and this is a user's "+
			"token: allow it for users%s, then assign it to the user", name, both)
	}
	return ""
}

func (g *granting) shows(sort, why string) rules.Step {
	query := "appRoles[].{value:value,enabled:isEnabled,types:allowedMemberTypes}"
	if sort == "scope" {
		query = "api.oauth2PermissionScopes[].{value:value,enabled:isEnabled}"
	}
	return rules.Step{
		Note: why + ". This shows what it has now",
		Command: g.shell.Line(
			"az", "ad", "app", "show", "--id", g.apiID(), "--query", query, "-o", "table"),
	}
}

func (g *granting) find(sort, name string) *entra.Permission {
	if g.api == nil || name == "" {
		return nil
	}
	all := g.permissions(sort)
	for i := range all {
		if all[i].Value.Value == name {
			return &all[i]
		}
	}
	return nil
}

// permissions are the API's scopes or its app roles.
func (g *granting) permissions(sort string) []entra.Permission {
	if sort == "scope" {
		return g.api.Scopes
	}
	return g.api.Roles
}

// client is the client's id for a command, where the token has one.
func (g *granting) client() string {
	if entra.IsGUID(g.profile.ClientID.Value) {
		return g.profile.ClientID.Value
	}
	return "CLIENT-ID"
}

// unknownAPI stands for an application id that the reader has.
const unknownAPI = "API-ID"

func (g *granting) apiID() string {
	if g.api != nil && entra.IsGUID(g.api.AppID.Value) {
		return g.api.AppID.Value
	}
	for _, aud := range g.profile.Audience {
		for _, before := range []string{"", "api://", "spn:"} {
			if id, ok := strings.CutPrefix(aud, before); ok && entra.IsGUID(id) {
				return id
			}
		}
	}
	return unknownAPI
}

// apiName is what the Azure CLI finds the API's service principal by: its application id, else its
// App ID URI.
func (g *granting) apiName() string {
	if id := g.apiID(); id != unknownAPI || len(g.profile.Audience) == 0 {
		return id
	}
	return strings.TrimSuffix(g.profile.Audience[0], "/")
}
