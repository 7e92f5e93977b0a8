package lint

import "github.com/gatewhy/gatewhy/rules"

func commentForValue() rules.Rule {
	return rules.Rule{
		Name:       "comment-for-value",
		Title:      "an expression is a comment in YAML",
		Why:        "A # behind white space starts a comment: the field has no value, and the gateway takes its default.",
		Fix:        "Put the expression in quotes.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{"yaml.org/spec/1.2.2, 6.6 Comments"},
		Check: func(s *rules.Subject) []rules.Finding {
			return problems(s, "comment-for-value", func(message string) string { return message })
		},
	}
}
