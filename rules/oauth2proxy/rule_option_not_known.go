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
