package envoygateway

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// waysTo lists the ways by which requests reach a route: through listeners with a policy of their
// own, and through the rest of its parents. Where none of its parents takes the route, they are
// listed nevertheless, with the reason. A route whose parents can't be read has one way, and
// nothing is known about it.
func (c *cluster) waysTo(route *attachable) (all []target, barred string) {
	var closed []target
	for _, ref := range route.parents {
		t := parentOf(route, ref)
		sections, why := c.sectionsFor(route, t, ref)
		if c.work.Beyond(wayAsWork * len(sections)) {
			break
		}
		if why != "" {
			barred = why
		}
		for _, section := range sections {
			way := t
			way.section = section
			if why != "" {
				closed = append(closed, way)
			} else {
				all = append(all, way)
			}
		}
	}
	switch {
	case len(all) > 0:
		return all, ""
	case len(closed) > 0:
		return closed, barred
	}
	return []target{{}}, route.barred
}

// listenerAsWork is how many comparisons it takes to find out whether a listener takes a route.
const listenerAsWork = 10

// sectionsFor lists the sections of a parent that a route is reached by: the one that it names, or
// those that have a policy of their own, and the rest. With them it says why the parent does not
// take the route, or why that is not known.
func (c *cluster) sectionsFor(
	route *attachable, t target, ref kubernetes.Reference,
) (all []string, why string) {
	port := ref.At.Member("port")
	listeners, shown := c.listenersOf(t)
	c.work.Beyond(listenerAsWork * len(listeners))
	if !shown {
		if ref.Section != "" {
			return []string{ref.Section}, ""
		}
		if port.IsSet() && len(c.sections[t]) > 0 {
			why = "which listeners of " + t.kind + " " + qualified(t.namespace, t.name) +
				" have port " + port.Text + ", these files do not show"
		}
		return append([]string{""}, slices.Sorted(slices.Values(c.sections[t]))...), why
	}
	listeners = source.Without(listeners, func(l *source.Value) bool {
		return !mayTake(l, route, t, ref.Section, port)
	})
	if len(listeners) == 0 {
		return []string{ref.Section}, "no listener of " + t.kind + " " +
			qualified(t.namespace, t.name) + " that its parentRefs name takes " + route.String() +
			": it is not attached"
	}
	if ref.Section != "" {
		return []string{ref.Section}, ""
	}
	return c.sectionsAmong(listeners, t), ""
}

// sectionsAmong lists those of some listeners that perhaps have a policy of their own, behind one
// for the rest, if there is a rest. The order of the policies does not matter.
func (c *cluster) sectionsAmong(listeners []*source.Value, t target) []string {
	var all []string
	rest := false
	sections := slices.Sorted(slices.Values(c.sections[t]))
	for _, l := range listeners {
		name, _ := kubernetes.Name(l.Member("name"))
		one := t
		one.section = name
		own := name != "" && slices.Contains(c.sections[t], name)
		rest = rest || !own || c.on(one).between != nil
		for _, section := range sections {
			if kubernetes.Same(name, section) != rules.No && !slices.Contains(all, section) {
				all = append(all, section)
			}
		}
	}
	if rest {
		return append([]string{""}, all...)
	}
	return all
}

// listenersOf are those of a parent. They are not shown where the files do not have it, or where
// they can't be read.
func (c *cluster) listenersOf(t target) (all []*source.Value, shown bool) {
	parent := c.find(t)
	if parent == nil || parent.Twice != "" {
		return nil, false
	}
	all = parent.Spec.Member("listeners").List()
	unread := func(l *source.Value) bool { return !l.Is(source.Object) }
	return all, len(all) > 0 && !slices.ContainsFunc(all, unread)
}

// mayTake reports whether a listener is one that a route names by a section and a port, either of
// which may be absent, and whether it takes routes of that kind and namespace. One that looks at
// the labels of namespaces may.
func mayTake(
	listener *source.Value, route *attachable, parent target, section string, port *source.Value,
) bool {
	name, _ := kubernetes.Name(listener.Member("name"))
	has := listener.Member("port")
	known := has.IsSet() && port.IsSet() && !kubernetes.Marked(has) && !kubernetes.Marked(port)
	if section != "" && kubernetes.Same(name, section) == rules.No ||
		known && has.Text != port.Text {
		return false
	}
	if !sharesHost(listener, route) {
		return false
	}
	kinds := listener.At("allowedRoutes", "kinds").List()
	isOther := func(k *source.Value) bool {
		kind, isText := kubernetes.Name(k.Member("kind"))
		return isText && kubernetes.Same(kind, route.Kind) == rules.No
	}
	if len(kinds) > 0 && !slices.ContainsFunc(kinds, func(k *source.Value) bool {
		return !isOther(k)
	}) {
		return false
	}
	switch from := listener.At("allowedRoutes", "namespaces", "from"); {
	case !from.IsSet() || from.Text == "Same":
		return kubernetes.SameNamespace(route.Namespace, parent.namespace) != rules.No
	default:
		return from.Text != "None"
	}
}

// sharesHost reports whether a host is, or may be, one of a listener and of a route (helpers.go,
// computeHosts). Without a hostname a listener or a route has all.
func sharesHost(listener *source.Value, route *attachable) bool {
	of := listener.TextAt("hostname")
	hosts := kubernetes.ListIn(route.Spec, "", "hostnames")
	if kubernetes.HasMark(of) || of == "" || hosts.Empty() || hosts.Doubt != nil {
		return true
	}
	return slices.ContainsFunc(hosts.Texts(), func(host string) bool {
		return hasHost(of, host) || hasHost(host, of)
	})
}

// hasHost reports whether a host, or those of *.HOST, are among those of another one.
func hasHost(all, host string) bool {
	rest, wild := strings.CutPrefix(strings.ToLower(all), "*")
	host = strings.ToLower(host)
	return host == rest || wild && strings.HasSuffix(host, rest)
}

// listenerHosts are the hosts of the listeners that take the route. It is not ok where one of them
// takes all, or may.
func (c *cluster) listenerHosts(route *attachable) (all []string, ok bool) {
	for _, ref := range route.parents {
		t := parentOf(route, ref)
		listeners, shown := c.listenersOf(t)
		if !shown {
			return nil, false
		}
		for _, l := range listeners {
			if !mayTake(l, route, t, ref.Section, ref.At.Member("port")) {
				continue
			}
			host := l.TextAt("hostname")
			if host == "" || kubernetes.HasMark(host) {
				return nil, false
			}
			all = append(all, host)
		}
	}
	return all, len(all) > 0
}

// parentOf is what a reference of a route or of a ListenerSet names.
func parentOf(of *attachable, ref kubernetes.Reference) target {
	return target{
		cmp.Or(ref.Kind, gatewayKind), cmp.Or(ref.Namespace, of.Namespace), ref.Name, "",
	}
}
