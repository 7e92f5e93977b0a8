package envoygateway

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// provider is one of the JWT providers that count.
type provider struct {
	*envoy.Provider
	at   *source.Value
	path string // "jwt.providers[0]."
	name string
}

// providersOf lists the providers of a spec. What is no object is left out: see unreadable.
func providersOf(spec *source.Value) []*provider {
	var all []*provider
	for path, v := range kubernetes.ItemsIn(spec.Member("jwt"), "jwt.", "providers") {
		if v.Is(source.Object) {
			all = append(all, providerOf(v, path))
		}
	}
	return all
}

func providerOf(v *source.Value, path string) *provider {
	name := v.TextAt("name")
	p := &provider{at: v, path: path, name: name, Provider: envoy.ProviderIn(v, path)}
	from := envoy.Extraction{
		Headers: "headers", Prefix: "valuePrefix", Params: "params", Cookies: "cookies",
	}
	p.Locations, p.LocationsDoubt = from.LocationsIn(v.Member("extractFrom"), path+"extractFrom.")
	p.Key, p.KeyAt, p.KeyDoubt = keyOf(v, path)
	return p
}

// keyOf is where a provider has its keys from: an address, the policy itself, or a ConfigMap, of
// which findKeys looks for the text.
func keyOf(v *source.Value, path string) (*rules.Key, rules.Place, *rules.Unknown) {
	if remote := v.Member("remoteJWKS"); remote.IsSet() {
		path += "remoteJWKS."
		uri := remote.Member("uri")
		address, _ := uri.Str()
		at, doubt := envoy.PlaceIn(remote, path, "uri"), kubernetes.TextDoubt(uri, path+"uri")
		if kubernetes.Marked(uri) {
			return rules.KeysUnread(doubt), at, nil
		}
		return rules.KeysAt(address, false), at, doubt
	}
	local := v.Member("localJWKS")
	if !local.IsSet() {
		return &rules.Key{}, envoy.PlaceIn(v, path, "remoteJWKS"), nil
	}
	path += "localJWKS."
	text := local.TextAt("inline")
	key := &rules.Key{Own: true, Text: text, Set: true}
	if ref := local.Member("valueRef"); ref.IsSet() && text == "" {
		return &rules.Key{}, envoy.PlaceIn(local, path, "valueRef"), nil
	}
	return key, envoy.PlaceIn(local, path, "inline"),
		kubernetes.TextDoubt(local.Member("inline"), path+"inline")
}

// keySetEntry is the entry of a ConfigMap that has the key set. Without it, that is its only one;
// of several, Envoy Gateway takes any.
const keySetEntry = "jwks"

// configMapOf is the ConfigMap that has the key set of a provider. It is not ok where none has.
func (i *instance) configMapOf(p *provider) (of target, ok bool) {
	ref := p.at.At("localJWKS", "valueRef")
	if !ref.Is(source.Object) || p.Key.Own {
		return of, false
	}
	name, ok := kubernetes.Name(ref.Member("name"))
	return target{configMap, i.owner("jwt").Namespace, name, ""}, ok
}

// findKeys takes the keys of a provider from its ConfigMap, if the files show it.
func (i *instance) findKeys(p *provider) {
	of, ok := i.configMapOf(p)
	if !ok {
		return
	}
	keys := i.keySets[of]
	if keys == nil {
		return
	}
	if keys.Twice != "" {
		p.KeyDoubt = unknownTarget(keys.Twice)
		return
	}
	data := keys.data
	entry := data.Member(keySetEntry)
	if entry == nil && data.Is(source.Object) && len(data.Members) == 1 {
		entry = data.Members[0].Value
	}
	if text, ok := entry.Str(); ok && !kubernetes.Marked(entry) {
		p.Key = &rules.Key{Own: true, Text: text, Set: true}
	}
}

// inEveryNamespace is the name of a ConfigMap that Kubernetes itself puts into every namespace
// (its feature RootCAConfigMap): files that show it have all ConfigMaps of the namespace.
const inEveryNamespace = "kube-root-ca.crt"

// keysMissing is why the ConfigMap of a provider has no keys; empty where it has, or may have.
func (i *instance) keysMissing(p *provider) string {
	of, ok := i.configMapOf(p)
	if !ok {
		return ""
	}
	if _, whole := i.keySets[target{configMap, of.namespace, inEveryNamespace, ""}]; !whole {
		return ""
	}
	for other := range i.keySets {
		if other != of && kubernetes.SameNamespace(other.namespace, of.namespace) != rules.No &&
			kubernetes.Same(other.name, of.name) != rules.No {
			return ""
		}
	}
	keys := i.keySets[of]
	switch {
	case keys == nil:
		return "namespace " + of.namespace + " has no ConfigMap " + of.name + ", from which " +
			"provider " + p.name + " has its keys"
	case keys.Twice != "":
		return ""
	case !keys.data.IsSet() || keys.data.Is(source.Object) && len(keys.data.Members) == 0:
		return "the ConfigMap " + qualified(of.namespace, of.name) + ", from which provider " +
			p.name + " has its keys, has no data"
	}
	return ""
}

