package envoygateway

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// compile makes a policy of each instance. Every answer comes from the table of behaviours.
func compile(table []rules.Behaviour, read *rules.Configuration) rules.Compilation {
	made := rules.Compilation{Named: []string{Name}}
	for _, of := range read.Entries {
		i := of.(*instance)
		c := newCompiler(i, table)
		made.Policies = append(made.Policies, &rules.Policy{
			Variant: Name, Asset: Name, Name: i.policy.String(), Product: product,
			API: i.name, Pos: i.policy.At.Pos, Entry: i, Root: c.root(), Asides: c.asides(),
		})
	}
	made.Findings = rules.Problems(read.Files...)
	made.Policies = rules.Unsettled(made.Policies, rules.Elsewhere(read.Files))
	return made
}

// compiler turns what counts for one instance into a policy.
type compiler struct {
	*instance
	table     []rules.Behaviour
	providers []*provider
	written   map[string]bool // headers that the filter writes from claims, in small letters
	open      rules.Truth     // whether a request with a bad token passes the JWT filter
	optional  rules.Truth     // whether one without a token does

	// only are the providers that may have accepted the token, where it is known that no other one
	// has; else nil.
	only []*provider
}

func newCompiler(i *instance, table []rules.Behaviour) *compiler {
	c := &compiler{
		instance: i, table: i.overridden(table), providers: providersOf(i.spec),
		written: map[string]bool{},
	}
	if i.of.kind == grpcRoute {
		c.table = envoy.AlsoGRPC(c.table, rules.Yes)
	}
	for _, p := range c.providers {
		i.findKeys(p)
		for _, to := range p.at.Member("claimToHeaders").List() {
			c.written[strings.ToLower(to.TextAt("header"))] = true
		}
	}
	jwt := i.spec.Member("jwt")
	c.optional = switched(jwt.Member("optional"))
	if c.open = switched(jwt.Member("failOpen")); c.open != rules.No {
		c.open = min(c.open, i.has(failOpenSince))
	}
	return c
}

// switched tells whether a field is true. What is no truth value the API server refuses.
func switched(v *source.Value) rules.Truth {
	switch {
	case !v.IsSet():
		return rules.No
	case !v.Is(source.Bool):
		return rules.Maybe
	}
	return rules.TruthOf(v.Text == "true")
}

// unswitched is why it is not known whether a field is true; nil where it is.
func unswitched(v *source.Value, field string) *rules.Unknown {
	if why := kubernetes.DoubtOf(v, field); why != nil || switched(v) != rules.Maybe {
		return why
	}
	return &rules.Unknown{Why: field + " is " + v.Text + ", as " + v.Kind.String() + ", and not " +
		"true or false: the API server refuses that, and an earlier version of the policy may " +
		"hold"}
}

// root is what a request needs: that a route takes it, then each filter in the proxy's order.
func (c *compiler) root() rules.Node {
	whole := rules.Node{All: []rules.Node{}}
	add := func(n rules.Node, ok bool) {
		if ok {
			whole.All = append(whole.All, n)
		}
	}
	if c.doubt != nil {
		check := notModelled(c.policy.At, "spec", c.doubt)
		if c.at.At != nil {
			check = notModelled(c.at.At, c.at.Field, c.doubt)
		}
		if c.between == nil || c.in == nil || len(c.assumed) == mostOpen {
			return rules.AllOf(check)
		}
		return c.either(check)
	}
	add(c.routed())
	if check, ok := c.notInForce(); ok {
		add(rules.Node{Check: check}, true)
		return whole
	}
	add(c.others())
	if stages, ok := c.inError(); ok {
		whole.All = append(whole.All, stages...)
		return whole
	}
	if check, ok := c.perhapsUnfetched(); ok {
		add(rules.Node{Check: check}, true)
	}
	before := len(whole.All)
	whole.All = append(whole.All, c.behind(false)...)
	var count rules.Conditions
	if _, few := whole.Ways(); !few && !count.Beyond(whole) {
		whole.All = append(whole.All[:before], c.behind(true)...)
	}
	if at, field, why := c.locates(); at != nil && !c.policy.acceptance().yes {
		add(rules.Node{Check: perhapsBroken(at, field, why)}, true)
	}
	return whole
}

