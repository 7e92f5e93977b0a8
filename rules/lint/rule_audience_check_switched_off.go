package lint

import (
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func audienceCheckSwitchedOff() rules.Rule {
	return rules.Rule{
		Name:  "audience-check-switched-off",
		Title: "an audience is configured, and its check is switched off",
		Why: "The expected audience is in the configuration, so a reader assumes that it is " +
			"checked. It is not: a token for any other API is accepted.",
		Fix:        "Switch the check on, or remove the audience.",
		Severity:   rules.Warning,
		References: []string{validating},
		Check: eachCheck(func(c *rules.Check) []rules.Finding {
			if c.ID != rules.Audience || c.Skip == "" || len(configured(c)) == 0 {
				return nil
			}
			return one(at(c, "the audience %s is configured, and its check is switched off",
				strings.Join(configured(c), " or ")))
		}),
	}
}
