package lint

import "github.com/gatewhy/gatewhy/rules"

func audienceListEmpty() rules.Rule {
	return rules.Rule{
		Name:  "audience-list-empty",
		Title: "the audience is checked against an empty list",
		Why: "No audience matches an empty list: every token is rejected, or, if the gateway " +
			"treats an empty list as no check, every audience is accepted.",
		Fix:      "Name this environment's audience.",
		Severity: rules.Error,
		Locks:    true,
		Check: eachCheck(func(c *rules.Check) []rules.Finding {
			if c.ID != rules.Audience || !inForce(c) || len(configured(c)) > 0 {
				return nil
			}
			return one(at(c, "the audience is checked, and no audience is configured"))
		}),
	}
}
