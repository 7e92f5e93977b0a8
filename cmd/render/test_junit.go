package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
)

// TestJUnit writes policy tests as JUnit XML: a suite for each file.
func TestJUnit(w io.Writer, r *report.Testing) error {
	x := testRun{r}
	var suites []junitSuite
	for i := range x.Cases {
		c := &x.Cases[i]
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
		fmt.Fprintf(&b, "%s %s: %s (%s)\n", r.Outcome, checkName(r.Check), r.Why(), r.Check.Pos)
	}
	return b.String()
}
