package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

const indent = "  "

// Text lays out text for a terminal or a pipe. What is added must be safe to print; it may
// carry colours.
type Text struct {
	Style
	b    strings.Builder
	mask *Mask // what it hides in all that is added
}

// NewText returns an empty Text.
func NewText(style Style) *Text { return &Text{Style: style} }

// WriteTo writes the whole text at once, so that a reader sees nothing of a result that failed
// half-way.
func (t *Text) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, t.b.String())
	return int64(n), err
}

// Blank adds an empty line.
func (t *Text) Blank() { t.b.WriteByte('\n') }

// edge adds the empty line at the top or the end of a text. The short form, which fits a screen,
// has none.
func (t *Text) edge() {
	if t.Detail != Short {
		t.Blank()
	}
}

// Heading adds an empty line and the title of a block.
func (t *Text) Heading(title string) {
	t.Blank()
	t.Para(1, t.Paint(Strong, title))
}

// Para adds prose, wrapped and indented by so many levels.
func (t *Text) Para(level int, text string) {
	margin := strings.Repeat(indent, level)
	for _, line := range wrap(t.legible(t.mask.painted(text)), t.columns()-len(margin)) {
		t.line(margin + line)
	}
}

// Sentences adds sentences, each as prose by itself unless it has room on the last line of the one
// before it. An empty one is left out.
func (t *Text) Sentences(level int, sentences ...string) {
	columns := t.columns() - level*len(indent)
	lines := func(text string) int {
		return len(wrap(t.legible(t.mask.painted(text)), columns))
	}
	text := ""
	for _, next := range sentences {
		switch both := strings.TrimSpace(text + " " + next); {
		case next == "":
		case text == "" || lines(both) == lines(text):
			text = both
		default:
			t.Para(level, text)
			text = next
		}
	}
	if text != "" {
		t.Para(level, text)
	}
}

// OneLine adds a text as one line without an indentation, however long it is.
func (t *Text) OneLine(text string) { t.line(t.mask.painted(text)) }

// Command adds a command on a line of its own. It is never wrapped, so that it can be copied.
func (t *Text) Command(level int, command string) {
	if command != "" {
		t.line(strings.Repeat(indent, level) + safe(t.mask.Text(command)))
	}
}

// line adds one line as it is, without white space at its end.
func (t *Text) line(line string) {
	t.b.WriteString(safeStart(strings.TrimRight(t.legible(line), " ")))
	t.b.WriteByte('\n')
}

// Row is one row of a list: a label and the text beside it.
type Row struct{ Label, Text string }

// present are the rows that have a label and a text.
func present(rows ...Row) []Row {
	return source.Without(rows, func(r Row) bool { return r.Label == "" || r.Text == "" })
}

// widestLabel is how wide the column of labels may be. The text of a wider label starts on the
// next line.
const widestLabel = 18

// Rows adds a list of two aligned columns, wrapped under the start of the text.
func (t *Text) Rows(level int, rows []Row) { t.rows(level, widestLabel, rows) }

// titled adds a heading with rows below it; nothing where there are none.
func (t *Text) titled(title string, rows []Row) {
	if len(rows) > 0 {
		t.Heading(title)
		t.Rows(2, rows)
	}
}

// rows is Rows with labels of up to so many columns.
func (t *Text) rows(level, widest int, rows []Row) {
	shown := make([]Row, len(rows))
	for i, row := range rows {
		shown[i] = Row{t.legible(t.mask.painted(row.Label)), t.legible(t.mask.painted(row.Text))}
	}
	column := labelColumn(shown, widest)
	for _, row := range shown {
		t.row(level, column, row)
	}
}

// fit returns a text without colours in so many columns: if it is longer, it loses its middle.
func (t *Text) fit(text string, columns int) string {
	text = t.legible(text)
	if width(text) <= columns {
		return text
	}
	return t.legible(inspect.ShortenMiddle(text, columns+1-width(t.pick("…", "..."))))
}

func (t *Text) row(level, column int, row Row) {
	margin := strings.Repeat(indent, level)
	hang := margin + strings.Repeat(" ", column)
	lines := wrap(row.Text, t.columns()-len(hang))
	if width(row.Label) > column-2 {
		label := []string{row.Label} // its indentation stays
		if room := t.columns() - len(margin); width(row.Label) > room {
			label = wrap(row.Label, room)
		}
		for _, line := range label {
			t.line(margin + line)
		}
	} else {
		first := ""
		if len(lines) > 0 {
			first, lines = lines[0], lines[1:]
		}
		t.line(margin + pad(row.Label, column) + first)
	}
	for _, line := range lines {
		t.line(hang + line)
	}
}

// NotedRow is a row with a remark.
type NotedRow struct {
	Row
	Note string
}

// The remarks of a list have a column of their own if they get at least leastNote columns
// beside texts of up to widestText, the length of a time. Otherwise they are below the texts.
const (
	widestText = 46
	leastNote  = 36
)

