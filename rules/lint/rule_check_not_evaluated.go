package lint

import (
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

const checkNotEvaluated = "check-not-evaluated"

func notEvaluatedRule() rules.Rule {
	return rules.Rule{
		Name:  checkNotEvaluated,
		Title: "it is not known what a check answers to tokens",
		Why: "An expression has a part that gatewhy does not evaluate, or nobody has documented " +
			"what the gateway does with the value. The other rules take the check neither for " +
			"one that keeps anybody out nor for one that lets anybody in.",
		Fix: "Compare the claim with plain values where that is enough, or try the check on the " +
			"gateway itself.",
		Severity:   rules.Note,
		Since:      since,
		References: []string{"gatewhy's contract: unknown"},
	}
}

// notEvaluated makes a finding of the policies that have a check about which nothing can be known
// that no other finding names: one finding for each policy.
func notEvaluated(policies []*rules.Policy, found []rules.Finding) []rules.Finding {
	var all []rules.Finding
	for _, p := range policies {
		if p.When.Disabled {
			continue
		}
		var first rules.Finding
		others := 0
		for c := range p.Root.Checks() {
			why := issued.NeverKnown(c)
			if why == "" || slices.ContainsFunc(found, isAbout(p, c)) {
				continue
			}
			if first.Check == nil {
				first = at(c, "what this check answers is not known: %s", why)
				continue
			}
			others++
		}
		if first.Check == nil {
			continue
		}
		if others > 0 {
			first.Message += fmt.Sprintf("; nor what %d more of this policy do", others)
		}
		first.Rule, first.Severity, first.Policy = checkNotEvaluated, rules.Note, p
		all = append(all, first)
	}
	return all
}

// isAbout reports whether a finding is about a check of a policy: its place, or its field, unless
// that has several claims.
func isAbout(p *rules.Policy, c *rules.Check) func(rules.Finding) bool {
	return func(f rules.Finding) bool {
		return f.Pos == c.Pos || f.Policy == p && f.Field == c.Field && c.Claim == ""
	}
}
