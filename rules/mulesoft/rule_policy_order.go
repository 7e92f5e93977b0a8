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
		Title: "two policies stand in an order in which the second can't work",
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

// checkOrder compares each policy with those before it.
func checkOrder(s *rules.Subject) []rules.Finding {
	var chain []configured
	eachEntry(s, func(c configured) []rules.Finding {
		chain = append(chain, c)
		return nil
	})
	slices.SortStableFunc(
		chain, func(a, b configured) int { return cmp.Compare(a.order, b.order) },
	)
	var all []rules.Finding
	for i, c := range chain {
		for _, later := range chain[i+1:] {
			if why := c.disturbs(later); why != "" {
				all = append(all, later.finding("order", firstPresent(later.assetAt, later.place), why))
				break
			}
		}
	}
	return all
}

// disturbs says why a policy that stands before another keeps it from working. Two without an
// order, or with the same, are left alone.
func (c configured) disturbs(later configured) string {
	switch {
	case c.order == later.order:
		return ""
	case c.isTokenPolicy() && later.asset == "cors":
		return fmt.Sprintf(
			"CORS stands behind %s: a preflight request has no token and is rejected before it "+
				"gets here",
			policyName(c.asset),
		)
	case !c.isTokenPolicy() && later.isTokenPolicy() && c.config != nil &&
		strings.Contains(c.config.JSON(), "#[authentication."):
		return fmt.Sprintf(
			"%s stands before this and reads authentication, which only this policy fills in",
			policyName(c.asset),
		)
	}
	return ""
}

func (c configured) isTokenPolicy() bool { return fieldsOf(c.asset) != nil && !c.custom }
