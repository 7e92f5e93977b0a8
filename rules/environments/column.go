package environments

import (
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// column adds a gateway, and returns how many tokens it could tell apart. Of several classes of requests the
// worst counts: of tokens that are meant to be let in the one where they get least far, of others where they
// get furthest.
func (m *Matrix) column(columns []*column, gateway string, grouped bool) int {
	m.Gateways, m.columns = append(m.Gateways, gateway), append(m.columns, columns)
	distinct := 0
	for i, c := range columns {
		run := m.classes.Run(c.view, grouped)
		for r, row := range m.Rows {
			cell := c.cell(row, run)
			cell.column = c
			switch {
			case i == 0:
				m.Cells[r] = append(m.Cells[r], cell)
			case worse(&cell, last(m.Cells[r]), row.meant(gateway)):
				*last(m.Cells[r]) = cell
			}
		}
		distinct = max(distinct, run.Distinct())
	}
	return distinct
}

func last(cells []Cell) *Cell { return &cells[len(cells)-1] }

// worse reports whether a cell tells more of what is wrong than another one of the same token.
func worse(c, than *Cell, meant bool) bool {
	if meant {
		return issued.Further(than.Outcome, c.Outcome)
	}
	return issued.Further(c.Outcome, than.Outcome)
}

// column is one gateway, as tokens are run against it in one class of requests.
type column struct {
	estate *Estate
	view   *issued.View
}

// newColumns are a gateway's classes of requests, the most covered first.
func newColumns(e *Estate, policies []*rules.Policy, contracts *rules.Contracts) []*column {
	view := issued.NewView(policies, contracts)
	classes := view.Classes()
	all := make([]*column, len(classes))
	for i := range classes {
		all[i] = &column{estate: e, view: view.OfClass(&classes[i])}
	}
	return all
}

// with is the column with other policies, whose routes are the same.
func (c *column) with(policies []*rules.Policy) *column {
	class := c.view.Class()
	same := rules.Classes(policies, class.Method, class.Path)
	view := issued.NewView(policies, c.view.Contracts())
	return &column{estate: c.estate, view: view.OfClass(&same[0])}
}

// cell evaluates a row.
func (c *column) cell(row *Row, run *issued.Run) Cell {
	if row.Real == nil {
		o := run.Furthest(row.Kind)
		return Cell{Outcome: o.Outcome, Status: o.Status, Decided: o.Decided, witness: o.Issued}
	}
	v, _ := c.evaluateReal(row.Real)
	cell := Cell{Outcome: v.Outcome, Status: v.Status}
	if v.Decided != nil {
		cell.Decided = v.Decided.Check.ID
	}
	return cell
}

func (c *column) evaluateReal(real *Real) (rules.Verdict, issued.Written) {
	client := inspect.Describe(real.Token).ClientID.Value
	return c.view.FurthestReal(client, func() *rules.Request { return c.realRequest(real) })
}

// realRequest carries a captured token, one second after it was issued.
func (c *column) realRequest(real *Real) *rules.Request {
	at := c.estate.At
	if issued, ok := real.Token.JustIssued(); ok {
		at = issued
	}
	return &rules.Request{
		Token: real.Token, At: at, Contracts: c.view.Contracts(), Signatures: c.estate.Signatures,
	}
}
