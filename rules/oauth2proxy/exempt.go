package oauth2proxy

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// behindExemptions puts what a request needs behind what needs nothing: some routes, and requests
// of a preflight (oauthproxy.go, IsAllowedRequest).
func (c *compiler) behindExemptions(whole rules.Node, verifiers []verifier) rules.Node {
	exempt := c.exemptions()
	if _, found := c.firstFault(); found || len(exempt) == 0 {
		return whole
	}
	return rules.Node{First: &rules.First{
		Branches: []rules.Branch{{If: rules.Node{Any: exempt}, Then: c.exempt(verifiers)}},
		Default:  whole,
	}}
}

// exempt is what is left to check of an exempt request. An invalid token is refused there too, if
// there is no fallback, and the upstream is told who the caller is, if a token says it.
func (c *compiler) exempt(verifiers []verifier) rules.Node {
	fallback, bearer := c.get("bearer_token_login_fallback"), c.get("skip_jwt_bearer_tokens")
	none := c.check(rules.Conditional, fallback, codeSession)
	token := rules.Has(rules.Input{Source: rules.FromToken})
	none.Test = rules.Negate(rules.Both(token, rules.Either(
		rules.Predicate{Op: rules.Sent}, rules.Has(authorization().Input),
	)))
	switch {
	case bearer.off(), len(verifiers) == 0 && fallback.on():
		return rules.Node{}
	case len(verifiers) == 0:
		none.Wants = "no token: " + c.noVerifier()
		return rules.AllOf(none)
	}
	free := c.sendableIfValid(verifiers)
	free.All = append(free.All, rules.Node{Check: c.unbroken(verifiers)})
	if fallback.on() {
		return free
	}
	valid := rules.AllOf(c.tokenPresent(bearer), c.tokenFormat())
	valid.All = append(valid.All, c.anyOf(verifiers, func(i int) rules.Node {
		return rules.AllOf(c.verifies(verifiers[i])...)
	}))
	known := rules.Node{Any: []rules.Node{{Check: none}, valid}, Reports: rules.Last}
	return rules.Node{All: []rules.Node{known, free}}
}

// exemptions are the conditions under which a request needs no session.
func (c *compiler) exemptions() []rules.Node {
	var all []rules.Node
	add := func(of setting, test rules.Predicate, err error) {
		check := c.check(rules.Conditional, of, codeProxy)
		check.Test, check.Unknown = test, of.unknown
		if err != nil {
			check.Unknown = &rules.Unknown{
				Why: of.name + " has an expression that can't be read: the program does not start",
			}
		}
		all = append(all, rules.Node{Check: check})
	}
	for _, name := range routeOptions() {
		if s := c.get(name); len(s.values) > 0 {
			var routes []route
			for _, text := range s.texts() {
				routes = append(routes, routeIn(name, text))
			}
			test, err := c.routesMatch(routes)
			add(s, test, err)
			all[len(all)-1].Check.Wants = "a request that " + name + " exempts"
		}
	}
	if s := c.get("skip_auth_preflight"); s.on() || s.set() && s.unknown != nil {
		add(s, isMethod(rules.Preflight), nil)
	}
	if s := c.get("trusted_ips"); len(s.values) > 0 {
		if s.unknown == nil {
			s.unknown = &rules.Unknown{Why: "a request from " +
				strings.Join(s.texts(), " or ") + " (trusted_ips) needs no token, and gatewhy " +
				"does not know the address that the request comes from"}
		}
		add(s, rules.Predicate{}, nil)
	}
	return all
}

// pathMatches is the predicate that a part of a path matches one of some expressions.
func (c *compiler) pathMatches(path rules.Input, expressions []string) (rules.Predicate, error) {
	var whole []string
	for _, expression := range expressions {
		if _, err := regexp.Compile(expression); err != nil {
			return rules.Predicate{}, err
		}
		whole = append(whole, `(?s:.*)(?:`+expression+`)(?s:.*)`)
	}
	return c.matchesAny(path, whole)
}

