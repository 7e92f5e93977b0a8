package oauth2proxy

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// asides are the requests that the program answers by itself, whatever the token: for its health,
// its pages on which a browser signs in, and a path that it first wants to be written otherwise
// (oauthproxy.go, buildServeMux and buildPreAuthChain; gorilla/mux, cleanPath). So are those over
// http that it wants over https, those that no upstream takes, those whose query narrows down who
// is let in (authOnlyAuthorize), and those with a session of its own.
func (c *compiler) asides(root rules.Node) []rules.Aside {
	if of, found := c.firstFault(); found && !of.maybe {
		// No program answers, whatever a check of the root would come to.
		present := c.tokenPresent(c.get("skip_jwt_bearer_tokens"))
		return []rules.Aside{{If: rules.Both(), Root: rules.AllOf(present)}}
	}
	open := func(option, why string) rules.Node {
		check := c.check(rules.Conditional, c.get(option), codeProxy)
		check.Evidence.Level, check.Evidence.Reference = rules.Inferred, codeProxy
		check.Unknown = &rules.Unknown{Why: why}
		if option == "proxy_prefix" || option == "upstreams" {
			check.Unknown.Need = rules.Need{
				Input: source.NeedRequest, For: "a request of the API",
			}
		}
		return rules.Node{Check: check}
	}
	some := []rules.Predicate{
		c.onPath(`[^?]*\?(?:(?s:.*)&)?allowed_(?:groups|emails|email_domains)=(?s:.*)`),
	}
	for _, name := range []string{"allowed_groups", "allowed_emails", "allowed_email_domains"} {
		has := rules.Has(rules.Input{Source: rules.FromQuery, Name: name})
		has.Assumed = rules.No
		some = append(some, has)
	}
	narrowed := rules.Both(rules.Either(some...), rules.Has(rules.Input{Source: rules.FromToken}))
	health := open("ping_path", "OAuth2 Proxy answers a health check by itself, whatever the "+
		"token, and the API never gets the request")
	asked, doubt := c.healthCheck()
	if doubt != nil {
		health.Check.Unknown = doubt
	}
	return []rules.Aside{
		{If: c.cameOverHTTP(), Root: open("force_https", "OAuth2 Proxy answers a request that "+
			"came over http with 308 to the same address with https, whatever the token")},
		{If: c.ownPaths(), Root: open("proxy_prefix", "OAuth2 Proxy answers this path by "+
			"itself, whatever the token, and the API never gets the request")},
		{If: asked, Root: health},
		{
			If: c.onPath(`[^/](?s:.*)|[^?]*(?://|/\.\.?/)[^?]*|[^?]*/\.\.?`),
			Root: open("proxy_prefix", "OAuth2 Proxy answers a path with // or a dot segment "+
				"with 301 to the same path without them, whatever the token"),
		},
		{If: c.notServed(), Root: rules.Node{All: []rules.Node{root, open("upstreams", "none of "+
			"the upstreams has this path: OAuth2 Proxy answers whoever it lets in with 404 by "+
			"itself, or with 301 to the path with a slash at its end. Where another proxy asks "+
			"it, the path is "+textOf(c.get("proxy_prefix"))+"/auth")}}},
		{If: narrowed, Root: rules.Node{All: []rules.Node{root, open("skip_jwt_bearer_tokens",
			"the query says who of the callers is let in (allowed_groups, allowed_emails or "+
				"allowed_email_domains), which gatewhy does not model")}}},
		{If: c.signedIn(), Root: rules.Node{Any: []rules.Node{root, open("cookie_name",
			"the request has a session cookie, and nobody but the program knows whether the "+
				"session in it is valid")}}},
	}
}

// signedIn is the predicate that a request has a session cookie that may count: where there is no
// fallback, it does not count beside a token (oauthproxy.go, buildSessionChain).
func (c *compiler) signedIn() rules.Predicate {
	var some []rules.Predicate
	for _, end := range []string{"", "_0"} { // a long one is in several
		has := rules.Has(rules.Input{
			Source: rules.FromCookie, Name: textOf(c.get("cookie_name")) + end,
		})
		has.Assumed = rules.No
		some = append(some, has)
	}
	has := rules.Either(some...)
	if c.get("skip_jwt_bearer_tokens").on() && c.get("bearer_token_login_fallback").off() {
		has = rules.Both(has, rules.Negate(rules.Has(rules.Input{Source: rules.FromToken})))
	}
	return has
}

// ownPaths is the predicate that the program answers a path by itself.
func (c *compiler) ownPaths() rules.Predicate {
	prefix := regexp.QuoteMeta(textOf(c.get("proxy_prefix")))
	own := []rules.Predicate{
		c.onPath(`/robots\.txt`),
		c.onPath(prefix + `/(?:sign_in|sign_out|start|callback|userinfo|static/.*)`),
	}
	if ready := textOf(c.get("ready_path")); ready != "" {
		own = append(own, c.onPath(regexp.QuoteMeta(ready)))
	}
	return rules.Either(own...)
}

