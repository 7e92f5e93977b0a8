package istio

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// The kinds that are read.
const (
	requestAuthentication = "RequestAuthentication"
	authorizationPolicy   = "AuthorizationPolicy"
)

// group begins the apiVersion of both.
const group = "security.istio.io/"

// resource is one policy of a cluster.
type resource struct {
	kubernetes.Resource
	selector       kubernetes.Labels
	targets        []target
	selectorUnread string // why it can't be read what the policy selects; else empty
	order          int    // among the policies of the files

	refused func() []refusal   // why it does not get into a cluster; found out once
	rules   func() []*authRule // of an AuthorizationPolicy; read once

	selected func() (shown bool, selected rules.Truth) // see [cluster.selectedBy]; found out once
}

// target is what a policy is attached to instead of what a selector selects.
type target struct{ kind, name string }

// reading is what the adapter reads of a cluster.
func reading() kubernetes.Reading {
	return kubernetes.Reading{
		Group: group, Policy: isPolicy, Beside: ofWorkloads, Differ: differ,
		None: "no policy of Istio in this file",
		Takes: "or Istio's RequestAuthentication and AuthorizationPolicy, as manifests, as the " +
			"output of Helm or Kustomize, or as kubectl gets them: gatewhy collect istio-policies",
	}
}

func isPolicy(object *source.Value) bool {
	return kubernetes.IsOf(object, group, requestAuthentication, authorizationPolicy)
}

// ofWorkloads reports whether a resource is one of those that policies are about: a workload, what
// leads to it, or what the mesh is configured with.
func ofWorkloads(object *source.Value) bool {
	kind := object.TextAt("kind")
	if object.TextAt("apiVersion") == "" {
		return false
	}
	return slices.Contains(workloadKinds(), kind) || slices.Contains([]string{
		"Pod", "Service", "Namespace", "Gateway", "HTTPRoute", "GRPCRoute", "VirtualService",
	}, kind) || meshConfig(object) != nil || patchOf(nil, object) != nil
}

// differ reports whether two workloads have other labels, two Gateways another class, two patches
// another spec, or two namespaces another mode.
func differ(a, b *source.Value) bool {
	labels := []string{"spec", "template", "metadata", "labels"}
	if a.TextAt("kind") == "Pod" {
		labels = labels[2:]
	}
	return patchOf(nil, a) != nil && a.Member("spec").JSON() != b.Member("spec").JSON() ||
		a.At(labels...).JSON() != b.At(labels...).JSON() ||
		a.At("spec", "gatewayClassName").JSON() != b.At("spec", "gatewayClassName").JSON() ||
		a.TextAt("metadata", "labels", dataplane) != b.TextAt("metadata", "labels", dataplane)
}

// workloadKinds are the kinds of resources that pods are made by.
func workloadKinds() []string {
	return []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "Rollout"}
}

func read(files []*source.File, options rules.Options) (*rules.Configuration, error) {
	if err := reading().Refuse(files); err != nil {
		return nil, err
	}
	cluster := clusterOf(files)
	cluster.version = options.Runtime
	var work kubernetes.Work
	cluster.work = &work
	all := cluster.workloads()
	work.Beyond(len(all) * len(cluster.patches) / 2)
	if err := work.Refuse(files); err != nil {
		return nil, err
	}
	cluster.work = nil
	return kubernetes.Chosen(reading(), files, all, options, cluster.named)
}

// cluster is what the files show of a cluster.
type cluster struct {
	version  string // of Istio; empty where it is not known
	root     root
	meshes   []*source.Value // their configurations
	policies []*resource
	running  []*running          // workloads that the files show, without those that one made
	shown    map[string]*running // the same, by kind, namespace and name
	places   places
	gateways map[string]*gateway // by namespace and name
	ambient  map[string]bool     // the namespaces whose workloads have no proxy of their own
	patches  []*patch
	nearby   map[string]*nearby // by namespace; of those that may hold in all, by the root's

	byName   map[string]*kubernetes.Resource // of policies
	labelled kubernetes.Labelled             // the running, by their labels
	work     *kubernetes.Work                // nil once the cluster is read
}

