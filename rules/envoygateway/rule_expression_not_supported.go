package envoygateway

import "github.com/gatewhy/gatewhy/rules"

func expressionNotSupported() rules.Rule {
	return rules.Rule{
		Name:  "expression-not-supported-by-gateway",
		Title: "an expression uses what this gateway does not have",
		Why: "Envoy Gateway parses the cel of a rule, and does not look whether Envoy can " +
			"run it. Envoy refuses a configuration with all, exists, map and the like, with " +
			"string(), or with a function that it does not have, and keeps the one before.",
		Fix: "In Envoy Gateway write it with ==, in, has, startsWith, endsWith, contains and " +
			"matches: 'a' in … looks into a list.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{codeCEL},
		Check: eachExpression(func(s subject, e celExpression) []rules.Finding {
			if e.parsed == nil {
				return nil
			}
			refused := e.parsed.Refused()
			if refused == nil {
				return nil
			}
			return []rules.Finding{s.FindingAt(s.faultAt(e, refused), e.field, "column %d: %s",
				refused.Pos.Column, refused.Cause)}
		}),
	}
}
