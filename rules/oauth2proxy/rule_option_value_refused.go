package oauth2proxy

import (
	"fmt"

	"github.com/gatewhy/gatewhy/rules"
)

func optionValueRefused() rules.Rule {
	return rules.Rule{
		Name:  "option-value-refused",
		Title: "an option has a value with which OAuth2 Proxy does not start",
		Why: "OAuth2 Proxy checks its options before it starts: the provider must be one that " +
			"it has, expressions must be readable, a switch is true or false, and an extra " +
			"issuer has an audience behind an equals sign.",
		Fix:        "Write the value as the program's documentation has it.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docOptions},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			for _, refused := range i.faults() {
				f := rules.Finding{
					Field: refused.name, Policy: i.policy,
					Message: fmt.Sprintf("OAuth2 Proxy does not start with this %s: %s",
						refused.name, refused.why),
				}
				f.Pos, f.Span = shown(refused.value)
				all = append(all, f)
			}
			return all
		}),
	}
}
