package render

import (
	"fmt"
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

// LintText writes the findings for a person at a terminal: each with its line of the file,
// carets under what is wrong, and what to do.
func LintText(w io.Writer, style Style, r *report.Linting) error {
	l := linting{r}
	t := NewText(style)
	for _, f := range l.Findings {
		t.Para(0, fmt.Sprintf("%s: %s: %s %s", safe(f.Pos.String()),
			t.severity(f.Severity), safe(f.Message), t.Paint(Faint, "["+f.Rule+"]")))
		if file := l.Sources[f.Pos.File]; file != nil && f.Span.End > f.Span.Start {
			t.SourceLine(1, file, f.Pos, f.Span, "")
		}
		if fix := l.Fix(&f); fix != "" {
			t.Para(1, fix)
		}
		t.Command(1, l.Way(f))
		t.Blank()
	}
	t.Para(0, LintSummary(r))
	if len(l.Findings) == 0 {
		t.wayOn(l.Next)
	}
	_, err := t.WriteTo(w)
	return err
}

func (t *Text) severity(s rules.Severity) string {
	switch s {
	case rules.Error:
		return t.Paint(Bad, string(s))
	case rules.Warning:
		return t.Paint(Strong, string(s))
	}
	return string(s)
}

// LintLines writes one line for each finding, in the form that editors and terminals link.
func LintLines(w io.Writer, r *report.Linting) error {
	l := linting{r}
	for _, f := range l.Findings {
		if _, err := fmt.Fprintf(w, "%s: %s: %s [%s]\n", safe(f.Pos.String()), f.Severity,
			safe(f.Message), f.Rule); err != nil {
			return err
		}
	}
	return nil
}
