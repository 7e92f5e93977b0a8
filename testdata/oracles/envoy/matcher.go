package envoy

import (
	"regexp"
	"strings"
)

// stringMatcher is envoy.type.matcher.v3.StringMatcher.
type stringMatcher struct {
	Exact, Prefix, Suffix, Contains *string
	SafeRegex                       *struct {
		GoogleRe2 *struct{} // the one engine
		Regex     whole
	}
	IgnoreCase bool
}

func (m *stringMatcher) matches(text string) bool {
	fold := func(s string) string {
		if m.IgnoreCase {
			return strings.ToLower(s)
		}
		return s
	}
	switch {
	case m.Exact != nil:
		return fold(text) == fold(*m.Exact)
	case m.Prefix != nil:
		return strings.HasPrefix(fold(text), fold(*m.Prefix))
	case m.Suffix != nil:
		return strings.HasSuffix(fold(text), fold(*m.Suffix))
	case m.Contains != nil:
		return strings.Contains(fold(text), fold(*m.Contains))
	}
	return m.SafeRegex.Regex.MatchString(text)
}

// whole is an expression that a whole text has to match.
type whole struct{ *regexp.Regexp }

// UnmarshalText compiles the expression, once for all the texts that it is asked for.
func (w *whole) UnmarshalText(expression []byte) (err error) {
	w.Regexp, err = regexp.Compile(`^(?:` + string(expression) + `)$`)
	return err
}

// headerMatcher is envoy.config.route.v3.HeaderMatcher.
type headerMatcher struct {
	Name         string
	PresentMatch *bool
	StringMatch  *stringMatcher
	InvertMatch  bool
}

func (m *headerMatcher) matches(r *Request) Truth {
	value, there := r.header(m.Name)
	holds := there && (m.StringMatch == nil || m.StringMatch.matches(value))
	if m.PresentMatch != nil {
		holds = there == *m.PresentMatch
	}
	return truth(holds != m.InvertMatch)
}

// valueMatcher is envoy.type.matcher.v3.ValueMatcher.
type valueMatcher struct {
	StringMatch *stringMatcher
	ListMatch   *struct{ OneOf *valueMatcher }
	OrMatch     *struct{ ValueMatchers []valueMatcher }
	BoolMatch   *bool
}

func (m *valueMatcher) matches(value any) Truth {
	switch {
	case m.StringMatch != nil:
		text, ok := value.(string)
		return truth(ok && m.StringMatch.matches(text))
	case m.BoolMatch != nil:
		return truth(value == *m.BoolMatch)
	case m.ListMatch != nil:
		items, _ := value.([]any)
		return some(items, func(item *any) Truth { return m.ListMatch.OneOf.matches(*item) })
	}
	return some(m.OrMatch.ValueMatchers, func(o *valueMatcher) Truth { return o.matches(value) })
}

// jwtFilter is the filter that puts the token's payload into the metadata.
const jwtFilter = "envoy.filters.http.jwt_authn"

// metadataMatcher is envoy.type.matcher.v3.MetadataMatcher.
type metadataMatcher struct {
	Filter string
	Path   []struct{ Key string }
	Value  *valueMatcher
	Invert bool
}

// matches looks below the payload's name, which is all that the filter has in its metadata.
func (m *metadataMatcher) matches(r *Request, payload string) Truth {
	if m.Filter != jwtFilter {
		return Maybe
	}
	var value any
	if r.Payload != nil {
		value = map[string]any{payload: r.Payload}
	}
	for _, segment := range m.Path {
		members, _ := value.(map[string]any)
		value = members[segment.Key]
	}
	if m.Invert {
		return -m.Value.matches(value)
	}
	return m.Value.matches(value)
}

// template is envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig.
type template struct {
	Name        string
	TypedConfig struct {
		Type         string `json:"@type"`
		PathTemplate string
	}
}

// The characters that a segment may have.
const pathCharacters = `a-zA-Z0-9\-._~%!$&'()+,;:@=`

func (t *template) matches(path string) Truth {
	segments := strings.Split(t.TypedConfig.PathTemplate, "/")
	for i, segment := range segments {
		switch segment {
		case "*":
			segments[i] = `[` + pathCharacters + `]+`
		case "**":
			segments[i] = `[` + pathCharacters + `/]*`
		default:
			segments[i] = regexp.QuoteMeta(segment)
		}
	}
	return truth(regexp.MustCompile(`^` + strings.Join(segments, "/") + `$`).MatchString(path))
}
