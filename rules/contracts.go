package rules

import "slices"

// Contracts are the client ids that have an approved contract on the API instance.
type Contracts struct {
	IDs     []string
	Partial bool   // the list says itself that it is not all of them
	File    string // where it comes from
}

// Has tells whether this client has an approved contract. The comparison is exact, as the gateway's is.
func (c *Contracts) Has(id string) Truth {
	switch {
	case slices.Contains(c.IDs, id):
		return Yes
	case c.Partial:
		return Maybe
	}
	return No
}
