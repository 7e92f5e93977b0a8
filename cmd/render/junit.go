package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// The JUnit XML that CI systems read (the schema of Apache Ant's JUnit task, as Jenkins, GitLab
// and Azure Pipelines take it).
type (
	junitSuite struct {
		junitCounts
		Name  string
		Cases []junitCase
	}

	junitCounts struct{ Tests, Failures, Errors, Skipped int }

	junitCase struct {
		Name    string
		Class   string
		File    string
		Line    int
		Failure *junitMessage
		Error   *junitMessage // it could not be run
		Skipped *junitMessage
	}

	junitMessage struct {
		Message string
		Text    string
	}
)

// add puts a case into the suite and counts it. What comes from files is made safe to print.
func (s *junitSuite) add(c junitCase) {
	c.Name, c.Class, c.File = safe(c.Name), safe(c.Class), safe(c.File)
	s.Tests++
	for i, outcome := range c.outcomes() {
		if m := outcome.message; m != nil {
			*[]*int{&s.Failures, &s.Errors, &s.Skipped}[i]++
			m.Message, m.Text = safe(m.Message), safeText(m.Text)
		}
	}
	s.Cases = append(s.Cases, c)
}

type junitOutcome struct {
	name    string
	message *junitMessage // nil where it was another
}

func (c *junitCase) outcomes() [3]junitOutcome {
	return [...]junitOutcome{{"failure", c.Failure}, {"error", c.Error}, {"skipped", c.Skipped}}
}

// writeJUnit writes the XML itself: encoding/xml fills tables whenever the program starts.
func writeJUnit(w io.Writer, suites []junitSuite) error {
	var all junitCounts
	inner := newXMLWriter()
	for i := range suites {
		s := &suites[i]
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Skipped += s.Skipped
		inner.start("  ", "testsuite", "name", safe(s.Name))
		inner.counts(s.junitCounts)
		inner.WriteString(">\n")
		for j := range s.Cases {
			inner.testCase(&s.Cases[j])
		}
		inner.WriteString("  </testsuite>\n")
	}
	out := newXMLWriter()
	out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	out.start("", "testsuites")
	out.counts(all)
	_, err := fmt.Fprintf(w, "%s>\n%s</testsuites>\n", out.String(), inner.String())
	return err
}

// xmlWriter holds XML in which every text is escaped.
type xmlWriter struct {
	strings.Builder
	escapes *strings.Replacer
}

func newXMLWriter() *xmlWriter {
	return &xmlWriter{escapes: strings.NewReplacer(
		"&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;",
		"\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;",
	)}
}

// start writes the start of an element and its attributes, each a name and a value, without the
// bracket at the end.
func (x *xmlWriter) start(indent, element string, attributes ...string) {
	x.WriteString(indent + "<" + element)
	for pair := range slices.Chunk(attributes, 2) {
		fmt.Fprintf(x, ` %s="%s"`, pair[0], x.text(pair[1]))
	}
}

func (x *xmlWriter) counts(c junitCounts) {
	fmt.Fprintf(x, ` tests="%d" failures="%d"`, c.Tests, c.Failures)
	if c.Errors > 0 {
		fmt.Fprintf(x, ` errors="%d"`, c.Errors)
	}
	fmt.Fprintf(x, ` skipped="%d"`, c.Skipped)
}

func (x *xmlWriter) testCase(c *junitCase) {
	attributes := []string{"name", c.Name, "classname", c.Class}
	if c.File != "" {
		attributes = append(attributes, "file", c.File)
	}
	if c.Line > 0 {
		attributes = append(attributes, "line", strconv.Itoa(c.Line))
	}
	x.start("    ", "testcase", attributes...)
	x.WriteString(">")
	end := "</testcase>\n"
	for _, outcome := range c.outcomes() {
		if m := outcome.message; m != nil {
			x.start("\n      ", outcome.name, "message", m.Message)
			fmt.Fprintf(x, ">%s</%s>", x.text(m.Text), outcome.name)
			end = "\n    </testcase>\n"
		}
	}
	x.WriteString(end)
}

// text is a text as it stands in an element or an attribute, with what XML 1.0 can't hold
// replaced.
func (x *xmlWriter) text(text string) string {
	return x.escapes.Replace(strings.Map(func(r rune) rune {
		if r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == '\ufffe' || r == '\uffff' {
			return utf8.RuneError
		}
		return r
	}, text))
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