// NotedRows adds a list of rows with remarks.
func (t *Text) NotedRows(level int, rows []NotedRow) {
	plain := make([]Row, len(rows))
	for i := range rows {
		row := &rows[i]
		row.Label = t.legible(t.mask.Text(row.Label))
		row.Text = t.legible(t.mask.Text(row.Text))
		row.Note = t.legible(row.Note)
		plain[i] = row.Row
	}
	column := labelColumn(plain, widestLabel)
	start := level*len(indent) + column + widestText + 2
	room := start+leastNote <= t.listColumns()
	for _, row := range rows {
		fits := width(row.Text) <= widestText && width(row.Label) <= column-2
		if row.Note != "" && room && fits {
			before := strings.Repeat(indent, level) + pad(row.Label, column) + row.Text
			for _, line := range wrap(row.Note, t.listColumns()-start) {
				t.line(pad(before, start) + line)
				before = ""
			}
			continue
		}
		t.row(level, column, row.Row)
		hang := level*len(indent) + column + len(indent)
		for _, line := range wrap(row.Note, t.columns()-hang) {
			t.line(strings.Repeat(" ", hang) + line)
		}
	}
}

// labelColumn returns the width of the column of labels, with the gap after it. Wider labels than
// the widest are not counted.
func labelColumn(rows []Row, widest int) int {
	column := 0
	for _, row := range rows {
		if size := width(row.Label); size <= widest {
			column = max(column, size)
		}
	}
	return column + 2
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// wayOn is the last block of a screen: what to do now.
func (t *Text) wayOn(steps []rules.Step) {
	if len(steps) == 0 {
		return
	}
	t.Heading("next")
	for i, step := range steps {
		if t.Detail == Short && step.Folded {
			continue
		}
		note := step.Note
		if t.Detail == Short && i+1 < len(steps) && steps[i+1].Folded {
			note += " (-v shows the commands)"
		}
		t.Para(2, safe(report.Sentence(note)))
		t.Command(2, step.Command)
	}
}

// NoteText writes a note, and what to do now.
func NoteText(w io.Writer, style Style, note string, next ...rules.Step) error {
	t := NewText(style)
	t.Para(0, safe(note))
	if style.Detail != Answer {
		t.wayOn(next)
	}
	_, err := t.WriteTo(w)
	return err
}

// SourceLine adds a line of a file with carets under a span of it, and a note beside the
// carets:
//
//	12 |     "skipClientIdValidation": false,
//	   |                               ^^^^^ needs a client id
//
// If the span has several lines, the first is shown. A line that is too long is cut around the
// carets.
func (t *Text) SourceLine(
	level int, file *source.File, pos source.Position, span source.Span, note string,
) {
	if pos.Line == 0 || span.Start < 0 || span.Start > len(file.Text) {
		return
	}
	number := fmt.Sprint(pos.Line)
	margin := strings.Repeat(indent, level)
	gutter := margin + strings.Repeat(" ", len(number)) + " | "
	excerpt := excerptOf(file, span).masked(t.mask).fit(t.columns()-len(gutter),
		t.pick("…", "..."))

	line := excerpt.before + excerpt.marked + excerpt.after
	t.line(margin + t.Paint(Faint, number+" |") + " " + line)
	under := strings.Repeat(" ", width(excerpt.before))
	carets := strings.Repeat("^", max(1, width(excerpt.marked)))
	t.carets(gutter, under, carets, note)
}

// carets adds the line under the excerpt. If a note has no room beside the carets, it goes
// below them.
func (t *Text) carets(gutter, under, carets, note string) {
	note = t.legible(t.mask.Text(note))
	shown := t.Paint(Faint, gutter) + under + t.Paint(Bad, carets)
	if len(gutter)+len(under)+len(carets)+1+width(note) <= t.columns() {
		t.line(shown + " " + note)
		return
	}
	t.line(shown)
	for _, line := range wrap(note, t.columns()-len(gutter)) {
		t.line(t.Paint(Faint, gutter) + line)
	}
}

// excerpt is a line of a file around the part that matters, safe to print.
type excerpt struct{ before, marked, after string }

func excerptOf(file *source.File, span source.Span) excerpt {
	before, marked, after := report.CutLine(file, span)
	return excerpt{before, marked, after}
}

func (e excerpt) masked(m *Mask) excerpt {
	return excerpt{m.Text(e.before), m.Text(e.marked), m.Text(e.after)}
}

// fit cuts a line to a number of columns: first behind the marked part, then before it, then in
// its middle. The ellipsis shows where something is left out.
func (e excerpt) fit(columns int, ellipsis string) excerpt {
	if widest := columns * 2 / 3; width(e.marked) > widest {
		e.marked = strings.Replace(inspect.ShortenMiddle(e.marked, widest+1-width(ellipsis)), "…",
			ellipsis, 1)
	}
	room := columns - width(e.marked)
	context := min(width(e.after), room/3)
	e.before = keepEnd(e.before, room-context, ellipsis)
	e.after = keepStart(e.after, room-width(e.before), ellipsis)
	return e
}

// keepStart returns the first characters of a text, with an ellipsis if some are left out.
func keepStart(s string, limit int, ellipsis string) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return string(runes[:max(limit-width(ellipsis), 0)]) + ellipsis
}

func keepEnd(s string, limit int, ellipsis string) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return ellipsis + string(runes[len(runes)-max(limit-width(ellipsis), 0):])
}
