package environments

import (
	"cmp"
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// Line is several rows of a matrix that a reader sees as one: everything that the clients of one
// environment can have, say.
type Line struct {
	Label string
	Rows  []int
}

// Lines folds the rows: first each real token by itself; then, for each environment, what its
// clients can have for their own API, and for others; last strangers and other tenants.
func (m *Matrix) Lines() []Line {
	var lines []Line
	index := map[string]int{}
	for r, row := range m.Rows {
		label := row.label(m)
		at, ok := index[label]
		if !ok {
			at = len(lines)
			index[label] = at
			lines = append(lines, Line{Label: label})
		}
		lines[at].Rows = append(lines[at].Rows, r)
	}
	slices.SortStableFunc(lines, func(a, b Line) int {
		one, two := m.Rows[a.Rows[0]], m.Rows[b.Rows[0]]
		return cmp.Or(one.pass()-two.pass(), m.estate.index(one.Home)-m.estate.index(two.Home))
	})
	return lines
}

// pass orders the lines.
func (r *Row) pass() int {
	switch {
	case r.Real != nil:
		return 0
	case r.Holder == issued.OtherMember:
		return 2
	case r.Holder != issued.Member:
		return 3
	case r.Home == r.For:
		return 1
	}
	return 2
}

func (r *Row) label(m *Matrix) string {
	switch {
	case r.Real != nil:
		return r.Name
	case r.Holder == issued.OtherMember:
		return "other environments' clients"
	case r.Holder == issued.Stranger:
		return "an unrelated app in the tenant"
	case r.Holder == issued.OtherTenant:
		return "another tenant"
	case r.Holder == issued.UnknownClient:
		return "a client that is in no file"
	case r.Holder == issued.UnknownObject:
		return "an object id that is in no file"
	case r.Holder == issued.Forger:
		return "anyone, with a made-up token"
	case r.Home != r.For:
		return r.Home + "'s clients, other tokens"
	case len(m.estate.site(r.Home).Tokens) > 0:
		return r.Home + ", modelled"
	}
	return r.Home
}

// At is the row of a line that needs most attention at a gateway: one that is wrong, else one that
// is not known, else the one that gets furthest.
func (m *Matrix) At(line Line, gateway int) (row int) {
	row = line.Rows[0]
	for _, r := range line.Rows[1:] {
		if m.attention(r, gateway) > m.attention(row, gateway) {
			row = r
		}
	}
	return row
}

func (m *Matrix) attention(row, gateway int) int {
	cell := m.Cell(row, gateway)
	weight := cell.Outcome.Distance()
	switch cell.OK() {
	case rules.No:
		weight += 20
	case rules.Maybe:
		weight += 10
	}
	// a guest is not typical of a line, nor is a cell that is right either way
	if m.Rows[row].Guest || cell.Expected == "" {
		weight--
	}
	if cell.unlikely && cell.Note != "" {
		weight -= 2
	}
	return weight
}

// Rejected lists the rows of an environment's own modelled tokens that its gateway rejects while
// another kind gets further. Nothing is wrong, but a reader should know it.
func (m *Matrix) Rejected(gateway int) []int {
	var rows []int
	for r := range m.Rows {
		if cell := m.Cell(r, gateway); cell.Note != "" && !cell.unlikely {
			rows = append(rows, r)
		}
	}
	return rows
}
