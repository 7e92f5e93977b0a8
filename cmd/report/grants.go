package report

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// granting is what the steps of granting something need to know.
type granting struct {
	profile inspect.Profile
	api     *entra.Registration // nil where it was not given
}

// steps say who must be granted what so that a check passes, in the words of the portal and as a
// command.
func (g *granting) steps(missing rules.Lacking) []rules.Step {
	if missing.Claim == "" {
		return nil
	}
	if missing.Claim == "scp" && g.profile.Flow == inspect.AppOnly {
		return []rules.Step{{
			Note: "An app-only token never has a scope: let the client sign a user in, or let " +
				"the policy ask for an app role that is granted to the client",
		}}
	}
	if len(missing.Names) == 0 {
		missing.Names = []string{""}
	}
	var all []rules.Step
	for _, name := range missing.Names {
		all = append(all, g.step(missing.Claim, name))
	}
	return all
}

// step grants one scope or role; without a name, whichever the policy wants.
func (g *granting) step(claim, name string) rules.Step {
	sort := "app role"
	if claim == "scp" {
		sort = "scope"
	}
	permission, shown, id := g.find(claim, name), name, "ROLE-ID"
	if name == "" {
		shown = "(the " + sort + ")"
	}
	if permission != nil && entra.IsGUID(permission.ID.Value) {
		id = permission.ID.Value
	}
	if why := g.impossible(sort, name, permission); why != "" {
		return rules.Step{Note: why}
	}
	switch {
	case claim == "scp":
		return rules.Step{
			Note: "Grant the client the scope: App registrations > (the client) > API " +
				"permissions > Add a permission > (the API) > Delegated permissions > " + shown +
				"; then Grant admin consent, or let the user consent",
			Command: "az ad app permission grant --id " + g.client() + " --api " + g.apiID() +
				" --scope " + plainWord(name, "SCOPE"),
		}
	case g.profile.Flow == inspect.Delegated:
		return rules.Step{
			Note: "Assign the user the app role: Enterprise applications > (the API) > Users " +
				"and groups > Add user/group > " + shown,
			Command: "az rest --method post --url https://graph.microsoft.com/v1.0/users/" +
				`USER-ID/appRoleAssignments --body '{"principalId":"USER-ID","resourceId":` +
				`"SERVICE-PRINCIPAL-ID","appRoleId":"` + id + `"}'`,
		}
	}
	return rules.Step{
		Note: "Grant the client the app role: App registrations > (the client) > API " +
			"permissions > Add a permission > (the API) > Application permissions > " + shown +
			"; then Grant admin consent",
		Command: "az ad app permission add --id " + g.client() + " --api " + g.apiID() +
			" --api-permissions " + id + "=Role && az ad app permission admin-consent --id " +
			g.client(),
	}
}

// impossible says why nobody can be granted a scope or role before the registration changes; empty
// where somebody can, or where the registration was not given.
func (g *granting) impossible(sort, name string, p *entra.Permission) string {
	if g.api == nil || name == "" {
		return ""
	}
	registration := "App registrations > " + g.api.Title()
	both := " (" + registration + " > App roles > " + name + " > Allowed member types > Both)"
	user := g.profile.Flow == inspect.Delegated
	switch {
	case p == nil:
		return fmt.Sprintf("The app registration %s has no %s %s: nobody can be granted it. Add "+
			"it there, or let the policy ask for one that it has", g.api.Title(), sort, name)
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

// find looks for a scope or role in the API's registration.
func (g *granting) find(claim, name string) *entra.Permission {
	if g.api == nil || name == "" {
		return nil
	}
	all := g.api.Scopes
	if claim == "roles" {
		all = g.api.Roles
	}
	for i := range all {
		if all[i].Value.Value == name {
			return &all[i]
		}
	}
	return nil
}

// client is the client's id for a command, where the token has one.
func (g *granting) client() string {
	if entra.IsGUID(g.profile.ClientID.Value) {
		return g.profile.ClientID.Value
	}
	return "CLIENT-ID"
}

func (g *granting) apiID() string {
	if g.api != nil && entra.IsGUID(g.api.AppID.Value) {
		return g.api.AppID.Value
	}
	for _, aud := range g.profile.Audience {
		if entra.IsGUID(aud) {
			return aud
		}
	}
	return "API-ID"
}

// plainWord is a name for a command, or a placeholder where a shell may read more in it.
func plainWord(name, otherwise string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	if name == "" || strings.Trim(name, plain) != "" {
		return otherwise
	}
	return name
}
