package istio

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// workload is a workload, or all those that the policies treat alike, with the policies that
// select it: an API instance.
type workload struct {
	name      string // empty where the files tell only one apart, and show none
	namespace string
	labels    kubernetes.Labels
	target    target // a gateway or a service, of policies that are attached to one
	policies  []*resource

	// doubt is why it is not known whether other policies select it too; else empty.
	doubt string

	first   *resource // where the policies begin
	cluster *cluster  // that it is in
	version string    // of Istio; empty where it is not known
}

// Place is where the first policy is that selects the workload.
func (w *workload) Place() (*source.File, source.Span) { return w.first.File, w.first.At.Span }

// Called is the name of the workload.
func (w *workload) Called() string { return w.name }

// From reports whether one of the policies is in the file of this name.
func (w *workload) From(file string) bool {
	return slices.ContainsFunc(w.policies, func(p *resource) bool { return p.File.Name == file })
}

// mostKinds limits the workloads that the selectors of one namespace tell apart.
const mostKinds = 64

// workloads lists the workloads that the files show and that a policy selects; and of the others,
// one for each set of labels that selectors of its namespace tell apart, and one without.
func (c *cluster) workloads() []*workload {
	var all []*workload
	for _, namespace := range c.namespaces() {
		in := c.in(namespace)
		var here labelled[*workload]
		for _, r := range in.pods.all {
			if c.isAttachedTo(r) {
				continue // the gateway itself stands for it
			}
			here.add(r.labels, c.workload(namespace, r.labels, r.name))
		}
		shown := len(in.pods.all) > 0
		for _, wanted := range c.selectorsIn(namespace) {
			if shown && (len(wanted) == 0 || here.selects(wanted)) {
				continue
			}
			here.add(wanted, c.workload(namespace, wanted, wanted.String()))
		}
		all = append(all, here.all...)
		for _, t := range in.targets {
			all = append(all, c.attached(namespace, t))
		}
	}
	all = slices.DeleteFunc(all, func(w *workload) bool { return len(w.policies) == 0 })
	if len(all) == 1 && len(c.running) == 0 && len(c.namespaces()) == 1 {
		all[0].name = ""
	}
	return all
}

// namespaces lists those of policies and of workloads, in their order in the files.
func (c *cluster) namespaces() []string {
	var all []string
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			all = append(all, name)
		}
	}
	for _, p := range c.policies {
		add(p.Namespace)
	}
	for _, r := range c.running {
		add(r.namespace)
	}
	return all
}

// selectorsIn lists the sets of labels that the selectors of a namespace tell apart: each of them,
// and what two that do not exclude each other ask for together. The first is without labels where
// a policy has no selector.
func (c *cluster) selectorsIn(namespace string) []kubernetes.Labels {
	var all []kubernetes.Labels
	seen := map[string]bool{}
	add := func(l kubernetes.Labels) {
		if key := fmt.Sprintf("%q", l); !seen[key] { // which sorts them
			seen[key] = true
			all = append(all, l)
		}
	}
	for _, p := range c.in(namespace).policies {
		if len(p.targets) == 0 {
			add(p.selector)
		}
	}
	for i := 0; i < len(all) && len(all) < mostKinds; i++ {
		for j := 0; j < i && len(all) < mostKinds; j++ {
			if both, ok := all[i].And(all[j]); ok {
				add(both)
			}
		}
	}
	return all
}

// workload is one with these labels. Of a policy that selects by something else it is not known
// whether it selects this one.
func (c *cluster) workload(namespace string, has kubernetes.Labels, name string) *workload {
	w := &workload{
		name: qualified(namespace, name), namespace: namespace, labels: has, cluster: c,
		version: c.version,
	}
	w.doubt = c.rootDoubt(namespace)
	gateway := target{"Gateway", has[gatewayName]}
	waypoint := bool(c.waypoint[target{namespace, gateway.name}])
	for _, p := range c.mayHold(namespace, has) {
		switch {
		case p.Namespace == namespace && slices.Contains(p.targets, gateway):
			w.add(p)
		case len(p.targets) > 0, waypoint:
		case p.selectorUnread != "":
			w.add(p)
			w.doubt = p.selectorUnread
		case p.selector.Selects(has):
			w.add(p)
		}
	}
	return w
}

func (w *workload) add(p *resource) {
	w.policies = append(w.policies, p)
	w.doubt = cmp.Or(w.doubt, p.twice)
	root := w.cluster.root.name
	if w.first == nil || w.first.Namespace == root && p.Namespace != root {
		w.first = p
	}
}

