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
		t.OneLine(x.sentenceOf(x.Lines(), ""))
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
	t.grid(t.x.Matrix, t.x.withKinds(), t.everyGateway())
	t.Blank()
	t.Para(1, t.x.sentence())
	if behind := t.x.behind(); behind != "" {
		t.Para(1, sentence(behind))
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
	t.Blank()
}

// end is what follows the findings: what is meant, the repairs, and what to do now.
func (t *matrixText) end() {
	t.allowed()
	t.fix()
	t.wayOn(t.x.Next)
}

type matrixText struct {
	*Text
	x matrixing
}

const tokenHead = "token"

// grid shows lines of the matrix at some gateways as a table. If the terminal is too narrow for
// all of them, the table comes in parts. Names that are too long for it lose their middle.
func (t *matrixText) grid(m *environments.Matrix, lines []environments.Line, gateways []int) {
	heads, widths := t.heads(m, lines)
	labels, first := t.labels(lines, widths)
	for i, part := range t.parts(gateways, widths, first) {
		if i > 0 {
			t.Blank()
		}
		t.line(t.Paint(Faint, indent+pad("", first)+"  gateway"))
		named := func(g int) string { return heads[g] }
		t.line(t.Paint(Strong, gridRow(pad(tokenHead, first), widths, part, named)))
		for i, line := range lines {
			t.line(gridRow(pad(labels[i], first), widths, part, func(g int) string {
				return t.cell(m.Cell(m.At(line, g), g))
			}))
		}
	}
}

// parts are the gateways that fit side by side, beside a first column.
func (t *matrixText) parts(gateways, widths []int, first int) (parts [][]int) {
	for from := 0; from < len(gateways); {
		to, used := from, len(indent)+first
		for to < len(gateways) && (to == from || used+2+widths[gateways[to]] <= t.columns()) {
			used += 2 + widths[gateways[to]]
			to++
		}
		parts = append(parts, gateways[from:to])
		from = to
	}
	return parts
}

func (t *matrixText) everyGateway() []int {
	all := make([]int, len(t.x.Gateways))
	for g := range all {
		all[g] = g
	}
	return all
}

// labels are the names of the lines as the table shows them, and the width of their column.
func (t *matrixText) labels(lines []environments.Line, widths []int) ([]string, int) {
	room := t.columns() - len(indent) - 2 - slices.Max(append(widths, 0))
	first := len(tokenHead)
	labels := make([]string, len(lines))
	for i, line := range lines {
		labels[i] = t.fit(safe(line.Label), room)
		first = max(first, width(labels[i]))
	}
	return labels, first
}

// gridRow is a line of a part of the table.
func gridRow(label string, widths, gateways []int, cell func(gateway int) string) string {
	row := indent + label
	for _, g := range gateways {
		row += "  " + pad(cell(g), widths[g])
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
			widths[g] = max(widths[g], len("no ")+len(cellAnswer(m.Cell(m.At(line, g), g))))
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

// list shows rows below a title; the short form has the first ones.
func (t *matrixText) list(title string, rows []Row) {
	if len(rows) == 0 {
		return
	}
	if more := len(rows) - shortRows; more > 0 && t.Detail == Short {
		rows = append(rows[:shortRows:shortRows],
			Row{"", fmt.Sprintf("and %d more (-v shows them)", more)})
	}
	t.Heading(title)
	t.Rows(2, rows)
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
	t.list("what the grid does not show", rows)
}

// unknowns says of each gateway why cells are not known.
func (t *matrixText) unknowns() {
	var rows []Row
	for _, u := range t.x.OpenCells() {
		rows = append(rows, Row{safe(t.x.Gateways[u.Gateway]), safe(t.x.why(u))})
	}
	t.list("why some cells are not known", rows)
}

// shortNotes counts the kinds that notes lists.
func (t *matrixText) shortNotes() {
	kinds := 0
	for g := range t.x.Gateways {
		kinds += len(t.x.Rejected(g))
	}
	if kinds > 0 {
		t.Blank()
		t.Para(1, plural(kinds, "kind of own token does", "kinds of own tokens do")+
			" not get in, though others of the environment do (-v)")
	}
}

// notes lists the kinds of an environment's own tokens that do not get in although others do.
func (t *matrixText) notes() {
	var rows []Row
	for g, name := range t.x.Gateways {
		var kinds []string
		for _, r := range t.x.Rejected(g) {
			cell := t.x.Cell(r, g)
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
	chosen := 0
	for i := range t.x.Repairs {
		r := &t.x.Repairs[i]
		if !r.Chosen {
			continue
		}
		if chosen++; t.Detail == All || chosen <= shortGateways {
			t.repair(r)
		}
	}
	if more := chosen - shortGateways; more > 0 && t.Detail == Short {
		t.Para(2, plural(more, "more gateway has", "more gateways have")+
			" changes of their own (-v shows them)")
	}
	if chosen == 0 {
		t.Para(2, t.x.noChange())
		t.more(2, t.x.Matrix)
		return
	}
	t.Blank()
	t.Para(1, t.Paint(Strong, "the grid after the change"))
	t.Blank()
	lines, gateways := t.x.Fixed.Lines(), t.everyGateway()
	if t.Detail == Short {
		lines, gateways = t.worst(t.x.Fixed)
	}
	t.grid(t.x.Fixed, lines, gateways)
	t.Blank()
	fixed, these := matrixing{&report.Matrixing{Matrix: t.x.Fixed}}, "these "
	if len(lines) < len(fixed.Lines()) || len(gateways) < len(fixed.Gateways) {
		these = "the "
	}
	t.Para(1, fixed.sentenceOf(fixed.Lines(), these))
	t.more(1, t.x.Fixed)
	t.list(lostTitle, t.x.lost())
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
		t.Para(3, safe(fmt.Sprintf("%s: %d fields change; -o json lists them", changedFiles(r),
			len(r.Changes))))
	} else {
		for _, c := range r.Changes {
			t.Para(3, safe(c.File+": "+changeLine(c.FieldChange)))
		}
	}
	if r.Wrong > 0 {
		answers := plural(r.Wrong,
			"answer of this gateway remains", "answers of this gateway remain")
		t.Para(3, answers+" wrong: no policy change that gatewhy knows fixes more")
	}
}
