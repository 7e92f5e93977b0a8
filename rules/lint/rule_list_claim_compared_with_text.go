package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func listClaimComparedWithText() rules.Rule {
	return rules.Rule{
		Name:  "list-claim-compared-with-text",
		Title: "a claim that is a list is compared with a text",
		Why: "roles, groups and wids are lists in every Entra ID token. A list never equals a " +
			"text: every token is rejected.",
		Fix:        "Ask whether the list contains it.",
		Severity:   rules.Error,
		References: []string{claimsRef},
		Check:      eachCheck(checkListClaim, hasAppOrIsEntra),
	}
}

func checkListClaim(c *rules.Check) []rules.Finding {
	name := equalsList(c)
	if name == "" {
		return nil
	}
	return one(at(c, "%s is a list, which never equals a text", name))
}

// equalsList returns the claim that is a list and that the check wants to equal a text.
func equalsList(c *rules.Check) string {
	found := ""
	if !inForce(c) {
		return ""
	}
	leaves(&c.Test, true, func(leaf *rules.Predicate, wanted bool) {
		in := leaf.Input
		if wanted && leaf.Op == rules.Equals && in.Source == rules.FromClaim &&
			slices.Contains(entra.ListClaims(), in.Name) {
			found = in.Name
		}
	})
	return found
}
