package lint

import (
	"fmt"

	"github.com/gatewhy/gatewhy/rules"
)

func substringMatchOnScopes() rules.Rule {
	return rules.Rule{
		Name:       "substring-match-on-scopes",
		Title:      "a scope is looked for as a part of the text",
		Why:        "scp is one text of words: \"contains 'Orders.Read'\" is true for Orders.ReadWrite and NotOrders.Read too.",
		Fix:        "Split it into words first: #[(vars.claimSet.scp splitBy ' ') contains 'Orders.Read'].",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{claimsRef},
		Check: func(s *rules.Subject) []rules.Finding {
			return eachCheck(s, func(_ *rules.Policy, c *rules.Check) []rules.Finding {
				text := ""
				leaves(c.Test, true, func(leaf rules.Predicate, _ bool) {
					if leaf.Op == rules.Contains && claim("scp", "scope")(leaf.Input) && len(leaf.Values) == 1 {
						text = leaf.Values[0].Text
					}
				})
				if text == "" || !inForce(c) {
					return none()
				}
				return one(at(c, fmt.Sprintf("%s is looked for as a part of the text: a longer scope that has it inside passes too", text)))
			})
		},
	}
}