// perhapsBroken is that Envoy Gateway perhaps can't translate the policy, so that its routes
// answer 500: that depends on what the files do not show, and the status of the policy says it.
func perhapsBroken(at *source.Value, field, why string) *rules.Check {
	return notModelled(at, field, &rules.Unknown{
		Why: why + ", without which the routes answer 500",
		Need: rules.Need{
			Input: source.NeedPolicy, For: "the policy as the cluster has it, with its status",
		},
	})
}

// perhapsUnfetched is that the policy perhaps has no keys to fetch. Then it has no JWT filter
// either: a request that this would refuse gets 500 too. It is not ok where the policy has them,
// or where its status says that it is accepted.
func (c *compiler) perhapsUnfetched() (check *rules.Check, ok bool) {
	at, field, why := c.fetchesFrom()
	if at == nil || c.policy.acceptance().yes {
		return nil, false
	}
	check = perhapsBroken(at, field, why)
	check.Unknown.MayErr = true
	return check, true
}

// locates is the first rule that asks where a request comes from, and what it needs for that.
func (c *compiler) locates() (at *source.Value, field, why string) {
	for _, r := range rulesIn(c.spec) {
		at := r.at.At("principal", "clientIPGeoLocations")
		if at.IsSet() && c.has(geoSince) != rules.No {
			return at, r.path + "principal.clientIPGeoLocations", "clientIPGeoLocations wants " +
				"clientIPDetection of a ClientTrafficPolicy and geoIP of an EnvoyProxy"
		}
	}
	return nil, "", ""
}

// fetchesFrom is the first Service or Backend that a key set is fetched from and that the files do
// not show in the namespace of the policy.
func (c *compiler) fetchesFrom() (at *source.Value, field, why string) {
	for _, p := range c.providers {
		refs, _ := kubernetes.References(p.at.At("remoteJWKS", "backendRefs"))
		for _, ref := range refs {
			of := target{cmp.Or(ref.Kind, serviceKind), c.owner("jwt").Namespace, ref.Name, ""}
			if other := ref.Namespace; other != "" && other != of.namespace || !c.backends[of] {
				of.namespace = cmp.Or(other, of.namespace)
				return ref.At, p.path + "remoteJWKS.backendRefs", "provider " + p.name + " has " +
					"its keys from " + of.kind + " " + qualified(of.namespace, of.name) +
					", which these files do not show"
			}
		}
	}
	return nil, "", ""
}

// behind is what the JWT filter and those behind it want of a request. Folded, all rules of
// authorization are one check.
func (c *compiler) behind(folded bool) []rules.Node {
	stages := rules.Node{All: []rules.Node{}}
	add := func(n rules.Node, ok bool) {
		if ok {
			stages.All = append(stages.All, n)
		}
	}
	extended, hasExtension := c.patched(extensionPolicy) // it runs between the two
	again, looksAgain := c.recomputed()
	switch {
	case looksAgain:
		add(c.authentication())
		add(rules.Node{Check: again}, true)
	case c.tellsProvidersApart():
		add(rules.Node{Check: extended}, hasExtension)
		add(c.each(folded), true)
	default:
		add(c.authentication())
		add(rules.Node{Check: extended}, hasExtension)
		add(c.authorization(folded))
	}
	return envoy.AsSent(c.unchanged(), stages.All...)
}

// notModelled is a check whose outcome nobody knows.
func notModelled(at *source.Value, field string, why *rules.Unknown) *rules.Check {
	check := rules.CheckAt(rules.NotModelled, at, field, rules.Inferred.From(codePolicy))
	check.Unknown = why
	return check
}

// others is what else a SecurityPolicy asks of a request, before its JWT filter: nobody knows here
// what comes out. They are in the order of the proxy's filters. See [compiler.asides] for what
// answers some requests alone.
func (c *compiler) others() (rules.Node, bool) {
	node := rules.Node{All: []rules.Node{}}
	if v := c.spec.Member("csrf"); v.IsSet() {
		reads := rules.CheckAt(rules.Conditional, v, "csrf", rules.Documented.From(docAPI))
		reads.Test = methodIn([]string{"GET", "HEAD", "OPTIONS", "TRACE"})
		reads.Wants = "a request that changes nothing, of which csrf asks nothing"
		unknown := notModelled(v, "csrf", &rules.Unknown{
			Why: "csrf is not modelled: it looks at the Origin of requests that change something",
		})
		node.All = append(node.All, rules.Node{
			Any: []rules.Node{{Check: reads}, {Check: unknown}},
		})
	}
	for _, part := range []struct{ field, why string }{
		{"extAuth", "a service of its own decides on the request"},
		{"apiKeyAuth", "the request needs an API key"},
		{"basicAuth", "the request needs a user and a password in the Authorization header, " +
			"where a bearer token is refused"},
		{"oidc", "a request without a session is sent to sign in"},
	} {
		v := c.spec.Member(part.field)
		pass, _ := v.Member("passThroughAuthHeader").Bool()
		if !v.IsSet() || pass {
			continue
		}
		check := notModelled(v, part.field, &rules.Unknown{
			Why: part.field + " is not modelled: " + part.why,
		})
		if check.Evidence = rules.Inferred.From(codeFilters); part.field == "basicAuth" {
			check.Evidence = rules.Inferred.From(issueBasic)
		}
		node.All = append(node.All, rules.Node{Check: check})
	}
	return node, len(node.All) > 0
}

