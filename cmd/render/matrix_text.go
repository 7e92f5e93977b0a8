package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// MatrixText writes a matrix for a person: the grid, the answer in a sentence, and each finding
// with its place. The short form folds the rows, and has no token that shows a finding.
func MatrixText(w io.Writer, style Style, r *report.Matrixing) error {
	x := matrixing{r}
	t := &matrixText{Text: NewText(style), x: x}
	switch style.Detail {
	case Answer:
		t.OneLine(x.sentenceOf(x.unfolded(), ""))
	case All:
		t.all()
	default:
		t.short()
	}
	_, err := t.WriteTo(w)
	return err
}

func (t *matrixText) all() {
	t.Blank()
	t.grid(t.x.Matrix, t.x.withKinds())
	t.Blank()
	t.Para(1, t.x.sentence())
	if behind := t.x.behind(); behind != "" {
		t.Para(1, t.Paint(Faint, sentence(behind)))
	}
	for i := range t.x.Findings {
		if t.x.firstOfRule(i) {
			t.finding(i)
		}
	}
	t.remarks()
	t.unknowns()
	t.notes()
	t.end()
}

// short is a matrix that fits a screen.
func (t *matrixText) short() {
	t.Blank()
	t.grid(t.x.Matrix, t.x.Lines())
	t.Blank()
	t.Para(1, t.x.sentence())
	if behind := t.x.behind(); behind != "" {
		t.Para(1, t.Paint(Faint, behind+" (-v shows all)."))
	}
	for i := range t.x.Findings {
		if t.x.firstOfRule(i) {
			t.shortFinding(i)
		}
	}
	t.remarks()
	t.unknowns()
	t.shortNotes()
	t.end()
}

// end is what follows the findings: what is meant, the repairs, and what to do now.
func (t *matrixText) end() {
	t.allowed()
	t.fix()
	t.wayOn(t.x.Next)
	t.Blank()
}

// shortFinding shows a finding with its place, and at which other gateways it is the same. The
// first finding shows its source line.
func (t *matrixText) shortFinding(i int) {
	f := &t.x.Findings[i]
	t.Blank()
	t.Para(1, fmt.Sprintf("%s: %s %s", t.severity(f.Severity), safe(f.Message),
		t.Paint(Faint, "["+f.Rule+"]")))
	place := safe(f.Pos.String())
	var others []string
	for j := i + 1; j < len(t.x.Findings); j++ {
		if other := &t.x.Findings[j]; other.Rule == f.Rule {
			others = append(others, t.x.Gateways[other.Gateway])
		}
	}
	if len(others) > 0 {
		place += "; the same at " + safe(strings.Join(others, ", "))
	}
	t.Para(2, place)
	if file := t.x.File(f.Pos.File); i == 0 && file != nil && f.Span.End > f.Span.Start {
		t.SourceLine(2, file, f.Pos, f.Span, "")
	}
}

type matrixText struct {
	*Text
	x matrixing
}

const tokenHead = "token"

// grid shows the matrix as a table. If the terminal is too narrow for all gateways, the table
// comes in parts. Names that are too long for it lose their middle.
func (t *matrixText) grid(m *environments.Matrix, lines []environments.Line) {
	heads, widths := t.heads(m, lines)
	room := t.columns() - len(indent) - 2 - slices.Max(append(widths, 0))
	first := len(tokenHead)
	labels := make([]string, len(lines))
	for i, line := range lines {
		labels[i] = t.fit(safe(line.Label), room)
		first = max(first, width(labels[i]))
	}
	for from := 0; from < len(m.Gateways); {
		to, used := from, len(indent)+first
		for to < len(m.Gateways) && (to == from || used+2+widths[to] <= t.columns()) {
			used += 2 + widths[to]
			to++
		}
		t.line(t.Paint(Faint, indent+pad("", first)+"  gateway"))
		t.line(t.Paint(Strong, gridRow(pad(tokenHead, first), heads, widths, from, to)))
		for i, line := range lines {
			cells := make([]string, to)
			for g := from; g < to; g++ {
				cells[g] = t.cell(&m.Cells[m.At(line, g)][g])
			}
			t.line(gridRow(pad(labels[i], first), cells, widths, from, to))
		}
		from = to
		if from < len(m.Gateways) {
			t.Blank()
		}
	}
}

// gridRow is a line of a part of the table.
func gridRow(label string, cells []string, widths []int, from, to int) string {
	row := indent + label
	for g := from; g < to; g++ {
		row += "  " + pad(cells[g], widths[g])
	}
	return strings.TrimRight(row, " ")
}

// heads are the names of the gateways as the table shows them, and the widths of their columns:
// that of the name or of the widest cell.
func (t *matrixText) heads(
	m *environments.Matrix, lines []environments.Line,
) ([]string, []int) {
	heads, widths := make([]string, len(m.Gateways)), make([]int, len(m.Gateways))
	for g, name := range m.Gateways {
		heads[g] = t.fit(safe(name), t.columns()/3)
		widths[g] = width(heads[g])
		for _, line := range lines {
			widths[g] = max(widths[g], len("no ")+len(cellAnswer(&m.Cells[m.At(line, g)][g])))
		}
	}
	return heads, widths
}

func (t *matrixText) cell(c *environments.Cell) string {
	return t.Mark(cellMark(c)) + " " + cellAnswer(c)
}

