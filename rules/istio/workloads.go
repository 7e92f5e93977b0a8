package istio

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// workload is a workload, or all those that the policies treat alike, with the policies that
// select it: an API instance.
type workload struct {
	name      string // empty where the files tell only one apart, and show none
	namespace string
	labels    kubernetes.Labels
	whole     bool // it has no other labels: a file shows it
	waypoint  bool // it is one, and stands for all Services behind it
	policies  []*resource

	// doubt is why other policies may select it too; empty where none may. Open are the policies
	// that a template's mark leaves open.
	doubt string
	open  []*openSelection

	bypassed string // why no proxy reads tokens for it; empty where one may

	first   *resource // where the policies begin
	cluster *cluster  // that it is in

	compiler func() *compiler // without answers, which rules look at; made once
}

// in is a workload of the cluster.
func (w workload) in(c *cluster) *workload {
	w.cluster = c
	w.compiler = sync.OnceValue(func() *compiler { return newCompiler(&w, nil) })
	return &w
}

// Place is where the first policy is that selects the workload.
func (w *workload) Place() (*source.File, source.Span) { return w.first.File, w.first.At.Span }

// Instance is the workload's name.
func (w *workload) Instance() string { return w.name }

// Inside is the workload's namespace.
func (w *workload) Inside() string { return w.namespace }

// Policies are those that select the workload.
func (w *workload) Policies() iter.Seq[*kubernetes.Resource] {
	return func(yield func(*kubernetes.Resource) bool) {
		for _, p := range w.policies {
			if !yield(&p.Resource) {
				return
			}
		}
	}
}

// Parts are the policies that select the workload.
func (w *workload) Parts() iter.Seq2[*source.File, source.Span] {
	return func(yield func(*source.File, source.Span) bool) {
		for _, p := range w.policies {
			if !yield(p.File, p.At.Span) {
				return
			}
		}
	}
}

// mostKinds limits the workloads that the selectors of one namespace tell apart.
const mostKinds = 64

// workloads lists the workloads that the files show and that a policy selects; and of the others,
// one for each set of labels that selectors of its namespace tell apart, and one without.
func (c *cluster) workloads() []*workload {
	var all []*workload
	for _, namespace := range c.places.names {
		var here []*workload
		var labelled kubernetes.Labelled
		add := func(r *running, name string) {
			here = append(here, c.workload(r, name))
			labelled.Add(r.labels)
		}
		for _, r := range c.places.running[namespace] {
			if !c.places.attached[r.gateway()] { // else the gateway itself stands for it
				add(r, c.nameOf(r))
			}
		}
		shown := len(c.places.running[namespace]) > 0
		for _, wanted := range c.selectorsIn(namespace) {
			selected := func(i int) bool {
				return c.work.Beyond(1) || wanted.Selects(here[i].labels) == rules.Yes
			}
			if c.work.Beyond(0) || len(wanted) == 0 && shown ||
				shown && slices.ContainsFunc(labelled.Of(wanted), selected) ||
				namespace == c.root.name && c.shows(wanted) {
				continue
			}
			add(unshown(namespace, wanted), c.nameOfRest(namespace, wanted))
		}
		for _, t := range c.places.targets[namespace] {
			here = append(here, c.attached(namespace, t))
		}
		all = append(all, here...)
	}
	all = source.Without(all, func(w *workload) bool { return len(w.policies) == 0 })
	if len(all) == 1 && len(c.running) == 0 && len(c.places.names) == 1 {
		all[0].name = ""
	}
	return all
}

// unshown is what no file shows, known by its labels.
func unshown(namespace string, labels kubernetes.Labels) *running {
	return &running{Resource: kubernetes.Resource{Namespace: namespace}, labels: labels}
}

// nameOf is what a workload is called: with its kind where the name alone would be that of another
// one, or of a namespace.
func (c *cluster) nameOf(r *running) string {
	if c.places.named[qualified(r.Namespace, r.Name)] > 1 ||
		r.Namespace == "" && c.places.has(r.Name) {
		return strings.ToLower(r.Kind) + ":" + r.Name
	}
	return r.Name
}

// nameOfRest is what the workloads are called that no file shows. Those of files that name no
// namespace are not those of the namespace default.
func (c *cluster) nameOfRest(namespace string, wanted kubernetes.Labels) string {
	if len(wanted) == 0 && namespace == "" && c.places.has("default") {
		return "*"
	}
	return wanted.String()
}

// has reports whether a policy or a workload is in a namespace.
func (p *places) has(namespace string) bool {
	return p.policies[namespace] != nil || p.running[namespace] != nil
}

// shows reports whether the files show a workload, of any namespace, that has these labels.
func (c *cluster) shows(wanted kubernetes.Labels) bool {
	return len(wanted) > 0 && slices.ContainsFunc(c.labelled.Of(wanted), func(i int) bool {
		return c.work.Beyond(1) || wanted.Selects(c.running[i].labels) == rules.Yes
	})
}

