package envoy

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// RefusedBefore is the predicate that a proxy refuses or redirects a request before any filter
// sees it: one with an underscore in a header's name, which the token's has where the providers
// look in no other place, or one with an escaped slash or backslash in
// its path.
func RefusedBefore(all []*Provider, headers, path bool) rules.Predicate {
	needed := headers && OnlyBehindUnderscore(all)
	text := fmt.Sprintf("what the proxy refuses by itself: headers %t, token %t, path %t",
		headers, needed, path)
	in := rules.Computed(text, func(r *rules.Request) rules.Reading {
		asked := strings.ToLower(r.Path)
		odd := needed && r.Token != nil ||
			path && (strings.Contains(asked, "%2f") || strings.Contains(asked, "%5c"))
		for name, value := range r.Headers {
			odd = odd || headers && value != "" && strings.Contains(name, "_")
		}
		return rules.Reading{Value: source.NewBool(odd)}
	})
	in.Opaque.Language = "envoy"
	return rules.Predicate{Op: rules.True, Input: in}
}

// OnlyBehindUnderscore reports whether each place where the providers look for a token is a header
// with an underscore in its name.
func OnlyBehindUnderscore(all []*Provider) bool {
	for _, p := range all {
		for _, l := range p.Locations {
			if l.Input.Source != rules.FromHTTP || !strings.Contains(l.Input.Name, "_") {
				return false
			}
		}
		if p.LocationsDoubt != nil {
			return false
		}
	}
	return len(all) > 0
}
