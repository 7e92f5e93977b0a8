package lint

import (
	"cmp"
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
		Check:    eachPolicy(checkClaimsOn),
	}
}

// checkClaimsOn makes one finding a policy, because one switch is for all of its claims.
func checkClaimsOn(_ *rules.Subject, p *rules.Policy) []rules.Finding {
	var names []string
	var first *rules.Check
	for c := range p.Root.Checks() {
		if c.ID == rules.CustomClaim && c.Skip != "" {
			names, first = append(names, c.Claim), cmp.Or(first, c)
		}
	}
	if first == nil {
		return nil
	}
	return one(at(first, "%s is configured, and the check of claims is switched off",
		strings.Join(names, ", ")))
}
