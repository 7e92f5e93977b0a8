package render

import (
	"fmt"
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

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
				suite.add(junitRemark(r, gateway))
			}
		}
	}
	return writeJUnit(w, suites)
}

// junitRemark is a remark as a case, since the other cases do not show it. It counts as
// skipped: it has neither passed nor failed.
func junitRemark(r *environments.Remark, gateway string) junitCase {
	text := fmt.Sprintf("%s: %s [%s]", r.Pos, r.Message, r.Rule)
	return junitCase{
		Name: r.Rule + " at " + gateway, Class: gateway, File: r.Pos.File, Line: r.Pos.Line,
		Skipped: &junitMessage{Message: r.Message, Text: text},
	}
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

// findingAt is the finding that a wrong cell belongs to.
func (x matrixing) findingAt(row, gateway int) *environments.Finding {
	for i := range x.Findings {
		f := &x.Findings[i]
		if f.Gateway != gateway {
			continue
		}
		for _, r := range f.Rows {
			if r == row {
				return f
			}
		}
	}
	return &environments.Finding{}
}
