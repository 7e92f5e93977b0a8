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
		Lesser:     "a warning if tokens get past the check in another way",
		References: []string{claimsRef},
		Check:      eachCheckOf(checkListClaim),
	}
}

func checkListClaim(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	name := equalsList(c)
	if name == "" || !hasAppOrIsEntra(s, p) {
		return nil
	}
	f := at(c, "%s is a list, which never equals a text", name)
	if alone(s, c).ownClients() != keptOut {
		f = less(f, rules.Warning)
	}
	return one(f)
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
