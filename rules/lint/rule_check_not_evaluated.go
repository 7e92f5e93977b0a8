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
	named := namedBy(found)
	for _, p := range policies {
		if p.When.Disabled {
			continue
		}
		for _, c := range p.Checks() {
			if named.has(p, c) {
				continue
			}
			why := issued.NeverKnown(c)
			if why == "" {
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

// namedPlaces are what findings are about: places, and fields of policies.
type namedPlaces struct {
	places map[source.Position]bool
	fields map[fieldOf]bool
}

type fieldOf struct {
	policy *rules.Policy
	field  string
}

func namedBy(found []rules.Finding) namedPlaces {
	n := namedPlaces{map[source.Position]bool{}, map[fieldOf]bool{}}
	for i := range found {
		f := &found[i]
		n.places[f.Pos], n.fields[fieldOf{f.Policy, f.Field}] = true, true
	}
	return n
}

// has reports whether a finding is about a check of a policy: its place, or its field, unless that
// has several claims.
func (n namedPlaces) has(p *rules.Policy, c *rules.Check) bool {
	return n.places[c.Pos] || c.Claim == "" && n.fields[fieldOf{p, c.Field}]
}
