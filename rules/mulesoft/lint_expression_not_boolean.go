package mulesoft

import (
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/dataweave"
)

func expressionNotBoolean() rules.Rule {
	return rules.Rule{
		Name:       "expression-not-boolean",
		Title:      "the expression of a claim gives no boolean",
		Why:        "A claim's expression must give true. One that gives the claim itself always fails: every token is rejected with 401.",
		Fix:        "Compare: #[vars.claimSet.department == 'Sales'], or write the value itself, without #[ ].",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docJWTPage},
		Check: func(s *rules.Subject) []rules.Finding {
			return eachExpression(s, func(_ configured, e expressionField) []rules.Finding {
				if !e.test || e.expr == nil || !neverTrue(e.expr) {
					return nil
				}
				return []rules.Finding{finding(e.name, e.value, "the expression gives no boolean, so the claim fails for every token")}
			})
		},
	}
}

// neverTrue reports whether an expression gives no boolean, or nothing but a claim that is no boolean in Entra's tokens.
func neverTrue(e *dataweave.Expr) bool {
	if e.Boolean() == dataweave.No {
		return true
	}
	_, plain := claimPath(e.Root.Bare())
	return plain
}
