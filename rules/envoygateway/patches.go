package envoygateway

import (
	"slices"
	"strconv"

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
	backendPolicy   = "BackendTrafficPolicy"
)

// patch is a resource of one of these kinds.
type patch struct {
	kubernetes.Resource
	refs []kubernetes.Reference
	wide bool // it can't be read, or is not looked up, what it is for: it may be for anything
}

// isPatch reports whether a resource changes what becomes of a token: the order of the filters or
// what they are, the headers before them, what runs between them, or which headers and paths are
// refused; or what is answered.
func isPatch(object *source.Value) bool {
	spec := object.Member("spec")
	switch {
	case !kubernetes.IsOf(object, group, patchPolicy, proxyKind, trafficPolicy, extensionPolicy,
		backendPolicy):
		return false
	case object.TextAt("kind") == proxyKind:
		return spec.Member("filterOrder").IsSet()
	case object.TextAt("kind") == backendPolicy:
		return spec.Member("responseOverride").IsSet() || spec.Member("faultInjection").IsSet()
	}
	return true // one of some connections stands for that of all, whatever it is about
}

// isOpaque reports whether nobody knows here what becomes of the requests of a patch.
func (p *patch) isOpaque() bool {
	switch p.Kind {
	case trafficPolicy:
		headers := p.Spec.Member("headers")
		return headers.Member("earlyRequestHeaders").IsSet() || kubernetes.Marked(headers)
	case backendPolicy:
		return p.abortsAll()
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

// isFor tells whether a patch is for an instance, by whichever way its requests come.
func (p *patch) isFor(i *instance) rules.Truth {
	is := rules.No
	if p.wide {
		is = rules.Maybe
	}
	for _, ref := range p.refs {
		t := target{ref.Kind, p.Namespace, ref.Name, ref.Section}
		switch {
		case isRoute(ref.Kind), i.route == nil && !isRoute(i.of.kind):
			is = max(is, t.covers(i.of))
		case ref.Kind != gatewayKind && ref.Kind != listenerSet:
			is = max(is, rules.Maybe) // a class of Gateways
		case i.route == nil:
			is = max(is, rules.Maybe) // the files do not show its Gateway
		default:
			is = max(is, i.comesBy(t))
		}
	}
	return is
}

// comesBy tells whether a target is a parent by which requests reach the route of an instance: all
// of them, some, or none.
func (i *instance) comesBy(t target) rules.Truth {
	all, some := rules.Yes, rules.No
	for _, by := range i.route.ways {
		is := max(t.covers(by), t.covers(i.gatewayOf(by)))
		if by.name == "" {
			is = rules.Maybe
		}
		all, some = min(all, is), max(some, is)
	}
	if all != some {
		return rules.Maybe
	}
	return all
}

// covers tells whether a target is the resource of another one, or the section of it.
func (t target) covers(other target) rules.Truth {
	is := min(kubernetes.Same(t.name, other.name),
		kubernetes.SameNamespace(t.namespace, other.namespace))
	switch {
	case t.kind != other.kind:
		return rules.No
	case t.section != "" && other.section == "":
		return min(is, rules.Maybe)
	case t.section != "":
		return min(is, kubernetes.Same(t.section, other.section))
	}
	return is
}

// patchesFor are those of a kind that are for the instance, or may be.
func (i *instance) patchesFor(kind string) []*patch {
	return source.Where(i.patchesOf[kind], func(p *patch) bool { return p.isFor(i) != rules.No })
}

// patched is why nobody knows what becomes of the requests of an instance: a resource of one of
// these kinds may be for it. It is not ok where none is.
func (c *compiler) patched(kinds ...string) (*rules.Check, bool) {
	for _, p := range c.patches {
		if slices.Contains(kinds, p.Kind) && p.isOpaque() && p.isFor(c.instance) != rules.No {
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
	headers := c.refusesUnderscores()
	path := !c.clientsMay([]string{"KeepUnchanged", "UnescapeAndForward"},
		"path", "escapedSlashesAction")
	check := notModelled(c.policy.At, "spec", &rules.Unknown{
		Why: "the proxy refuses a request with an underscore in the name of a header, and " +
			"redirects one with an escaped slash in its path, unless a ClientTrafficPolicy has " +
			"another withUnderscoresAction or escapedSlashesAction",
		Need: rules.Need{
			Input: source.NeedPolicy, For: "the ClientTrafficPolicies of the Gateway",
		},
	})
	check.Evidence = rules.Inferred.From(issueDefaults)
	return []rules.Aside{{
		If: envoy.RefusedBefore(c.inEnvoy(), headers, path), Root: rules.AllOf(check),
	}}
}

// refusesUnderscores reports whether the proxy refuses a header with an underscore in its name, as
// far as the files say.
func (c *compiler) refusesUnderscores() bool {
	return !c.clientsMay([]string{"Allow"}, "headers", "withUnderscoresAction")
}

// clientsMay reports whether a ClientTrafficPolicy is surely for the instance whose field has one
// of some values, and none that may be for it has another one, or none.
func (c *compiler) clientsMay(values []string, field ...string) bool {
	sure := false
	for _, p := range c.patchesFor(trafficPolicy) {
		if !slices.Contains(values, p.Spec.TextAt(field...)) {
			return false
		}
		sure = sure || p.isFor(c.instance) == rules.Yes
	}
	return sure
}

// abortsAll reports whether a BackendTrafficPolicy has every request answered before its token is
// looked at, or may. Of some of the requests a prediction is still about the others.
func (p *patch) abortsAll() bool {
	fault := p.Spec.Member("faultInjection")
	abort := fault.Member("abort")
	part := abort.Member("percentage")
	if kubernetes.Marked(fault) || kubernetes.Marked(abort) {
		return true
	}
	if !abort.IsSet() || !part.Is(source.Number) {
		return abort.IsSet()
	}
	percent, err := strconv.ParseFloat(part.Text, 64)
	return err != nil || percent >= 100
}

// overridden is a table of answers where BackendTrafficPolicies may change what the proxy says by
// itself (responseOverride): the status is not known then, or the body alone.
func (i *instance) overridden(table []rules.Behaviour) []rules.Behaviour {
	for _, p := range i.patchesFor(backendPolicy) {
		for _, o := range p.Spec.Member("responseOverride").List() {
			if o.TextAt("source") == "Backend" {
				continue
			}
			table = slices.Clone(table)
			for at := range table {
				answer := &table[at].Answer
				may := func(status int) bool { return mayMatch(o.Member("match"), status) }
				if may(answer.Status) || slices.ContainsFunc(answer.OneOf, may) {
					*answer = otherwise(*answer, o)
				}
			}
		}
	}
	return table
}

// otherwise is an answer as an override may have changed it.
func otherwise(answer rules.Answer, override *source.Value) rules.Answer {
	other := rules.Answer{
		Situation: answer.Situation, Weight: answer.Weight, Cases: answer.Cases,
		Evidence: rules.Inferred.From(codeOverride),
	}
	status := override.At("response", "statusCode")
	redirect := override.Member("redirect")
	if redirect.IsSet() {
		status = redirect.Member("statusCode")
	}
	switch to, known := status.Int(); {
	case known && answer.Status != 0:
		other.OneOf = []int{answer.Status, int(to)}
	case !status.IsSet() && redirect.Is(source.Object) && answer.Status != 0:
		other.OneOf = []int{answer.Status, 302}
	case !status.IsSet() && override.Member("response").Is(source.Object):
		other.Status, other.OneOf = answer.Status, answer.OneOf
	}
	return other
}

// mayMatch reports whether an override is about a status, or may be.
func mayMatch(match *source.Value, answered int) bool {
	status := int64(answered)
	codes := match.Member("statusCodes")
	if !codes.Is(source.List) {
		return true
	}
	return slices.ContainsFunc(codes.Items, func(code *source.Value) bool {
		value, known := code.Member("value").Int()
		from, begins := code.At("range", "start").Int()
		to, ends := code.At("range", "end").Int()
		if code.TextAt("type") == "Range" {
			return !begins || !ends || from <= status && status <= to
		}
		return !known || value == status
	})
}
