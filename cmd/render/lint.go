package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

type linting struct{ *report.Linting }

// end returns the position behind what a finding is about, on the first line of it.
func (l linting) end(f rules.Finding) source.Position {
	file := l.Sources[f.Pos.File]
	if file == nil || f.Span.End <= f.Span.Start || f.Span.End > len(file.Text) {
		return f.Pos
	}
	end := f.Span.End
	if i := strings.IndexByte(string(file.Text[f.Span.Start:f.Span.End]), '\n'); i >= 0 {
		end = f.Span.Start + i
	}
	return file.Position(end)
}

func (l linting) count(severity rules.Severity) int {
	n := 0
	for _, f := range l.Findings {
		if f.Severity == severity {
			n++
		}
	}
	return n
}

// LintSummary is the outcome in one line.
func LintSummary(r *report.Linting) string {
	l := linting{r}
	where := fmt.Sprintf("in %s of %s", plural(l.Policies, "policy", "policies"),
		report.Counted(l.Files, "file"))
	var parts []string
	for _, severity := range []rules.Severity{rules.Error, rules.Warning, rules.Note} {
		if n := l.count(severity); n > 0 {
			parts = append(parts, report.Counted(n, string(severity)))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing found"}
	}
	where += strings.Join(counts(
		tally{len(l.Suppressed), ", %d ignored"}, tally{l.LeftOut, ", %d left out"},
		tally{len(l.Unread), ", %d not checked"},
	), "")
	return strings.Join(parts, ", ") + " " + where
}

// LintText writes the findings for a person at a terminal: each with its line of the file,
// carets under what is wrong, and what to do.
func LintText(t *Text, r *report.Linting) {
	if t.Detail == Answer {
		t.Para(0, LintSummary(r))
		return
	}
	l := linting{r}
	said := map[string]bool{} // what to do, which is said once
	for _, f := range l.Findings {
		t.Para(0, fmt.Sprintf("%s: %s: %s %s", safe(f.Pos.String()),
			t.severity(f.Severity), safe(f.Message), t.Paint(Faint, "["+f.Rule+"]")))
		if file := l.Sources[f.Pos.File]; file != nil && f.Span.End > f.Span.Start {
			t.SourceLine(1, file, f.Pos, f.Span, "")
		}
		if fix := l.Fix(&f); fix != "" && !said[fix] {
			said[fix] = true
			t.Para(1, fix)
		}
		t.Command(1, l.Way(f))
		t.Blank()
	}
	t.Para(0, LintSummary(r))
	var rows []Row
	for _, of := range l.ByRule {
		where := of.Rule
		if l.Files > 1 {
			where += ", in " + report.Counted(of.Files, "file")
		}
		rows = append(rows, Row{report.Counted(of.Findings, string(of.Severity)), where})
	}
	t.Rows(1, rows)
	t.wayOn(l.Begin)
	if len(l.Findings) == 0 {
		t.wayOn(l.Next)
	}
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

// The JSON of lint.
type (
	lintJSON struct {
		SchemaVersion int               `json:"schema_version"`
		Findings      []lintFindingJSON `json:"findings"`
		Suppressed    []suppressedJSON  `json:"suppressed,omitempty"`
		Errors        []unreadJSON      `json:"errors,omitempty"`
		Summary       lintSummaryJSON   `json:"summary"`
		Next          []nextJSON        `json:"next,omitempty"`
	}

	lintFindingJSON struct {
		findingJSON
		End   *placeJSON `json:"end"`
		Field *string    `json:"field"`
	}

	suppressedJSON struct {
		lintFindingJSON
		By     string `json:"by"`
		Reason string `json:"reason"`
	}

	unreadJSON struct {
		Message string      `json:"message"`
		File    *string     `json:"file"`
		Source  *sourceJSON `json:"source"`
		Hints   []string    `json:"hints,omitempty"`
	}

	placeJSON struct {
		Line   int `json:"line"`
		Column int `json:"column"`
	}

	lintSummaryJSON struct {
		Files    int `json:"files"`
		Policies int `json:"policies"`
		Error    int `json:"error"`
		Warning  int `json:"warning"`
		Note     int `json:"note"`
	}
)

// LintJSON writes the findings as JSON.
func LintJSON(w io.Writer, r *report.Linting) error {
	l := linting{r}
	return JSON(w, lintJSON{
		SchemaVersion: SchemaVersion,
		Findings:      listOf(l.Findings, l.findingJSON),
		Suppressed: listOf(l.Suppressed, func(s *report.Suppressed) suppressedJSON {
			return suppressedJSON{l.findingJSON(&s.Finding), s.By, s.Reason}
		}),
		Errors: listOf(l.Unread, func(u *report.Unread) unreadJSON {
			return unreadJSON{u.Why, known(u.Pos.File), sourceOf(u.Pos), u.Hints}
		}),
		Next: nextOf(l.Next),
		Summary: lintSummaryJSON{
			Files: l.Files, Policies: l.Policies,
			Error: l.count(rules.Error), Warning: l.count(rules.Warning),
			Note: l.count(rules.Note),
		},
	})
}

func (l linting) findingJSON(f *rules.Finding) lintFindingJSON {
	end := l.end(*f)
	return lintFindingJSON{findingOf(f), known(placeJSON{end.Line, end.Column}), known(f.Field)}
}

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
	return m.writeTo(w)
}
