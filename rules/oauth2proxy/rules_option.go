package oauth2proxy

import (
	"fmt"

	"github.com/gatewhy/gatewhy/rules"
)

func optionNotKnown() rules.Rule {
	return rules.Rule{
		Name:  "option-not-known",
		Title: "an option has a name that OAuth2 Proxy does not know",
		Why: "OAuth2 Proxy does not start with an option or a flag that it does not know. A " +
			"variable of such a name is ignored, and what it should set stays as it was. In the " +
			"configuration file lists have names of their own: email_domains, where the flag is " +
			"--email-domain.",
		Fix:        "Write the option's name as the program's documentation has it.",
		Severity:   rules.Error,
		Lesser:     "a warning of a variable, which is ignored",
		Since:      since,
		References: []string{docOptions},
		Check:      eachInstance(hasUnknownOptions),
	}
}

func hasUnknownOptions(i instance) []rules.Finding {
	var all []rules.Finding
	for _, u := range i.unknown {
		f := rules.Finding{
			Field: u.name, Policy: i.policy,
			Message: fmt.Sprintf("OAuth2 Proxy has no option %s, and does not start with it",
				u.name),
		}
		if u.layer == byVariable {
			f.Severity = rules.Warning
			f.Message = fmt.Sprintf("OAuth2 Proxy has no option for the variable %s, and "+
				"ignores it", u.name)
		}
		f.Pos, f.Span = shown(u.at)
		all = append(all, f)
	}
	return all
}

func optionValueRefused() rules.Rule {
	return rules.Rule{
		Name:  "option-value-refused",
		Title: "OAuth2 Proxy does not start with the value of an option, or without one",
		Why: "OAuth2 Proxy checks its options before it starts: the provider must be one that " +
			"it has, expressions must be readable, a switch is true or false, and an extra " +
			"issuer has an audience behind an equals sign. It wants the client's id, the " +
			"issuer, and email_domains or authenticated_emails_file, where * lets everybody in.",
		Fix: "Write the value as the program's documentation has it, and set what is " +
			"missing.",
		Severity: rules.Error,
		Lesser: "a warning of a secret, and of what a flag or a variable may set that the files " +
			"do not show",
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
