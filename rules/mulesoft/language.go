package mulesoft

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// expressions lists the rules of a gateway's dialect.
func expressions(variant string) []rules.Expression {
	dialect := dataweave.Mule
	if variant == Flex {
		dialect = dataweave.Flex
	}
	var all []rules.Expression
	for _, row := range dataweave.Table() {
		if slices.Contains(row.Dialects, dialect) {
			all = append(all, rules.Expression{
				Rule: row.Rule, Expression: row.Expression, Runtime: row.Runtime,
				Input: row.Input, Result: row.Result,
				Evidence: rules.Evidence{
					Level: rules.Level(row.Evidence), Reference: row.Reference,
				},
			})
		}
	}
	return all
}
