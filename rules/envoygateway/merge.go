package envoygateway

import (
	"github.com/gatewhy/gatewhy/inspect/source"
)

// merged is an object with another one laid over it. Objects are merged member by member, a list
// replaces the other, and null counts as absent, for the API server has dropped it: both kinds of
// merging do that, since no list of a SecurityPolicy that is read here has a key to merge by.
func merged(under, over *source.Value) *source.Value {
	if !under.Is(source.Object) || !over.Is(source.Object) {
		return over
	}
	both := *over
	both.Members = nil
	for _, m := range under.Members {
		if !over.Member(m.Key).IsSet() {
			both.Members = append(both.Members, m)
		}
	}
	for _, m := range over.Members {
		if m.Value.Is(source.Null) {
			continue
		}
		if below := under.Find(m.Key); below != nil && !m.Conflict && !below.Conflict {
			m.Value = merged(below.Value, m.Value)
		}
		both.Members = append(both.Members, m)
	}
	return &both
}
