package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// What the short form of a matrix has at most.
const (
	wholeLines    = 10 // of a grid that is shown whole: as many as four environments have
	wholeRows     = 20 // that it takes on the screen, in all its parts
	shortLines    = 6  // of a larger grid
	shortGateways = 3  // that are named; where there are more, one less
	shortRows     = 3  // of a list below the grid
)

// short is a matrix that fits a screen.
func (t *matrixText) short() {
	lines, gateways := t.worst(t.x.Matrix)
	t.grid(t.x.Matrix, lines, gateways)
	t.Blank()
	whole := len(lines) == len(t.x.Lines()) && len(gateways) == len(t.x.Gateways)
	if whole {
		worst := ""
		if len(lines) < len(t.x.Rows) {
			worst = fmt.Sprintf("A cell shows its worst token (-v has all %d).", len(t.x.Rows))
		}
		t.Sentences(1, t.x.sentence(), worst)
	} else {
		t.Para(1, t.x.sentenceOf(t.x.Lines(), "the "))
		t.Para(1, fmt.Sprintf("Shown are %d of %d rows at %d of %d gateways, those with the most "+
			"wrong cells (-v shows all).", len(lines), len(t.x.Lines()), len(gateways),
			len(t.x.Gateways)))
	}
	t.shortFindings()
	t.remarks()
	t.unknowns()
	t.shortNotes()
	t.end()
}

// worst chooses the lines and the gateways of a grid that fits a screen: those with the most cells
// that are wrong or not known, in their own order.
func (t *matrixText) worst(m *environments.Matrix) ([]environments.Line, []int) {
	lines := m.Lines()
	gateways := make([]int, len(m.Gateways))
	byLine, byGateway := make([]int, len(lines)), make([]int, len(gateways))
	for g := range gateways {
		gateways[g] = g
		for l, line := range lines {
			bad := badness(m.Cell(m.At(line, g), g))
			byLine[l] += bad
			byGateway[g] += bad
		}
	}
	index := make([]int, len(lines))
	for l := range index {
		index[l] = l
	}
	most := len(lines)
	if most > wholeLines {
		most = shortLines
	}
	var chosen []environments.Line
	for _, l := range mostOf(index, byLine, most) {
		chosen = append(chosen, lines[l])
	}
	_, widths := t.heads(m, chosen)
	_, first := t.labels(chosen, widths)
	parts := len(t.parts(gateways, widths, first))
	rows := parts*(len(chosen)+3) - 1 // with two heads each, and a line between them
	if parts > 1 && (len(chosen) < len(lines) || rows > wholeRows) {
		room := t.columns() - len(indent) - first
		gateways = mostOf(gateways, byGateway, max(1, room/(2+slices.Max(widths))))
	}
	return chosen, gateways
}

// badness ranks a cell among those that are worth a look.
func badness(c *environments.Cell) int {
	switch c.OK() {
	case rules.No:
		return 2
	case rules.Maybe:
		return 1
	}
	return 0
}

// mostOf returns at most so many of some indexes, those with the most weight, in their own order.
func mostOf(all, weights []int, most int) []int {
	if len(all) <= most {
		return all
	}
	chosen := slices.Clone(all)
	slices.SortStableFunc(chosen, func(a, b int) int {
		return cmp.Compare(weights[b], weights[a])
	})
	chosen = chosen[:most]
	slices.Sort(chosen)
	return chosen
}

// shortFindings says of each kind of hole where it is, each with its first place.
func (t *matrixText) shortFindings() {
	for i := range t.x.Findings {
		if !t.x.firstOfRule(i) {
			continue
		}
		if i == 0 {
			t.Blank()
		}
		f := &t.x.Findings[i]
		var at, places []string
		for j := range t.x.Findings[i:] {
			other := &t.x.Findings[i+j]
			if other.Rule != f.Rule {
				continue
			}
			at = append(at, safe(t.x.Gateways[other.Gateway]))
			if place := safe(other.Pos.String()); !slices.Contains(places, place) {
				places = append(places, place)
			}
		}
		which := ""
		if len(at) == 1 {
			which = ": " + t.x.Rows[f.Row].Name
			if more := len(f.Rows) - 1; more > 0 {
				which += fmt.Sprintf(" and %d more", more)
			}
		}
		t.Para(1, t.severity(f.Severity)+": "+t.x.hole(f, at)+safe(which+f.More))
		place := places[0]
		if more := len(places) - 1; more > 0 {
			place += fmt.Sprintf(" and %d more", more)
		}
		t.Para(2, place+" "+t.Paint(Faint, "["+f.Rule+"]"))
	}
}

// hole says in a clause what is wrong at some gateways.
func (x matrixing) hole(f *environments.Finding, at []string) string {
	lets, rejects, own := "lets in", "rejects", "its"
	if len(at) > 1 {
		lets, rejects, own = "let in", "reject", "their"
	}
	if len(at) > shortGateways {
		more := len(at) - shortGateways + 1
		at = append(slices.Clone(at[:shortGateways-1]), fmt.Sprintf("%d more", more))
	}
	who := at[0]
	if last := len(at) - 1; last > 0 {
		who = strings.Join(at[:last], ", ") + " and " + at[last]
	}
	switch f.Rule {
	case environments.Replay:
		return who + " " + lets + " tokens of other environments"
	case environments.Issuance:
		if x.Rows[f.Row].Home == environments.EnvironmentOf(x.Gateways[f.Gateway]) {
			return who + " " + lets + " tokens that " + own + " clients have for other APIs"
		}
		return who + " " + lets + " tokens that other clients can obtain"
	case environments.CrossTenant:
		return who + " " + lets + " other tenants' tokens (tenants share keys)"
	case environments.Forged:
		return who + " " + lets + " tokens that anyone can make up (no signature is checked)"
	}
	return who + " " + rejects + " " + own + " own tokens"
}