// inEnvoy are the providers as the filter has them.
func (c *compiler) inEnvoy() []*envoy.Provider {
	return source.Each(c.providers, func(p *provider) *envoy.Provider { return p.Provider })
}

func (c *compiler) filter() envoy.Filter {
	return envoy.Filter{Table: c.table, Docs: docAPI, NoToken: envoy.NoToken}
}

// authentication is that one of the providers accepts the token, or that the request has none,
// where it need not. It is not ok where the filter lets every request pass, or is not there.
func (c *compiler) authentication() (rules.Node, bool) {
	jwt := c.spec.Member("jwt")
	if !jwt.IsSet() {
		return rules.Node{}, false
	}
	if why := c.providersUnread(); why != nil {
		return rules.AllOf(notModelled(jwt, "jwt.providers", why)), true
	}
	if c.open == rules.Yes {
		return c.unchecked(), !c.provesLater()
	}
	accepted := c.filter().AcceptsOneOf(c.inEnvoy())
	if c.open == rules.Maybe {
		field := jwt.Member("failOpen")
		why := unswitched(field, "jwt.failOpen")
		if why == nil {
			why = dependsOn("jwt.failOpen", failOpenSince)
		}
		return rules.Node{Any: []rules.Node{
			accepted, {Check: notModelled(field, "jwt.failOpen", why)},
		}}, true
	}
	if c.optional == rules.No {
		return accepted, true
	}
	return rules.Node{Exempts: true, First: &rules.First{
		Branches: []rules.Branch{{If: rules.Node{Check: c.noToken()}}}, Default: accepted,
	}}, true
}

// providersUnread is why it is not known what the providers are; nil where it is.
func (c *compiler) providersUnread() *rules.Unknown {
	list := c.spec.At("jwt", "providers")
	odd := func(v *source.Value) bool { return !v.Is(source.Object) }
	if why := kubernetes.DoubtOf(list, "jwt.providers"); why != nil {
		return why
	}
	if !list.Is(source.List) || len(list.Items) == 0 || slices.ContainsFunc(list.Items, odd) {
		return &rules.Unknown{Why: "the providers of jwt can't be read: what the API server " +
			"refuses is not in the cluster, or an earlier version is"}
	}
	return nil
}

// namesUnread is why it is not known which providers there are by their names; nil where it is.
func (c *compiler) namesUnread() *rules.Unknown {
	jwt := c.spec.Member("jwt")
	if why := kubernetes.DoubtOf(jwt, "jwt"); why != nil || !jwt.IsSet() {
		return why
	}
	if why := c.providersUnread(); why != nil {
		return why
	}
	for _, p := range c.providers {
		if why := kubernetes.DoubtOf(p.at.Member("name"), p.path+"name"); why != nil {
			return why
		}
	}
	return nil
}

// noToken is the condition that a request has no token, and need not have one.
func (c *compiler) noToken() *rules.Check {
	optional := c.spec.At("jwt", "optional")
	none := rules.CheckAt(
		rules.Conditional, optional, "jwt.optional", rules.Documented.From(docAPI),
	)
	none.Test = envoy.CarriesNothing(c.inEnvoy())
	none.Wants = "a request without a token, which optional lets pass"
	if c.optional == rules.Maybe {
		none.Test = rules.Both(none.Test, rules.Undecided(unswitched(optional, "jwt.optional")))
	}
	return none
}

// unchecked is what failOpen makes of the checks of a token: whatever fails is let pass.
func (c *compiler) unchecked() rules.Node {
	at := rules.PlaceOf(c.spec.At("jwt", "failOpen"), "jwt.failOpen")
	return envoy.Unchecked(at, c.providers[0].Key, rules.Documented.From(docAPI),
		"failOpen is true: a request with a bad token, or none, passes")
}

// provesLater reports whether each way past the authorization rules asks for a token that a
// provider has accepted.
func (c *compiler) provesLater() bool {
	v := c.spec.Member("authorization")
	if !v.Is(source.Object) || c.defaultAllows() != rules.No {
		return false
	}
	return !slices.ContainsFunc(rulesIn(c.spec), func(r *authRule) bool {
		return r.action == actionAllow && !r.jwt().IsSet()
	})
}
