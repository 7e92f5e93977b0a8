package mulesoft

import (
	"fmt"

	"github.com/gatewhy/gatewhy/rules"
)

func expressionNotSupported() rules.Rule {
	return rules.Rule{
		Name:  "expression-not-supported-by-gateway",
		Title: "an expression uses what this gateway does not have",
		Why: "Flex Gateway compiles expressions to a small language without regular " +
			"expressions, lambdas, imports, objects and coercions. What it does not have fails " +
			"for every token.",
		Fix:        "Write it with comparisons, contains, splitBy and default.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docFlexPEL},
		Check:      eachExpression(usesWhatIsMissing),
	}
}

func usesWhatIsMissing(c configured, e expressionField) []rules.Finding {
	if e.expr == nil {
		return nil
	}
	for _, u := range e.expr.Unsupported() {
		if !u.Missing {
			continue
		}
		message := fmt.Sprintf("column %d: %s", e.offset+u.Column, u.Why)
		if u.Write != "" {
			message += "; write " + u.Write
		}
		return c.finding(e.name, e.value, message)
	}
	return nil
}
