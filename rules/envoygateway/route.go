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
	check := rules.CheckAt(
		rules.Conditional, c.route.At, "rules", rules.Documented.From(docAttach),
	)
	check.Wants = "a request that " + c.route.String() + " takes"
	check.Answer = c.row(noRoute)
	var parts []rules.Predicate
	if hosts := kubernetes.ListIn(c.route.Spec, "", "hostnames"); len(hosts.Values) > 0 &&
		hosts.Doubt == nil {
		parts = append(parts, hostIn(hosts.Texts()))
	}
	if hosts, some := c.listenerHosts(c.route); some {
		parts = append(parts, hostIn(hosts))
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

// corsOfRoute is the CORS filter of a rule of the route; nil where none has one.
func (c *compiler) corsOfRoute() *source.Value {
	if c.route == nil {
		return nil
	}
	for _, rule := range c.route.Spec.Member("rules").List() {
		for _, filter := range rule.Member("filters").List() {
			if filter.TextAt("type") == "CORS" {
				return filter
			}
		}
	}
	return nil
}

// recomputed is that the proxy, once it has written claims into headers, looks for the route again
// and may find another one, whose rules hold then (recomputeRoute). It is not ok where that does
// not happen, or where the files show that no route looks at these headers.
func (c *compiler) recomputed() (*rules.Check, bool) {
	for _, p := range c.providers {
		again := p.at.Member("recomputeRoute")
		if switched(again) == rules.No {
			continue
		}
		if c.route != nil && !slices.ContainsFunc(c.shown, func(a *attachable) bool {
			return isRoute(a.Kind) && c.looksAtClaims(a)
		}) {
			continue
		}
		return notModelled(again, p.path+"recomputeRoute", &rules.Unknown{
			Why: "the proxy writes claims into headers and then looks for the route again: " +
				"another one may take the request, and its rules hold then",
		}), true
	}
	return nil, false
}

// looksAtClaims reports whether a route looks at a header that the filter writes from a claim.
func (c *compiler) looksAtClaims(route *attachable) bool {
	for _, rule := range route.Spec.Member("rules").List() {
		for _, match := range rule.Member("matches").List() {
			for _, header := range match.Member("headers").List() {
				if c.written[strings.ToLower(header.TextAt("name"))] {
					return true
				}
			}
		}
	}
	return false
}

// asides are the requests that do not come to the JWT filter, or not to that of this policy.
func (c *compiler) asides() []rules.Aside {
	if _, why := c.notTaken(); why != "" {
		return nil
	}
	if check, ok := c.patched(patchPolicy, proxyKind, trafficPolicy, backendPolicy); ok {
		return []rules.Aside{{If: rules.Both(), Root: rules.AllOf(check)}}
	}
	return slices.Concat(c.refusedBefore(), c.ofOtherRules(), c.answeredBefore())
}

// answeredBefore are those that a filter before it answers, and nobody knows here how: cors a
// browser's preflight, if it allows the Origin; and oidc a request without a token in a header,
// which it gives one where it has a session.
func (c *compiler) answeredBefore() []rules.Aside {
	var all []rules.Aside
	add := func(v *source.Value, field string, test rules.Predicate, why string) {
		check := notModelled(v, field, &rules.Unknown{Why: field + " is not modelled: " + why})
		check.Evidence = rules.Inferred.From(codeFilters)
		all = append(all, rules.Aside{If: test, Root: rules.AllOf(check)})
	}
	for _, v := range []*source.Value{c.spec.Member("cors"), c.corsOfRoute()} {
		if v.IsSet() {
			add(v, "cors", envoy.MayBePreflight(), "it answers a browser's preflight itself, if "+
				"it allows the Origin")
		}
	}
	oidc := c.spec.Member("oidc")
	if pass, _ := oidc.Member("passThroughAuthHeader").Bool(); pass {
		add(oidc, "oidc", rules.Negate(c.inItsHeader()), "a request without a token in a header, "+
			"and without a session, is sent to sign in")
	}
	return all
}

// inItsHeader is that the token is in a header where a provider looks for it, which is what oidc
// lets pass with passThroughAuthHeader (oidc.go, buildHeaderMatchers).
func (c *compiler) inItsHeader() rules.Predicate {
	var all []*envoy.Provider
	for _, p := range c.inEnvoy() {
		inHeaders := *p
		inHeaders.Locations = source.Without(p.Locations,
			func(l rules.Location) bool { return l.Input.Source != rules.FromHTTP })
		all = append(all, &inHeaders)
	}
	return envoy.SentTo(all)
}

// ofOtherRules are the requests that another rule of the route takes, where the policy is for one
// rule.
func (c *compiler) ofOtherRules() []rules.Aside {
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
	check := rules.CheckAt(
		rules.Conditional, c.route.At, "rules", rules.Documented.From(docAttach),
	)
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
func namedTest(item *source.Value, in rules.Source) (name string, test rules.Predicate, ok bool) {
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
		parts := source.Each(p.Of, assumed)
		p.Of = parts
	}
	return p
}

// methodIn is that the request has one of some methods; case does not count.
func methodIn(methods []string) rules.Predicate {
	return rules.Predicate{
		Op: rules.OneOf, Input: rules.RequestInput(rules.RequestMethod),
		Values: rules.Literals(methods...), Texts: &rules.Texts{FoldCase: true},
	}
}

// hostIn is that the request is for one of some hosts; *.HOST stands for what ends in it. The port
// does not count (translator.go, IgnorePortInHostMatching).
func hostIn(hosts []string) rules.Predicate {
	host := rules.NormalizedInput(rules.RequestHost)
	fold := &rules.Texts{FoldCase: true}
	var parts []rules.Predicate
	for _, h := range hosts {
		p := rules.Predicate{Op: rules.OneOf, Input: host, Values: rules.Literals(h), Texts: fold}
		if rest, wild := strings.CutPrefix(h, "*"); wild {
			p.Op, p.Values = rules.Suffix, rules.Literals(rest)
		}
		parts = append(parts, assumed(p))
	}
	return envoy.Either(parts)
}

// pathTest is that the request's path is as a rule's path match wants it. It is broken where its
// regular expression can't be compiled, and not ok where it can't be read. The proxy compares the
// path with its query: all but a regular expression leave that out (regex.go), and what is behind
// a semicolon.
func pathTest(match *source.Value) (p rules.Predicate, broken string, ok bool) {
	return pathEnding(match, ";")
}

// pathEnding is [pathTest], of a path that may go on with some texts.
func pathEnding(match *source.Value, ends ...string) (p rules.Predicate, broken string, ok bool) {
	path := rules.NormalizedInput(rules.RequestPath)
	value, isText := match.Member("value").Str()
	kind, isKind := match.Member("type").Str()
	switch {
	case kubernetes.Marked(match.Member("value")) || kubernetes.Marked(match.Member("type")):
		return p, "", false
	case !match.Member("value").IsSet():
		value = "/"
	case !isText:
		return p, "", false
	}
	if !isKind {
		kind = "PathPrefix"
	}
	begins := func(texts ...string) rules.Predicate {
		return rules.Predicate{Op: rules.Prefix, Input: path, Values: rules.Literals(texts...)}
	}
	exactly := func(text string) rules.Predicate {
		return rules.Predicate{Op: rules.OneOf, Input: path, Values: rules.Literals(text)}
	}
	switch kind {
	case "Exact":
		p = exactly(value)
		for _, end := range ends {
			p = rules.Either(p, begins(value+end))
		}
	case "PathPrefix":
		p = begins("/")
		if to := strings.TrimSuffix(value, "/"); to != "" {
			p = rules.Either(exactly(to), begins(to+"/"))
			for _, end := range ends {
				p = rules.Either(p, begins(to+end))
			}
		}
	case "RegularExpression":
		pattern, err := rules.WholePattern(value)
		if err != nil {
			return p, "the regular expression " + value + " can't be compiled", true
		}
		p = rules.Predicate{
			Op: rules.Matches, Input: path,
			Texts: &rules.Texts{Patterns: []*regexp.Regexp{pattern}},
		}
	default:
		return p, "", false
	}
	if on, _ := match.Member("invert").Bool(); on {
		p = rules.Negate(p)
	}
	return p, "", true
}
