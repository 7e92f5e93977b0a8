package oauth2proxy

import (
	"fmt"

	"github.com/gatewhy/gatewhy/rules"
)

func optionValueRefused() rules.Rule {
	return rules.Rule{
		Name:  "option-value-refused",
		Title: "OAuth2 Proxy does not start with the value of an option, or without one",
		Why: "OAuth2 Proxy checks its options before it starts: the provider must be one that " +
			"it has, expressions must be readable, a switch is true or false, and an extra " +
			"issuer has an audience behind an equals sign. It wants the client's id, the " +
			"issuer, secrets for client and cookie, and email_domains or " +
			"authenticated_emails_file, where * lets everybody in.",
		Fix: "Write the value as the program's documentation has it, and set what is " +
			"missing.",
		Severity: rules.Error,
		Lesser: "a warning of what a flag or a variable may set that the files do not show, " +
			"and of a secret",
		Since:      since,
		References: []string{docOptions},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			for _, refused := range i.faults() {
				if refused.maybe && refused.unread {
					continue
				}
				all = append(all, i.refusal(refused))
			}
			return all
		}),
	}
}

// refusal words why the program does not start.
func (i *instance) refusal(of fault) rules.Finding {
	f := rules.Finding{
		Field: of.name, Policy: i.policy,
		Message: fmt.Sprintf("OAuth2 Proxy does not start with this %s: %s", of.name, of.why),
	}
	if of.value == i.at {
		f.Message = "OAuth2 Proxy does not start: " + of.why
	}
	if of.maybe {
		f.Message = fmt.Sprintf("%s: a flag or a variable does, or OAuth2 Proxy does not start",
			of.why)
	}
	if of.maybe || of.secret {
		f.Severity = rules.Warning
	}
	f.Pos, f.Span = shown(of.value)
	return f
}
