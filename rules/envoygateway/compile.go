package envoygateway

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
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
	open      rules.Truth // whether a request with a bad token passes the JWT filter
	optional  rules.Truth // whether one without a token does

	// only are the providers that may have accepted the token, where it is known that no other one
	// has; else nil.
	only []*provider
}

func newCompiler(i *instance, table []rules.Behaviour) *compiler {
	c := &compiler{instance: i, table: table, providers: providersOf(i.spec)}
	for _, p := range c.providers {
		i.findKeys(p)
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
	if check, ok := c.fault(); ok {
		add(rules.Node{Check: check}, true)
		return whole
	}
	add(c.others())
	if c.tellsProvidersApart() {
		add(c.each(false), true)
		if _, few := whole.Ways(); !few {
			whole.All[len(whole.All)-1] = c.each(true)
		}
		return whole
	}
	add(c.authentication())
	authorized, ok := c.authorization(false)
	add(authorized, ok)
	if _, few := whole.Ways(); !few && ok {
		authorized, _ = c.authorization(true)
		whole.All[len(whole.All)-1] = authorized
	}
	return whole
}

// notModelled is a check whose outcome nobody knows.
func notModelled(at *source.Value, field string, why *rules.Unknown) *rules.Check {
	check := rules.CheckAt(rules.NotModelled, at, field, inferred(codePolicy))
	check.Unknown = why
	return check
}

// others is what else a SecurityPolicy asks of a request, before its JWT filter: nobody knows here
// what comes out. They are in the order of the proxy's filters. CORS answers preflights only, and
// is left out.
func (c *compiler) others() (rules.Node, bool) {
	node := rules.Node{All: []rules.Node{}}
	if v := c.spec.Member("csrf"); v.IsSet() {
		reads := rules.CheckAt(rules.Conditional, v, "csrf", documented(docAPI))
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
		if check.Evidence = inferred(codeFilters); part.field == "basicAuth" {
			check.Evidence = inferred(issueBasic)
		}
		node.All = append(node.All, rules.Node{Check: check})
	}
	return node, len(node.All) > 0
}
