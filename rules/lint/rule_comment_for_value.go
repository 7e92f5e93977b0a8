package lint

import "github.com/gatewhy/gatewhy/rules"

// commentForValue is found where a file is compiled.
func commentForValue() rules.Rule {
	return rules.Rule{
		Name:  "comment-for-value",
		Title: "an expression is a comment in YAML",
		Why: "A # after white space starts a comment: the field has no value, and the gateway " +
			"uses its default.",
		Fix:        "Put the expression in quotes.",
		Severity:   rules.Warning,
		References: []string{"yaml.org/spec/1.2.2, 6.6 Comments"},
	}
}
