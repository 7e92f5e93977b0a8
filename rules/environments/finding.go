package environments

import (
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// The findings of a matrix.
const (
	Replay      = "cross-environment-replay"   // a token for one environment gets in at another
	Issuance    = "cross-environment-issuance" // a client that is not its own gets a token for it
	CrossTenant = "cross-tenant-acceptance"    // another tenant's token is let in
	Forged      = "forged-token-accepted"      // a token that its holder has written is let in
	LockedOut   = "environment-locked-out"     // an environment's own tokens are rejected
)

// holes are the findings that let in a token that should stay out.
func holes() []string { return []string{Replay, Issuance, CrossTenant, Forged} }

// Finding is a wrong cell, or several at one gateway for one reason. Row and Gateway are the
// indexes of the cell whose token is the witness.
type Finding struct {
	rules.Finding
	Row, Gateway int
	Rows         []int // all rows that are wrong there for this reason

	// More is the end of the message: what is particular about the gateway or the request.
	More string
}

// find makes one finding for each gateway and reason.
func (m *Matrix) find() {
	for g := range m.Gateways {
		byRule := m.byReason(g, func(c *Cell) bool { return c.Wrong })
		for _, rule := range append(holes(), LockedOut) {
			if rows := byRule[rule]; rows != nil {
				slices.SortStableFunc(rows, func(a, b int) int {
					home := EnvironmentOf(m.Gateways[g])
					return m.Rows[a].rankAt(home) - m.Rows[b].rankAt(home)
				})
				m.Findings = append(m.Findings, m.finding(rule, g, rows))
			}
		}
	}
}

// byReason sorts the rows of such cells of a gateway by the kind of hole that they are.
func (m *Matrix) byReason(g int, is func(*Cell) bool) map[string][]int {
	all := map[string][]int{}
	for r, row := range m.Rows {
		if is(m.Cell(r, g)) {
			rule := m.reason(row, g)
			all[rule] = append(all[rule], r)
		}
	}
	return all
}

// rankAt orders the rows of a finding. Tokens for a stranger's API come after those for one's own
// API, and last if a gateway's own clients have them.
func (r *Row) rankAt(environment string) int {
	switch {
	case !r.likeness():
		return r.pass()
	case r.Home == environment:
		return 5
	}
	return 4 // after all passes
}

// Has reports whether a cell is wrong for this reason: Replay, Issuance, CrossTenant, Forged or
// LockedOut.
func (m *Matrix) Has(reason string) bool {
	for g := range m.Gateways {
		if m.byReason(g, func(c *Cell) bool { return c.Wrong })[reason] != nil {
			return true
		}
	}
	return false
}

// reason is the kind of hole: it depends on whose token it is, and what it was issued for.
func (m *Matrix) reason(row *Row, g int) string {
	name := EnvironmentOf(m.Gateways[g])
	switch {
	case row.Holder == issued.OtherTenant:
		return CrossTenant
	case row.Holder == issued.Forger:
		return Forged
	case row.own(name):
		return LockedOut
	case row.Holder == issued.Stranger || row.For == name || row.likeness():
		return Issuance
	}
	return Replay
}

func (m *Matrix) finding(rule string, g int, rows []int) Finding {
	f := Finding{Row: rows[0], Gateway: g, Rows: rows}
	f.Rule, f.Severity = rule, rules.Error
	if len(m.estate.site(m.Gateways[g]).Policies) == 0 {
		f.More = "; no policy guards " + m.Gateways[g]
	}
	if class := m.Cell(f.Row, g).Class().String(); class != "" {
		f.More += ", with a request such as " + class
	}
	f.Message = m.message(rule, g, rows) + f.More
	f.Pos, f.Span, f.Field = m.place(rule, f.Row, g)
	return f
}

func (m *Matrix) message(rule string, g int, rows []int) string {
	name := m.Gateways[g]
	says := "tokens of %s itself are rejected there: %s"
	switch rule {
	case Replay:
		says = "a token that was issued for another environment is let in at %s: %s"
	case Issuance:
		says = "a client that does not belong to %s can obtain a token that is let in there: %s"
		if m.Rows[rows[0]].Home == EnvironmentOf(name) {
			says = "a client of %s can obtain a token for somebody else's API " +
				"that is let in there: %s"
		}
	case CrossTenant:
		says = "another tenant's token is let in at %s, because Entra ID signs for all tenants " +
			"with shared keys: %s"
	case Forged:
		says = "a token that anyone can make up is let in at %s, because no signature is " +
			"checked: %s"
	}
	return fmt.Sprintf(says, name, m.Names(rows))
}

// Names are the names of some rows, at most four, and how many more there are.
func (m *Matrix) Names(rows []int) string {
	const most = 4
	names := source.Each(rows, func(r int) string { return m.Rows[r].Name })
	return inspect.Few(names, most)
}

// Remark is what a reader must know of a gateway's policies beside the grid: that one is disabled,
// or limited to some routes.
type Remark struct {
	rules.Finding
	Gateway int
}

// remark evaluates a request about which nothing is known: what it finds is true of the policies.
func (m *Matrix) remark() {
	for g, name := range m.Gateways {
		for _, f := range rules.Evaluate(m.estate.site(name).Policies, &rules.Request{}).Findings {
			if f.Rule == "route-assumed" {
				f.Message = "this policy is limited to some routes: each class of requests is " +
					"evaluated, and the worst result counts"
			}
			m.Remarks = append(m.Remarks, Remark{f, g})
		}
		m.remarkUnlikely(g)
		m.remarkSupposed(g)
	}
}

// remarkUnlikely says which tokens may get in that perhaps nobody can have, where no others get
// in for that reason: no error rests on them.
func (m *Matrix) remarkUnlikely(g int) {
	byRule := m.byReason(g, func(c *Cell) bool { return c.Note == notIssued })
	for _, rule := range m.otherHoles(g) {
		if rows := byRule[rule]; rows != nil {
			m.remarkOn(rule, g, rows, rules.Note, notIssued)
		}
	}
}

// remarkSupposed names tokens that only one kind of check may keep out: one whose expression can't
// be evaluated, and which reads none of the claims that distinguish these tokens from those meant
// to get in.
func (m *Matrix) remarkSupposed(g int) {
	for _, rule := range m.otherHoles(g) {
		if rows := m.supposed(rule, g); len(rows) > 0 {
			m.remarkOn(rule, g, rows, rules.Warning, "may get in: the only check that could keep "+
				"such tokens out reads other claims, and its expression can't be evaluated")
		}
	}
}

// otherHoles are the rules about holes that have no finding at a gateway.
func (m *Matrix) otherHoles(g int) []string {
	return source.Without(holes(), func(rule string) bool {
		return slices.ContainsFunc(m.Findings, func(f Finding) bool {
			return f.Rule == rule && f.Gateway == g
		})
	})
}

func (m *Matrix) remarkOn(rule string, g int, rows []int, severity rules.Severity, text string) {
	f := rules.Finding{Rule: rule, Severity: severity, Message: m.Names(rows) + " " + text}
	f.Pos, f.Span, f.Field = m.place(rule, rows[0], g)
	m.Remarks = append(m.Remarks, Remark{f, g})
}

// supposed lists the rows that are not known at a gateway, and that such checks would let in, for
// this reason, if they hold.
func (m *Matrix) supposed(rule string, g int) []int {
	unknown := func(c *Cell) bool { return c.Outcome == rules.Undetermined }
	open := m.byReason(g, unknown)[rule]
	if open == nil {
		return nil
	}
	claims := issued.ByClient() // by which a policy can tell the tokens from those meant to get in
	switch rule {
	case CrossTenant:
		claims = issued.ByTenant()
	case Forged:
		claims = nil
	}
	given := m.estate.site(m.Gateways[g]).Policies
	policies, ok := issued.Supposing(given, issued.NeverEvaluated(given), claims)
	if !ok {
		return nil
	}
	tried := m.Try(g, policies)
	return source.Without(open, func(r int) bool { return !tried.Cell(r, 0).Wrong })
}

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
