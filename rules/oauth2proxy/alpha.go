package oauth2proxy

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// isAlpha reports whether an object is an alpha configuration: it has providers as the program has
// them.
func isAlpha(object *source.Value) bool {
	providers := object.Member("providers")
	if !providers.Is(source.List) || len(providers.Items) == 0 {
		return false
	}
	first := providers.Items[0]
	return first.Member("oidcConfig") != nil ||
		first.Member("clientID") != nil && first.Member("provider") != nil
}

// fromAlpha takes the options of the first provider; the program looks at no other.
func (r *reader) fromAlpha(e *entry, object *source.Value, like given) {
	e.alpha = true
	provider := object.Member("providers").Items[0]
	for _, o := range r.options {
		if o.alpha == nil {
			continue
		}
		holder := provider.At(o.alpha[:len(o.alpha)-1]...)
		m := findFold(holder, o.alpha[len(o.alpha)-1])
		if m == nil || m.Value.Is(source.Null) {
			continue
		}
		g := like
		g.option, g.layer, g.value, g.object = o, byAlpha, m.Known(), holder
		e.given = append(e.given, g)
	}
}

// findFold finds a member, whose name counts in either case (mapstructure).
func findFold(object *source.Value, name string) *source.Member {
	if !object.Is(source.Object) {
		return nil
	}
	for i := range object.Members {
		if strings.EqualFold(object.Members[i].Key, name) {
			return &object.Members[i]
		}
	}
	return nil
}
