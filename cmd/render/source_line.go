package render

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

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
