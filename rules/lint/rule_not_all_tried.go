package lint

import "github.com/gatewhy/gatewhy/rules"

const notAllTried = "not-all-tried"

// tooMuchToTry is found where a limit ends the search for who gets in.
func tooMuchToTry() rules.Rule {
	return rules.Rule{
		Name:  notAllTried,
		Title: "the policy lets in, or keeps out, more than was tried",
		Why: "What a policy lets in is found out by trying tokens and ways past it, up to a " +
			"limit. Beyond that the other rules may have missed something.",
		Fix: "Split the policy, or compare claims with lists of values instead of expressions, " +
			"and try single tokens with gatewhy explain.",
		Severity:   rules.Note,
		References: []string{"gatewhy's contract: limits"},
	}
}

// notAllTokens makes a finding of policies where not all the tokens were tried that a holder can
// choose: one finding for the policies that a request meets together.
func notAllTokens(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	told := map[*string]bool{}
	for _, p := range s.Policies {
		if e := shared(s).met[p]; e != nil && *e.limit != "" && !told[e.limit] {
			told[e.limit] = true
			all = append(all, notTried(p, *e.limit))
		}
	}
	return all
}

// notTried is about the check of a policy that looks at most.
func notTried(p *rules.Policy, limit string) rules.Finding {
	var most *rules.Check
	for c := range p.Root.Checks() {
		if most == nil || len(c.Reads()) > len(most.Reads()) {
			most = c
		}
	}
	f := at(most, "not all of what this policy may let in was looked at: gatewhy tries no more "+
		"than %s", limit)
	f.Rule, f.Severity, f.Policy = notAllTried, rules.Note, p
	return f
}
