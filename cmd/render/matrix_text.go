package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// MatrixText writes a matrix for a person: the grid, the answer in a sentence, and each finding
// with its place. The short form folds the rows, and has no token that shows a finding.
func MatrixText(text *Text, r *report.Matrixing) {
	x := matrixing{r}
	t := &matrixText{Text: text, x: x}
	switch t.Detail {
	case Answer:
		if len(x.Written) > 0 { // the files are now as the grid after the change
			x = matrixing{&report.Matrixing{Matrix: x.Fixed}}
		}
		t.OneLine(x.sentenceOf(x.Lines(), ""))
	case All:
		t.all()
	default:
		t.short()
	}
}

func (t *matrixText) all() {
	t.Blank()
	t.grid(t.x.Matrix, t.x.withKinds(), t.everyGateway())
	t.Blank()
	t.Para(1, t.x.sentence())
	if behind := t.x.behind(); behind != "" {
		t.Para(1, report.Sentence(behind))
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
				cell := m.Cell(m.At(line, g), g)
				return t.Mark(cellMark(cell)) + " " + cellAnswer(cell)
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

func (t *matrixText) everyGateway() []int { return indexes(len(t.x.Gateways)) }

// indexes are those of a list of so many.
func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
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

func gridRow(label string, widths, gateways []int, cell func(gateway int) string) string {
	row := indent + label
	for _, g := range gateways {
		row += "  " + pad(cell(g), widths[g])
	}
	return strings.TrimRight(row, " ")
}

// heads are the names of the gateways as the table shows them, and the widths of their columns:
// that of the name or of the widest cell.
func (t *matrixText) heads(m *environments.Matrix, lines []environments.Line) ([]string, []int) {
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
	w := t.x.witness(f.Row, f.Gateway)
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
	if more := len(rows) - shortRows; more > 0 && t.Detail == Short {
		rows = append(rows[:shortRows:shortRows],
			Row{"", fmt.Sprintf("and %d more (-v shows them)", more)})
	}
	t.titled(title, rows)
}

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
	t.list("why some statuses are not sure", t.x.unsure())
}

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
	rows := t.x.ownKinds(t.x.Matrix, func(kind string, cell *environments.Cell) string {
		return fmt.Sprintf("%s (%s)", kind, decidedAt(cellAnswer(cell), string(cell.Decided)))
	})
	t.titled("own tokens that do not get in, though others of the same environment do", rows)
}

func (t *matrixText) allowed() {
	if len(t.x.Allow) == 0 {
		return
	}
	t.Heading("intended exceptions")
	for _, c := range t.x.Allow {
		t.Para(2, safe(fmt.Sprintf("from %s to %s: %s (%s)", c.From, c.To, c.Reason, c.Pos)))
	}
}

// fix shows the smallest set of repairs that was found, and the grid after it: in the short form
// without the lines that are right as before.
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
		t.Para(2, plural(more, "more gateway has changes of its own",
			"more gateways have changes of their own")+" (-v shows them)")
	}
	if chosen == 0 {
		none := "none: no policy change that was tried improves a column"
		if wrong, _, _ := t.x.Wrong(); wrong == 0 {
			none = "none: no cell is known to be wrong"
		}
		t.Para(2, none)
		t.more(2, t.x.Matrix)
		return
	}
	t.Blank()
	t.Para(1, t.Paint(Strong, "the grid after the change"))
	t.Blank()
	lines, gateways := t.x.Fixed.Lines(), t.everyGateway()
	shown := lines
	if t.Detail == Short {
		lines, gateways = t.worst(t.x.Fixed)
		shown = t.changed(lines)
	}
	t.grid(t.x.Fixed, shown, gateways)
	if same := len(lines) - len(shown); same > 0 {
		t.Para(1, plural(same, "row is", "rows are")+" as above (-v shows all)")
	}
	t.Blank()
	fixed, these := matrixing{&report.Matrixing{Matrix: t.x.Fixed}}, "these "
	if len(shown) < len(fixed.Lines()) || len(gateways) < len(fixed.Gateways) {
		these = "the "
	}
	t.Para(1, fixed.sentenceOf(fixed.Lines(), these))
	if t.x.Divided != nil {
		t.Para(1, ownFiles)
	}
	t.more(1, t.x.Fixed)
	t.list(t.x.lostTitle(), t.x.lost())
	t.list(t.x.openedTitle(), t.x.opened())
	if len(t.x.Written) > 0 {
		t.Blank()
		t.Para(1, "written to "+safe(strings.Join(t.x.Written, ", ")))
	}
}

// changed are the lines of the grid after the change that are not as before, or not right: all, if
// none is.
func (t *matrixText) changed(lines []environments.Line) []environments.Line {
	before := map[string]environments.Line{}
	for _, line := range t.x.Lines() {
		before[line.Label] = line
	}
	same := func(line environments.Line) bool {
		return !slices.ContainsFunc(t.everyGateway(), func(g int) bool {
			was := t.x.Cell(t.x.At(before[line.Label], g), g)
			is := t.x.Fixed.Cell(t.x.Fixed.At(line, g), g)
			return is.OK() != rules.Yes || was.OK() != rules.Yes ||
				cellAnswer(was) != cellAnswer(is)
		})
	}
	if kept := source.Without(lines, same); len(kept) > 0 {
		return kept
	}
	return lines
}

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
		answers := plural(r.Wrong, "answer of this gateway is", "answers of this gateway are")
		t.Para(3, answers+" wrong after it: no policy change that gatewhy knows lets an own "+
			"token in and leaves fewer")
	}
}

// What the short form of a matrix has at most.
const (
	wholeLines    = 10 // of a grid that is shown whole: as many as four environments have
	wholeRows     = 20 // that it takes on the screen, in all its parts
	shortLines    = 6  // of a larger grid
	shortGateways = 3  // that are named; where there are more, one less
	shortRows     = 3  // of a list below the grid
)

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
		cells := "wrong cells"
		if wrong, _, _ := t.x.count(t.x.Lines()); wrong == 0 {
			cells = "cells that are not known"
		}
		t.Para(1, fmt.Sprintf("Shown are %d of %d rows at %d of %d gateways, those with the most "+
			"%s (-v shows all).", len(lines), len(t.x.Lines()), len(gateways),
			len(t.x.Gateways), cells))
	}
	t.shortFindings()
	t.remarks()
	t.unknowns()
	t.shortNotes()
	t.end()
}

// worst chooses the lines and the gateways of a grid that fits a screen: those with the most wrong
// cells, among equals those with the most that are not known, in their own order.
func (t *matrixText) worst(m *environments.Matrix) ([]environments.Line, []int) {
	lines := m.Lines()
	wrong := len(lines)*len(m.Gateways) + 1 // one outweighs all cells that are not known
	badness := map[rules.Truth]int{rules.No: wrong, rules.Maybe: 1}
	gateways := indexes(len(m.Gateways))
	byLine, byGateway := make([]int, len(lines)), make([]int, len(gateways))
	for g := range gateways {
		for l, line := range lines {
			bad := badness[m.Cell(m.At(line, g), g).OK()]
			byLine[l] += bad
			byGateway[g] += bad
		}
	}
	most := len(lines)
	if most > wholeLines {
		most = shortLines
	}
	var chosen []environments.Line
	for _, l := range mostOf(indexes(len(lines)), byLine, most) {
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
			places = source.Union(places, safe(other.Pos.String()))
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
