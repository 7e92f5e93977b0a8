package environments

import "github.com/gatewhy/gatewhy/rules"

// Remark is what a reader must know of a gateway's policies and the grid does not show: one that is disabled, or limited to some
// routes.
type Remark struct {
	rules.Finding
	Gateway int
}

// remark asks the policies about a request of which nothing is known.
func (m *Matrix) remark() {
	for g, name := range m.Gateways {
		for _, f := range rules.Evaluate(m.estate.site(name).Policies, &rules.Request{}).Findings {
			if f.Rule == "route-assumed" {
				f.Message = "this policy is limited to some routes: each class of requests is run, and the worst counts"
			}
			m.Remarks = append(m.Remarks, Remark{f, g})
		}
	}
}
