package istio

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// jwtRule is one of the jwtRules that hold for a workload.
type jwtRule struct {
	of    *resource
	at    *source.Value
	path  string          // "jwtRules[0]."
	split kubernetes.List // spaceDelimitedClaims
}

// inOrderOfCreation sorts policies as Istio does: those of the workload's namespace before those
// of the root namespace, and each by their creation, or where that is the same, by their names
// (pilot/pkg/model, sortConfigByCreationTime). Where no file says when they were created, they are
// taken for policies that were applied at once.
func inOrderOfCreation(w *workload) []*resource {
	created := func(p *resource) string {
		return p.At.TextAt("metadata", "creationTimestamp")
	}
	rank := func(p *resource) int {
		if p.Namespace == w.namespace {
			return 0
		}
		return 1
	}
	all := slices.Clone(w.policies)
	slices.SortStableFunc(all, func(a, b *resource) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(created(a), created(b)),
			strings.Compare(a.Name, b.Name))
	})
	return all
}

// jwtRulesOf lists the rules of all RequestAuthentications that select a workload, in the proxy's
// order: by issuer.
func jwtRulesOf(w *workload) []*jwtRule {
	var all []*jwtRule
	for _, p := range inOrderOfCreation(w) {
		if p.Kind != requestAuthentication {
			continue
		}
		for path, v := range kubernetes.ItemsIn(p.Spec, "", "jwtRules") {
			if v.Is(source.Object) {
				split := kubernetes.ListIn(v, path, "spaceDelimitedClaims")
				all = append(all, &jwtRule{of: p, at: v, path: path, split: split})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *jwtRule) int {
		return strings.Compare(a.issuer(), b.issuer())
	})
	return all
}

func (r *jwtRule) issuer() string { return r.at.TextAt("issuer") }

// authentication is that a request has no token, or one that a JWT rule accepts. It is not ok
// where there are no rules: then no token is looked at.
func (c *compiler) authentication() (rules.Node, bool) {
	if at, why := c.unreadRules(); why != nil {
		return rules.AllOf(notModelled(at, "jwtRules", why)), true
	}
	if len(c.jwt) == 0 {
		return c.withoutRules()
	}
	first := c.jwt[0]
	none := rules.CheckAt(
		rules.Conditional, first.at, "jwtRules", rules.Documented.From(docRequest),
	)
	none.Test = envoy.CarriesNothing(c.providers)
	none.Wants = "a request without a token, which RequestAuthentication lets pass"
	filter := envoy.Filter{Table: c.table, Docs: docRules, NoToken: envoy.MalformedToken}
	accepted := filter.AcceptsOneOf(c.providers)
	if accepted.Reports == rules.Weightiest {
		// Behind all of them Istio asks each once more: then the first one that finds a token and
		// refuses it answers, unless the token is of another issuer.
		accepted.Reports = rules.Opening
	}
	return rules.Node{Exempts: true, First: &rules.First{
		Branches: []rules.Branch{{If: rules.Node{Check: none}}},
		Default:  accepted,
	}}, true
}

// withoutRules is what a RequestAuthentication without rules does: it looks at no token. It is not
// ok where there is none.
func (c *compiler) withoutRules() (rules.Node, bool) {
	for _, p := range c.policies {
		if p.Kind == requestAuthentication {
			return envoy.Unchecked(rules.PlaceOf(p.At, "jwtRules"), &rules.Key{},
				rules.Documented.From(docRequest),
				p.String()+" has no jwtRules: no token is looked at"), true
		}
	}
	return rules.Node{}, false
}

// unreadRules are the rules of a RequestAuthentication that can't be read, and why; nil where all
// can be.
func (c *compiler) unreadRules() (at *source.Value, why *rules.Unknown) {
	for _, p := range c.policies {
		v := p.Spec.Member("jwtRules")
		if p.Kind != requestAuthentication || !v.IsSet() {
			continue
		}
		odd := func(item *source.Value) bool { return !item.Is(source.Object) }
		if !v.Is(source.List) || slices.ContainsFunc(v.Items, odd) {
			why := kubernetes.DoubtOf(v, "jwtRules")
			if why == nil {
				why = &rules.Unknown{Why: "the jwtRules of " + p.String() + " can't be read: " +
					"what the API server refuses is not in the cluster, or an earlier version is"}
			}
			return v, why
		}
	}
	return nil, nil
}

// providersOf are what the rules are in Envoy.
func (c *compiler) providersOf(all []*jwtRule) []*envoy.Provider {
	return source.Each(all, func(r *jwtRule) *envoy.Provider { return r.provider(c.before) })
}

// provider is what the rule is in Envoy, of a version of Istio that is before some or not.
func (r *jwtRule) provider(before func(version int) bool) *envoy.Provider {
	keys := keysField(r.at)
	if r.at.Member("jwks").IsSet() {
		keys = "jwks"
	}
	p := envoy.ProviderIn(r.at, r.path)
	p.SparesPreflights = true // policy_applier.go
	p.Key, p.KeyAt = r.key(), envoy.PlaceIn(r.at, r.path, keys)
	p.KeyDoubt = kubernetes.TextDoubt(r.at.Member(keys), r.path+keys)
	if keys != "jwks" && kubernetes.Marked(r.at.Member(keys)) {
		p.Key, p.KeyDoubt = rules.KeysUnread(p.KeyDoubt), nil
	}
	from := envoy.Extraction{
		Headers: "fromHeaders", Prefix: "prefix", Params: "fromParams", Cuts: before(uncutSince),
	}
	if !before(cookiesSince) {
		from.Cookies = "fromCookies"
	}
	p.Locations, p.LocationsDoubt = from.LocationsIn(r.at, r.path)
	return p
}

// keysField is the field of a JWT rule that has the address of its keys. Istio takes it by its
// older name too.
func keysField(rule *source.Value) string {
	if !rule.Member("jwksUri").IsSet() && rule.Member("jwks_uri").IsSet() {
		return "jwks_uri"
	}
	return "jwksUri"
}

// key is where a rule has its keys from: the rule itself, an address, or the discovery document of
// its issuer, of which only Entra ID's is known here.
func (r *jwtRule) key() *rules.Key {
	if text := r.at.TextAt("jwks"); text != "" {
		return &rules.Key{Own: true, Text: text, Set: true}
	}
	if address := r.at.TextAt(keysField(r.at)); address != "" {
		return rules.KeysAt(address, false)
	}
	return rules.KeysOf(r.issuer())
}
