package oauth2proxy

import (
	"regexp"
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
	if len(verifiers) == 0 {
		return rules.Node{}
	}
	free := c.sendableIfValid(verifiers)
	free.All = append(free.All, rules.Node{Check: c.unbroken(verifiers)})
	fallback := c.get("bearer_token_login_fallback")
	if fallback.on() {
		return free
	}
	bearer := c.get("skip_jwt_bearer_tokens")
	valid := rules.AllOf(c.tokenPresent(bearer), c.tokenFormat())
	valid.All = append(valid.All, c.anyOf(verifiers, func(v verifier) rules.Node {
		return rules.AllOf(c.verifies(v)...)
	}))
	none := c.check(rules.Conditional, fallback, codeSession)
	token := rules.Has(rules.Input{Source: rules.FromToken})
	none.Test = rules.Negate(rules.Both(token, rules.Either(
		rules.Predicate{Op: rules.Sent}, rules.Has(authorization().Input),
	)))
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
	if s := c.get("skip_auth_regex"); len(s.values) > 0 {
		test, err := pathMatches(s.texts())
		add(s, test, err)
	}
	if s := c.get("skip_auth_routes"); len(s.values) > 0 {
		test, err := routesMatch(s.texts())
		add(s, test, err)
	}
	if s := c.get("skip_auth_preflight"); s.on() || s.set() && s.unknown != nil {
		add(s, isMethod(rules.Preflight), nil)
	}
	return all
}

// pathMatches is the predicate that a part of the path matches one of some expressions.
func pathMatches(expressions []string) (rules.Predicate, error) {
	var whole []string
	for _, expression := range expressions {
		if _, err := regexp.Compile(expression); err != nil {
			return rules.Predicate{}, err
		}
		whole = append(whole, `(?s:.*)(?:`+expression+`)(?s:.*)`)
	}
	return matchesAny(rules.RequestInput(rules.RequestPath), whole)
}

// route is one of the routes that need no session: a method, which may be empty, and an expression
// that the path matches, or must not match.
type route struct {
	method, path string
	negated      bool
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

func routesMatch(texts []string) (rules.Predicate, error) {
	var all []rules.Predicate
	for _, text := range texts {
		r := routeOf(text)
		test, err := pathMatches([]string{r.path})
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
	return rules.Either(all...), nil
}

func isMethod(method string) rules.Predicate {
	return rules.Predicate{
		Op: rules.Equals, Input: rules.RequestInput(rules.RequestMethod),
		Values: rules.Literals(method),
	}
}
