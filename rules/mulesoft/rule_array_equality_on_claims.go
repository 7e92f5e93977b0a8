package mulesoft

import (
	"fmt"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

func arrayEqualityOnClaims() rules.Rule {
	return rules.Rule{
		Name:  "array-equality-on-claims",
		Title: "a claim is compared with a whole list",
		Why: "Lists are equal in the same order and length only: a user with one group more, or " +
			"the same in another order, is rejected. Entra ID's scp is a text, which never " +
			"equals a list.",
		Fix: "Ask for each value: (vars.claimSet.roles contains 'a') and (vars.claimSet.roles " +
			"contains 'b').",
		Severity:   rules.Error,
		Lesser:     "a warning of any claim but scp, which may be such a list",
		Since:      since,
		References: []string{kbArrayClaims, docDataWeave},
		Check: func(s *rules.Subject) []rules.Finding {
			return eachExpression(s, func(c configured, e expressionField) []rules.Finding {
				if e.expr == nil {
					return nil
				}
				claim := comparedWithList(e.expr)
				switch claim {
				case "":
					return nil
				case "scp":
					return []rules.Finding{
						c.finding(
							e.name, e.value, "scp is a text of words, which never equals a list",
						),
					}
				}
				f := c.finding(
					e.name, e.value,
					fmt.Sprintf(
						"%s is compared with a whole list: another order or one value more fails",
						claim,
					),
				)
				f.Severity = rules.Warning
				return []rules.Finding{f}
			})
		},
	}
}

// comparedWithList returns the first claim that the expression compares with a list, for equality.
func comparedWithList(e *dataweave.Expr) string {
	for n := range e.Root.All() {
		if n.Kind != dataweave.Compare || n.Name != "==" {
			continue
		}
		for i, arg := range n.Args {
			claim, ok := claimPath(arg.Bare())
			if ok && n.Args[1-i].Bare().Kind == dataweave.List {
				return claim
			}
		}
	}
	return ""
}
