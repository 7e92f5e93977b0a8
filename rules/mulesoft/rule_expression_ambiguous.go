package mulesoft

import (
	"fmt"

	"github.com/gatewhy/gatewhy/rules"
)

func expressionAmbiguous() rules.Rule {
	return rules.Rule{
		Name:  "expression-ambiguous",
		Title: "an expression without parentheses is read differently from how it looks",
		Why: "Infix functions bind looser than and, or and ==: " +
			"\"a contains 'x' or b contains 'y'\" reads as " +
			"\"(a contains ('x' or b)) contains 'y'\".",
		Fix:        "Put each contains into parentheses of its own.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docDataWeave},
		Check:      eachExpression(isAmbiguous),
	}
}

func isAmbiguous(c configured, e expressionField) []rules.Finding {
	if e.expr == nil || len(e.expr.Ambiguities()) == 0 {
		return nil
	}
	a := e.expr.Ambiguities()[0]
	const reads = "column %d: without parentheses this reads as %s"
	message := fmt.Sprintf(reads, e.offset+a.Column, a.Reads)
	if a.Write != "" {
		message += "; write " + a.Write
	}
	return c.finding(e.name, e.value, message)
}
