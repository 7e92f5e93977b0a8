package envoy

import (
	"regexp"
	"slices"

	"github.com/gatewhy/gatewhy/rules"
)

// DefaultLocations are where the filter looks for a token if its provider names no place.
func DefaultLocations() []rules.Location {
	return []rules.Location{
		{Input: rules.Input{Source: rules.FromHTTP, Name: "Authorization"}, Prefix: "Bearer "},
		{Input: rules.Input{Source: rules.FromQuery, Name: "access_token"}},
	}
}

// SentTo is the predicate that the token arrives where one of some providers looks for it.
func SentTo(all []*Provider) rules.Predicate {
	var locations []rules.Location
	for _, p := range all {
		for _, l := range p.Locations {
			if !slices.Contains(locations, l) {
				locations = append(locations, l)
			}
		}
	}
	if len(locations) == 0 {
		return rules.Never()
	}
	return rules.Predicate{Op: rules.Sent, Lookup: &rules.Lookup{
		Locations: locations, Several: rules.AllCount,
	}}
}

// CarriesNothing is the predicate that nothing is where the providers look for a token. A header
// counts only if the prefix is in it (extractor.cc).
func CarriesNothing(all []*Provider) rules.Predicate {
	parts := []rules.Predicate{rules.Negate(SentTo(all))}
	for _, p := range all {
		for _, l := range p.Locations {
			any := `(?s:.*` + regexp.QuoteMeta(l.Prefix) + `.+)`
			parts = append(parts, rules.Negate(rules.Predicate{
				Op: rules.Matches, Input: l.Input, Assumed: rules.No,
				Texts: &rules.Texts{Patterns: Patterns(any)},
			}))
		}
	}
	return rules.Both(parts...)
}