// unchanged is that no filter before the JWT filter puts another token into the request. extAuth
// over HTTP changes the headers that headersToBackend names, and over gRPC what it likes; oidc
// brings the tokens of a session.
func (c *compiler) unchanged() []rules.Node {
	ext, oidc := c.spec.Member("extAuth"), c.spec.Member("oidc")
	pass, _ := oidc.Member("passThroughAuthHeader").Bool()
	at, field := ext, "extAuth"
	http := ext.Member("http")
	switch {
	case ext.IsSet() && !(http.Is(source.Object) &&
		kubernetes.IsEmpty(http.Member("headersToBackend"))):
	case oidc.IsSet() && !pass:
		at, field = oidc, "oidc"
	default:
		return nil
	}
	check := notModelled(at, field, &rules.Unknown{
		Why: field + " comes before the JWT filter, and may put another token into the request",
	})
	check.Evidence = rules.Inferred.From(codeFilters)
	return []rules.Node{{Check: check}}
}

// tellsProvidersApart reports whether it makes a difference which of several providers accepts the
// token: a rule that is about the claims of one is about no token of another.
func (c *compiler) tellsProvidersApart() bool {
	return len(c.providers) > 1 && c.open == rules.No && c.providersUnread() == nil &&
		slices.ContainsFunc(rulesIn(c.spec), func(r *authRule) bool {
			_, hasExpression := celOf(r)
			return hasExpression || r.jwt().Is(source.Object)
		})
}

// each is that one of the providers accepts the token, and that the rules allow the request with
// the claims that it has left. The first that accepts a token is asked alone.
func (c *compiler) each(folded bool) rules.Node {
	node := rules.Node{Reports: rules.Weightiest, Any: []rules.Node{}}
	for i, p := range c.providers {
		one := c.filter().Accepts(p.Provider)
		if check := c.notBefore(p, c.providers[:i]); check != nil {
			one.All = append(one.All, rules.Node{Check: check})
		}
		if authorized, ok := c.with(p).authorization(folded); ok {
			one.All = append(one.All, authorized)
		}
		node.Any = append(node.Any, one)
	}
	if c.optional == rules.No {
		return node
	}
	without, asks := c.with().authorization(folded)
	return rules.Node{Exempts: !asks, First: &rules.First{
		Branches: []rules.Branch{{If: rules.Node{Check: c.noToken()}, Then: without}},
		Default:  node,
	}}
}

// with is the compiler of what the rules make of a token that one of these providers has accepted,
// or without any, of a request without a token.
func (c *compiler) with(some ...*provider) *compiler {
	other := *c
	if other.only = some; some == nil {
		other.only = []*provider{}
	}
	return &other
}

// notBefore is the check that none of the providers before accepts the token; nil where none can.
func (c *compiler) notBefore(p *provider, before []*provider) *rules.Check {
	var parts []rules.Predicate
	for _, other := range before {
		if other.MayShare(p.Provider) {
			parts = append(parts, rules.Negate(acceptedBy(other.Provider)))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	check := rules.CheckAt(
		rules.Authorization, p.at, p.path+"name", rules.Inferred.From(codeRules),
	)
	check.Test = envoy.Both(parts)
	check.Wants = "a token that no provider before " + p.name + " accepts"
	check.Answer = c.row(envoy.Denied)
	return check
}

// counts reports whether a rule can match, as far as it is known which provider has accepted the
// token.
func (c *compiler) counts(r *authRule) bool {
	jwt := r.jwt()
	if c.only == nil || !jwt.Is(source.Object) {
		return true
	}
	p := c.providerOf(jwt)
	return slices.Contains(c.only, p) || p == nil && len(c.only) > 0
}
