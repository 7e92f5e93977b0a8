package mulesoft

import "github.com/gatewhy/gatewhy/rules"

// The compiler finds what breaks this rule: see sayStrange.
func kindNotKnown() rules.Rule {
	return rules.Rule{
		Name:  "kind-not-known",
		Title: "a policy, a resource or a gateway of a kind that gatewhy does not know",
		Why: "No rule looks into it: what it lets in or keeps out is not known, and neither is " +
			"what it means for the policies beside it.",
		Fix: "Correct the name if it is misspelled. Otherwise look at its configuration " +
			"yourself.",
		Severity:   rules.Note,
		Since:      since,
		References: []string{"mulesoft/terraform-provider-anypoint, known policies"},
	}
}

// sayStrange reports what is not known of the entry's kind.
func (c *compiler) sayStrange() {
	if c.strange == nil {
		return
	}
	f := rules.Finding{
		Rule: "kind-not-known", Severity: rules.Note, Message: c.strange.what, Field: "assetId",
	}
	f.Pos, f.Span = place(c.strange.at)
	c.find(f)
}
