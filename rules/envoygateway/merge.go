package envoygateway

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// merged is an object with another one laid over it. Objects are merged member by member, a list
// replaces the other, and null counts as absent, for the API server has dropped it: both kinds of
// merging do that, since no list of a SecurityPolicy that is read here has a key to merge by.
//
// What is merged is the two policies as Envoy Gateway writes them as JSON: it leaves out an empty
// list, and writes null for a defaultAction that is absent, which takes away that of the outer
// policy (authorization_types.go).
func merged(under, over *source.Value) *source.Value {
	if !under.Is(source.Object) || !over.Is(source.Object) {
		return over
	}
	both := *over
	both.Members = nil
	for _, m := range under.Members {
		if kubernetes.IsEmpty(over.Member(m.Key)) && m.Key != "defaultAction" {
			both.Members = append(both.Members, m)
		}
	}
	for _, m := range over.Members {
		below := under.Find(m.Key)
		if m.Value.Is(source.Null) || below != nil && kubernetes.IsEmpty(m.Value) {
			continue
		}
		if below != nil && !m.Conflict && !below.Conflict {
			m.Value = merged(below.Value, m.Value)
		}
		both.Members = append(both.Members, m)
	}
	return &both
}
