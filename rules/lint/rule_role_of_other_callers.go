package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

const roleOfOthers = "role-of-other-callers"

func roleOfOtherCallers() rules.Rule {
	return rules.Rule{
		Name:  roleOfOthers,
		Title: "a required role can't be assigned to the callers",
		Why: "An app role is for users, for applications or for both (allowedMemberTypes). If a " +
			"policy is for clients without a user, their tokens never have a role for users " +
			"only, and the other way round: nobody gets in.",
		Fix: "Add Application, or User, to the role's allowedMemberTypes, or require a role " +
			"that has it.",
		Severity: rules.Error,
		Locks:    true,
		Lesser: "a warning in one of several alternatives, a note if users get in: clients " +
			"without a user (client credentials) are locked out",
		References: []string{claimsRef, daemonFlow},
		Check:      eachCheckOf(checkCallers),
	}
}

// checkCallers holds a check of roles against what the other checks of the API let past.
func checkCallers(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	if s.App == nil {
		return nil
	}
	role := roleForSome(s.App, demanded(s, c, "roles"))
	if role == nil {
		return nil
	}
	by := kept(s).newExposed([]*rules.Policy{{Root: rules.AllOf(c)}}, unassigned(s.App))
	rest := kept(s).newExposed(passing(together(s, p), c), unassigned(s.App))
	own := func(e *exposed, kind func(issued.Tokens) issued.Tokens) bool {
		got, _ := e.ask(kind(e.holders.Own()), true)
		return got != keptOut
	}
	users, daemons := own(rest, usersOf), own(rest, daemonsOf)
	const nobody = "the role %s is for %s only (allowedMemberTypes), and the other checks let " +
		"only %s in: nobody gets in"
	switch {
	case role.Users && own(by, daemonsOf), role.Apps && own(by, usersOf):
		return nil // another role or claim lets them past
	case role.Users && daemons && users:
		return one(less(at(c, "the role %s is for users only (allowedMemberTypes): clients "+
			"without a user (client credentials) can't have it and are locked out",
			role.Value.Value), rules.Note))
	case role.Users && daemons:
		return one(at(c, nobody, role.Value.Value, "users", "clients without a user"))
	case role.Apps && users && !daemons:
		return one(at(c, nobody, role.Value.Value, "applications", "users"))
	}
	return nil
}

// unassigned is a registration whose API gives tokens to all, with a role or without: what counts
// here is who may hold a role, not who was assigned one.
func unassigned(app *entra.Registration) *entra.Registration {
	open := *app
	if app.Principal != nil {
		principal := *app.Principal
		principal.AssignmentRequired = entra.Text{}
		open.Principal = &principal
	}
	return &open
}

// roleForSome is the first of the roles that the registration has for users only, or for
// applications only; nil where there is none.
func roleForSome(app *entra.Registration, names []string) *entra.Permission {
	for i, role := range app.Roles {
		if role.Value.Known() && !role.Disabled && role.Users != role.Apps &&
			slices.Contains(names, role.Value.Value) {
			return &app.Roles[i]
		}
	}
	return nil
}

// passing is policies in which one check of roles always passes. It still reads them, so that
// users and clients without one are asked about apart.
func passing(policies []*rules.Policy, passed *rules.Check) []*rules.Policy {
	roles := rules.Has(rules.Claim("roles"))
	return withChecks(policies, func(c *rules.Check) *rules.Check {
		if c == passed {
			return &rules.Check{ID: c.ID, Test: rules.Either(roles, rules.Negate(roles))}
		}
		return c
	})
}
