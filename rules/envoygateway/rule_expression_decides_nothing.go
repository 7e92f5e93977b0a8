package envoygateway

import "github.com/gatewhy/gatewhy/rules"

func expressionDecidesNothing() rules.Rule {
	return rules.Rule{
		Name:  "expression-decides-nothing",
		Title: "an expression gives the same for every request",
		Why: "A rule whose cel is never true matches nothing, and one whose cel is always true " +
			"matches everything. An error counts as not true: that of a claim of a provider " +
			"that the policy does not have, or of a part of scp, which is a list of words in " +
			"the metadata and not a text.",
		Fix: "Compare what requests differ in; for a scope write 'Orders.Read' in " +
			"metadata.filter_metadata['envoy.filters.http.jwt_authn']['PROVIDER']['scp'].",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docAPI, codeJWT, codeCEL},
		Check: eachExpression(func(s subject, e celExpression) []rules.Finding {
			if e.parsed == nil {
				return nil
			}
			always := true
			for _, part := range e.parsed.Parts(s.celEnv()) {
				if isNever(part.Predicate) {
					return []rules.Finding{s.FindingAt(e.at, e.field, "%s", trueForNone(part))}
				}
				always = always && isAlways(part.Predicate)
			}
			if !always {
				return nil
			}
			return []rules.Finding{s.FindingAt(e.at, e.field,
				"the expression is true for every request")}
		}),
	}
}
