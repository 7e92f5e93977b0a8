package lint

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

const checkNotEvaluated = "check-not-evaluated"

func notEvaluatedRule() rules.Rule {
	return rules.Rule{
		Name:  checkNotEvaluated,
		Title: "it is not known what a check answers to tokens",
		Why: "An expression has a part that gatewhy does not evaluate, or it is not documented " +
			"what the gateway does with a value. No rule takes the check for one that lets " +
			"anybody in or keeps anybody out.",
		Fix: "Compare the claim with plain values where that is enough, or try the check on the " +
			"gateway itself.",
		Severity:   rules.Note,
		References: []string{"gatewhy's contract: unknown"},
	}
}

// notEvaluated makes a finding of the policies that have a check about which nothing can be known
// that no other finding names: of the first one in each policy.
func notEvaluated(policies []*rules.Policy, found []rules.Finding) []rules.Finding {
	var all []rules.Finding
	places := map[source.Position]bool{}
	for i := range found {
		places[found[i].Pos] = true
	}
	for _, p := range policies {
		for _, c := range p.Checks() {
			if p.When.Disabled || places[c.Pos] {
				continue
			}
			why := issued.NeverKnown(c)
			if why == "" || isNamed(found, p, c) {
				continue
			}
			f := at(c, "what this check answers is not known: %s", why)
			f.Rule, f.Severity, f.Policy = checkNotEvaluated, rules.Note, p
			all = append(all, f)
			break
		}
	}
	return all
}

// isNamed reports whether a finding is about the field of a check, unless that has several claims.
func isNamed(found []rules.Finding, p *rules.Policy, c *rules.Check) bool {
	for i := range found {
		if f := &found[i]; f.Policy == p && f.Field == c.Field && c.Claim == "" {
			return true
		}
	}
	return false
}
