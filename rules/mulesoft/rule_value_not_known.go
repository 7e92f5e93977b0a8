package mulesoft

import "github.com/gatewhy/gatewhy/rules"

// valueNotKnown has no check of its own: what breaks it is found while a configuration is
// compiled.
func valueNotKnown() rules.Rule {
	return rules.Rule{
		Name:  "value-not-known",
		Title: "the file does not show a value that decides",
		Why: "A variable, a placeholder that a deployment replaces, or a block that Terraform " +
			"repeats gets its value from somewhere else. Every check that needs the value is " +
			"unknown.",
		Fix: "Give gatewhy what the gateway gets: Terraform's plan as JSON, or the policy as " +
			"API Manager has it.",
		Severity:   rules.Note,
		Since:      since,
		References: []string{docJWTPage, tfCommunity},
	}
}
