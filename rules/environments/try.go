package environments

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
)

// Try evaluates one gateway's column with other policies, and nothing else. The matrix that it
// returns has that one gateway.
func (m *Matrix) Try(gateway int, policies []*rules.Policy) *Matrix {
	name := m.Gateways[gateway]
	e := m.estate.with(name, policies)
	tried := &Matrix{Rows: m.Rows, Tokens: m.Tokens, estate: e, classes: m.classes}
	tried.column(newColumns(e, policies, e.site(name).Contracts), name)
	return tried
}

// With returns the matrix with the one column of a matrix that was tried, all else as it is. It
// has the cells, and no findings.
func (m *Matrix) With(gateway int, tried *Matrix) *Matrix {
	all := &Matrix{
		Rows: m.Rows, Gateways: m.Gateways, Tokens: m.Tokens, Alike: m.Alike, Shares: m.Shares,
		estate: m.estate, classes: m.classes,
		columns: slices.Clone(m.columns), answers: slices.Clone(m.answers),
	}
	all.columns[gateway], all.answers[gateway] = tried.columns[0], tried.answers[0]
	return all
}

// with is the estate with other policies at one site.
func (e *Estate) with(name string, policies []*rules.Policy) *Estate {
	other := *e
	other.Sites = slices.Clone(e.Sites)
	other.site(name).Policies = policies
	return &other
}

// Own returns requests with the tokens that a gateway's own environment uses: the real ones, or
// else one modelled token of each kind in each form that its clients usually ask for. Each comes
// once in every class of requests that some policy looks at, for what helps in one may not in
// another.
func (m *Matrix) Own(gateway int) []*rules.Request {
	site := m.estate.site(m.Gateways[gateway])
	var real, modelled []*rules.Request
	for i, c := range m.columns[gateway] {
		if i > 0 && !c.covered() {
			continue
		}
		for _, row := range m.Rows {
			switch {
			case !row.meant(EnvironmentOf(site.Name)):
			case row.Real != nil:
				real = append(real, c.inClass(c.realRequest(row.Real)))
			default:
				modelled = append(modelled, row.usual(c)...)
			}
		}
	}
	if len(real) > 0 {
		return real
	}
	return modelled
}

// ClientsOfShared lists the clients of a gateway's environment, where another environment has the
// same API registration: then nothing else in a token tells the two apart. It is empty for others.
func (m *Matrix) ClientsOfShared(gateway int) []string {
	site := m.estate.site(m.Gateways[gateway])
	shared := slices.ContainsFunc(m.estate.Sites, func(other Site) bool {
		return other.Name != site.Name && site.API != nil && other.API != nil &&
			site.API.AppID.Known() && other.API.AppID.Is(site.API.AppID)
	})
	if !shared {
		return nil
	}
	return m.ClientsOf(gateway)
}

// ClientsOf lists the clients that the files show of a gateway's environment.
func (m *Matrix) ClientsOf(gateway int) []string {
	var all []string
	for _, client := range m.estate.site(m.Gateways[gateway]).Clients {
		if id := client.AppID; id.Known() && !slices.Contains(all, id.Value) {
			all = append(all, id.Value)
		}
	}
	return all
}

// covered reports whether some policy applies to the column's class of requests.
func (c *column) covered() bool {
	return slices.ContainsFunc(
		c.view.Class().Applies, func(applies rules.Truth) bool { return applies != rules.No },
	)
}

// inClass is a request of the column's class, with what a client usually writes beside its token.
func (c *column) inClass(r *rules.Request) *rules.Request {
	class := c.view.Class()
	r.Method, r.Path = class.Method, class.Path
	return c.view.Usually(r)
}

// usual is a row's tokens in the usual forms of their audience, each for one client, preferably
// one that has a contract.
func (r *Row) usual(c *column) []*rules.Request {
	var all []*rules.Request
	for _, i := range r.Usual(c.view.HasContract) {
		all = append(all, c.inClass(i.Token().Request(c.view)))
	}
	return all
}