// queried are what the query makes of the expressions that a part of the path with its query
// matches (oauthproxy.go, isAPIPath): the other answer than the path alone, or one that is not
// known.
func queried(expressions []string) (other, unsure rules.Predicate) {
	expression := regexp.MustCompile("(?:" + strings.Join(expressions, ")|(?:") + ")")
	test := func(text string, is func(other, sure bool) bool) rules.Predicate {
		return rules.Predicate{Op: rules.True, Input: rules.Computed(
			text, func(r *rules.Request) rules.Reading {
				return reading(is(queryDecides(expression, r)))
			}, rules.RequestInput(rules.RequestPath),
		)}
	}
	return test("the query decides", func(other, sure bool) bool { return other && sure }),
		test("the query may decide", func(other, sure bool) bool { return other && !sure })
}

// queryDecides reports whether an expression matches a path with its query otherwise than without.
// The order of several parameters is not known, nor how a value was written.
func queryDecides(expression *regexp.Regexp, r *rules.Request) (other, sure bool) {
	values := url.Values{}
	for name, value := range r.Query {
		values.Set(name, value)
	}
	query := values.Encode()
	plain, _ := url.QueryUnescape(query)
	alone := expression.MatchString(r.Path)
	if query == "" || alone == expression.MatchString(r.Path+"?"+query) &&
		alone == expression.MatchString(r.Path+"?"+plain) {
		return false, true
	}
	for name, value := range r.Query {
		sure = len(r.Query) == 1 && r.QueryWhole && query == name+"="+value
	}
	return true, sure
}

// route is one of the routes that need no session: a method, which may be empty, and an expression
// that the path matches, or must not match.
type route struct {
	method, path string
	negated      bool
}

// routeOptions are the options that list routes.
func routeOptions() []string { return []string{"skip_auth_regex", "skip_auth_routes"} }

// routeIn reads a route of one of these options: the older one has no methods.
func routeIn(option, text string) route {
	if option == "skip_auth_regex" {
		return route{path: text}
	}
	return routeOf(text)
}

// routeOf reads a route as it is written: method=path, method!=path, path or !=path
// (oauthproxy.go, buildRoutesAllowlist).
func routeOf(text string) route {
	r := route{path: text, negated: strings.Contains(text, "!=")}
	if parts := regexp.MustCompile("!?=").Split(text, 2); len(parts) == 2 {
		r.method, r.path = strings.ToUpper(parts[0]), parts[1]
	}
	return r
}

// routesMatch is the predicate that a request is on one of some routes. Its path is compared
// decoded and without its query (pkg/requests/util, GetRequestPath): a plain one as it is.
func (c *compiler) routesMatch(routes []route) (rules.Predicate, error) {
	var all []rules.Predicate
	for _, r := range routes {
		test, err := c.pathMatches(rules.RequestInput(rules.RequestPath), []string{r.path})
		if err != nil {
			return test, err
		}
		if r.negated {
			test = rules.Negate(test)
		}
		if r.method != "" {
			test = rules.Both(isMethod(r.method), test)
		}
		all = append(all, test)
	}
	plain := c.matches(rules.RequestInput(rules.RequestPath), `[^?%#;\\]*`)
	plain.Assumed = rules.Yes
	if c.mayBeOlder(11, 0) {
		unqueried := rules.Predicate{Op: rules.True, Input: rules.Computed(
			"a path without a query", func(r *rules.Request) rules.Reading {
				return reading(r.RawQuery == "")
			}, rules.RequestInput(rules.RequestPath),
		)}
		plain = rules.Both(unqueried, plain) // the path, not this, is what a reader is shown
	}
	if !c.get("reverse_proxy").off() {
		forwarded := rules.Has(forwardedURI())
		forwarded.Assumed = rules.No
		plain = rules.Both(plain, rules.Negate(forwarded))
	}
	return rules.Either(
		rules.Both(plain, rules.Either(all...)),
		rules.Both(rules.Negate(plain), c.routesMatchOdd(routes)),
	), nil
}

// forwardedURI is the header in which another proxy says what it was asked for.
func forwardedURI() rules.Input {
	return rules.Input{Source: rules.FromHTTP, Name: "X-Forwarded-Uri"}
}

