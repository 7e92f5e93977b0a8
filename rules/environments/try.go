package environments

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// Try evaluates one gateway with other policies, and nothing else. It returns a matrix that has
// only that gateway.
func (m *Matrix) Try(gateway int, policies []*rules.Policy) *Matrix {
	name := m.Gateways[gateway]
	e := m.estate.with(name, policies)
	tried := &Matrix{
		Rows: m.Rows, Cells: emptyCells(len(m.Rows), 1), Tokens: m.Tokens,
		estate: e, classes: m.classes,
	}
	tried.Classes = tried.column(newColumns(e, policies, e.site(name).Contracts), name, true)
	tried.judge()
	return tried
}

// With returns the matrix with one column replaced by a tried one. It has the cells, and no
// findings.
func (m *Matrix) With(gateway int, tried *Matrix) *Matrix {
	all := &Matrix{
		Rows: m.Rows, Gateways: m.Gateways, Cells: make([][]Cell, len(m.Cells)),
		Tokens: m.Tokens, Classes: m.Classes,
		estate: m.estate, classes: m.classes, columns: slices.Clone(m.columns),
	}
	all.columns[gateway] = tried.columns[0]
	for r := range m.Cells {
		all.Cells[r] = slices.Clone(m.Cells[r])
		all.Cells[r][gateway] = tried.Cells[r][0]
	}
	return all
}

// with is the estate with other policies at one site.
func (e *Estate) with(name string, policies []*rules.Policy) *Estate {
	other := *e
	other.Sites = slices.Clone(e.Sites)
	other.site(name).Policies = policies
	return &other
}

// Own returns requests with the tokens that a gateway's own environment uses. These are the real
// ones; without any, one modelled token of each kind in each form that its clients usually ask
// for.
func (m *Matrix) Own(gateway int) []*rules.Request {
	site := m.estate.site(m.Gateways[gateway])
	c := m.columns[gateway][0]
	var real, modelled []*rules.Request
	for _, row := range m.Rows {
		switch {
		case !row.meant(site.Name):
		case row.Real != nil:
			real = append(real, c.view.Usually(c.realRequest(row.Real)))
		default:
			modelled = append(modelled, row.usual(c.view)...)
		}
	}
	if len(real) > 0 {
		return real
	}
	return modelled
}

// usual is a row's tokens in the usual forms of their audience, each for one client. It takes a
// client that has a contract if there is one.
func (r *Row) usual(v *issued.View) []*rules.Request {
	var all []*rules.Request
	for _, i := range r.Usual(v.HasContract) {
		all = append(all, v.Usually(i.Token().Request(v)))
	}
	return all
}
