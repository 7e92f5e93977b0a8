package environments

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// judge says which cells of a gateway are wrong, by row: an environment must accept its own tokens
// and reject all others.
func (m *Matrix) judge(name string, cells []Cell) {
	for r, row := range m.Rows {
		cell := &cells[r]
		cell.Expected = rules.Rejected
		switch {
		case row.meant(name):
			cell.Expected = rules.Accepted
		case row.own(name), row.signIn(name):
			// nobody has said whether to let in these, or who has signed in to a client
			cell.Expected = ""
		case row.Home != "":
			cell.Allowed = m.estate.allowed(row.Home, name)
		}
		cell.Wrong = cell.contradicts() && cell.Allowed == nil
		if cell.Expected == rules.Rejected && cell.unlikely {
			cell.Note = notIssued
		}
	}
	m.judgeOwn(name, cells)
}

// notIssued is the note of a token that gets in or may, if there are such tokens.
const notIssued = "may get in, but no source shows that Entra ID issues such a token"

func (c *Cell) contradicts() bool {
	return c.Expected == rules.Accepted && c.Outcome == rules.Rejected ||
		c.Expected == rules.Rejected && c.Outcome == rules.Accepted
}

// judgeOwn turns some wrong cells into notes: an environment's own modelled kinds need not all get
// in, so one that is rejected is not wrong if another kind gets further.
func (m *Matrix) judgeOwn(name string, cells []Cell) {
	best := rules.Rejected
	m.eachOwn(name, cells, func(c *Cell) {
		if issued.Further(c.Outcome, best) {
			best = c.Outcome
		}
	})
	m.eachOwn(name, cells, func(c *Cell) {
		if issued.Further(best, c.Outcome) {
			c.Wrong, c.Note = false, "another kind of this environment's own tokens gets further"
		}
	})
}

// eachOwn visits the cells of an environment's own modelled tokens at its own gateway, if they are
// meant to be let in.
func (m *Matrix) eachOwn(name string, cells []Cell, visit func(*Cell)) {
	for r, row := range m.Rows {
		if row.Real == nil && row.meant(name) {
			visit(&cells[r])
		}
	}
}

// Wrong counts the cells: the wrong ones, those that are not known, and all.
func (m *Matrix) Wrong() (wrong, unknown, all int) {
	for g := range m.Gateways {
		for r := range m.Rows {
			all++
			switch m.Cell(r, g).OK() {
			case rules.No:
				wrong++
			case rules.Maybe:
				unknown++
			}
		}
	}
	return wrong, unknown, all
}

// Gaps says, one sentence each, what was not looked at: nothing is modelled for environments
// without an API, and those without clients and tokens have no tokens of their own.
func (m *Matrix) Gaps() []string {
	var unmodelled, unknown []string
	for g, name := range m.Gateways {
		if m.estate.site(EnvironmentOf(name)).API == nil {
			unmodelled = append(unmodelled, name)
		}
		if !m.hasOwn(g) {
			unknown = append(unknown, name)
		}
	}
	var all []string
	say := func(names []string, one, many string) {
		switch len(names) {
		case 0:
		case 1:
			all = append(all, names[0]+one)
		default:
			all = append(all, enumerated(names)+many)
		}
	}
	say(unmodelled, " has no api, so what Entra ID could issue for it was not modelled",
		" have no api, so what Entra ID could issue for them was not modelled")
	say(unknown, " has neither clients nor tokens, so it is not known whether its own get in",
		" have neither clients nor tokens, so it is not known whether their own get in")
	return all
}

// enumerated joins two names or more: "dev, test and uat".
func enumerated(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func (m *Matrix) hasOwn(gateway int) bool {
	environment := EnvironmentOf(m.Gateways[gateway])
	return slices.ContainsFunc(m.Rows, func(r *Row) bool { return r.meant(environment) })
}

// OpenCells are cells of one gateway that are not known, for one reason.
type OpenCells struct {
	Gateway, Row int // of the first
	Rows         int
	Decided      rules.ID
}

// OpenCells lists the cells that are not known, by gateway and by the check that is not known.
func (m *Matrix) OpenCells() []OpenCells {
	var all []OpenCells
	for g := range m.Gateways {
		for r := range m.Rows {
			cell := m.Cell(r, g)
			if cell.OK() != rules.Maybe {
				continue
			}
			i := slices.IndexFunc(all, func(o OpenCells) bool {
				return o.Gateway == g && o.Decided == cell.Decided
			})
			if i < 0 {
				all = append(all, OpenCells{Gateway: g, Row: r, Decided: cell.Decided})
				i = len(all) - 1
			}
			all[i].Rows++
		}
	}
	return all
}

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
