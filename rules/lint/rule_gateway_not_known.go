package lint

import "github.com/gatewhy/gatewhy/rules"

// gatewayNotKnown is found where a file is compiled for each gateway that may run it.
func gatewayNotKnown() rules.Rule {
	return rules.Rule{
		Name:  "gateway-not-known",
		Title: "the file does not say which gateway runs it, and they differ",
		Why: "The vendor's gateways answer differently, and judge some fields and expressions " +
			"differently.",
		Fix:      "Say which gateway it is.",
		Severity: rules.Note,
	}
}
