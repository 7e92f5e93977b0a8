package oauth2proxy

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// isConfiguration reports whether an object is the program's configuration file: one of its
// members is an option that only this program has, or two are options.
func (r *reader) isConfiguration(object *source.Value) bool {
	count := 0
	for i := range object.Members {
		name := strings.ToLower(object.Members[i].Key)
		if _, ok := r.named[name]; !ok {
			continue
		}
		count++
		for _, telling := range []string{"oidc_", "skip_jwt", "email_domains", "extra_jwt"} {
			if strings.HasPrefix(name, telling) {
				return true
			}
		}
	}
	return count > 1
}

// fromFile takes the options of a configuration file. Their names count in either case (viper).
func (r *reader) fromFile(e *entry, object *source.Value, like given) {
	for i := range object.Members {
		m := &object.Members[i]
		o, ok := r.named[strings.ToLower(m.Key)]
		if !ok {
			e.unknown = append(e.unknown, unknownName{byFile, m.Key, keyOf(m)})
			continue
		}
		g := like
		g.option, g.layer, g.value, g.object = o, byFile, m.Known(), object
		e.given = append(e.given, g)
	}
}

// keyOf is the name of a member as a value, to show it.
func keyOf(m *source.Member) *source.Value {
	return &source.Value{Kind: source.String, Text: m.Key, Pos: m.KeyPos, Span: m.KeySpan}
}

// isAlpha reports whether an object is an alpha configuration: it has providers as the program has
// them.
func isAlpha(object *source.Value) bool {
	providers := object.Member("providers").List()
	if len(providers) == 0 {
		return false
	}
	first := providers[0]
	return first.Member("oidcConfig") != nil ||
		first.Member("clientID") != nil && first.Member("provider") != nil
}

// fromAlpha takes the options of the first provider; the program looks at no other.
func (r *reader) fromAlpha(e *entry, object *source.Value, like given) {
	e.alpha, e.server = true, object.Member("server")
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