// gatewayName is the label of a pod that runs a Gateway of the Gateway API.
const gatewayName = "gateway.networking.k8s.io/gateway-name"

// rootDoubt is why it is not known which policies hold in a namespace beside its own; empty where
// it is, or where there are no others.
func (c *cluster) rootDoubt(namespace string) string {
	if len(c.in(namespace).policies) == len(c.policies) {
		return ""
	}
	return c.root.doubt
}

// isAttachedTo reports whether a workload runs a gateway that policies are attached to.
func (c *cluster) isAttachedTo(r *running) bool {
	return c.in(r.namespace).targeted[target{"Gateway", r.labels[gatewayName]}] != nil
}

// podsOf are the labels of the pods that run a gateway. They are whole where the files show what
// runs it.
func (c *cluster) podsOf(namespace, gateway string) (has kubernetes.Labels, whole bool) {
	for _, r := range c.in(namespace).pods.all {
		if r.labels[gatewayName] == gateway {
			return r.labels, true
		}
	}
	return kubernetes.Labels{gatewayName: gateway}, false
}

// attached is a gateway or a service that policies are attached to. A waypoint has these alone;
// any other gateway has those without a selector too (PolicyMatcher).
func (c *cluster) attached(namespace string, t target) *workload {
	w := &workload{
		name:      qualified(namespace, strings.ToLower(t.kind)+":"+t.name),
		namespace: namespace, target: t, cluster: c, version: c.version,
	}
	w.doubt = c.rootDoubt(namespace)
	wide, selecting := false, false
	pods, whole := c.podsOf(namespace, t.name)
	waypoint, known := c.waypoint[target{namespace, t.name}]
	ofGateway := t.kind == "Gateway" && known && !bool(waypoint)
	for _, p := range c.near(namespace) {
		switch {
		case p.Namespace == namespace && slices.Contains(p.targets, t):
			w.add(p)
		case len(p.targets) > 0:
			other := p.targets[0].kind
			wide = wide || other == "GatewayClass" || other == "Gateway" && t.kind != "Gateway"
		case ofGateway && p.selectorUnread != "":
			w.add(p)
			w.doubt = p.selectorUnread
		case ofGateway && p.selector.Selects(pods):
			w.add(p)
		case ofGateway && whole:
		case len(p.selector) > 0:
			_, may := p.selector.And(pods)
			selecting = selecting || may
		case t.kind == "Gateway" && !known:
			wide = true
		}
	}
	switch {
	case w.doubt != "":
	case wide:
		w.doubt = "whether the policies without targetRefs, or those attached to a waypoint or " +
			"a class of gateways, hold for " + t.kind + " " + t.name + " depends on its Gateway"
	case ofGateway && selecting:
		w.doubt = "the labels of the gateway's pods are not known, which selectors look at"
	}
	return w
}

// named is the workload of that name, as NAMESPACE/NAME, or of those labels, as
// NAMESPACE/KEY=VALUE,….
func (c *cluster) named(name string) (*workload, error) {
	namespace, rest, ok := strings.Cut(name, "/")
	if !ok {
		namespace, rest = "", name
	}
	var names []string
	for _, w := range c.workloads() {
		names = append(names, w.name)
	}
	if gateway, ok := strings.CutPrefix(rest, "gateway:"); ok {
		t := target{"Gateway", gateway}
		w := c.attached(namespace, t)
		if _, shown := c.waypoint[target{namespace, gateway}]; shown && len(w.policies) > 0 {
			return w, nil
		}
	}
	has := kubernetes.Labels{}
	for part := range strings.SplitSeq(rest, ",") {
		key, value, ok := strings.Cut(part, "=")
		if !ok || key == "" {
			return nil, &source.Error{
				Cause: "no workload " + name + " in these files",
				Hints: source.Hints(
					"they tell apart "+strings.Join(names, ", "),
					"a workload of other labels: NAMESPACE/KEY=VALUE,KEY=VALUE",
				),
			}
		}
		has[key] = value
	}
	w := c.workload(namespace, has, has.String())
	w.name = name
	if len(w.policies) == 0 {
		return nil, &source.Error{
			Cause: "no policy in these files selects the workload " + name,
			Hints: source.Hints("they tell apart " + strings.Join(names, ", ")),
		}
	}
	return w, nil
}

// qualified is the name of a workload with its namespace. Without a name, it stands for the rest
// of the namespace.
func qualified(namespace, name string) string {
	switch {
	case name == "" && namespace == "":
		return "default"
	case name == "":
		return namespace
	case namespace == "":
		return name
	}
	return namespace + "/" + name
}
