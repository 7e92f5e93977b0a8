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
		References: []string{docOptions},
		Check:      eachInstance(hasUnknownOptions),
	}
}

func hasUnknownOptions(i instance) {
	for _, u := range i.unknown {
		if u.layer == byVariable {
			i.found.At(shown(u.at), u.name, "OAuth2 Proxy has no option for the variable %s, and "+
				"ignores it", u.name).Severity = rules.Warning
			continue
		}
		i.found.At(shown(u.at), u.name, "OAuth2 Proxy has no option %s, and does not start with "+
			"it", u.name)
	}
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
		References: []string{docOptions},
		Check: eachInstance(func(i instance) {
			for _, refused := range i.faults() {
				if !refused.maybe || !refused.unread {
					i.refusal(refused)
				}
			}
		}),
	}
}

// refusal words why the program does not start.
func (i *instance) refusal(of fault) {
	message := fmt.Sprintf("OAuth2 Proxy does not start with this %s: %s", of.name, of.why)
	switch {
	case of.maybe:
		message = of.why + ": a flag or a variable does, or OAuth2 Proxy does not start"
	case of.value == i.at:
		message = "OAuth2 Proxy does not start: " + of.why
	}
	f := i.found.At(shown(of.value), of.name, "%s", message)
	if of.maybe || of.secret {
		f.Severity = rules.Warning
	}
}
