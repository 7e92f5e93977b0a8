package lint

import (
	"cmp"

	"github.com/gatewhy/gatewhy/rules"
)

// nobodyYet follows a finding that somebody would get in, where nobody does today.
const nobodyYet = "; today nobody gets in, since the policy accepts no token that Entra ID signs"

// today lessens what a rule has found of who gets in, where what the policies ask apart from
// claims keeps every token of Entra ID out: an algorithm, a key or a header that is taken away.
// With the app registration lint says of each who gets in, as the matrix does.
func today(rule *rules.Rule, s *rules.Subject, found []rules.Finding) []rules.Finding {
	if rule.About == nil || s.App == nil {
		return found
	}
	for i := range found {
		f := &found[i]
		severe := cmp.Or(f.Severity, rule.Severity) != rules.Note
		if p := policyOf(f.Check, s.Policies); p != nil && severe && closed(s, p) {
			f.Severity = rules.Note
			f.Message += nobodyYet
		}
	}
	return found
}

// closed reports whether no token of Entra ID gets past what is not about claims or clients, of
// the policies that a request to p meets.
func closed(s *rules.Subject, p *rules.Policy) bool {
	e := exposing(s, p)
	passed := &rules.Check{Skip: "not asked about"}
	supposed := make([]*rules.Policy, len(e.policies))
	for i, of := range e.policies {
		copied := *of
		copied.When.Routes = nil
		copied.Root = withoutPassed(of.Root.Map(func(c *rules.Check) *rules.Check {
			if looksAtClaims(c) || tellsClients(c) {
				return passed
			}
			return c
		}))
		supposed[i] = &copied
	}
	view := e.holders.View(supposed)
	for t := range e.holders.Own() {
		if view.Passes(t, e.over).Verdict.Outcome != rules.Rejected {
			return false
		}
	}
	return true
}