// finding shows the first finding of a rule in full, and those at other gateways by their places.
func (t *matrixText) finding(i int) {
	f := &t.x.Findings[i]
	t.Blank()
	t.Para(1, fmt.Sprintf("%s: %s %s", t.severity(f.Severity), safe(f.Message),
		t.Paint(Faint, "["+f.Rule+"]")))
	t.Para(2, safe(f.Pos.String()))
	if file := t.x.File(f.Pos.File); file != nil && f.Span.End > f.Span.Start {
		t.SourceLine(2, file, f.Pos, f.Span, "")
	}
	w := t.x.witness(f)
	t.Para(2, fmt.Sprintf("for example %s, %s:", safe(t.x.Rows[f.Row].Name),
		safe(OutcomeLine(&w.Verdict))))
	rows := witnessLines(&w)
	for i := range rows {
		rows[i] = Row{safe(rows[i].Label), safe(rows[i].Text)}
	}
	t.Rows(3, rows)
	for j := i + 1; j < len(t.x.Findings); j++ {
		if other := &t.x.Findings[j]; other.Rule == f.Rule {
			t.Para(2, safe(fmt.Sprintf("the same at %s: %s, for example %s",
				t.x.Gateways[other.Gateway], other.Pos, t.x.Rows[other.Row].Name)))
		}
	}
}

// remarks says what the grid does not show.
func (t *matrixText) remarks() {
	var rows []Row
	for i := range t.x.Remarks {
		r := &t.x.Remarks[i]
		rows = append(rows, Row{
			safe(t.x.Gateways[r.Gateway]), safe(fmt.Sprintf("%s: %s: %s [%s]",
				r.Pos, r.Severity, r.Message, r.Rule)),
		})
	}
	if len(rows) > 0 {
		t.Heading("what the grid does not show")
		t.Rows(2, rows)
	}
}

// unknowns says of each gateway why cells are not known.
func (t *matrixText) unknowns() {
	var rows []Row
	for _, u := range t.x.OpenCells() {
		rows = append(rows, Row{safe(t.x.Gateways[u.Gateway]), safe(t.x.why(u))})
	}
	if len(rows) > 0 {
		t.Heading("why some cells are not known")
		t.Rows(2, rows)
	}
}

// shortNotes counts the kinds that notes lists.
func (t *matrixText) shortNotes() {
	kinds := 0
	for g := range t.x.Gateways {
		kinds += len(t.x.Rejected(g))
	}
	if kinds > 0 {
		t.Blank()
		t.Para(1, t.Paint(Faint, plural(kinds, "kind of own token does", "kinds of own tokens do")+
			" not get in, though others of the same environment do (-v shows them)"))
	}
}

// notes lists the kinds of an environment's own tokens that do not get in although others do.
func (t *matrixText) notes() {
	var rows []Row
	for g, name := range t.x.Gateways {
		var kinds []string
		for _, r := range t.x.Rejected(g) {
			cell := &t.x.Cells[r][g]
			kind := strings.TrimPrefix(t.x.Rows[r].Name, name+"/")
			got := decidedAt(cellAnswer(cell), string(cell.Decided))
			kinds = append(kinds, fmt.Sprintf("%s (%s)", kind, got))
		}
		if len(kinds) > 0 {
			rows = append(rows, Row{safe(name), safe(strings.Join(kinds, ", "))})
		}
	}
	if len(rows) > 0 {
		t.Heading("own tokens that do not get in, though others of the same environment do")
		t.Rows(2, rows)
	}
}

func (t *matrixText) allowed() {
	if len(t.x.Allow) == 0 {
		return
	}
	t.Heading("intended exceptions")
	for _, c := range t.x.Allow {
		t.Para(2, safe(fmt.Sprintf("from %s to %s: %s (%s)", c.From, c.To, c.Reason,
			c.Pos)))
	}
}

// fix shows the smallest set of repairs that was found, and the grid after it.
func (t *matrixText) fix() {
	if t.x.Fixed == nil {
		return
	}
	t.Heading("the smallest set of changes that was found, each compiled and run against every " +
		"token")
	any := false
	for i := range t.x.Repairs {
		if r := &t.x.Repairs[i]; r.Chosen {
			any = true
			t.repair(r)
		}
	}
	if !any {
		t.Para(2, t.x.noChange())
		t.more(2, t.x.Matrix)
		return
	}
	t.Blank()
	t.Para(1, t.Paint(Strong, "the grid after the change"))
	t.Blank()
	t.grid(t.x.Fixed, t.x.Fixed.Lines())
	t.Blank()
	t.Para(1, matrixing{&report.Matrixing{Matrix: t.x.Fixed}}.sentence())
	t.more(1, t.x.Fixed)
	if lost := t.x.lost(); len(lost) > 0 {
		t.Heading(lostTitle)
		t.Rows(2, lost)
	}
}

// more says what to do beyond the policies.
func (t *matrixText) more(indent int, left *environments.Matrix) {
	if onlyIssuance(left) {
		t.Para(indent, beyondPolicies)
	}
}

func (t *matrixText) repair(r *report.Repair) {
	t.Para(2, fmt.Sprintf("%s: %s", safe(t.x.Gateways[r.Gateway]),
		safe(strings.Join(r.Titles, ", then "))))
	if len(r.Changes) > mostChanges {
		t.Para(3, t.Paint(Faint, safe(fmt.Sprintf(
			"%s: %d fields change; -o json lists them", changedFiles(r), len(r.Changes)))))
	} else {
		for _, c := range r.Changes {
			t.Para(3, t.Paint(Faint, safe(c.File+": "+changeLine(c.FieldChange))))
		}
	}
	if r.Wrong > 0 {
		answers := plural(r.Wrong,
			"answer of this gateway remains", "answers of this gateway remain")
		t.Para(3, answers+" wrong: no policy change that gatewhy knows fixes more")
	}
}
