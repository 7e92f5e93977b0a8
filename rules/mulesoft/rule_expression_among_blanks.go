package mulesoft

import (
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func expressionAmongBlanks() rules.Rule {
	return rules.Rule{
		Name:  "expression-among-blanks",
		Title: "an expression has spaces or the end of a line around #[ ]",
		Why: "It is not documented whether the gateway reads such a text as an expression or as " +
			"plain text, with which a claim is compared literally. In YAML a block that begins " +
			"with | ends with the end of a line, which nobody sees.",
		Fix: "Write nothing around #[ ]: in YAML |- instead of |, in Terraform quotes instead " +
			"of <<.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docJWTPage, docDataWeave},
		Check:      eachExpression(isAmongBlanks),
	}
}

func isAmongBlanks(c configured, e expressionField) []rules.Finding {
	if e.value.Text == strings.TrimSpace(e.value.Text) {
		return nil
	}
	around, without := aroundExpression(e.value.Text)
	return c.finding(e.name, e.value, around+", and it is not documented how the gateway takes "+
		"that; write "+without)
}

// cutBlanks writes the expression without what stands around it.
func (r *repairer) cutBlanks() ([]edit, error) {
	text, _ := r.findingValue().Str()
	return r.replaceValue(strings.TrimSpace(text))
}