// nearby is policies of one namespace, or of those that may hold in all.
type nearby struct {
	policies  []*resource
	selectors kubernetes.Selectors
}

// gateway is a Gateway that a file shows, of a class that is known.
type gateway struct {
	kubernetes.Resource
	waypoint bool // its class makes it one
}

// running is a workload that a file shows, or one that is known by its labels alone.
type running struct {
	kubernetes.Resource // its namespace alone if no file has it

	labels kubernetes.Labels
	from   kubernetes.LabelsAt // where the labels are; nowhere if no file has them
}

func clusterOf(files []*source.File) *cluster {
	c := &cluster{
		byName: map[string]*kubernetes.Resource{}, shown: map[string]*running{},
		gateways: map[string]*gateway{}, root: root{name: usualRoot},
		nearby: map[string]*nearby{}, ambient: map[string]bool{},
	}
	for _, file := range files {
		for _, object := range kubernetes.Objects(file) {
			c.add(file, object)
		}
	}
	c.running = c.withoutMade()
	c.places = placesOf(c.policies, c.running, c.root.name)
	for _, r := range c.running {
		c.labelled.Add(r.labels)
	}
	for _, p := range c.policies {
		p.selected = sync.OnceValues(func() (bool, rules.Truth) { return c.selectedBy(p) })
	}
	return c
}

func (c *cluster) add(file *source.File, object *source.Value) {
	if isPolicy(object) {
		if p := policyOf(file, object); kubernetes.Add(c.byName, &p.Resource) {
			c.policies = append(c.policies, p)
		}
		return
	}
	if p := patchOf(file, object); p != nil {
		c.patches = append(c.patches, p)
		return
	}
	if mesh := meshConfig(object); mesh != nil {
		c.root.learn(mesh)
		c.meshes = append(c.meshes, mesh)
		return
	}
	switch r := kubernetes.ResourceOf(file, object); {
	case slices.Contains(workloadKinds(), r.Kind):
		c.runs(r, "spec", "template", "metadata", "labels")
	case r.Kind == "Pod":
		c.runs(r, "metadata", "labels")
	case r.Kind == "Gateway":
		c.addGateway(r)
	case r.Kind == "Namespace":
		labels, _ := kubernetes.LabelsOf(object.At("metadata", "labels"))
		c.ambient[r.Name] = c.ambient[r.Name] || isAmbient(labels)
	}
}

// addGateway adds a Gateway of the Gateway API. One of Istio's own API has no class.
func (c *cluster) addGateway(r kubernetes.Resource) {
	at := r.Spec.Member("gatewayClassName")
	class, ok := at.Str()
	if !ok || kubernetes.Marked(at) {
		return
	}
	g := &gateway{Resource: r, waypoint: strings.Contains(class, "waypoint")}
	name := qualified(r.Namespace, r.Name)
	if before := c.gateways[name]; before != nil {
		if before.waypoint != g.waypoint {
			before.SetTwice(&r)
		}
		return
	}
	c.gateways[name] = g
}

// runs adds a workload with the labels at a path. Of one that the files have twice, with other
// labels, it is not known which labels it has.
func (c *cluster) runs(r kubernetes.Resource, path ...string) {
	from := kubernetes.LabelsAt{At: r.At.At(path...), Field: strings.Join(path, ".")}
	labels, ok := kubernetes.LabelsOf(from.At)
	if !ok {
		labels = kubernetes.NotKnown()
	}
	name := r.String()
	if before := c.shown[name]; before != nil && r.Prefix == "" {
		if !maps.Equal(before.labels, labels) {
			before.labels = kubernetes.NotKnown()
			before.SetTwice(&r)
		}
		return
	}
	c.shown[name] = &running{Resource: r, labels: labels, from: from}
	c.running = append(c.running, c.shown[name])
}

