package environments

import (
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// column adds a gateway, and returns how many tokens it could tell apart.
func (m *Matrix) column(c *column, gateway string) int {
	m.Gateways = append(m.Gateways, gateway)
	for r, row := range m.Rows {
		m.Cells[r] = append(m.Cells[r], c.cell(row))
	}
	return len(c.seen)
}

// column runs tokens against one gateway.
type column struct {
	estate  *Estate
	view    *view
	grouped bool
	seen    map[string]outcome
	classes map[string]string           // of client ids
	members map[*clientSet][]classified // one client of each class
}

// classified is a client that stands for all of its class.
type classified struct{ id, class string }

// outcome is a verdict in short.
type outcome struct {
	outcome rules.Outcome
	status  int
	decided rules.ID
}

func newColumn(e *Estate, policies []*rules.Policy, contracts *rules.Contracts, grouped bool) *column {
	return &column{estate: e, view: newView(policies, contracts), grouped: grouped, seen: map[string]outcome{}, classes: map[string]string{}, members: map[*clientSet][]classified{}}
}

// cell evaluates a row.
func (c *column) cell(row *Row) Cell {
	if row.Real != nil {
		v := c.evaluateReal(row.Real)
		return cellOf(inShort(&v), nil)
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
	key := c.view.key(&b.sample)
	for _, client := range c.classified(b.clients) {
		full := key + client.class
		got, known := c.seen[full]
		if !known || !c.grouped {
			got = c.run(&b.sample, client.id)
			c.seen[full] = got
		}
		if best.Outcome == "" || further(got.outcome, best.Outcome) {
			witness := b.sample
			witness.client = client.id
			best = cellOf(got, &witness)
		}
	}
	return best
}

// classified lists one client of each class in a set, or where nothing is grouped, all.
func (c *column) classified(set *clientSet) []classified {
	all, known := c.members[set]
	if known {
		return all
	}
	found := map[string]bool{}
	for _, id := range set.ids {
		class := c.class(id)
		if !found[class] || !c.grouped {
			found[class] = true
			all = append(all, classified{id, class})
		}
	}
	c.members[set] = all
	return all
}

func (c *column) class(id string) string {
	class, ok := c.classes[id]
	if !ok {
		class = c.view.class(id)
		c.classes[id] = class
	}
	return class
}

func (c *column) run(s *sample, client string) outcome {
	full := *s
	full.client = client
	v := full.verdict(c.view)
	return inShort(&v)
}

// verdict evaluates the token. One that perhaps nobody can have is not accepted for sure.
func (s *sample) verdict(v *view) rules.Verdict {
	verdict := rules.Evaluate(v.policies, s.request(v))
	if s.audience.doubt != "" && verdict.Outcome == rules.Accepted {
		verdict.Outcome, verdict.Status = rules.Undetermined, 0
	}
	return verdict
}

func (s *sample) request(v *view) *rules.Request {
	return &rules.Request{Token: s.token(v.claims, v.headers), At: s.at, Contracts: v.contracts, Signatures: modelled{s.cloud}}
}

func (c *column) evaluateReal(real *Real) rules.Verdict {
	return rules.Evaluate(c.view.policies, c.realRequest(real))
}

// realRequest carries a captured token, one second after it was issued.
func (c *column) realRequest(real *Real) *rules.Request {
	at := c.estate.At
	if issued := inspect.ReadInstant(real.Token.Claims.Member("iat")); issued.Known() {
		at = issued.At.Add(time.Second)
	}
	return &rules.Request{Token: real.Token, At: at, Contracts: c.view.contracts, Signatures: c.estate.Signatures}
}

func inShort(v *rules.Verdict) outcome {
	o := outcome{outcome: v.Outcome, status: v.Status}
	if v.Decided != nil {
		o.decided = v.Decided.Check.ID
	}
	return o
}

func cellOf(o outcome, witness *sample) Cell {
	return Cell{Outcome: o.outcome, Status: o.status, Decided: o.decided, witness: witness}
}

// further reports whether a token with outcome a gets further than one with b.
func further(a, b rules.Outcome) bool { return reach(a) > reach(b) }

func reach(o rules.Outcome) int {
	switch o {
	case rules.Accepted:
		return 2
	case rules.Undetermined:
		return 1
	}
	return 0
}
