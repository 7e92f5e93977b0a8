package environments

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// remarkSupposed says which tokens nothing keeps out but a check whose expression can't be
// evaluated, and that reads none of the claims by which they are told from those meant to get in.
func (m *Matrix) remarkSupposed(g int) {
	for _, rule := range []string{Replay, Issuance, CrossTenant, Forged} {
		found := func(f Finding) bool { return f.Rule == rule && f.Gateway == g }
		if slices.ContainsFunc(m.Findings, found) {
			continue
		}
		if rows := m.supposed(rule, g); len(rows) > 0 {
			f := rules.Finding{Rule: rule, Severity: rules.Warning}
			f.Message = m.list(rows) + " may get in: the only check that could keep such tokens " +
				"out reads other claims, and its expression can't be evaluated"
			f.Pos, f.Span, f.Field = m.place(rule, rows[0], g)
			m.Remarks = append(m.Remarks, Remark{f, g})
		}
	}
}

// supposed lists the rows that are not known at a gateway, and that are let in for this reason
// where such checks hold.
func (m *Matrix) supposed(rule string, g int) []int {
	var open []int
	for r, row := range m.Rows {
		if m.Cell(r, g).Outcome == rules.Undetermined && m.reason(row, g) == rule {
			open = append(open, r)
		}
	}
	if open == nil {
		return nil
	}
	given := m.estate.site(m.Gateways[g]).Policies
	policies, ok := issued.Supposing(given, issued.NeverEvaluated(given), apart(rule))
	if !ok {
		return nil
	}
	tried := m.Try(g, policies)
	return slices.DeleteFunc(open, func(r int) bool { return !tried.Cell(r, 0).Wrong })
}

// apart are the claims by which a policy can tell the tokens of a finding from those that are
// meant to get in.
func apart(rule string) []string {
	switch rule {
	case CrossTenant:
		return issued.ByTenant()
	case Forged:
		return nil
	}
	return issued.ByClient()
}
