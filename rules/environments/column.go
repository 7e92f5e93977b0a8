package environments

import (
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// column adds a gateway, and returns how many tokens it could tell apart.
func (m *Matrix) column(c *column, gateway string) int {
	m.Gateways, m.columns = append(m.Gateways, gateway), append(m.columns, c)
	c.numbers, c.access, c.sign = m.classes.of(c.view), m.classes.clientsOf(c.view, false), m.classes.clientsOf(c.view, true)
	for r, row := range m.Rows {
		m.Cells[r] = append(m.Cells[r], c.cell(row))
	}
	told := len(c.seen)
	c.seen = nil // a column is run once
	return told
}

// column runs tokens against one gateway.
type column struct {
	estate  *Estate
	view    *view
	grouped bool
	numbers []int // the class of each batch, by its index
	seen    map[seen]outcome
	access  *clientClasses // the classes of clients as access tokens name them
	sign    *clientClasses // and as ID tokens do
}

// seen is tokens that the column can't tell apart: the class of their batch and that of their client.
type seen struct {
	batch, client int
	identity      bool
}

// outcome is a verdict in short.
type outcome struct {
	outcome rules.Decision
	status  int
	decided rules.ID
	written Written // by the caller, where the policies take it from the request
}

func newColumn(e *Estate, policies []*rules.Policy, contracts *rules.Contracts, grouped bool) *column {
	return &column{estate: e, view: newView(policies, contracts), grouped: grouped, seen: map[seen]outcome{}}
}

// cell evaluates a row.
func (c *column) cell(row *Row) Cell {
	if row.Real != nil {
		v, written := c.evaluateReal(row.Real)
		return cellOf(inShort(&v, written), token{})
	}
	var best Cell
	for i := range row.batches {
		if cell := c.batch(&row.batches[i]); best.Outcome == "" || further(cell.Outcome, best.Outcome) {
			best = cell
		}
	}
	return best
}

// batch evaluates one token for each class of clients.
func (c *column) batch(b *batch) Cell {
	var best Cell
	for _, client := range c.classified(b) {
		full := seen{c.numbers[b.index], client.class, b.sample.identity}
		got, known := c.seen[full]
		if !known || !c.grouped {
			got = c.run(token{b, client.id})
			c.seen[full] = got
		}
		if best.Outcome == "" || further(got.outcome, best.Outcome) {
			best = cellOf(got, token{b, client.id})
		}
	}
	return best
}

// classified lists one client of each class in a set, or where nothing is grouped, all.
func (c *column) classified(b *batch) []classified {
	of := c.access
	if b.sample.identity {
		of = c.sign
	}
	if !c.grouped {
		return of.each(b.clients)
	}
	return of.one(b.clients)
}

func (c *column) run(t token) outcome {
	v, written := t.sample().verdict(c.view)
	return inShort(&v, written)
}

// verdict evaluates the token, with what its holder writes beside it to get furthest. One that perhaps nobody can have is not accepted for
// sure.
func (s *sample) verdict(v *view) (rules.Verdict, Written) {
	verdict, written := v.furthest(s.client, func() *rules.Request { return s.request(v) })
	if s.doubt != "" && verdict.Outcome == rules.Accepted {
		verdict.Outcome, verdict.Status = rules.Undetermined, 0
	}
	return verdict, written
}

// furthest is the verdict on the request that gets furthest among those that the token's holder may make.
func (v *view) furthest(client string, request func() *rules.Request) (best rules.Verdict, with Written) {
	for _, written := range v.chosen.forms(v.contracts, client) {
		r := request()
		written.into(r)
		if got := rules.Evaluate(v.policies, r); best.Outcome == "" || further(got.Outcome, best.Outcome) {
			best, with = got, written
		}
	}
	return best, with
}

func (s *sample) request(v *view) *rules.Request {
	return &rules.Request{Token: s.token(v), At: s.at, Contracts: v.contracts, Signatures: modelled{s.cloud}}
}

func (c *column) evaluateReal(real *Real) (rules.Verdict, Written) {
	client := inspect.Describe(real.Token).ClientID.Value
	return c.view.furthest(client, func() *rules.Request { return c.realRequest(real) })
}

// realRequest carries a captured token, one second after it was issued.
func (c *column) realRequest(real *Real) *rules.Request {
	at := c.estate.At
	if issued, ok := real.Token.JustIssued(); ok {
		at = issued
	}
	return &rules.Request{Token: real.Token, At: at, Contracts: c.view.contracts, Signatures: c.estate.Signatures}
}

func inShort(v *rules.Verdict, written Written) outcome {
	o := outcome{outcome: v.Outcome, status: v.Status, written: written}
	if v.Decided != nil {
		o.decided = v.Decided.Check.ID
	}
	return o
}

func cellOf(o outcome, witness token) Cell {
	return Cell{Outcome: o.outcome, Status: o.status, Decided: o.decided, witness: witness}
}

// further reports whether a token with outcome a gets further than one with b.
func further(a, b rules.Decision) bool { return reach(a) > reach(b) }

func reach(o rules.Decision) int {
	switch o {
	case rules.Accepted:
		return 2
	case rules.Undetermined:
		return 1
	}
	return 0
}
