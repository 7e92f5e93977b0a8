package envoygateway

import "github.com/gatewhy/gatewhy/rules"

func expressionNotParseable() rules.Rule {
	return rules.Rule{
		Name:  "expression-not-parseable",
		Title: "an expression can't be read",
		Why: "Envoy Gateway parses the cel of a rule when it translates the policy. If it " +
			"can't, every route of the policy answers 500.",
		Fix:        "Correct it at the column that the message names.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docAPI, codePolicy},
		Check: eachExpression(func(s subject, e celExpression) []rules.Finding {
			if e.fault == nil {
				return nil
			}
			message := e.unreadable()
			for _, hint := range e.fault.Hints {
				message += "; " + hint.Text
			}
			return []rules.Finding{s.FindingAt(s.faultAt(e, e.fault), e.field, "%s",
				message)}
		}),
	}
}
