package render

import (
	"cmp"
	"fmt"
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

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
