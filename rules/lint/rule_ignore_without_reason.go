package lint

import "github.com/gatewhy/gatewhy/rules"

// IgnoreWithoutReason is the name of the rule for a finding that is ignored without saying why.
const IgnoreWithoutReason = "ignore-without-reason"

func ignoreWithoutReason() rules.Rule {
	return rules.Rule{
		Name:  IgnoreWithoutReason,
		Title: "a finding is ignored without a reason",
		Why: "Whoever reads the file later can't know whether it was looked at or only " +
			"silenced. Without a reason nothing is ignored.",
		Fix: "Write the reason after the rule: gatewhy:ignore RULE reason, or reason: in " +
			"gatewhy.yaml.",
		Severity:   rules.Warning,
		References: []string{"gatewhy's contract: lint, ignore"},
		Check: func(s *rules.Subject) []rules.Finding {
			var all []rules.Finding
			for _, file := range s.Files {
				for _, c := range Comments(file) {
					if c.Reason == "" {
						const message = "the comment gives no reason, so it ignores nothing"
						f := rules.Finding{Message: message, Pos: c.Pos, Span: c.Span}
						all = append(all, f)
					}
				}
			}
			return all
		},
	}
}
