package environments

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The findings of a matrix.
const (
	Replay      = "cross-environment-replay"   // a token for one environment is let in at another
	Issuance    = "cross-environment-issuance" // a client of another environment, or a stranger, can obtain a token that is let in
	CrossTenant = "cross-tenant-acceptance"    // another tenant's token is let in
	LockedOut   = "environment-locked-out"     // an environment's own tokens are rejected
)

// Finding is a wrong cell, or several at one gateway for one reason. Row and Gateway are the indexes of the cell whose token is the
// witness.
type Finding struct {
	rules.Finding
	Row, Gateway int
	Rows         []int // all rows that are wrong there for this reason
}

// find makes one finding for each gateway and reason.
func (m *Matrix) find() {
	for g := range m.Gateways {
		byRule := map[string][]int{}
		for r := range m.Rows {
			if m.Cells[r][g].Wrong {
				rule := m.reason(m.Rows[r], g)
				byRule[rule] = append(byRule[rule], r)
			}
		}
		for _, rule := range []string{Replay, Issuance, CrossTenant, LockedOut} {
			if rows := byRule[rule]; rows != nil {
				slices.SortStableFunc(rows, func(a, b int) int { return m.Rows[a].pass() - m.Rows[b].pass() })
				m.Findings = append(m.Findings, m.finding(rule, g, rows))
			}
		}
	}
}

// reason tells the kinds of holes apart: whose token it is, and what it was issued for.
func (m *Matrix) reason(row *Row, g int) string {
	name := m.Gateways[g]
	switch {
	case row.Party == OtherTenant:
		return CrossTenant
	case row.own(name):
		return LockedOut
	case row.Party == Stranger || row.For == name:
		return Issuance
	}
	return Replay
}

func (m *Matrix) finding(rule string, g int, rows []int) Finding {
	f := Finding{Row: rows[0], Gateway: g, Rows: rows}
	f.Rule, f.Severity = rule, rules.Error
	f.Message = m.message(rule, g, rows)
	f.Pos, f.Span, f.Field = m.place(rule, f.Row, g)
	return f
}

// place is where the hole is: what decided, of a rejection; else the first check that tells environments apart and is
// switched off; else the last policy.
func (m *Matrix) place(rule string, row, g int) (source.Position, source.Span, string) {
	site := m.estate.site(m.Gateways[g])
	if rule == LockedOut {
		if _, v := m.Witness(row, g); v.Decided != nil {
			return v.Decided.Check.Pos, v.Decided.Check.Span, v.Decided.Check.Field
		}
	}
	if check := firstOpen(site.Policies); check != nil {
		return check.Pos, check.Span, check.Field
	}
	if len(site.Policies) == 0 {
		return source.Position{}, source.Span{}, ""
	}
	last := site.Policies[len(site.Policies)-1]
	return last.Pos, source.Span{}, ""
}

// firstOpen is the first check that could tell one environment's tokens from another's, and that is switched off.
func firstOpen(policies []*rules.Policy) *rules.Check {
	for _, id := range []rules.ID{rules.Audience, rules.ClientID, rules.Contract, rules.Scopes, rules.CustomClaim} {
		for _, policy := range policies {
			for _, check := range policy.Checks() {
				if check.ID == id && check.Skip != "" {
					return check
				}
			}
		}
	}
	return nil
}

func (m *Matrix) message(rule string, g int, rows []int) string {
	name := m.Gateways[g]
	switch rule {
	case Replay:
		return fmt.Sprintf("a token that was issued for another environment is let in at %s: %s", name, m.list(rows))
	case Issuance:
		return fmt.Sprintf("a client that does not belong to %s can obtain a token that is let in there: %s", name, m.list(rows))
	case CrossTenant:
		return fmt.Sprintf("another tenant's token is let in at %s, since Entra ID signs for all tenants with shared keys: %s", name, m.list(rows))
	}
	return fmt.Sprintf("tokens of %s itself are rejected there: %s", name, m.list(rows))
}

// list names the rows, not more than four.
func (m *Matrix) list(rows []int) string {
	const most = 4
	var names []string
	for _, r := range rows[:min(most, len(rows))] {
		names = append(names, m.Rows[r].Name)
	}
	text := strings.Join(names, ", ")
	if len(rows) > most {
		text += fmt.Sprintf(" and %d more", len(rows)-most)
	}
	return text
}
