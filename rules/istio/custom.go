package istio

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// custom is that the providers of CUSTOM policies let a request pass, if a rule matches it. What
// they answer nobody knows. It is not ok where there is no such policy.
//
// They are asked before the JWT filter, and what they let pass is perhaps not what the client has
// sent: OAuth2 Proxy puts the token of a session into the request. Unchanged is that none has done
// so.
func (c *compiler) custom() (asked rules.Node, unchanged []rules.Node, ok bool) {
	before := *c // what the JWT filter finds out is not there yet
	before.jwt, before.providers, before.unread = nil, nil, nil
	before.sent, before.touched = rules.Never(), nil
	for _, p := range c.policies {
		on := rules.CheckAt(rules.NotModelled, p.At, "action", rules.Inferred.From(docPolicy))
		if on.Unknown = p.asksElsewhere(); on.Unknown == nil {
			continue
		}
		asked.All = append(asked.All, before.ifAbout(p, on))
		if leaves := c.leavesAsSent(p); leaves != nil {
			unchanged = append(unchanged, before.ifAbout(p, leaves))
		}
	}
	return asked, unchanged, len(asked.All) > 0
}

// ifAbout is a check of the requests that a CUSTOM policy is about.
func (c *compiler) ifAbout(p *resource, check *rules.Check) rules.Node {
	if p.action() != actionCustom || p.unreadable() != nil ||
		slices.ContainsFunc(p.rules(), (*authRule).always) {
		return rules.Node{Check: check}
	}
	var some []rules.Predicate
	for _, r := range p.rules() {
		if r.broken == "" {
			some = append(some, c.matches(r))
		}
	}
	when := rules.CheckAt(rules.Authorization, p.At, "rules", rules.Documented.From(docPolicy))
	when.Wants = "a request that the CUSTOM policy " + p.String() + " is not about"
	when.Test = rules.Negate(envoy.Either(some))
	return rules.Node{Any: []rules.Node{{Check: when}, {Check: check}}}
}

// asksElsewhere is why it is not known what a policy answers that asks a provider, or may ask one;
// nil where it asks none.
func (r *resource) asksElsewhere() *rules.Unknown {
	switch doubt := r.actionDoubt(); {
	case r.Kind != authorizationPolicy:
		return nil
	case doubt != nil:
		return doubt
	case r.action() != actionCustom:
		return nil
	case r.unreadable() != nil:
		return r.unreadable()
	case len(r.rules()) == 0:
		return nil // nothing is sent to the provider
	}
	return &rules.Unknown{Why: r.provider() + " decides on the request, and is not modelled"}
}

// provider names what a CUSTOM policy asks.
func (r *resource) provider() string {
	return "the provider " + r.Spec.TextAt("provider", "name") + " of the CUSTOM policy " +
		r.String()
}

// leavesAsSent is the check that the provider of a policy changes nothing of a request. There is
// none where the configuration of the mesh says so.
func (c *compiler) leavesAsSent(p *resource) *rules.Check {
	provider := p.Spec.At("provider", "name")
	changes := c.cluster.changesRequests(provider)
	if !provider.IsSet() || changes == rules.No {
		return nil
	}
	check := rules.CheckAt(
		rules.NotModelled, provider, "provider.name", rules.Inferred.From(codeListener),
	)
	check.Unknown = &rules.Unknown{Why: p.provider() + " is asked before the JWT filter, and " +
		"may put another token into the request"}
	if changes == rules.Maybe {
		check.Unknown.Need = rules.Need{Input: source.NeedPolicy, For: "the configuration of " +
			"the mesh, with its extensionProviders"}
	}
	return check
}

// changesRequests tells whether a provider of CUSTOM policies may change the requests that it lets
// pass. One that is asked over HTTP changes the headers that headersToUpstreamOnAllow names.
func (c *cluster) changesRequests(name *source.Value) rules.Truth {
	changes := rules.Maybe
	for _, mesh := range c.meshes {
		for _, p := range mesh.Member("extensionProviders").List() {
			if p.TextAt("name") != name.Text || kubernetes.Marked(name) {
				continue
			}
			over := p.Member("envoyExtAuthzHttp")
			if !over.Is(source.Object) ||
				!kubernetes.IsEmpty(over.Member("headersToUpstreamOnAllow")) {
				return rules.Yes
			}
			changes = rules.No
		}
	}
	return changes
}
