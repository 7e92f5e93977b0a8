package rules

import (
	"cmp"
	"fmt"
	"net/url"
	pathpkg "path"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Guard says to which requests a policy applies. The zero Guard applies to all.
type Guard struct {
	Disabled bool
	OfOthers bool    // Disabled, for it is in force on other gateways only
	Routes   []Route // where there are any, one of them must match
	// Unknown is why we do not know whether the policy is in force, or for which requests. Where
	// there are routes too, it does not apply to the requests that none of them matches.
	Unknown  *Unknown
	Field    string
	Pos      source.Position // of what limits it
	Span     source.Span
	Evidence Evidence
}

// Route is a method and a path that a policy is limited to. Both are regular expressions; an
// empty one matches everything.
type Route struct {
	Method, Path string

	// MethodUnread and PathUnread say that the gateway may read the expression otherwise than we
	// do: any request may match it.
	MethodUnread, PathUnread bool

	// Refused says that the gateway can't read one of the two. What it then does with the policy
	// is not documented.
	Refused bool
}

// matches says whether the route matches, from what its expressions say of a method and a path.
func (r Route) matches(method, path func(expression string) Truth) Truth {
	said := func(unread bool, says func(string) Truth, expression string) Truth {
		if unread {
			return Maybe
		}
		return says(expression)
	}
	return min(said(r.MethodUnread, method, r.Method), said(r.PathUnread, path, r.Path))
}

// routeResult is the result of the route check; nil where the policy applies to every request.
func (r *Request) routeResult(i int, policy *Policy, class *Class) *Result {
	guard, applies := &policy.When, class.Applies[i]
	if !guard.Limited() {
		return nil
	}
	result := &Result{Check: class.guard(i, policy), Policy: policy, request: r, may: holds}
	switch {
	case guard.Disabled:
		result.Outcome, result.skip = Skipped, "the policy is disabled"
	case applies == No:
		result.Outcome, result.skip = Skipped, "the policy is limited to other methods or paths"
	case applies == Maybe:
		result.Outcome, result.may, result.unknown = Unsure, holds|fails, class.doubt(guard)
	default:
		result.Outcome = Pass
	}
	return result
}

// doubt is why we do not know whether a policy applies to the class.
func (c *Class) doubt(g *Guard) *Unknown {
	switch {
	case g.Unknown != nil:
		return g.Unknown
	case c.beyond != "":
		return beyondClasses(c.beyond)
	}
	for _, route := range g.Routes {
		switch {
		case route.Refused:
			return &Unknown{
				Why: "the gateway can't read the expression of the route, and it is not " +
					"documented what it then does with the policy",
			}
		case route.MethodUnread, route.PathUnread:
			return &Unknown{
				Why: "the gateway may read the expression of the route differently from gatewhy",
			}
		case len(spellings(c.Path)) > 0 && matchRoute(route.Path, c.Path) != Maybe:
			return &Unknown{
				Why: fmt.Sprintf("the path %s can be written as %s, and it is not documented "+
					"whether the gateway does that before it matches", c.Path,
					spellings(c.Path)[0]),
				Need: Need{Input: source.NeedRequest, For: "the path without escapes and dots"},
			}
		case matchRoute(route.Path, c.Path) == No && behindBase(route.Path, c.Path):
			return &Unknown{
				Why: "the route " + route.Path + " matches " + c.Path + " behind a base path, " +
					"and it is not known whether the path has its base path",
				Need: Need{
					Input: source.NeedRequest,
					For: "the path as the gateway matches it: with the API's base path, unless " +
						"the proxy leaves that out",
				},
			}
		}
	}
	return &Unknown{
		Why: "the route matches only a part of the path, or can't be read here, and it is not " +
			"documented how the gateway matches it",
	}
}

func (g *Guard) check() *Check {
	return &Check{ID: Routed, Field: g.Field, Pos: g.Pos, Span: g.Span, Evidence: g.Evidence}
}

// Limited reports whether the policy perhaps does not apply to some request.
func (g *Guard) Limited() bool { return g.Disabled || g.Unknown != nil || len(g.Routes) > 0 }

// attaches reports whether the gateway can take the policy: all that is not known is which
// requests it is for.
func (g *Guard) attaches() bool {
	return g.Unknown == nil &&
		!slices.ContainsFunc(g.Routes, func(route Route) bool { return route.Refused })
}

// applies says whether the policy applies, from what each route says of the request.
func (g *Guard) applies(matches func(Route) Truth) Truth {
	switch {
	case g.Disabled:
		return No
	case len(g.Routes) == 0 && g.Unknown != nil:
		return Maybe
	case len(g.Routes) == 0:
		return Yes
	}
	best := No
	for _, route := range g.Routes {
		best = max(best, matches(route))
	}
	if g.Unknown != nil {
		return min(best, Maybe)
	}
	return best
}

// matchRoute matches a request's method or path with a route's expression. The gateway's
// expressions are Java's: if we can't read one, or it matches only a part, the result is unknown.
func matchRoute(expression, text string) Truth {
	if expression == "" {
		return Yes
	}
	return compiled([]string{expression}).match(expression, text)
}

// matchers are expressions that can be read here, each for a whole text and for a part of one.
type matchers map[string]struct{ whole, part *regexp.Regexp }

// compiled compiles expressions. It leaves out those that can't be read here.
func compiled(expressions []string) matchers {
	all := make(matchers, len(expressions))
	for _, expression := range expressions {
		whole, err := regexp.Compile("^(?:" + expression + ")$")
		part, err2 := regexp.Compile(expression)
		if err == nil && err2 == nil {
			all[expression] = struct{ whole, part *regexp.Regexp }{whole, part}
		}
	}
	return all
}

// covers says whether an expression matches the whole of a text.
func (m matchers) covers(expression, text string) Truth {
	if re := m[expression]; re.whole != nil {
		return TruthOf(re.whole.MatchString(text))
	}
	return Maybe
}

// match says whether an expression matches a text. It is unknown if it matches a part.
func (m matchers) match(expression, text string) Truth {
	covers := m.covers(expression, text)
	if covers == No && m[expression].part.MatchString(text) {
		return Maybe
	}
	return covers
}

// matchPath is match for a path that perhaps begins with the API's base path.
func (m matchers) matchPath(expression, path string) Truth {
	matches := m.match(expression, path)
	if matches == No && behindBase(expression, path) {
		return Maybe
	}
	return matches
}

// otherPath is a path that no expression names.
const otherPath = "/~"

// path says what each expression says of a path. Of one that the gateway may write otherwise
// before it matches, that is only known where all ways to write it agree.
func (m matchers) path(path string, expressions []string) sample {
	s := m.written(path, expressions)
	for _, other := range spellings(path) {
		says := m.written(other, expressions)
		for expression, said := range s.matches {
			if says.matches[expression] != said {
				s.matches[expression] = Maybe
			}
		}
	}
	return s
}

// spellings are the other ways to write a path: without its escapes (RFC 3986, section 2.1), and
// without the segments and slashes that say nothing (section 5.2.4).
func spellings(path string) []string {
	var all []string
	add := func(other string) {
		if other != path && !slices.Contains(all, other) {
			all = append(all, other)
		}
	}
	plain, err := url.PathUnescape(path)
	if err != nil {
		plain = path
	}
	for _, one := range []string{path, plain} {
		add(one)
		short := pathpkg.Clean(one)
		if strings.HasSuffix(one, "/") && short != "/" {
			short += "/"
		}
		add(short)
	}
	return all
}

// written says what each expression says of a path as it is written. If one names the whole path,
// this is how the routes write paths: then the others match the whole of it, or do not match.
func (m matchers) written(path string, expressions []string) sample {
	s := sampleOf(path, expressions, m.covers)
	for _, expression := range expressions {
		if s.says(expression) == Yes && m.covers(expression, otherPath) == No {
			return s
		}
	}
	return sampleOf(path, expressions, m.matchPath)
}

// mostRoutes limits the routes of a policy.
const mostRoutes = 4096

// LongestRoute is how many bytes an expression of a route may have: see [RoutesBeyond].
const LongestRoute = 4 << 10

// RoutesBeyond says why routes are not looked at: they go beyond the limits of this tool, which
// says nothing about the gateway. It is nil where they do not.
func RoutesBeyond(routes []Route) *Unknown {
	if len(routes) > mostRoutes {
		return &Unknown{Why: fmt.Sprintf("it has more than %d routes, the most that gatewhy reads",
			mostRoutes)}
	}
	for _, route := range routes {
		if len(route.Method) > LongestRoute || len(route.Path) > LongestRoute {
			return &Unknown{Why: fmt.Sprintf("the expression of a route is longer than %d KiB, "+
				"the most that gatewhy reads", LongestRoute>>10)}
		}
	}
	return nil
}

// beyondClasses is why the policies' routes do not tell classes of requests apart: that takes more
// than a limit of this tool.
func beyondClasses(limit string) *Unknown {
	return &Unknown{
		Why: "to distinguish all requests that the routes treat differently takes " + limit +
			", the most that gatewhy does",
		Need: Need{Input: source.NeedRequest, For: "which request it is"},
	}
}

// idle reports whether a policy answers nobody, wherever it applies, and changes nothing that
// others look at, or whether it is for other gateways.
func (p *Policy) idle() bool {
	return p.When.OfOthers || p.Root.size() == 0 && (p.When.Disabled || len(p.Effects) == 0)
}

// routeFindings says what a reader must know of a policy that does not apply.
func (c *Class) routeFindings(policy *Policy, applies Truth, r *Request) []Finding {
	guard := &policy.When
	finding := Finding{Pos: guard.Pos, Span: guard.Span, Field: guard.Field, Policy: policy}
	switch {
	case policy.idle():
		return nil
	case guard.Disabled:
		finding.Rule, finding.Severity = "policy-disabled", Warning
		finding.Message = "this policy is disabled: it lets everything through"
	case applies == No:
		finding.Rule, finding.Severity = "route-not-covered", Note
		name := cmp.Or(strings.TrimSpace(r.Method+" "+r.Path), c.String())
		finding.Message = "this policy does not apply to " + name + ": it lets the request through"
	case applies == Maybe:
		finding.Rule, finding.Severity = "route-assumed", Note
		finding.Message = "it is not known whether this policy applies: " + c.doubt(guard).Why
	default:
		return nil
	}
	return []Finding{finding}
}