// healthCheck is the predicate that the program takes a request for a health check. Where user
// agents are set for that, one of them must send it to one of the paths from 7.15.2 on; before it,
// either was enough (pkg/middleware/healthcheck.go and GHSA-5hvv-m4w4-gf6v).
func (c *compiler) healthCheck() (asked rules.Predicate, doubt *rules.Unknown) {
	paths := []string{textOf(c.get("ping_path"))}
	agents := []string{textOf(c.get("ping_user_agent"))}
	if c.get("gcp_healthchecks").on() {
		paths = append(paths, "/liveness_check", "/readiness_check")
		agents = append(agents, "GoogleHC/1.0")
	}
	isEmpty := func(text string) bool { return text == "" }
	onPath := rules.Either(source.Each(source.Without(paths, isEmpty),
		func(path string) rules.Predicate { return c.onPath(regexp.QuoteMeta(path)) })...)
	agents = source.Without(agents, isEmpty)
	if len(agents) == 0 {
		return onPath, nil
	}
	sent := rules.Predicate{
		Op: rules.OneOf, Input: rules.Input{Source: rules.FromHTTP, Name: "User-Agent"},
		Values: rules.Literals(agents...), Assumed: rules.No,
	}
	switch old, known := rules.OlderThan(c.version, 7, 15, 2); {
	case !known:
		return rules.Either(onPath, sent), ofVersion("OAuth2 Proxy answers a health check by " +
			"itself: from 7.15.2 on a request is one by its path and its user agent, before " +
			"it by one of them")
	case old:
		return rules.Either(onPath, sent), nil
	}
	return rules.Both(onPath, sent), nil
}

// notServed is the predicate that no upstream has the path, so that the API never gets the request
// (pkg/upstream/proxy.go).
func (c *compiler) notServed() rules.Predicate {
	served, known := c.servedPaths()
	if !known {
		return rules.Never()
	}
	path := rules.RequestInput(rules.RequestPath)
	asks := regexp.QuoteMeta(textOf(c.get("proxy_prefix"))) + "/auth"
	at := regexp.MustCompile(`^(?:` + strings.Join(append(served, asks), "|") + `)$`)
	return rules.Predicate{Op: rules.True, Input: rules.Computed(
		"a path that no upstream has", func(r *rules.Request) rules.Reading {
			asked, _, _ := strings.Cut(r.Path, "?")
			decoded, err := url.PathUnescape(asked)
			return reading(asked != "" && err == nil && !at.MatchString(decoded))
		}, path,
	)}
}

// servedPaths are expressions of the paths that the upstreams have, if they are known. That there
// are none is known of an instance whose flags are known.
func (c *compiler) servedPaths() (all []string, known bool) {
	add := func(path string) {
		expression := regexp.QuoteMeta(path)
		if strings.HasSuffix(path, "/") {
			expression += `(?s:.*)`
		}
		all = append(all, expression)
	}
	if !c.alpha {
		upstreams := c.get("upstreams")
		for _, v := range upstreams.values {
			path, ok := pathOfUpstream(v)
			if !ok {
				return nil, false
			}
			add(path)
		}
		return all, upstreams.unknown == nil && (c.started || len(all) > 0)
	}
	raw := alphaAt(c.structured, "upstreamConfig", "proxyRawPath") // the path is not decoded then
	for _, of := range alphaAt(c.structured, "upstreamConfig", "upstreams").List() {
		at := alphaAt(of, "path")
		if !at.Is(source.String) || marked(at) || hasVariable(at.Text) ||
			alphaAt(of, "rewriteTarget").IsSet() || raw.IsSet() {
			return nil, false
		}
		add(at.Text)
	}
	return all, c.structured != nil && (c.started || len(all) > 0)
}

// textOf is the value of an option that is known.
func textOf(s setting) string {
	if s.unknown != nil {
		return ""
	}
	return s.text()
}

// onPath is the predicate that the path, without its query, is as an expression says. A request of
// which the path is not known is taken for one of the API's.
func (c *compiler) onPath(expression string) rules.Predicate {
	test, err := c.matchesAny(
		rules.RequestInput(rules.RequestPath), []string{`(?:` + expression + `)(?:\?(?s:.*))?`})
	if err != nil {
		panic(err) // an expression of this package
	}
	test.Assumed = rules.No
	return test
}

// forwardedProto is the header in which a proxy before the program says how a request came to it.
const forwardedProto = "X-Forwarded-Proto"

// cameOverHTTP is the predicate that a request is redirected, as a proxy before the program says
// that it came over http. One of which nobody says that is taken for one over https.
func (c *compiler) cameOverHTTP() rules.Predicate {
	if c.get("force_https").off() || c.trustsForwarded() == rules.No {
		return rules.Never()
	}
	in := rules.Input{Source: rules.FromHTTP, Name: forwardedProto}
	sent := rules.Has(in)
	sent.Assumed = rules.No
	return rules.Both(sent, rules.Negate(rules.Predicate{
		Op: rules.Equals, Input: in, Values: rules.Literals("https"), Assumed: rules.Yes,
		Texts: &rules.Texts{FoldCase: true},
	}))
}
