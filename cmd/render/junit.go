package render

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// The JUnit XML that CI systems read (the schema of Apache Ant's JUnit task, as Jenkins, GitLab
// and Azure Pipelines take it).
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr,omitempty"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}

	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr,omitempty"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}

	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"` // it could not be run
		Skipped *junitMessage `xml:"skipped"`
	}

	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// add puts a case into the suite and counts it. What comes from files is made safe to print.
func (s *junitSuite) add(c junitCase) {
	c.Name, c.Class, c.File = safe(c.Name), safe(c.Class), safe(c.File)
	s.Tests++
	for _, outcome := range []struct {
		message *junitMessage
		count   *int
	}{{c.Failure, &s.Failures}, {c.Error, &s.Errors}, {c.Skipped, &s.Skipped}} {
		if m := outcome.message; m != nil {
			*outcome.count++
			m.Message, m.Text = safe(m.Message), safeText(m.Text)
		}
	}
	s.Cases = append(s.Cases, c)
}

func writeJUnit(w io.Writer, suites []junitSuite) error {
	out := junitSuites{Suites: suites}
	for i := range suites {
		suites[i].Name = safe(suites[i].Name)
		out.Tests += suites[i].Tests
		out.Failures += suites[i].Failures
		out.Errors += suites[i].Errors
		out.Skipped += suites[i].Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// LintJUnit writes the findings as JUnit XML: a suite for each file, a case for each finding. A
// finding below --fail-on is a skipped case. A file without findings has one case that passes,
// and a file that could not be checked has one case with an error.
func LintJUnit(w io.Writer, r *report.Linting) error {
	l := linting{r}
	suites := make([]junitSuite, len(l.Names))
	for i, name := range l.Names {
		suites[i].Name = name
		for _, f := range l.Findings {
			if f.Pos.File == name {
				suites[i].add(l.junitCase(f))
			}
		}
		if len(suites[i].Cases) == 0 {
			suites[i].add(junitCase{Name: "nothing found", Class: name, File: name})
		}
	}
	for _, u := range l.Unread {
		suite := junitSuite{Name: cmp.Or(u.Pos.File, "gatewhy lint")}
		suite.add(junitCase{
			Name: "not checked", Class: suite.Name, File: u.Pos.File, Line: u.Pos.Line,
			Error: &junitMessage{Message: u.Why, Text: u.String()},
		})
		suites = append(suites, suite)
	}
	return writeJUnit(w, suites)
}

func (l linting) junitCase(f rules.Finding) junitCase {
	c := junitCase{
		Name:  fmt.Sprintf("%s at line %d, column %d", f.Rule, f.Pos.Line, f.Pos.Column),
		Class: f.Pos.File, File: f.Pos.File, Line: f.Pos.Line,
	}
	message := &junitMessage{
		Message: fmt.Sprintf("%s: %s", f.Severity, f.Message),
		Text:    f.Pos.String() + ": " + l.Fix(&f),
	}
	if l.Fails == nil || l.Fails(f.Severity) {
		c.Failure = message
	} else {
		c.Skipped = message
	}
	return c
}

// TestJUnit writes policy tests as JUnit XML: a suite for each file.
func TestJUnit(w io.Writer, r *report.Testing) error {
	var suites []junitSuite
	for i := range r.Cases {
		c := &r.Cases[i]
		if len(suites) == 0 || suites[len(suites)-1].Name != c.Suite {
			suites = append(suites, junitSuite{Name: c.Suite})
		}
		out := junitCase{Name: c.Name, Class: c.Suite, File: c.Pos.File, Line: c.Pos.Line}
		if len(c.Differences) > 0 {
			out.Failure = &junitMessage{
				Message: strings.Join(c.Differences, "; "), Text: traceOf(c),
			}
		}
		suites[len(suites)-1].add(out)
	}
	return writeJUnit(w, suites)
}

// traceOf is the verdict check by check, a line each.
func traceOf(c *report.Tested) string {
	var b strings.Builder
	for i := range c.Verdict.Results {
		r := &c.Verdict.Results[i]
		why := r.Why()
		if r.Harmless {
			why = harmless(r)
		}
		fmt.Fprintf(&b, "%s %s: %s (%s)\n", outcomeShown(r), checkName(r.Check), why, r.Check.Pos)
	}
	return b.String()
}

// MatrixJUnit writes a matrix as JUnit XML: a suite for each gateway, a case for each row. A
// cell that is not known counts as skipped.
func MatrixJUnit(w io.Writer, r *report.Matrixing) error {
	x := matrixing{r}
	suites := make([]junitSuite, len(x.Gateways))
	for g, gateway := range x.Gateways {
		suite := &suites[g]
		suite.Name = gateway
		for r := range x.Rows {
			suite.add(x.junitCase(r, g))
		}
		for i := range x.Remarks {
			if r := &x.Remarks[i]; r.Gateway == g {
				// the other cases do not show it, and it has neither passed nor failed
				text := fmt.Sprintf("%s: %s [%s]", r.Pos, r.Message, r.Rule)
				suite.add(junitCase{
					Name: r.Rule + " at " + gateway, Class: gateway,
					File: r.Pos.File, Line: r.Pos.Line,
					Skipped: &junitMessage{Message: r.Message, Text: text},
				})
			}
		}
	}
	return writeJUnit(w, suites)
}

func (x matrixing) junitCase(r, g int) junitCase {
	cell := x.Cell(r, g)
	c := junitCase{Name: x.Rows[r].Name + " at " + x.Gateways[g], Class: x.Gateways[g]}
	message := &junitMessage{
		Message: fmt.Sprintf("expected %s, got %s (%s)", cell.Expected, cell.Outcome,
			cellAnswer(cell)),
	}
	switch cell.OK() {
	case rules.No:
		f := x.findingAt(r, g)
		c.File, c.Line = f.Pos.File, f.Pos.Line
		message.Text = fmt.Sprintf("%s: %s [%s]", f.Pos, f.Message, f.Rule)
		c.Failure = message
	case rules.Maybe:
		c.Skipped = message
	}
	return c
}

func (x matrixing) findingAt(row, gateway int) *environments.Finding {
	for i := range x.Findings {
		if f := &x.Findings[i]; f.Gateway == gateway && slices.Contains(f.Rows, row) {
			return f
		}
	}
	return &environments.Finding{}
}
