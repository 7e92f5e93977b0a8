package lint

import (
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func duplicateField() rules.Rule {
	return rules.Rule{
		Name:       "duplicate-field",
		Title:      "a field stands twice",
		Why:        "Most readers take the last one and some the first: the gateway may run another value than the one that a reviewer sees.",
		Fix:        "Remove one of them.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{jsonStandard},
		Check: func(s *rules.Subject) []rules.Finding {
			return problems(s, "duplicate-member", func(message string) string {
				name, _, _ := strings.Cut(message, " stands twice") // the rest shows the values, which may be secret
				return name + " stands twice: most readers take the last one, some the first"
			})
		},
	}
}
