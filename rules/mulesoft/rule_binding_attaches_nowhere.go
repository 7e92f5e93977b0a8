package mulesoft

import "github.com/gatewhy/gatewhy/rules"

func bindingAttachesNowhere() rules.Rule {
	return rules.Rule{
		Name:  "binding-attaches-nowhere",
		Title: "a Flex Gateway binding attaches to no API",
		Why: "Flex Gateway in local mode applies a policy only if policyRef.name is the name " +
			"that ends in -flex, and targetRef gives the kind of its target. It was observed to " +
			"ignore any other binding without an error: then the API is open.",
		Fix: "Write the policy's name with -flex, and targetRef.kind: ApiInstance. Then send a " +
			"request without a token: it must be rejected.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{obsFlexBinding, docJWTPage},
		Check:      attachesNowhere,
	}
}

func attachesNowhere(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, policy := range s.Policies {
		e, ours := policy.Entry.(*entry)
		if !ours || e.detached == nil || !e.detached.nowhere {
			continue
		}
		f := rules.Finding{Field: e.detached.field, Message: e.detached.message(), Policy: policy}
		f.Pos, f.Span = place(e.detached.at)
		all = append(all, f)
	}
	return all
}
