package environments

import (
	"cmp"
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
			cell.Allowed = m.estate.allowed[crossing{row.Home, name}]
		}
		cell.Wrong = cell.Allowed == nil &&
			(cell.Expected == rules.Accepted && cell.Outcome == rules.Rejected ||
				cell.Expected == rules.Rejected && cell.Outcome == rules.Accepted)
		if cell.Expected == rules.Rejected && cell.unlikely {
			cell.Note = notIssued
		}
	}
	m.judgeOwn(name, cells)
}

// notIssued is the note of a token that gets in or may, if there are such tokens.
const notIssued = "may get in, but no source shows that Entra ID issues such a token"

// judgeOwn turns some wrong cells into notes: an environment's own modelled kinds need not all get
// in, so one that is rejected is not wrong if another kind gets further.
func (m *Matrix) judgeOwn(name string, cells []Cell) {
	best := rules.Rejected
	var own []*Cell // of its modelled tokens that are meant to be let in
	for r, row := range m.Rows {
		if row.Real != nil || !row.meant(name) {
			continue
		}
		own = append(own, &cells[r])
		if issued.Further(cells[r].Outcome, best) {
			best = cells[r].Outcome
		}
	}
	for _, c := range own {
		if issued.Further(best, c.Outcome) {
			c.Wrong, c.Note = false, "another kind of this environment's own tokens gets further"
		}
	}
}

// Wrong counts the cells: the wrong ones, those that are not known, and all.
func (m *Matrix) Wrong() (wrong, unknown, all int) {
	return m.Count(len(m.Rows), func(row, _ int) int { return row })
}

// Count does so with the cells of a grid of these lines: a line shows a row at each gateway.
func (m *Matrix) Count(lines int, row func(line, gateway int) int) (wrong, unknown, all int) {
	for g := range m.Gateways {
		for line := range lines {
			all++
			switch m.Cell(row(line, g), g).OK() {
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
	var unmodelled, unknown, clientsOnly []string
	for _, name := range m.Gateways {
		environment := EnvironmentOf(name)
		site := m.estate.site(environment)
		if site.API == nil {
			unmodelled = append(unmodelled, name)
		}
		own := func(r *Row) bool { return r.meant(environment) }
		switch {
		case slices.ContainsFunc(m.Rows, own):
		case site.API == nil && len(site.Clients) > 0:
			clientsOnly = append(clientsOnly, name)
		default:
			unknown = append(unknown, name)
		}
	}
	var all []string
	say := func(names []string, one, many string) {
		switch last := len(names) - 1; last {
		case -1:
		case 0:
			all = append(all, names[0]+one)
		default:
			all = append(all, strings.Join(names[:last], ", ")+" and "+names[last]+many)
		}
	}
	say(unmodelled, " has no api, so what Entra ID could issue for it was not modelled",
		" have no api, so what Entra ID could issue for them was not modelled")
	say(clientsOnly, " has clients that need it, so it is not known whether they get in",
		" have clients that need it, so it is not known whether they get in")
	say(unknown, " has neither clients nor tokens, so it is not known whether its own get in",
		" have neither clients nor tokens, so it is not known whether their own get in")
	return all
}

// OpenCells are cells of one gateway that are not known, for one reason.
type OpenCells struct {
	Gateway, Row int // of the first
	Rows         int
	Decided      rules.ID
	Limit        string
}

// OpenCells lists the cells that are not known, by gateway, by the check that is not known, and by
// the limit that it is not known for.
func (m *Matrix) OpenCells() []OpenCells {
	var all []OpenCells
	for g := range m.Gateways {
		for r := range m.Rows {
			cell := m.Cell(r, g)
			if cell.OK() != rules.Maybe {
				continue
			}
			i := slices.IndexFunc(all, func(o OpenCells) bool {
				return o.Gateway == g && o.Decided == cell.Decided && o.Limit == cell.Limit
			})
			if i < 0 {
				all = append(all, OpenCells{
					Gateway: g, Row: r, Decided: cell.Decided, Limit: cell.Limit,
				})
				i = len(all) - 1
			}
			all[i].Rows++
		}
	}
	return all
}

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
	others := map[issued.Holder]string{
		issued.OtherMember:   "other environments' clients",
		issued.Stranger:      "an unrelated app in the tenant",
		issued.OtherTenant:   "another tenant",
		issued.UnknownClient: "a client that is in no file",
		issued.UnknownObject: "an object id that is in no file",
		issued.Forger:        "anyone, with a made-up token",
	}
	switch {
	case r.Real != nil:
		return r.Name
	case others[r.Holder] != "":
		return others[r.Holder]
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
