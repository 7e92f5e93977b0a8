package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func assignmentNotRequired() rules.Rule {
	return rules.Rule{
		Name:       "assignment-not-required",
		Title:      "nothing but the audience is checked, and any client can have a token for it",
		Why:        "Entra ID issues a token without roles for any API of the tenant to any of its clients, unless the API's service principal has appRoleAssignmentRequired. The audience shows only for which API a token was issued, not that its client may call it.",
		Fix:        "Set appRoleAssignmentRequired on the service principal, or require a role, a scope or a contract.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{daemonFlow, validating},
		Check: func(s *rules.Subject) []rules.Finding {
			return withApp(s, func(app *entra.Registration, p *rules.Policy) []rules.Finding {
				checks := covers(s, p)
				c, _ := audienceOf(p)
				if c == nil || app.Principal == nil || app.Principal.AssignmentRequired.Unknown || app.AssignmentRequired() || closesClients(checks) || beyondAudience(checks) {
					return none()
				}
				return one(at(c, "only the audience is checked, and "+app.Title()+" requires no assignment: any client of the tenant can have a token for it"))
			})
		},
	}
}

// beyondAudience reports whether some check but that of the audience may separate clients.
func beyondAudience(checks []*rules.Check) bool {
	return slices.ContainsFunc(checks, func(c *rules.Check) bool { return c.ID != rules.Audience && separates(c) != rules.No })
}
