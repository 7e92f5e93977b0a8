package envoy

import (
	"cmp"
	"fmt"
	"maps"
	"net/textproto"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// defaultLocations are where the filter looks for a token if its provider names no place.
func (e Extraction) defaultLocations() []rules.Location {
	return []rules.Location{e.inHeader("Authorization", rules.Bearer), parameter("access_token")}
}

// inHeader is a header in which the filter looks for a token (extractor.cc, extractJWT).
func (e Extraction) inHeader(name, prefix string) rules.Location {
	in := rules.Input{Source: rules.FromHTTP, Name: name}
	inside := prefix != ""
	return rules.Location{Input: in, Prefix: prefix, Inside: inside, Cut: inside && e.Cuts}
}

// parameter is a parameter that the filter takes for a token, with a value or without one
// (extractor.cc, extract).
func parameter(name string) rules.Location {
	return rules.Location{Input: rules.Input{Source: rules.FromQuery, Name: name}, Blank: true}
}

// SentTo is the predicate that the token arrives where one of some providers looks for it. Where a
// provider may look elsewhere too, a token may arrive there.
func SentTo(all []*Provider) rules.Predicate {
	var lookups [][]rules.Location
	var some []rules.Predicate
	for _, p := range all {
		for i, l := range p.Locations {
			lookups = with(lookups, l, p.Locations[:i])
		}
		if p.LocationsDoubt != nil && len(some) == 0 {
			token := rules.Has(rules.Input{Source: rules.FromToken})
			some = append(some, rules.Both(token, rules.Undecided(p.LocationsDoubt)))
		}
	}
	if len(lookups) == 0 && len(some) == 0 {
		return rules.Never()
	}
	for _, locations := range lookups {
		some = append(some, rules.Predicate{Op: rules.Sent, Lookup: &rules.Lookup{
			Locations: locations, Several: rules.AllCount,
			SparesPreflights: all[0].SparesPreflights, // it is the filter's, not a provider's
		}})
	}
	return Either(some)
}

// with adds a location to the first of some lookups that does not look for another prefix in the
// same header: a header without its prefix is nothing to a provider (extractor.cc). What the same
// provider finds there behind another prefix must be good too (authenticator.cc).
func with(lookups [][]rules.Location, l rules.Location, same []rules.Location) [][]rules.Location {
	for i, locations := range lookups {
		at := slices.IndexFunc(locations, func(o rules.Location) bool {
			return strings.EqualFold(o.Input.Name, l.Input.Name) &&
				o.Input.Source == l.Input.Source
		})
		switch {
		case at < 0, locations[at] != l && slices.Contains(same, locations[at]):
			lookups[i] = append(locations, l)
			return lookups
		case locations[at] == l:
			return lookups
		}
	}
	return append(lookups, []rules.Location{l})
}

// CarriesNothing is the predicate that nothing is where the providers look for a token. A header
// counts only if the prefix is in it (extractor.cc).
func CarriesNothing(all []*Provider) rules.Predicate {
	parts := []rules.Predicate{rules.Negate(SentTo(all))}
	for _, p := range all {
		for _, l := range p.Locations {
			none := rules.Negate(rules.Predicate{
				Op: rules.Matches, Input: l.Input, Assumed: rules.No,
				Texts: &rules.Texts{Patterns: holding(l.Prefix)},
			})
			if l.Blank {
				none = rules.Both(none, rules.Negate(blank(l.Input)))
			}
			if p.SparesPreflights {
				none = rules.Either(preflight(), none)
			}
			parts = append(parts, none)
		}
	}
	return rules.Both(parts...)
}

// blank is the predicate that a parameter is there without a value.
func blank(of rules.Input) rules.Predicate {
	in := rules.Computed(of.Name+" without a value", func(r *rules.Request) rules.Reading {
		return rules.Reading{Value: source.NewBool(r.HasBlank(of.Name))}
	}, of)
	in.Opaque.Language = "envoy"
	return rules.Predicate{Op: rules.True, Input: in}
}

// preflight is the predicate that the request is a browser's preflight.
func preflight() rules.Predicate {
	return ofPreflight(func(r *rules.Request) rules.Reading {
		is, why := r.IsPreflight()
		return rules.Reading{Value: source.NewBool(is == rules.Yes), Unknown: why}
	}, "a browser's preflight (CORS)")
}

// MayBePreflight is the predicate that the request is a browser's preflight, or may be one.
func MayBePreflight() rules.Predicate {
	return ofPreflight(func(r *rules.Request) rules.Reading {
		is, _ := r.IsPreflight()
		return rules.Reading{Value: source.NewBool(is != rules.No)}
	}, "a browser's preflight (CORS), or what may be one")
}

func ofPreflight(eval func(*rules.Request) rules.Reading, text string) rules.Predicate {
	in := rules.Computed(text, eval)
	in.Opaque.Language = "envoy"
	return rules.Predicate{Op: rules.True, Input: in}
}

// holding is the pattern of texts with a prefix somewhere in them, or of all but the empty one.
func holding(prefix string) []*regexp.Regexp {
	switch prefix {
	case "":
		return anyText.Value()
	case rules.Bearer:
		return bearerText.Value()
	}
	return Patterns(holds(prefix))
}

// These are what most policies need: to compile a pattern takes longer than the rest of a lookup.
var (
	anyText = source.Lazy[[]*regexp.Regexp]{Make: func() []*regexp.Regexp {
		return Patterns(`(?s:.+)`)
	}}
	bearerText = source.Lazy[[]*regexp.Regexp]{Make: func() []*regexp.Regexp {
		return Patterns(holds(rules.Bearer))
	}}
)

func holds(prefix string) string { return `(?s:.*` + regexp.QuoteMeta(prefix) + `.*)` }

// LetsIn reports whether a request without a token gets past a node, of some routes at least.
// Chosen says that it does with a host or a header that the node names, and not without.
func LetsIn(n rules.Node) (in, chosen bool) {
	policy := []*rules.Policy{{Root: n}}
	answers := func(r *rules.Request, outcome rules.Decision) bool {
		v := rules.Evaluate(policy, r)
		is := func(v rules.Verdict) bool { return v.Outcome == outcome }
		return is(v) || slices.ContainsFunc(v.Classes, is)
	}
	if plain := new(rules.Request); answers(plain, rules.Accepted) {
		return true, false
	} else if !answers(plain, rules.Undetermined) {
		return false, false
	}
	for i, r := range callersOf(n) {
		if answers(r, rules.Accepted) {
			return true, i > 0
		}
	}
	return false, false
}

// mostCallers limits the requests that are tried.
const mostCallers = 64

// callersOf are requests without a token: one with a host and without headers that no policy
// names, and behind it one for each value of a host or a header that a node compares, and for each
// choice of several.
func callersOf(n rules.Node) []*rules.Request {
	all := []*rules.Request{{
		Host: "gateway.invalid", Headers: map[string]string{}, HeadersWhole: true,
		QueryWhole: true,
	}}
	var named []header
	add := func(leaf *rules.Predicate) {
		name := textproto.CanonicalMIMEHeaderKey(leaf.Input.Name)
		if leaf.Input.Source == rules.FromRequest && leaf.Input.Name == rules.RequestHost {
			name = hostHeader
		} else if leaf.Input.Source != rules.FromHTTP {
			return
		}
		for _, v := range leaf.Values {
			text := v.Text
			switch leaf.Op {
			case rules.Prefix:
				text += "a"
			case rules.Suffix:
				text = "a" + text
			}
			named = append(named, header{name, text})
		}
	}
	for check := range n.Checks() {
		check.Test.EachLeaf(add)
	}
	next := []int{0} // of each request, which headers are behind those that it has
	for i := 0; i < len(all); i++ {
		for j := next[i]; j < len(named) && len(all) < mostCallers; j++ {
			if r, ok := named[j].addTo(all[i]); ok {
				all, next = append(all, r), append(next, j+1)
			}
		}
	}
	return all
}

// header is a header, or the host.
type header struct{ name, text string }

const hostHeader = "Host"

// addTo is a request with the header too; not ok where it has one of that name.
func (h header) addTo(to *rules.Request) (*rules.Request, bool) {
	r := *to
	r.Headers = maps.Clone(to.Headers)
	_, has := to.Headers[h.name]
	r.Headers[h.name] = h.text
	r.Host = cmp.Or(r.Headers[hostHeader], r.Host)
	return &r, !has
}

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
