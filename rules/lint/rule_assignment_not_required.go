package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

func assignmentNotRequired() rules.Rule {
	return rules.Rule{
		Name:  "assignment-not-required",
		Title: "only the audience is checked, and any client can get a token for it",
		Why: "Entra ID issues a token without roles for any API of the tenant to any of its " +
			"clients, unless the API's service principal has appRoleAssignmentRequired. The " +
			"audience shows only for which API a token was issued, not that its client may call " +
			"it.",
		Fix: "Set appRoleAssignmentRequired on the service principal, or require a role, a " +
			"scope or the client ids.",
		Severity: rules.Error,
		Lesser: "a warning if the service principal is not given or is disabled, where an " +
			"expression on other claims can't be evaluated, or if users have to consent to a " +
			"scope, a note if the app registration is not given",
		References: []string{daemonFlow, validating},
		About:      issued.ByClient(),
		Check:      eachPolicy(checkAssignment),
	}
}

// checkAssignment looks for what any client of the tenant can have: a token without roles, and one
// with the scopes that users can consent to.
func checkAssignment(s *rules.Subject, p *rules.Policy) []rules.Finding {
	c, e := claimCheck(p, "aud"), exposing(s, p)
	if c == nil {
		return nil
	}
	if s.App == nil {
		return openToHolders(e, c)
	}
	plain, consented := e.daemons(), keptOut
	if hasConsentable(s.App) {
		consented = e.users()
	}
	enabled := ""
	if s.App.Principal != nil && s.App.Principal.Disabled {
		enabled = " once its service principal, which is disabled, is enabled again"
	}
	switch required := assignmentRequired(s.App); {
	case plain == letIn && required == rules.No:
		f := at(c, "only the audience is checked, and %s requires no assignment: any "+
			"client of the tenant can get a token for it%s", s.App.Title(), enabled)
		if enabled != "" {
			f = less(f, rules.Warning)
		}
		return one(f)
	case plain == letIn && required == rules.Maybe:
		f := at(c, "only the audience is checked, and the file does not say whether %s "+
			"requires assignment: if not, any client of the tenant can get a token for it%s",
			s.App.Title(), enabled)
		return one(less(f, rules.Warning))
	case consented == letIn && plain != letIn:
		f := at(c, "besides the audience only scopes that users can consent to are checked: "+
			"any client of the tenant that a user consents to gets in%s", enabled)
		return one(less(f, rules.Warning))
	}
	return nil
}

// openToHolders makes a note of a policy that checks the audience, and nothing that tells apart
// who has a token for it. Whether any client can have one only the app registration shows.
func openToHolders(e *exposed, c *rules.Check) []rules.Finding {
	if e.openToAny(false) || e.daemons() != letIn {
		return nil
	}
	return one(less(at(c, "only the audience is checked: any client of the tenant can get a "+
		"token for it, unless the API's service principal requires assignment "+
		"(appRoleAssignmentRequired); a role or a client id would distinguish them"),
		rules.Note))
}

// assignmentRequired says whether Entra ID refuses tokens to clients without an assigned role. The
// service principal decides that.
func assignmentRequired(app *entra.Registration) rules.Truth {
	if app.Principal == nil || app.Principal.AssignmentRequired.Unknown {
		return rules.Maybe
	}
	return rules.TruthOf(app.AssignmentRequired())
}

// hasConsentable reports whether a scope of an API needs no administrator's consent.
func hasConsentable(app *entra.Registration) bool {
	return slices.ContainsFunc(app.Scopes, func(scope entra.Permission) bool {
		return scope.Value.Known() && !scope.Disabled && !scope.AdminOnly
	})
}
