package envoygateway

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// The kinds that change what proxies do with a request, beside the policies.
const (
	patchPolicy     = "EnvoyPatchPolicy"
	proxyKind       = "EnvoyProxy"
	trafficPolicy   = "ClientTrafficPolicy"
	extensionPolicy = "EnvoyExtensionPolicy"
)

// patch is a resource of one of these kinds.
type patch struct {
	kubernetes.Resource
	refs []kubernetes.Reference
	wide bool // it can't be read, or is not looked up, what it is for: it may be for anything
}

// isPatch reports whether a resource changes what becomes of a token: the order of the filters or
// what they are, the headers before them, what runs between them, or which headers and paths are
// refused.
func isPatch(object *source.Value) bool {
	spec := object.Member("spec")
	switch {
	case !kubernetes.IsOf(object, group, patchPolicy, proxyKind, trafficPolicy, extensionPolicy):
		return false
	case object.TextAt("kind") == proxyKind:
		return spec.Member("filterOrder").IsSet()
	case object.TextAt("kind") == trafficPolicy:
		return spec.Member("headers").IsSet() || spec.Member("path").IsSet()
	}
	return true
}

// isOpaque reports whether nobody knows here what becomes of the requests of a patch.
func (p *patch) isOpaque() bool {
	return p.Kind != trafficPolicy || p.Spec.At("headers", "earlyRequestHeaders").IsSet() ||
		kubernetes.Marked(p.Spec.Member("headers"))
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

// patchesFor are those of some kinds that are for the instance, or may be.
func (i *instance) patchesFor(kinds ...string) (all []*patch) {
	for _, p := range i.patches {
		if slices.Contains(kinds, p.Kind) && p.mayBeFor(i) {
			all = append(all, p)
		}
	}
	return all
}

// patched is why nobody knows what becomes of the requests of an instance: a resource of one of
// these kinds may be for it. It is not ok where none is.
func (c *compiler) patched(kinds ...string) (*rules.Check, bool) {
	for _, p := range c.patchesFor(kinds...) {
		if p.isOpaque() {
			return notModelled(p.At, "spec", &rules.Unknown{
				Why: p.String() + " changes what the proxy does with a request beside the " +
					"policies, and is not modelled",
			}), true
		}
	}
	return nil, false
}

// refusedBefore are the requests that the proxy of a Gateway refuses or redirects by itself, if no
// ClientTrafficPolicy says otherwise: those with an underscore in a header's name, and those with
// an escaped slash in their path (listener.go).
func (c *compiler) refusedBefore() []rules.Aside {
	headers, path := true, true
	for _, p := range c.patchesFor(trafficPolicy) {
		action := p.Spec.TextAt("path", "escapedSlashesAction")
		headers = headers && (p.wide ||
			p.Spec.TextAt("headers", "withUnderscoresAction") != "Allow")
		path = path && (p.wide || action != "KeepUnchanged" && action != "UnescapeAndForward")
	}
	check := notModelled(c.policy.At, "spec", &rules.Unknown{
		Why: "the proxy refuses a request with an underscore in the name of a header, and " +
			"redirects one with an escaped slash in its path, unless a ClientTrafficPolicy has " +
			"another withUnderscoresAction or escapedSlashesAction",
		Need: rules.Need{
			Input: source.NeedPolicy, For: "the ClientTrafficPolicies of the Gateway",
		},
	})
	check.Evidence = inferred(issueDefaults)
	return []rules.Aside{{
		If: envoy.RefusedBefore(c.inEnvoy(), headers, path), Root: rules.AllOf(check),
	}}
}