// withoutMade leaves out the workloads that another one of them made, as a Deployment makes a
// ReplicaSet of each of its revisions: the other one stands for them. Of those that one made which
// no file shows, the first stands for it, and for all that policies can't tell from the first.
func (c *cluster) withoutMade() []*running {
	type place struct{ namespace, kind, name string }
	shown := map[place]bool{}
	for _, r := range c.running {
		shown[place{r.Namespace, r.Kind, r.Name}] = true
	}
	type like struct {
		maker  place
		labels string
	}
	stands, alike := map[place]bool{}, map[like]bool{}
	looksAt := c.labelsLookedAt()
	return source.Without(c.running, func(r *running) bool {
		makers := kubernetes.MakersOf(r.At)
		if len(makers) == 0 {
			return false
		}
		isShown := func(o kubernetes.Reference) bool {
			return shown[place{r.Namespace, o.Kind, o.Name}]
		}
		last := makers[len(makers)-1]
		maker := place{r.Namespace, last.Kind, last.Name}
		this := like{maker, r.labels.Only(looksAt).String()}
		if slices.ContainsFunc(makers, isShown) || alike[this] || r.stopped() {
			return true
		}
		if !stands[maker] {
			r.Kind, r.Name = last.Kind, last.Name
		}
		stands[maker], alike[this] = true, true
		return false
	})
}

// stopped reports whether a workload has no pods, as those of a Deployment's earlier revisions.
func (r *running) stopped() bool {
	replicas, ok := r.At.At("spec", "replicas").Int()
	return ok && replicas == 0
}

// labelsLookedAt are the names of the labels by which policies tell workloads apart.
func (c *cluster) labelsLookedAt() map[string]bool {
	names := map[string]bool{gatewayName: true}
	for _, p := range c.policies {
		for name := range p.selector {
			names[name] = true
		}
	}
	return names
}

func policyOf(file *source.File, object *source.Value) *resource {
	r := &resource{Resource: kubernetes.ResourceOf(file, object)}
	r.refused = sync.OnceValue(r.refusals)
	r.rules = sync.OnceValue(func() []*authRule { return rulesOf(r) })
	r.selectorUnread = r.NoSpec
	selector, ok := kubernetes.LabelsOf(r.selecting().At)
	if r.selector = selector; !ok {
		r.selectorUnread = "the selector of " + r.String() + " can't be read: " +
			r.selecting().Unread().Why
	}
	if s := r.Spec.Member("selector"); s != nil && !s.Is(source.Object) && !s.Is(source.Null) &&
		!kubernetes.Marked(s) {
		r.selectorUnread = "the selector of " + r.String() + " can't be read"
	}
	targets, ok := targetsOf(r.Spec)
	if r.targets = targets; !ok {
		r.selectorUnread = "what " + r.String() + " is attached to can't be read"
	}
	return r
}

// selecting is where the labels are that a policy selects by. The API server drops those that are
// null.
func (r *resource) selecting() kubernetes.LabelsAt {
	if s := r.Spec.Member("selector"); kubernetes.Marked(s) {
		return kubernetes.LabelsAt{At: s, Field: "selector"}
	}
	labels := r.Spec.At("selector", "matchLabels")
	isNull := func(m source.Member) bool { return m.Value.Is(source.Null) }
	if labels.Is(source.Object) && slices.ContainsFunc(labels.Members, isNull) {
		stored := *labels
		stored.Members = source.Without(labels.Members, isNull)
		labels = &stored
	}
	return kubernetes.LabelsAt{At: labels, Field: "selector.matchLabels"}
}

