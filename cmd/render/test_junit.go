package render

import (
	"fmt"
	"io"
	"strings"
)

// TestJUnit writes policy tests as JUnit XML: a suite for each file.
func TestJUnit(w io.Writer, x *Testing) error {
	var suites []junitSuite
	for i := range x.Cases {
		c := &x.Cases[i]
		if len(suites) == 0 || suites[len(suites)-1].Name != c.Suite {
			suites = append(suites, junitSuite{Name: c.Suite})
		}
		out := junitCase{Name: c.Name, Class: c.Suite, File: c.Pos.File, Line: c.Pos.Line}
		if len(c.Differences) > 0 {
			out.Failure = &junitMessage{
				Message: strings.Join(c.Differences, "; "), Text: c.trace(),
			}
		}
		suites[len(suites)-1].add(out)
	}
	return writeJUnit(w, suites)
}

// trace is the verdict check by check, a line each.
func (c *Tested) trace() string {
	var b strings.Builder
	for i := range c.Verdict.Results {
		r := &c.Verdict.Results[i]
		fmt.Fprintf(&b, "%s %s: %s (%s)\n", r.Outcome, checkName(r.Check), r.Why(), r.Check.Pos)
	}
	return b.String()
}
