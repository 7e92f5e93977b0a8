package environments

import "github.com/gatewhy/gatewhy/rules/issued"

// Suppose makes up an API and a client for each environment with policies, if no environment says
// who belongs to it: each API is as its own policies want it. It reports whether it did.
func (e *Estate) Suppose() bool {
	guarded := 0
	for i := range e.Sites {
		s := &e.Sites[i]
		if s.API != nil || len(s.Clients)+len(s.Tokens) > 0 {
			return false
		}
		if len(s.Policies) > 0 {
			guarded++
		}
	}
	if guarded == 0 {
		return false
	}
	for i := range e.Sites {
		s := &e.Sites[i]
		if len(s.Policies) == 0 {
			continue
		}
		api, client := issued.Supposed(s.Policies, s.Contracts, i)
		s.API = api
		s.Clients = append(s.Clients, client)
	}
	e.Supposed = true
	return true
}
