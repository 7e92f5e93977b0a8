package envoygateway

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// others is what else a SecurityPolicy asks of a request, before its JWT filter: nobody knows here
// what comes out. They are in the order of the proxy's filters. CORS answers preflights only, and
// is left out.
func (c *compiler) others() (rules.Node, bool) {
	node := rules.Node{All: []rules.Node{}}
	if v := c.spec.Member("csrf"); v != nil && !v.Is(source.Null) {
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
		if v == nil || v.Is(source.Null) || pass {
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
