package render

import (
	"fmt"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// testRun is what policy tests gave, as it is shown.
type testRun struct{ *report.Testing }

// summary is the outcome in one line, as test runners close.
func (x testRun) summary() string {
	failed := x.Failed()
	return fmt.Sprintf("%d passed, %d failed", len(x.Cases)-failed, failed)
}

func (x testRun) source(name string) *source.File {
	for _, file := range x.Sources {
		if file.Name == name {
			return file
		}
	}
	return nil
}

// unseen lists in words the checks that have never had an outcome.
func unseen(c *report.Coverage, count func(*report.Covered) int) []string {
	var all []string
	for i := range c.Checks {
		if covered := &c.Checks[i]; count(covered) == 0 {
			all = append(all, safe(fmt.Sprintf("%s, %s", checkName(covered.Check),
				covered.Check.Pos)))
		}
	}
	return all
}

func passed(c *report.Covered) int { return c.Passed }

func failed(c *report.Covered) int { return c.Failed }