// selectorsIn lists the sets of labels that the selectors of a namespace tell apart: each of them,
// and what two that do not exclude each other ask for together. The first is without labels where
// a policy has no selector.
func (c *cluster) selectorsIn(namespace string) []kubernetes.Labels {
	var all []kubernetes.Labels
	known := map[string][]kubernetes.Labels{} // by their text, which two may have
	add := func(l kubernetes.Labels) {
		text := l.String()
		same := func(o kubernetes.Labels) bool { return maps.Equal(o, l) }
		if !slices.ContainsFunc(known[text], same) {
			all, known[text] = append(all, l), append(known[text], l)
		}
	}
	for _, p := range c.places.policies[namespace] {
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
func (c *cluster) workload(of *running, name string) *workload {
	w := workload{
		name: qualified(of.Namespace, name), namespace: of.Namespace, labels: of.labels,
		whole: of.At != nil, bypassed: c.withoutProxy(of),
	}.in(c)
	w.doubt = c.rootDoubt(of.Namespace)
	gateway := target{"Gateway", of.labels[gatewayName]}
	shown := c.gateways[qualified(of.Namespace, gateway.name)]
	waypoint := shown != nil && shown.waypoint
	if shown != nil {
		w.doubt = cmp.Or(w.doubt, shown.Twice)
	}
	if c.work.Beyond(0) {
		return w
	}
	for _, p := range c.selecting(of.Namespace, of.labels) {
		c.work.Beyond(1 + len(p.targets))
		near := c.reaches(p, of.Namespace)
		switch attached := c.attaches(p, of.Namespace, gateway, waypoint); {
		case attached != rules.No:
			w.addIf(attached, p, of)
		case len(p.targets) > 0, waypoint:
		case gateway.name != "" && shown == nil && near != rules.No &&
			p.selector.Selects(of.labels) != rules.No:
			w.add(p)
			w.doubt = cmp.Or(w.doubt, "whether "+p.String()+" holds depends on the class of "+
				"Gateway "+qualified(of.Namespace, gateway.name)+", which these files do not "+
				"show: it does not hold for a waypoint")
		case p.selectorUnread != "":
			w.add(p)
			w.doubt = p.selectorUnread
		default:
			w.addIf(min(near, p.selector.Selects(of.labels)), p, of)
		}
	}
	return w
}

// attaches tells whether a policy is attached to a target in a namespace, by its name or with all
// waypoints of the mesh. A policy of another class holds nowhere (policyattachment.go,
// ShouldAttachPolicy).
func (c *cluster) attaches(p *resource, namespace string, t target, waypoint bool) rules.Truth {
	attached := p.isAttachedTo(namespace, t)
	if waypoint && len(p.targets) > 0 {
		waypoints := target{"GatewayClass", "istio-waypoint"}
		attached = max(attached, p.isAttachedTo(c.root.name, waypoints))
	}
	return attached
}

// isAttachedTo tells whether a policy is attached to a target in a namespace.
func (r *resource) isAttachedTo(namespace string, t target) rules.Truth {
	attached := rules.No
	for _, of := range r.targets {
		if of.kind == t.kind && t.name != "" {
			attached = max(attached, kubernetes.Same(of.name, t.name))
		}
	}
	return min(attached, kubernetes.SameNamespace(r.Namespace, namespace))
}

// addIf adds a policy that selects the workload, or may select it.
func (w *workload) addIf(selects rules.Truth, p *resource, of *running) {
	switch selects {
	case rules.Yes:
		w.add(p)
	case rules.Maybe:
		w.add(p)
		w.leaveOpen(p, of)
	}
}

func (w *workload) add(p *resource) {
	w.cluster.work.Beyond(heldAsWork)
	w.policies = append(w.policies, p)
	w.doubt = cmp.Or(w.doubt, p.Twice)
	root := w.cluster.root.name
	if w.first == nil || w.first.Namespace == root && p.Namespace != root {
		w.first = p
	}
}

// To note that a policy selects a workload takes as much as so many comparisons, and to find out
// why that is not known.
const (
	heldAsWork = 5
	openAsWork = 1000
)

// gatewayName is the label of a pod that runs a Gateway of the Gateway API.
const gatewayName = "gateway.networking.k8s.io/gateway-name"

// reaches tells whether a policy holds in a namespace: it is in it, or in the root namespace.
func (c *cluster) reaches(p *resource, namespace string) rules.Truth {
	if p.Namespace == c.root.name {
		return rules.Yes
	}
	return kubernetes.SameNamespace(p.Namespace, namespace)
}

// rootDoubt is why it is not known which policies hold in a namespace beside its own; empty where
// it is, or where there are no others.
func (c *cluster) rootDoubt(namespace string) string {
	if len(c.places.policies[namespace]) == len(c.policies) {
		return ""
	}
	return c.root.doubt
}

// gateway is the one that a workload runs; one without a name if it runs none.
func (r *running) gateway() place {
	return place{r.Namespace, target{"Gateway", r.labels[gatewayName]}}
}

// podsOf are the labels of the pods that run a gateway. They are whole where the files show what
// runs it.
func (c *cluster) podsOf(namespace, gateway string) (has kubernetes.Labels, whole bool) {
	if r := c.places.pods[place{namespace, target{"Gateway", gateway}}]; r != nil {
		return r.labels, true
	}
	return kubernetes.Labels{gatewayName: gateway}, false
}

// attached is a gateway or a service that policies are attached to. A waypoint has these alone;
// any other gateway has those without a selector too (PolicyMatcher).
func (c *cluster) attached(namespace string, t target) *workload {
	w := workload{
		name:      qualified(namespace, strings.ToLower(t.kind)+":"+t.name),
		namespace: namespace,
	}.in(c)
	w.doubt = c.rootDoubt(namespace)
	wide, selecting := false, false
	pods, whole := c.podsOf(namespace, t.name)
	if t.kind == "GatewayClass" && kubernetes.SameNamespace(namespace, c.root.name) == rules.No {
		w.doubt = cmp.Or(w.doubt, "a policy of a GatewayClass holds in the root namespace of the "+
			"mesh alone, which is "+c.root.name+" as far as the files say")
	}
	shown := c.gateways[qualified(namespace, t.name)]
	known := t.kind == "Gateway" && shown != nil
	w.waypoint = known && shown.waypoint
	ofGateway := known && !shown.waypoint
	if known {
		w.doubt = cmp.Or(w.doubt, shown.Twice)
	}
	runs := unshown(namespace, pods)
	if c.work.Beyond(0) {
		return w
	}
	for _, p := range c.holdingIn(namespace) {
		c.work.Beyond(1 + len(p.targets))
		selects := min(c.reaches(p, namespace), p.selector.Selects(pods))
		switch attached := c.attaches(p, namespace, t, w.waypoint); {
		case attached != rules.No:
			w.addIf(attached, p, runs)
		case len(p.targets) > 0:
			wide = wide || slices.ContainsFunc(p.targets, func(of target) bool {
				return of.kind == "GatewayClass" && !known ||
					of.kind == "Gateway" && t.kind != "Gateway"
			})
		case ofGateway && p.selectorUnread != "":
			w.add(p)
			w.doubt = p.selectorUnread
		case ofGateway && selects != rules.No:
			w.addIf(selects, p, runs)
		case ofGateway && whole:
		case len(p.selector) > 0:
			selecting = selecting || !p.selector.Excludes(pods)
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
	if ok = ok && !strings.ContainsAny(namespace, ".="); !ok { // that is of a label's name
		namespace, rest = "", name
	}
	names := source.Each(c.workloads(), func(w *workload) string { return w.name })
	instead := kubernetes.Instead(name, names)
	if slices.Equal(names, []string{""}) {
		instead = source.Hints("they have one workload, which has no name: leave the name out")
	}
	if gateway, ok := strings.CutPrefix(rest, "gateway:"); ok {
		t := target{"Gateway", gateway}
		w := c.attached(namespace, t)
		if c.gateways[qualified(namespace, gateway)] != nil && len(w.policies) > 0 {
			return w, nil
		}
	}
	none := &source.Error{
		Cause: "no workload " + name + " in these files",
		Hints: append(slices.Clone(instead), source.Hints(
			"a workload of other labels: NAMESPACE/KEY=VALUE,KEY=VALUE")...),
	}
	if !ok && !c.places.has("") && !c.places.has(c.root.name) {
		return nil, none // each policy is in a namespace
	}
	has := kubernetes.Labels{}
	for part := range strings.SplitSeq(rest, ",") {
		key, value, ok := strings.Cut(part, "=")
		if !ok || key == "" {
			return nil, none
		}
		has[key] = value
	}
	w := c.workload(unshown(namespace, has), has.String())
	w.name = name
	if len(w.policies) == 0 {
		return nil, &source.Error{
			Cause: "no policy in these files selects the workload " + name,
			Hints: instead,
		}
	}
	return w, nil
}

// qualified is the name of a workload with its namespace. Without a name, it means the rest of the
// namespace.
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

// dataplane is the label by which a namespace, or a pod, gets into ambient mode.
const dataplane = "istio.io/dataplane-mode"

// isAmbient reports whether the labels of a namespace put its pods into ambient mode. Where
// sidecars are injected, these count (enablement_selector.go).
func isAmbient(namespace kubernetes.Labels) bool {
	return namespace[dataplane] == "ambient" && namespace["istio-injection"] != "enabled" &&
		namespace["istio.io/rev"] == ""
}

// withoutProxy is why no proxy in front of a workload reads tokens; empty where one may. In
// ambient mode ztunnel holds the policies that select a workload, and it knows nothing of HTTP
// (ambient/authorization.go).
func (c *cluster) withoutProxy(of *running) string {
	what := "the namespace " + of.Namespace
	switch {
	case of.labels[gatewayName] != "" || of.labels["sidecar.istio.io/inject"] == "true" ||
		of.labels["security.istio.io/tlsMode"] != "" || of.labels[dataplane] == "none":
		return ""
	case of.labels[dataplane] == "ambient":
		what = "the workload"
	case !c.ambient[of.Namespace]:
		return ""
	}
	return what + " is in ambient mode (" + dataplane + "): what selects its workloads ztunnel " +
		"holds, which reads no token. A waypoint does, of policies that are attached to it " +
		"with targetRefs"
}
