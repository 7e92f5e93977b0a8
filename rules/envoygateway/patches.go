package envoygateway

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// The kinds that change what proxies do with a request, beside the policies.
const (
	patchPolicy     = "EnvoyPatchPolicy"
	proxyKind       = "EnvoyProxy"
	trafficPolicy   = "ClientTrafficPolicy"
	extensionPolicy = "EnvoyExtensionPolicy"
)

// patch is a resource of one of these kinds: nobody knows here what comes of it.
type patch struct {
	kubernetes.Resource
	refs []kubernetes.Reference
	wide bool // it can't be read, or is not looked up, what it is for: it may be for anything
}

// isPatch reports whether a resource changes what becomes of a token: the order of the filters or
// what they are, the headers before them, or what runs between them.
func isPatch(object *source.Value) bool {
	spec := object.Member("spec")
	switch {
	case !kubernetes.IsOf(object, group, patchPolicy, proxyKind, trafficPolicy, extensionPolicy):
		return false
	case object.TextAt("kind") == proxyKind:
		return spec.Member("filterOrder").IsSet()
	case object.TextAt("kind") == trafficPolicy:
		return spec.At("headers", "earlyRequestHeaders").IsSet()
	}
	return true
}

func patchOf(file *source.File, object *source.Value) *patch {
	p := &patch{Resource: kubernetes.ResourceOf(file, object)}
	for _, field := range []string{"targetRef", "targetRefs"} {
		refs, ok := kubernetes.References(p.Spec.Member(field))
		p.refs, p.wide = append(p.refs, refs...), p.wide || !ok
	}
	p.wide = p.wide || p.Kind == proxyKind || p.Spec.Member("targetSelectors").IsSet()
	return p
}

// mayBeFor reports whether a patch is for an instance, or may be.
func (p *patch) mayBeFor(i *instance) bool {
	return p.wide || slices.ContainsFunc(p.refs, func(ref kubernetes.Reference) bool {
		t := target{ref.Kind, p.Namespace, ref.Name, ""}
		switch {
		case isRoute(ref.Kind):
			return t.mayBe(i.of)
		case ref.Kind != gatewayKind && ref.Kind != listenerSet:
			return true // a class of Gateways
		case i.route == nil && isRoute(i.of.kind):
			return true // the files do not show its Gateway
		case i.route == nil:
			return t.mayBe(i.of)
		}
		return slices.ContainsFunc(i.route.ways, func(by target) bool {
			return by.name == "" || t.mayBe(by) || t.mayBe(i.gatewayOf(by))
		})
	})
}

// mayBe reports whether a target is the resource of another one, or may be.
func (t target) mayBe(other target) bool {
	return t.kind == other.kind && kubernetes.Same(t.name, other.name) != rules.No &&
		kubernetes.SameNamespace(t.namespace, other.namespace) != rules.No
}

// patched is why nobody knows what becomes of the requests of an instance: a resource of one of
// these kinds may be for it. It is not ok where none is.
func (c *compiler) patched(kinds ...string) (*rules.Check, bool) {
	for _, p := range c.patches {
		if slices.Contains(kinds, p.Kind) && p.mayBeFor(c.instance) {
			return notModelled(p.At, "spec", &rules.Unknown{
				Why: p.String() + " changes what the proxy does with a request beside the " +
					"policies, and is not modelled",
			}), true
		}
	}
	return nil, false
}
