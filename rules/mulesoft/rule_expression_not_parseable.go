package mulesoft

import (
	"errors"
	"fmt"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func expressionNotParseable() rules.Rule {
	return rules.Rule{
		Name:  "expression-not-parseable",
		Title: "an expression can't be read",
		Why: "The gateway can't read it either: the check that it makes fails for every token, " +
			"or the policy is not applied.",
		Fix:        "Correct it at the column that the message names.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docDataWeave, docJWTPage},
		Check:      eachExpression(cannotBeParsed),
	}
}

func cannotBeParsed(c configured, e expressionField) []rules.Finding {
	var fault *source.Error
	if !errors.As(e.fault, &fault) || fault.Limit {
		return nil
	}
	const cannot = "the expression can't be read: column %d: %s"
	message := fmt.Sprintf(cannot, e.offset+fault.Pos.Column, fault.Cause)
	for _, hint := range fault.Hints {
		message += "; " + hint.Text
	}
	return c.finding(e.name, e.value, message)
}
