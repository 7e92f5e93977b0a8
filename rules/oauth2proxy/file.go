package oauth2proxy

import (
	"slices"
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

// hasOption reports whether a member of a file is an option: it may be the configuration file of
// an instance that names it.
func (c *common) hasOption(file *source.File) bool {
	return slices.ContainsFunc(objectsOf(file), func(object *source.Value) bool {
		return slices.ContainsFunc(object.Members, func(m source.Member) bool {
			_, ok := c.named[strings.ToLower(m.Key)]
			return ok
		})
	})
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
