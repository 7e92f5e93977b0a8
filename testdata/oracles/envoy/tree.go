package envoy

import (
	"encoding/json"
	"strings"
)

// Tree is envoy.extensions.filters.http.rbac.v3.RBAC as Envoy Gateway writes it: its matcher is a
// list of which the first that matches decides (xds.type.matcher.v3.Matcher).
type Tree struct {
	Matcher struct {
		MatcherList *struct {
			Matchers []struct {
				Predicate *predicate
				OnMatch   onMatch
			}
		}
		OnNoMatch onMatch
	}
}

type onMatch struct {
	Action struct {
		Name        string
		TypedConfig struct {
			Type         string `json:"@type"`
			Name, Action string // ALLOW where the action is empty
		}
	}
}

type predicate struct {
	AndMatcher, OrMatcher *struct{ Predicate []predicate }
	NotMatcher            *predicate
	SinglePredicate       *single
}

// single compares one input.
type single struct {
	Input struct {
		Name        string
		TypedConfig struct {
			Type       string `json:"@type"`
			HeaderName string
			Filter     string
			Path       []struct{ Key string }
		}
	}
	ValueMatch  *stringMatcher
	CustomMatch *struct {
		Name        string
		TypedConfig json.RawMessage
	}
}

// ReadTree reads the configuration of the filter.
func ReadTree(text []byte) (*Tree, error) {
	t := &Tree{}
	return t, strictly(text, t)
}

// Allows says whether the filter lets a request pass. The payloads are those that the providers
// have put into the metadata, by their names.
func (t *Tree) Allows(r *Request, payloads map[string]map[string]any) (Truth, error) {
	allowed, undecided := No, Yes // whether a rule allows it; whether none has decided so far
	decide := func(matches Truth, by onMatch) {
		this := min(undecided, matches)
		if by.Action.TypedConfig.Action != "DENY" {
			allowed = max(allowed, this)
		}
		undecided = min(undecided, -matches)
	}
	if list := t.Matcher.MatcherList; list != nil {
		for i := range list.Matchers {
			matches, err := list.Matchers[i].Predicate.matches(r, payloads)
			if err != nil {
				return Maybe, err
			}
			decide(matches, list.Matchers[i].OnMatch)
		}
	}
	decide(Yes, t.Matcher.OnNoMatch)
	return allowed, nil
}

func (p *predicate) matches(
	r *Request, payloads map[string]map[string]any,
) (holds Truth, err error) {
	one := func(p *predicate) Truth {
		t, failed := p.matches(r, payloads)
		if failed != nil {
			err = failed
		}
		return t
	}
	switch {
	case p == nil:
		return Yes, nil
	case p.AndMatcher != nil:
		return every(p.AndMatcher.Predicate, one), err
	case p.OrMatcher != nil:
		return some(p.OrMatcher.Predicate, one), err
	case p.NotMatcher != nil:
		return -one(p.NotMatcher), err
	}
	return p.SinglePredicate.matches(r, payloads)
}

func (s *single) matches(r *Request, payloads map[string]map[string]any) (Truth, error) {
	of := s.Input.TypedConfig
	switch of.Type[strings.LastIndex(of.Type, ".")+1:] {
	case "HttpRequestHeaderMatchInput":
		value, there := r.header(of.HeaderName)
		return truth(there && s.ValueMatch.matches(value)), nil
	case "DynamicMetadataInput":
		if of.Filter != jwtFilter || s.CustomMatch == nil {
			return Maybe, nil
		}
		var m struct {
			Type   string `json:"@type"`
			Value  valueMatcher
			Invert bool
		}
		if err := strictly(s.CustomMatch.TypedConfig, &m); err != nil {
			return Maybe, err
		}
		var value any
		for i, segment := range of.Path {
			members, _ := value.(map[string]any)
			if i == 0 {
				value = any(payloads[segment.Key])
				continue
			}
			value = members[segment.Key]
		}
		if m.Invert {
			return -m.Value.matches(value), nil
		}
		return m.Value.matches(value), nil
	}
	if s.CustomMatch != nil && everyAddress(s.CustomMatch.TypedConfig) {
		return Yes, nil
	}
	return Maybe, nil // an address, and expressions
}

// everyAddress reports whether a matcher of addresses has the ranges of all of IPv4 and IPv6.
func everyAddress(text []byte) bool {
	var m struct {
		CidrRanges []struct {
			AddressPrefix string
			PrefixLen     int
		}
	}
	if json.Unmarshal(text, &m) != nil {
		return false
	}
	four, six := false, false
	for _, r := range m.CidrRanges {
		four = four || r.AddressPrefix == "0.0.0.0" && r.PrefixLen == 0
		six = six || r.AddressPrefix == "::" && r.PrefixLen == 0
	}
	return four && six
}