// routesMatchOdd is the predicate that a request is on one of some routes, whose path is not
// compared as it is.
func (c *compiler) routesMatchOdd(routes []route) rules.Predicate {
	path, method := rules.RequestInput(rules.RequestPath), rules.RequestInput(rules.RequestMethod)
	trusted := c.trustsForwarded()
	expressions, byMethod := make([]*regexp.Regexp, len(routes)), false
	for i := range routes {
		byMethod = byMethod || routes[i].method != ""
		expressions[i] = regexp.MustCompile(routes[i].path) // pathMatches has compiled it
	}
	isOn := func(r *rules.Request) rules.Reading {
		uri := r.Read(path)
		if header := r.Read(forwardedURI()); header.Value != nil {
			switch trusted {
			case rules.Maybe:
				return doubt("we do not know whether the program takes the path from " +
					"X-Forwarded-Uri")
			case rules.Yes:
				uri = header
			}
		}
		asked := r.Read(method)
		if asked.Value == nil && byMethod || uri.Value == nil {
			asked.Unknown = cmp.Or(asked.Unknown, uri.Unknown)
			return asked
		}
		isExempt := func(path string) bool {
			for i, on := range routes {
				if (on.method == "" || on.method == asked.Value.Text) &&
					expressions[i].MatchString(path) != on.negated {
					return true
				}
			}
			return false
		}
		decoded, ok := decodedPath(uri.Value.Text)
		exempt := ok && isExempt(decoded)
		for _, path := range c.olderPaths(uri.Value.Text, r.RawQuery) {
			if isExempt(path) != exempt {
				return c.doubtOfOld("old versions match more than the decoded path with the " +
					"routes that need no token (GHSA-63jm-59jj-478j, GHSA-7rh7-c77v-6434)")
			}
		}
		return reading(exempt)
	}
	return rules.Predicate{Op: rules.True, Input: rules.Computed(
		"a request on an exempt route, by its path as the program decodes it", isOn,
		path, method, forwardedURI(),
	)}
}

// trustsForwarded says whether the program believes the headers of a proxy before it, whichever
// address they come from.
func (c *compiler) trustsForwarded() rules.Truth {
	reverse := c.get("reverse_proxy")
	switch {
	case reverse.off():
		return rules.No
	case reverse.unknown != nil || !c.get("trusted_proxy_ips").none():
		return rules.Maybe
	}
	return rules.Yes
}

// decodedPath is a path as the program compares it with its routes; not ok where one that can be
// read in two ways is on none of them (pkg/requests/util, GetRequestPath).
func decodedPath(uri string) (string, bool) {
	if !strings.HasPrefix(uri, "/") || strings.ContainsAny(uri, "# \t\r\n") {
		return "", false
	}
	parsed, err := url.ParseRequestURI(uri)
	if err != nil {
		return "", false
	}
	path := parsed.Path
	control := func(r rune) bool { return r < 0x20 || r == 0x7f }
	dots := func(part string) bool { return part == "." || part == ".." }
	return path, !strings.ContainsAny(path, `;\#?`) && !strings.Contains(path, "//") &&
		!strings.ContainsFunc(path, control) &&
		!slices.ContainsFunc(strings.Split(path, "/"), dots)
}

// olderPaths are what older versions perhaps compare with the routes: the whole address before
// 7.11.0 (GHSA-7rh7-c77v-6434), and what is before # in its path before 7.15.5
// (GHSA-63jm-59jj-478j, GHSA-pxq7-h93f-9jrg); none where the version is newer.
func (c *compiler) olderPaths(uri, query string) (all []string) {
	if c.mayBeOlder(11, 0) {
		all = append(all, uri+query)
	}
	if parsed, err := url.Parse(uri); err == nil && c.mayBeOlder(15, 5) {
		beforeFragment, _, _ := strings.Cut(parsed.Path, "#")
		all = append(all, parsed.Path, beforeFragment)
	}
	return all
}

func isMethod(method string) rules.Predicate {
	return rules.Predicate{
		Op: rules.Equals, Input: rules.RequestInput(rules.RequestMethod),
		Values: rules.Literals(method),
	}
}
