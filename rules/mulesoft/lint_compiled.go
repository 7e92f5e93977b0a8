package mulesoft

import "github.com/gatewhy/gatewhy/rules"

// The rules in this file are found while a configuration is compiled: see inspectFields.

func unknownFieldRule() rules.Rule {
	return rules.Rule{
		Name:       "unknown-field",
		Title:      "the policy has no such field",
		Why:        "The gateway does not look at it: what it was meant to switch on is off, or has its default.",
		Fix:        "Write the field's name as the policy has it.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docJWTPage, "mulesoft/terraform-provider-anypoint, known policy schemas"},
	}
}

func wrongTypeRule() rules.Rule {
	return rules.Rule{
		Name:       "wrong-type",
		Title:      "the value has another type than the field",
		Why:        "What the gateway makes of it is not documented: it may refuse the policy, or take the default. supportedAudiences, for one, is a text with commas, not a list.",
		Fix:        "Write the value with the field's own type.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docJWTPage, tfCommunity},
	}
}

func valueNotAllowedRule() rules.Rule {
	return rules.Rule{
		Name:       "value-not-allowed",
		Title:      "the value is none of those that the field may have",
		Why:        "What the gateway makes of it is not documented.",
		Fix:        "Write one of the values that the message lists.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docJWTPage},
	}
}
