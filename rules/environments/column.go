package environments

import (
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// column adds a gateway, and returns how many tokens it could tell apart.
func (m *Matrix) column(c *column, gateway string, grouped bool) int {
	m.Gateways, m.columns = append(m.Gateways, gateway), append(m.columns, c)
	run := m.classes.Run(c.view, grouped)
	for r, row := range m.Rows {
		m.Cells[r] = append(m.Cells[r], c.cell(row, run))
	}
	return run.Told()
}

// column is one gateway, as tokens are run against it.
type column struct {
	estate *Estate
	view   *issued.View
}

func newColumn(e *Estate, policies []*rules.Policy, contracts *rules.Contracts) *column {
	return &column{estate: e, view: issued.NewView(policies, contracts)}
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
	return &rules.Request{Token: real.Token, At: at, Contracts: c.view.Contracts(), Signatures: c.estate.Signatures}
}
