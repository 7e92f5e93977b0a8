package environments

import "github.com/gatewhy/gatewhy/rules/issued"

// Suppose makes up who belongs to environments that do not say it: an API as the environment's own
// policies want it, and a client that they name or that has a contract. It lists the environments
// for which it did.
func (e *Estate) Suppose() []string {
	var names []string
	for i := range e.Sites {
		s := &e.Sites[i]
		callers, policies := len(s.Clients)+len(s.Tokens), e.Guards(s.Name)
		if s.Name != EnvironmentOf(s.Name) || len(policies) == 0 || s.API != nil && callers > 0 {
			continue
		}
		api, client := issued.Supposed(policies, s.Contracts, i)
		if s.API == nil {
			s.API = api
		}
		if callers == 0 {
			s.Clients = append(s.Clients, client)
		}
		names = append(names, s.Name)
	}
	return names
}
