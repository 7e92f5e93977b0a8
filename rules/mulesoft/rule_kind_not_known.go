package mulesoft

import "github.com/gatewhy/gatewhy/rules"

func kindNotKnown() rules.Rule {
	return rules.Rule{
		Name:  "kind-not-known",
		Title: "a policy, a resource or a gateway of a kind that is not known here",
		Why: "No rule looks into it: what it lets in or keeps out is not known, and neither is " +
			"what it means for the policies beside it.",
		Fix: "Correct the name if it is misspelled. Otherwise look at its configuration " +
			"yourself.",
		Severity:   rules.Note,
		Since:      since,
		References: []string{"mulesoft/terraform-provider-anypoint, known policies"},
		Check:      strangeKinds,
	}
}

func strangeKinds(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, policy := range s.Policies {
		if e, ours := policy.Entry.(*entry); ours && e.strange != nil {
			f := rules.Finding{Field: "assetId", Message: e.strange.what, Policy: policy}
			f.Pos, f.Span = place(e.strange.at)
			all = append(all, f)
		}
	}
	return all
}
