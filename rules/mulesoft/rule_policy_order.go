package mulesoft

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func policyOrder() rules.Rule {
	return rules.Rule{
		Name:  "policy-order",
		Title: "two policies are in an order in which the second can't work",
		Why: "Policies run in their order. A browser's CORS preflight carries no token, so a " +
			"token policy before CORS rejects it; and what a token policy puts into " +
			"authentication is not there yet for a policy before it.",
		Fix: "Put CORS first, then what validates the token, then what uses its claims or " +
			"client id.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docOrder, kbInvalid},
		Check:      checkOrder,
	}
}

// checkOrder compares each policy with the policies behind it.
func checkOrder(s *rules.Subject) []rules.Finding {
	chain := inForce(s)
	slices.SortStableFunc(chain, func(a, b configured) int {
		return cmp.Or(automatedFirst(a.entry, b.entry), cmp.Compare(a.order, b.order))
	})
	var all []rules.Finding
	for i, c := range chain {
		for _, later := range chain[i+1:] {
			if why := c.disturbs(later); why != "" {
				at := firstPresent(later.assetAt, later.place)
				all = append(all, later.finding("order", at, why)...)
				break
			}
		}
	}
	return all
}

// disturbs says why a policy keeps a later one from working; empty where it does not. Two policies
// with the same order, or with none, may run either way round.
func (c configured) disturbs(later configured) string {
	unordered := c.order == later.order || c.policy.Unordered || later.policy.Unordered
	switch {
	case unordered && c.automated == later.automated:
		return ""
	case c.isTokenPolicy() && later.asset == "cors":
		const why = "CORS comes after %s: a preflight request has no token and is rejected " +
			"before it gets here"
		return fmt.Sprintf(why, policyName(c.asset))
	case !c.isTokenPolicy() && later.isTokenPolicy() && c.config != nil &&
		strings.Contains(c.config.JSON(), "#[authentication."):
		const why = "%s comes before this and reads authentication, which only this policy " +
			"fills in"
		return fmt.Sprintf(why, policyName(c.asset))
	}
	return ""
}

// isTokenPolicy reports whether the policy is one of the vendor's that look at tokens.
func (c configured) isTokenPolicy() bool {
	return c.fields != nil && !c.custom && !c.readsCredentials()
}
