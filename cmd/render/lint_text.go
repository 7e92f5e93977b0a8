package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

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
		if fix := l.rule(f.Rule).Fix; fix != "" {
			t.Para(1, fix)
		}
		if slices.Contains(l.Repairable, f.Rule) {
			// not wrapped, since the reader copies it
			t.line(indent + t.Paint(Faint, safe(l.repairBy(f))))
		}
		t.Blank()
	}
	t.Para(0, LintSummary(r))
	_, err := t.WriteTo(w)
	return err
}

// repairBy is the command that repairs a finding.
func (l linting) repairBy(f rules.Finding) string {
	words := []string{"gatewhy fix", l.Shell.Path(f.Pos.File), "--rule", f.Rule}
	if f.Pos.File == l.Input {
		words[1] = "-"
	}
	for _, flag := range l.Flags {
		words = append(words, l.Shell.Word(flag))
	}
	return strings.Join(words, " ")
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
