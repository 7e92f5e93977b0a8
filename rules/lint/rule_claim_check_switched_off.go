package lint

import (
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func claimCheckSwitchedOff() rules.Rule {
	return rules.Rule{
		Name:  "claim-check-switched-off",
		Title: "claims are configured, and their check is switched off",
		Why: "The claims are in the configuration, so a reader assumes that they are checked. " +
			"They are not.",
		Fix:      "Switch the check on, or remove the claims.",
		Severity: rules.Warning,
		Since:    since,
		Check:    checkClaimsOn,
	}
}

// checkClaimsOn makes one finding a policy, because one switch is for all of its claims.
func checkClaimsOn(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		var names []string
		var firstOff *rules.Check
		for c := range p.Root.Checks() {
			if c.ID == rules.CustomClaim && c.Skip != "" {
				names = append(names, c.Claim)
				firstOff = first(firstOff, c)
			}
		}
		if firstOff != nil {
			all = append(all, at(firstOff, "%s is configured, "+
				"and the check of claims is switched off", strings.Join(names, ", ")))
		}
	}
	return all
}