// targetsOf lists what a policy is attached to. It is not ok if that can't be read.
func targetsOf(spec *source.Value) (all []target, ok bool) {
	for _, field := range []string{"targetRef", "targetRefs"} {
		refs, ok := kubernetes.References(spec.Member(field))
		if !ok {
			return nil, false
		}
		for _, ref := range refs {
			if ref.Kind == "" {
				return nil, false
			}
			all = append(all, target{ref.Kind, ref.Name})
		}
	}
	return all, true
}

// resources lists what the adapter looks at in a cluster: the policies, the labels of workloads,
// which gateways are waypoints, and what the mesh is configured with.
func resources() []source.Resource {
	const names, owners = "metadata.name metadata.namespace ", "metadata.ownerReferences "
	all := []source.Resource{
		{Group: strings.TrimSuffix(group, "/"), Kind: requestAuthentication},
		{Group: strings.TrimSuffix(group, "/"), Kind: authorizationPolicy},
		{Group: "networking.istio.io", Kind: "EnvoyFilter"},
		{Group: "extensions.istio.io", Kind: "WasmPlugin"},
		{Group: "extensions.istio.io", Kind: "TrafficExtension"},
		{Kind: "IstioOperator"},
		{Kind: "ConfigMap", Paths: strings.Fields(names + "data.mesh")},
		{Kind: "Gateway", Paths: strings.Fields(names + "spec.gatewayClassName")},
		{Kind: "Pod", Paths: strings.Fields(names + owners + "metadata.labels")},
		{Kind: "Namespace", Paths: strings.Fields(names + "metadata.labels")},
	}
	for _, kind := range workloadKinds() {
		paths := names + owners + "spec.template.metadata.labels"
		if kind == "ReplicaSet" {
			paths += " spec.replicas"
		}
		all = append(all, source.Resource{Kind: kind, Paths: strings.Fields(paths)})
	}
	return all
}

// usualRoot is the namespace whose policies hold in the whole mesh, where the mesh's configuration
// does not name another one.
const usualRoot = "istio-system"

// root is that namespace, as the files show it.
type root struct {
	name  string
	known bool   // some file has the mesh's configuration
	doubt string // why it is not known; else empty
}

// meshConfig is the configuration of the mesh that a resource has: the ConfigMap that istiod
// reads, an IstioOperator, or the values of its chart; nil where it has none.
func meshConfig(object *source.Value) *source.Value {
	kind := object.TextAt("kind")
	name := object.TextAt("metadata", "name")
	switch {
	case kind == "" && object.Member("meshConfig").Is(source.Object):
		return object.Member("meshConfig")
	case kind == "IstioOperator":
		if in := object.At("spec", "meshConfig"); in.Is(source.Object) {
			return in
		}
		return object.At("spec", "values", "meshConfig")
	case kind != "ConfigMap" || name != "istio" && !strings.HasPrefix(name, "istio-"):
		return nil
	}
	in := object.At("data", "mesh")
	if in == nil {
		return nil
	}
	text, _ := in.Str()
	file, err := source.Read("mesh.yaml", []byte(text))
	if err != nil || len(file.Documents) != 1 || !file.Documents[0].Is(source.Object) {
		return &source.Value{Kind: source.Unknown, Pos: in.Pos, Span: in.Span}
	}
	return file.Documents[0]
}

// learn takes the root namespace from the configuration of the mesh. Two that differ are of two
// meshes.
func (r *root) learn(mesh *source.Value) {
	v := mesh.Member("rootNamespace")
	name := usualRoot
	if text, ok := v.Str(); ok && text != "" {
		name = text
	}
	switch {
	case mesh.Is(source.Unknown):
		r.doubt = "which namespace is the mesh's root is not known: its configuration, in line " +
			strconv.Itoa(mesh.Pos.Line) + " of " + mesh.Pos.File + ", can't be read"
	case kubernetes.Marked(v):
		r.doubt = "which namespace is the mesh's root only its deployment knows"
	case r.known && r.name != name:
		r.doubt = "the files have the configurations of two meshes, with the root namespaces " +
			r.name + " and " + name
	}
	r.name, r.known = name, true
}

