package envoygateway

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// routed is that the route takes the request: else another one does, or none. Of a request whose
// host, method, path, headers or parameters are not known we assume that it does, for it is asked
// about this route.
func (c *compiler) routed() (rules.Node, bool) {
	if c.route == nil {
		return rules.Node{}, false
	}
	check := rules.CheckAt(rules.Conditional, c.route.At, "rules", documented(docAttach))
	check.Wants = "a request that " + c.route.String() + " takes"
	check.Answer = c.row(noRoute)
	var parts []rules.Predicate
	if hosts := kubernetes.ListIn(c.route.Spec, "", "hostnames"); len(hosts.Values) > 0 &&
		hosts.Doubt == nil {
		parts = append(parts, hostIn(hosts.Texts()))
	}
	if taken, ok := c.takenByRules(); ok {
		parts = append(parts, taken)
	}
	check.Test = envoy.Both(parts)
	return rules.Node{Check: check}, len(parts) > 0
}

// takenByRules is that a rule of the route matches the request. It is not ok where each request
// matches, or where that can't be read.
func (c *compiler) takenByRules() (rules.Predicate, bool) {
	var some []rules.Predicate
	for _, rule := range c.route.Spec.Member("rules").List() {
		name := rule.TextAt("name")
		if c.of.section != "" && c.of.section != name && c.of.kind == c.route.Kind {
			continue
		}
		matches := rule.Member("matches").List()
		if len(matches) == 0 || c.route.Kind != httpRoute {
			return rules.Predicate{}, false
		}
		for _, match := range matches {
			parts, ok := matchedBy(match)
			if !ok || len(parts) == 0 {
				return rules.Predicate{}, false
			}
			some = append(some, assumed(envoy.Both(parts)))
		}
	}
	return envoy.Either(some), len(some) > 0
}

// asides are the requests that another rule of the route takes, where the policy is for one rule.
func (c *compiler) asides() []rules.Aside {
	if c.route == nil || c.route.Kind != httpRoute || c.of.section == "" ||
		c.of.kind != c.route.Kind {
		return nil
	}
	var here, beside []rules.Predicate
	for _, rule := range c.route.Spec.Member("rules").List() {
		name := rule.TextAt("name")
		some := []rules.Predicate{}
		for _, match := range rule.Member("matches").List() {
			parts, ok := matchedBy(match)
			if !ok {
				return nil
			}
			some = append(some, envoy.Both(parts))
		}
		if len(some) == 0 {
			some = append(some, rules.Both())
		}
		if name == c.of.section {
			here = some
		} else {
			beside = append(beside, some...)
		}
	}
	if len(beside) == 0 {
		return nil
	}
	why := &rules.Unknown{Why: "another rule of " + c.route.String() + " takes the request, and " +
		c.policy.String() + " counts for the rule " + c.of.section + " alone"}
	check := rules.CheckAt(rules.Conditional, c.route.At, "rules", documented(docAttach))
	check.Unknown = why
	return []rules.Aside{{
		If:   rules.Both(rules.Negate(rules.Either(here...)), rules.Either(beside...)),
		Root: rules.Node{Check: check},
	}}
}

// matchedBy is what one match of an HTTPRoute wants of a request. It is not ok where that can't be
// read.
func matchedBy(match *source.Value) (parts []rules.Predicate, ok bool) {
	if !match.Is(source.Object) {
		return nil, false
	}
	if method := match.Member("method"); method.IsSet() {
		text, isText := method.Str()
		if !isText || kubernetes.Marked(method) {
			return nil, false
		}
		parts = append(parts, methodIn([]string{text}))
	}
	if path := match.Member("path"); path.IsSet() {
		test, broken, read := pathEnding(path)
		if !read || broken != "" {
			return nil, false
		}
		parts = append(parts, test)
	}
	for _, of := range []struct {
		field string
		in    rules.Source
	}{{"headers", rules.FromHTTP}, {"queryParams", rules.FromQuery}} {
		list := match.Member(of.field)
		if list.IsSet() && !list.Is(source.List) {
			return nil, false
		}
		var names []string
		for _, item := range list.List() {
			name, test, read := namedTest(item, of.in)
			if !read {
				return nil, false
			}
			if !slices.Contains(names, name) { // of a name that is there twice the first counts
				names, parts = append(names, name), append(parts, test)
			}
		}
	}
	return parts, true
}

// namedTest is what a match wants of a header or a parameter. It is not ok where that can't be
// read.
func namedTest(
	item *source.Value, in rules.Source,
) (name string, test rules.Predicate, ok bool) {
	name, isName := item.Member("name").Str()
	value, isValue := item.Member("value").Str()
	for _, field := range []string{"name", "value", "type"} {
		if kubernetes.Marked(item.Member(field)) {
			return "", test, false
		}
	}
	if !isName || !isValue {
		return "", test, false
	}
	if in == rules.FromHTTP {
		name = strings.ToLower(name)
	}
	input := rules.Input{Source: in, Name: name}
	switch kind := item.Member("type"); {
	case !kind.IsSet() || kind.Text == "Exact":
		test = rules.Predicate{Op: rules.OneOf, Input: input, Values: rules.Literals(value)}
	case kind.Text == "RegularExpression":
		pattern, err := rules.WholePattern(value)
		if err != nil {
			return "", test, false
		}
		test = rules.Predicate{
			Op: rules.Matches, Input: input,
			Texts: &rules.Texts{Patterns: []*regexp.Regexp{pattern}},
		}
	default:
		return "", test, false
	}
	return name, test, true
}

// assumed is a predicate that counts as held where what it reads is not known.
func assumed(p rules.Predicate) rules.Predicate {
	p.Assumed = rules.Yes
	if p.Of != nil {
		parts := make([]rules.Predicate, len(p.Of))
		for i, part := range p.Of {
			parts[i] = assumed(part)
		}
		p.Of = parts
	}
	return p
}
