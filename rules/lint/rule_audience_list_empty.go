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
			if c.ID != rules.Audience || !inForce(c) || !fitsNoAudience(c) {
				return nil
			}
			return one(at(c, "the audience is checked, and no audience is configured"))
		}),
	}
}

// fitsNoAudience reports whether a check compares aud with an empty list, and with nothing else. A
// check of its type, or of another claim, does not.
func fitsNoAudience(c *rules.Check) bool {
	empty, isAudience := false, claim("aud")
	leaves(&c.Test, true, func(leaf *rules.Predicate, _ bool) {
		empty = empty || leaf.Op == rules.OneOf && len(leaf.Values) == 0 && isAudience(leaf.Input)
	})
	return empty && len(configured(c)) == 0
}