// places are what a cluster has by namespace, all in its order in the files: a large cluster has
// thousands of them.
type places struct {
	names    []string // of the namespaces, those of policies first
	policies map[string][]*resource
	running  map[string][]*running
	named    map[string]int      // how many workloads have a name; of several kinds, that is
	targets  map[string][]target // what the policies of a namespace are attached to
	attached map[place]bool      // the same, each of them
	pods     map[place]*running  // the first that runs a gateway
	wide     []*resource         // policies that hold in all namespaces, or may
}

// place is a target in its namespace.
type place struct {
	namespace string
	target
}

func placesOf(policies []*resource, shown []*running, root string) places {
	p := places{
		policies: map[string][]*resource{}, running: map[string][]*running{},
		targets: map[string][]target{}, attached: map[place]bool{},
		pods: map[place]*running{}, named: map[string]int{},
	}
	for i, r := range policies {
		p.name(r.Namespace)
		p.policies[r.Namespace] = append(p.policies[r.Namespace], r)
		r.order = i
		if r.Namespace == root || isOpen(r.Namespace) {
			p.wide = append(p.wide, r)
		}
		for _, t := range r.targets {
			if at := (place{r.Namespace, t}); !p.attached[at] {
				p.attached[at] = true
				p.targets[r.Namespace] = append(p.targets[r.Namespace], t)
			}
		}
	}
	for _, r := range shown {
		p.name(r.Namespace)
		p.running[r.Namespace] = append(p.running[r.Namespace], r)
		p.named[qualified(r.Namespace, r.Name)]++
		if at := r.gateway(); p.pods[at] == nil {
			p.pods[at] = r
		}
	}
	return p
}

func (p *places) name(namespace string) {
	if p.policies[namespace] == nil && p.running[namespace] == nil {
		p.names = append(p.names, namespace)
	}
}

// near is the policies that hold in a namespace, or may hold there: those that may hold in all
// namespaces, and its own. Thousands of namespaces share the former.
func (c *cluster) near(namespace string) []*nearby {
	if isOpen(namespace) {
		return []*nearby{c.indexed("", c.policies)}
	}
	wide := c.indexed(c.root.name, c.places.wide)
	if namespace == c.root.name {
		return []*nearby{wide}
	}
	return []*nearby{wide, c.indexed(namespace, c.places.policies[namespace])}
}

// indexed is the policies of a place with their index, which is made once.
func (c *cluster) indexed(place string, policies []*resource) *nearby {
	if known := c.nearby[place]; known != nil {
		return known
	}
	made := &nearby{policies: policies}
	for _, p := range policies {
		made.selectors.Add(p.selector, len(p.targets) > 0 || p.selectorUnread != "")
	}
	c.nearby[place] = made
	return made
}

// isOpen reports whether only a deployment knows which namespace it is.
func isOpen(namespace string) bool { return namespace == "" || kubernetes.HasMark(namespace) }

// selecting lists the policies near a namespace that may hold for what has these labels. Others
// may be among them.
func (c *cluster) selecting(namespace string, has kubernetes.Labels) []*resource {
	return c.inOrder(namespace, func(n *nearby) []*resource {
		return source.Each(n.selectors.Of(has), func(i int) *resource { return n.policies[i] })
	})
}

// holdingIn lists the policies that hold in a namespace, or may hold there.
func (c *cluster) holdingIn(namespace string) []*resource {
	return c.inOrder(namespace, func(n *nearby) []*resource { return n.policies })
}

func (c *cluster) inOrder(namespace string, some func(*nearby) []*resource) []*resource {
	all := slices.Concat(source.Each(c.near(namespace), some)...)
	slices.SortFunc(all, func(a, b *resource) int { return a.order - b.order })
	return all
}
