package render

import (
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
)

// LintMarkdown writes the findings as a block to paste into a ticket: each with its place, what to
// do, and the command for it.
func LintMarkdown(w io.Writer, r *report.Linting) error {
	l := linting{r}
	m := &markdown{}
	m.heading("gatewhy lint: " + LintSummary(r))
	for i := range l.Findings {
		f := &l.Findings[i]
		m.finding(f)
		if fix := l.Fix(f); fix != "" {
			m.detail(m.plain(fix))
		}
		if way := l.Way(*f); way != "" {
			m.detail(m.code(way))
		}
	}
	for i := range l.Unread {
		m.item("not checked: " + m.plain(l.Unread[i].String()))
	}
	if len(l.Findings) == 0 {
		m.wayOn(l.Next)
	}
	_, err := io.WriteString(w, m.b.String())
	return err
}
