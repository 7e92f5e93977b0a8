package lint

import "github.com/gatewhy/gatewhy/rules"

// duplicateMember is found where a file is compiled.
func duplicateMember() rules.Rule {
	return rules.Rule{
		Name:  "duplicate-member",
		Title: "a field appears twice",
		Why: "Most readers take the last one and some the first: the gateway may use a " +
			"different value from the one that a reviewer sees.",
		Fix:        "Remove one of them.",
		Severity:   rules.Warning,
		References: []string{jsonStandard},
	}
}
