package envoygateway

import "github.com/gatewhy/gatewhy/rules"

func queryInPath() rules.Rule {
	return rules.Rule{
		Name:  "query-in-path",
		Title: "an expression compares a path that has the query too",
		Why: "In cel request.path has the query of the request. A Deny rule for /admin does not " +
			"match /admin?x, so every caller gets past it.",
		Fix:        "Write request.url_path, which has no query.",
		Severity:   rules.Error,
		Lesser:     "a warning in an Allow rule, which keeps out requests with a query",
		Since:      since,
		References: []string{docAttributes},
		Check: eachExpression(func(s subject, e celExpression) []rules.Finding {
			if e.parsed == nil {
				return nil
			}
			var all []rules.Finding
			for _, test := range e.parsed.WholePaths() {
				f := s.FindingAt(e.at, e.field, "%s: request.path has the query too, which any "+
					"caller can add", test)
				if e.rule.action == actionAllow {
					f.Severity = rules.Warning
				}
				all = append(all, f)
			}
			return all
		}),
	}
}
