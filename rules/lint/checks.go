package lint

import (
	"fmt"
	"slices"

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

// eachPolicy is the Check of a rule that looks at the policies that decide on tokens, one by one.
func eachPolicy(
	look func(*rules.Subject, *rules.Policy) []rules.Finding,
) func(*rules.Subject) []rules.Finding {
	return func(s *rules.Subject) []rules.Finding {
		var all []rules.Finding
		for _, p := range tokenPolicies(s) {
			all = append(all, look(s, p)...)
		}
		return all
	}
}

// withApp is eachPolicy where the API's app registration is known.
func withApp(
	look func(*rules.Subject, *rules.Policy) []rules.Finding,
) func(*rules.Subject) []rules.Finding {
	return eachPolicy(func(s *rules.Subject, p *rules.Policy) []rules.Finding {
		if s.App == nil {
			return nil
		}
		return look(s, p)
	})
}

// eachCheck is the Check of a rule that looks at the checks of these policies one by one, of those
// for which all of some conditions hold.
func eachCheck(
	look func(*rules.Check) []rules.Finding, of ...func(*rules.Subject, *rules.Policy) bool,
) func(*rules.Subject) []rules.Finding {
	return eachPolicy(func(s *rules.Subject, p *rules.Policy) []rules.Finding {
		for _, holds := range of {
			if !holds(s, p) {
				return nil
			}
		}
		return checksOf(p, look)
	})
}

// eachCheckOf does so with the policy that each check is of.
func eachCheckOf(
	look func(*rules.Subject, *rules.Policy, *rules.Check) []rules.Finding,
) func(*rules.Subject) []rules.Finding {
	return eachPolicy(func(s *rules.Subject, p *rules.Policy) []rules.Finding {
		return checksOf(p, func(c *rules.Check) []rules.Finding { return look(s, p, c) })
	})
}

func checksOf(p *rules.Policy, look func(*rules.Check) []rules.Finding) []rules.Finding {
	var all []rules.Finding
	for c := range p.Root.Checks() {
		all = append(all, look(c)...)
	}
	return all
}

// find returns the policy's first check of this kind, or nil.
func find(p *rules.Policy, id rules.ID) *rules.Check {
	return p.Find(func(c *rules.Check) bool { return c.ID == id })
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

// one is the outcome of a rule that finds one thing.
func one(f rules.Finding) []rules.Finding { return []rules.Finding{f} }

// onlyCaptured reports whether only a captured answer of a validation endpoint says what an input
// holds.
func onlyCaptured(in rules.Input) bool {
	return in.Source == rules.FromIntrospection && in.Model == nil
}

// ofClaims reports whether a check is of a kind that tells tokens apart by what they claim.
func ofClaims(c *rules.Check) bool {
	switch c.ID {
	case rules.Audience, rules.Issuer, rules.Tenant, rules.CustomClaim, rules.Scopes:
		return true
	}
	return false
}

// looksAtClaims reports whether a check is asked about as it is.
func looksAtClaims(c *rules.Check) bool {
	return ofClaims(c) || c.ID == rules.Authorization && asksOfToken(c)
}

// claimOf is the claim that a check is about, even if the file does not show what the check wants
// of it; empty where the file does not show the claim either.
func claimOf(c *rules.Check) string {
	switch c.ID {
	case rules.Audience:
		return "aud"
	case rules.Issuer:
		return "iss"
	case rules.Tenant:
		return "tid"
	case rules.Scopes:
		return "scp"
	}
	return c.Claim
}

// reads reports whether a check reads one of the claims. A validation endpoint's answer is taken
// to mirror them, unless only a captured one tells.
func reads(c *rules.Check, names ...string) bool {
	return c.ReadsAny(func(in rules.Input) bool {
		return slices.Contains(names, in.ClaimRead())
	})
}

// asksOfToken reports whether rules that allow or deny look at what a token claims.
func asksOfToken(c *rules.Check) bool {
	return c.ReadsAny(func(in rules.Input) bool { return in.Source == rules.FromClaim })
}

// tellsClients reports whether a check is about which client has sent the token.
func tellsClients(c *rules.Check) bool {
	return c.ID == rules.ClientID || c.ID == rules.Contract || c.ID == rules.ClientSecret
}
