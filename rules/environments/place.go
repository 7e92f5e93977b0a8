package environments

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// place is the field that opens a hole; of a rejection, the field that decided it.
func (m *Matrix) place(rule string, row, g int) (source.Position, source.Span, string) {
	site := m.estate.site(m.Gateways[g])
	policies := site.Policies
	w := m.Witness(row, g)
	if rule == LockedOut {
		if w.Verdict.Decided != nil {
			return at(w.Verdict.Decided.Check)
		}
		return site.entry()
	}
	for _, guard := range m.disabled(row, g) {
		return guard.Pos, guard.Span, guard.Field
	}
	if guard := uncovered(policies, m.Cell(row, g).Class()); guard != nil {
		return guard.Pos, guard.Span, guard.Field
	}
	for _, o := range openings(rule, &w) {
		check := w.passed(o.is)
		if o.off {
			check = m.firstClosed(row, g, o.is)
		}
		if check != nil {
			return at(check)
		}
	}
	return site.entry()
}

func at(check *rules.Check) (source.Position, source.Span, string) {
	return check.Pos, check.Span, check.Field
}

// entry is the last policy's entry, for when no field says more, or the empty list of policies.
func (s *Site) entry() (source.Position, source.Span, string) {
	switch {
	case len(s.Policies) > 0:
		return s.Policies[len(s.Policies)-1].Pos, source.Span{}, ""
	case s.Guard != nil:
		return s.Guard.Pos, s.Guard.Span, "policies"
	}
	return source.Position{}, source.Span{}, ""
}

// uncovered is the routes of the first policy, if no policy applies.
func uncovered(policies []*rules.Policy, class *rules.Class) *rules.Guard {
	if len(policies) == 0 ||
		slices.ContainsFunc(class.Applies, func(t rules.Truth) bool { return t != rules.No }) {
		return nil
	}
	return &policies[0].When
}

// opening is a sort of check that may let the witness of a cell in.
type opening struct {
	off bool // it is switched off, and would keep the witness out; else the witness passes it
	is  func(*rules.Check) bool
}

// openings lists what to look for, the likeliest first: a control that is switched off and would
// keep the witness out; the client id that its holder writes; a check that it passes and should
// not, since its list names too many, or its key verifies too much.
func openings(rule string, w *Witness) []opening {
	// the checks by which one environment's tokens differ from another's
	off := openingsAt(true, rules.Audience, rules.ClientID, rules.Contract, rules.Scopes,
		rules.CustomClaim)
	var written []opening
	if len(w.Written.Inputs()) > 0 {
		takesID := func(c *rules.Check) bool { return c.Binds != "" && fromRequest(c) }
		written = []opening{{is: takesID}}
	}
	verified := openingsAt(false, rules.Signature, rules.Introspection)
	switch rule {
	case CrossTenant:
		pins := func(c *rules.Check) bool { return c.Claim == "iss" || c.Claim == "tid" }
		sharesKeys := func(c *rules.Check) bool {
			return c.Test.Op == rules.Verifies && c.Test.Key.URL != ""
		}
		return slices.Concat([]opening{{off: true, is: pins}, {is: sharesKeys}}, off, written,
			openingsAt(false, rules.Audience), verified)
	case Forged:
		return []opening{{off: true, is: func(c *rules.Check) bool {
			return c.ID == rules.Signature || c.ID == rules.Introspection
		}}}
	case Issuance:
		return slices.Concat(written, off, openingsAt(false, rules.ClientID, rules.CustomClaim,
			rules.Scopes, rules.Audience), verified)
	}
	return slices.Concat(off, written, openingsAt(false, rules.Audience, rules.Scopes,
		rules.CustomClaim, rules.ClientID), verified)
}

func openingsAt(off bool, ids ...rules.ID) []opening {
	return source.Each(ids, func(id rules.ID) opening {
		return opening{off, func(c *rules.Check) bool { return c.ID == id }}
	})
}

// disabled lists the guards of disabled policies that would keep the witness out if they were
// enabled.
func (m *Matrix) disabled(row, g int) []*rules.Guard {
	policies := m.estate.site(m.Gateways[g]).Policies
	var all []*rules.Guard
	for i, policy := range policies {
		if !policy.When.Disabled {
			continue
		}
		enabled := *policy
		enabled.When.Disabled = false
		if m.outcomeWith(row, g, replaced(policies, i, &enabled)) == rules.Rejected {
			all = append(all, &policy.When)
		}
	}
	return all
}

// firstClosed is the first check of a kind that is switched off and would keep the witness out.
func (m *Matrix) firstClosed(row, g int, sort func(*rules.Check) bool) *rules.Check {
	policies := m.estate.site(m.Gateways[g]).Policies
	for i, policy := range policies {
		for _, check := range policy.Checks() {
			if check.Skip == "" || policy.When.Disabled || !sort(check) {
				continue
			}
			if m.outcomeWith(
				row, g, replaced(policies, i, switchedOn(policy, check)),
			) != rules.Accepted {
				return check
			}
		}
	}
	return nil
}

// switchedOn is the policy with a check on that its configuration switches off. With the check
// that reads the client id, the one that looks it up is on too.
func switchedOn(policy *rules.Policy, on *rules.Check) *rules.Policy {
	copied := *policy
	copied.Root = policy.Root.Map(func(check *rules.Check) *rules.Check {
		if check != on && (on.ID != rules.ClientID || check.ID != rules.Contract) {
			return check
		}
		other := *check
		other.Skip = ""
		return &other
	})
	return &copied
}

// fromRequest reports whether a check reads what the witness's holder writes.
func fromRequest(c *rules.Check) bool {
	return slices.ContainsFunc(c.Reads(), func(in rules.Input) bool {
		return in.Source == rules.FromHTTP || in.Source == rules.FromQuery
	})
}

// passed is the first check of a kind that the witness passes.
func (w *Witness) passed(sort func(*rules.Check) bool) *rules.Check {
	for i := range w.Verdict.Results {
		if r := &w.Verdict.Results[i]; r.Outcome == rules.Pass && sort(r.Check) {
			return r.Check
		}
	}
	return nil
}

func replaced(policies []*rules.Policy, i int, with *rules.Policy) []*rules.Policy {
	all := slices.Clone(policies)
	all[i] = with
	return all
}

// outcomeWith is what the witness of a cell gets from other policies.
func (m *Matrix) outcomeWith(row, g int, policies []*rules.Policy) rules.Decision {
	c := m.Cell(row, g).column.with(policies)
	if real := m.Rows[row].Real; real != nil {
		verdict, _ := c.evaluateReal(real)
		return verdict.Outcome
	}
	return c.view.Furthest(m.token(row, g)).Verdict.Outcome
}
