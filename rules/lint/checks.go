package lint

import (
	"fmt"

	"github.com/gatewhy/gatewhy/rules"
)

// at is a finding at the place of a check; its message is formatted as by [fmt.Sprintf].
func at(check *rules.Check, format string, args ...any) rules.Finding {
	message := format
	if len(args) > 0 {
		message = fmt.Sprintf(format, args...)
	}
	return rules.Finding{
		Message: message,
		Pos:     check.Pos, Span: check.Span, Field: check.Field, Check: check,
	}
}

// atPlace is a finding about a check at another place than its own; at its own where there is no
// other.
func atPlace(check *rules.Check, place *rules.Place, format string, args ...any) rules.Finding {
	f := at(check, format, args...)
	if place != nil {
		f.Field, f.Pos, f.Span = place.Field, place.Pos, place.Span
	}
	return f
}

// ofGuard is a finding at what limits a policy.
func ofGuard(p *rules.Policy, message string) rules.Finding {
	return rules.Finding{
		Message: message,
		Pos:     p.When.Pos, Span: p.When.Span, Field: p.When.Field, Policy: p,
	}
}

// less is a finding that is not as bad as its rule.
func less(f rules.Finding, severity rules.Severity) rules.Finding {
	f.Severity = severity
	return f
}

// judges reports whether a policy decides on tokens, and is modelled.
func judges(p *rules.Policy) bool {
	return find(p, rules.Signature) != nil || find(p, rules.Introspection) != nil
}

// tokenPolicies lists the policies that decide on tokens and are in force.
func tokenPolicies(s *rules.Subject) []*rules.Policy { return shared(s).policies }

// look makes findings of one check.
type look func(c *rules.Check) []rules.Finding

// eachCheck makes findings of the checks of the policies that decide on tokens.
func eachCheck(s *rules.Subject, by look) []rules.Finding {
	return eachCheckOf(s, func(*rules.Policy) look { return by })
}

// eachCheckOf does so by what is known of a policy, which is asked for once: asked for at each
// check, it would take as long as there are checks, squared. A policy with a nil look has no
// findings.
func eachCheckOf(s *rules.Subject, of func(p *rules.Policy) look) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		by := of(p)
		if by == nil {
			continue
		}
		for c := range p.Root.Checks() {
			all = append(all, by(c)...)
		}
	}
	return all
}

// find returns the policy's first check of this kind, or nil.
func find(p *rules.Policy, id rules.ID) *rules.Check {
	for c := range p.Root.Checks() {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// inForce reports whether a check is made, and the file says what it tests.
func inForce(c *rules.Check) bool { return c != nil && c.Skip == "" && c.Unknown == nil }

// withChecks is policies with each check replaced by what a function makes of it.
func withChecks(policies []*rules.Policy, by func(*rules.Check) *rules.Check) []*rules.Policy {
	all := make([]*rules.Policy, len(policies))
	for i, p := range policies {
		changed := *p
		changed.Root = p.Root.Map(by)
		all[i] = &changed
	}
	return all
}

// first returns the first of the checks that is there, or nil.
func first(checks ...*rules.Check) *rules.Check {
	for _, c := range checks {
		if c != nil {
			return c
		}
	}
	return nil
}

// one is the outcome of a rule that finds one thing.
func one(f rules.Finding) []rules.Finding { return []rules.Finding{f} }
