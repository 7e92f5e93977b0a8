package envoygateway

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// The kinds that are read.
const (
	securityPolicy = "SecurityPolicy"
	gatewayKind    = "Gateway"
	listenerSet    = "ListenerSet"
	httpRoute      = "HTTPRoute"
	grpcRoute      = "GRPCRoute"
	tcpRoute       = "TCPRoute"
	configMap      = "ConfigMap"
	serviceKind    = "Service"
)

// The groups that the policies and that the resources are in which they are attached to.
const (
	group      = "gateway.envoyproxy.io/"
	gatewayAPI = "gateway.networking.k8s.io/"
)

// reading is what the adapter reads of a cluster.
func reading() kubernetes.Reading {
	return kubernetes.Reading{
		Group: group, Policy: isPolicy, Beside: isTarget, Differ: differ,
		None: "no policy of Envoy Gateway in this file",
		Takes: "or Envoy Gateway's SecurityPolicy, as manifests, as the output of Helm or " +
			"Kustomize, or as kubectl gets them: gatewhy collect envoy-gateway-policies",
	}
}

func isPolicy(object *source.Value) bool {
	return kubernetes.IsOf(object, group, securityPolicy)
}

// isTarget reports whether a resource is one that policies are attached to, or leads to one, or a
// key set, or shows that all ConfigMaps of a namespace are there, or changes the proxies.
func isTarget(object *source.Value) bool {
	if isConfigMap(object) {
		name := object.TextAt("metadata", "name")
		return object.At("data", keySetEntry) != nil || name == inEveryNamespace
	}
	return isPatch(object) || kubernetes.IsOf(object, gatewayAPI, targetKinds()...)
}

// targetKinds are the kinds of resources that a policy can be attached to.
func targetKinds() []string {
	return []string{gatewayKind, listenerSet, httpRoute, grpcRoute, tcpRoute}
}

// differ reports whether two resources have another spec, other labels or other data.
func differ(a, b *source.Value) bool {
	for _, field := range [][]string{{"spec"}, {"metadata", "labels"}, {"data"}} {
		if a.At(field...).JSON() != b.At(field...).JSON() {
			return true
		}
	}
	return false
}

func isConfigMap(object *source.Value) bool {
	return object.TextAt("kind") == configMap
}

// isBackend reports whether a resource is one that a key set can be fetched from.
func isBackend(object *source.Value) bool {
	return object.TextAt("kind") == serviceKind && object.TextAt("apiVersion") == "v1" ||
		kubernetes.IsOf(object, group, "Backend")
}

func read(files []*source.File, options rules.Options) (*rules.Configuration, error) {
	if err := reading().Refuse(files); err != nil {
		return nil, err
	}
	c := clusterOf(files)
	if err := c.checkSize(); err != nil {
		return nil, err
	}
	c.version = options.Runtime
	var work kubernetes.Work
	c.work = &work
	c.place()
	all := c.instances()
	work.Beyond(len(all) * len(c.patches))
	if err := work.Refuse(files); err != nil {
		return nil, err
	}
	c.work = nil
	return kubernetes.Chosen(reading(), files, all, options, c.named)
}

// cluster is what the files show of a cluster.
type cluster struct {
	version  string // of Envoy Gateway; empty where it is not known
	policies []*policy
	shown    []*attachable
	patches  []*patch
	marked   []*attachable // those whose name or namespace is not known
	mixed    bool          // some resources name no namespace, and others do

	backends  map[target]bool        // Services and Backends that are shown
	keySets   map[target]*keySet     // of ConfigMaps
	resources map[target]*attachable // those that are shown
	attached  map[target][]*policy   // by their references
	sections  map[target][]string    // of each target, those that policies are attached to
	loose     []*policy              // those that are perhaps attached to more than they name

	labelled  kubernetes.Labelled  // what is shown, by its labels
	near      map[target][]*policy // the loose ones that are perhaps attached to what is shown
	patchesOf map[string][]*patch  // by kind
	choices   map[target]choice    // see [cluster.on]; each is found out once
	work      *kubernetes.Work     // nil once the cluster is read

	byName  map[string]*kubernetes.Resource // of policies
	assumed map[attachment]rules.Truth      // what is not known, and is looked at both ways
}

// keySet is the data of a ConfigMap.
type keySet struct {
	kubernetes.Resource
	data *source.Value
}

// policy is one SecurityPolicy.
type policy struct {
	kubernetes.Resource
	refs      []kubernetes.Reference
	selectors []selector
	created   string // as the cluster has it; empty in a manifest
	unread    string // why it is not known what it is attached to; else empty
	void      string // why it can be attached to nothing, and is refused; else empty
	idle      string // why it is attached to nothing, though it is not refused; else empty
}

// Limits of one policy. To read and to try a rule with an expression takes twice as long as
// another rule. A cluster stores no policy with many more.
const (
	mostExpressions = 6000
	mostTargets     = 200
	mostProviders   = 200
)

// mostMatches is how many matches the rules of a route may have together (the definition of an
// HTTPRoute; of a GRPCRoute too).
const mostMatches = 128

// checkSize refuses what goes beyond a limit: of this tool, or of the definitions of the
// resources, which an API server does not take.
func (c *cluster) checkSize() (err error) {
	check := func(at *source.Value, of string, n, most int, what string) {
		if n > most && err == nil {
			err = rules.TooMany(at.Pos, fmt.Sprintf("%s has %d %s, and no more than %d are read",
				of, n, what, most), "leave out the "+what+" that are not in question")
		}
	}
	for _, p := range c.policies {
		expressions := 0
		for _, rule := range p.Spec.At("authorization", "rules").List() {
			if rule.Member("cel") != nil {
				expressions++
			}
		}
		check(p.At, "the policy", expressions, mostExpressions, "rules with an expression (cel)")
		check(p.At, "the policy", len(p.refs)+len(p.selectors), mostTargets, "targets")
		check(p.At, "the policy", len(p.Spec.At("jwt", "providers").List()), mostProviders,
			"JWT providers")
		for _, ref := range p.refs {
			t := target{ref.Kind, p.Namespace, ref.Name, ""}
			check(ref.At, ref.Kind+" "+p.Namespace+"/"+ref.Name, len(c.sections[t]),
				sectionsIn(t.kind), "sections with a policy")
		}
	}
	for _, a := range c.shown {
		matches := 0
		for _, rule := range a.Spec.Member("rules").List() {
			matches += len(rule.Member("matches").List())
		}
		check(a.At, a.String(), matches, mostMatches, "matches")
		has := func(field string, most int) {
			check(a.At, a.String(), len(a.Spec.Member(field).List()), most, field)
		}
		has("parentRefs", 32)
		has("hostnames", 16)
		has(sectionsField(a.Kind), sectionsIn(a.Kind))
	}
	return err
}

// kinds are those of what the policy is attached to.
func (p *policy) kinds() []string {
	all := source.Each(p.refs, func(ref kubernetes.Reference) string { return ref.Kind })
	for _, s := range p.selectors {
		all = append(all, s.kind)
	}
	return all
}

// selector attaches a policy to all resources of a kind that have some labels.
type selector struct {
	kind   string
	labels kubernetes.Labels
	wants  []kubernetes.Requirement
	wide   bool // it looks at other namespaces, or has an expression that can't be read
}

// fits tells whether labels are as the selector wants them, as far as it can be read.
func (s *selector) fits(has kubernetes.Labels) rules.Truth {
	fits := s.labels.Selects(has)
	for i := range s.wants {
		fits = min(fits, s.wants[i].Fits(has))
	}
	return fits
}

// String is the selector as kubectl takes it.
func (s *selector) String() string {
	var all []string
	if len(s.labels) > 0 {
		all = append(all, s.labels.String())
	}
	for i := range s.wants {
		all = append(all, s.wants[i].String())
	}
	return strings.Join(all, ",")
}

// attachable is a resource that policies can be attached to.
type attachable struct {
	kubernetes.Resource
	labels  kubernetes.Labels
	parents []kubernetes.Reference // of a route or a ListenerSet

	ways   []target // by which requests reach a route
	barred string   // why they can't, or why that is not known; else empty
	beyond string   // the kind of a parent that is not modelled; empty for none
}

func clusterOf(files []*source.File) *cluster {
	c := &cluster{
		byName: map[string]*kubernetes.Resource{}, keySets: map[target]*keySet{},
		resources: map[target]*attachable{}, backends: map[target]bool{},
		attached: map[target][]*policy{}, sections: map[target][]string{},
		near: map[target][]*policy{}, choices: map[target]choice{},
		patchesOf: map[string][]*patch{},
	}
	for _, file := range files {
		for _, object := range kubernetes.Objects(file) {
			switch {
			case isPolicy(object):
				c.add(policyOf(file, object))
			case isPatch(object):
				p := patchOf(file, object)
				c.patches = append(c.patches, p)
				c.patchesOf[p.Kind] = append(c.patchesOf[p.Kind], p)
			case kubernetes.IsOf(object, gatewayAPI, targetKinds()...):
				c.show(attachableOf(file, object))
			case isConfigMap(object):
				r := kubernetes.ResourceOf(file, object)
				c.addKeys(&keySet{Resource: r, data: object.Member("data")})
			case isBackend(object):
				r := kubernetes.ResourceOf(file, object)
				c.backends[target{r.Kind, r.Namespace, r.Name, ""}] = true
			}
		}
	}
	return c
}

// show adds a resource that policies can be attached to. Of one that the files have twice it is
// not known what it is.
func (c *cluster) show(a *attachable) {
	before := c.resources[a.target()]
	if before == nil || a.Name == "" {
		c.shown = append(c.shown, a)
		c.resources[a.target()] = a
		return
	}
	if a.Spec.JSON() != before.Spec.JSON() || !maps.Equal(a.labels, before.labels) {
		before.SetTwice(&a.Resource)
	}
	if !maps.Equal(a.labels, before.labels) {
		before.labels = kubernetes.NotKnown()
	}
}

func (c *cluster) addKeys(keys *keySet) {
	of := target{configMap, keys.Namespace, keys.Name, ""}
	before := c.keySets[of]
	if before == nil {
		c.keySets[of] = keys
	} else if before.data.JSON() != keys.data.JSON() {
		before.SetTwice(&keys.Resource)
	}
}

// place finds out what depends on all resources: which of them may be in the same namespace, and
// by which ways requests reach the routes.
func (c *cluster) place() {
	named, unnamed := false, false
	look := func(r *kubernetes.Resource) {
		named, unnamed = named || r.Namespace != "", unnamed || r.Namespace == ""
	}
	for _, p := range c.policies {
		look(&p.Resource)
	}
	for _, a := range c.shown {
		look(&a.Resource)
	}
	c.mixed = named && unnamed
	for _, a := range c.shown {
		c.labelled.Add(a.labels)
	}
	for _, p := range c.policies {
		if len(p.selectors) > 0 || p.unread != "" || p.isTemplate() ||
			c.mixed && p.Namespace == "" {
			c.loosen(p)
		}
	}
	for _, a := range c.shown {
		if c.isOpen(a.target()) {
			c.marked = append(c.marked, a)
		}
	}
	for _, a := range c.shown {
		if isRoute(a.Kind) {
			a.ways, a.barred = c.waysTo(a)
			a.barred = cmp.Or(a.barred, a.notAccepted())
		}
	}
}

// loosen adds a policy that is perhaps attached to more than it names: to what its selector may
// select, if that is all that is open.
func (c *cluster) loosen(p *policy) {
	c.loose = append(c.loose, p)
	near := c.shown
	if p.unread == "" && !p.isTemplate() && p.Namespace != "" {
		near = c.selectable(p)
	}
	if c.work.Beyond(nearAsWork * len(near)) {
		return
	}
	for _, a := range near {
		c.near[a.target()] = append(c.near[a.target()], p)
	}
}

func (c *cluster) add(p *policy) {
	if !kubernetes.Add(c.byName, &p.Resource) {
		return
	}
	c.policies = append(c.policies, p)
	for _, ref := range p.refs {
		t := target{ref.Kind, p.Namespace, ref.Name, ref.Section}
		if !slices.Contains(c.attached[t], p) {
			c.attached[t] = append(c.attached[t], p)
		}
		whole := t
		whole.section = ""
		if some := c.sections[whole]; ref.Section != "" && len(some) <= sectionsIn(ref.Kind) &&
			!slices.Contains(some, ref.Section) {
			c.sections[whole] = append(some, ref.Section)
		}
	}
}

func policyOf(file *source.File, object *source.Value) *policy {
	p := &policy{
		Resource: kubernetes.ResourceOf(file, object),
		created:  object.TextAt("metadata", "creationTimestamp"),
	}
	p.unread = p.NoSpec
	for _, field := range []string{"targetRef", "targetRefs"} {
		refs, ok := kubernetes.References(p.Spec.Member(field))
		if !ok {
			p.unread = "what " + p.String() + " is attached to can't be read"
		}
		p.refs = append(p.refs, refs...)
	}
	list := p.Spec.Member("targetSelectors")
	if list.IsSet() && !list.Is(source.List) {
		p.unread = "the targetSelectors of " + p.String() + " can't be read"
		return p
	}
	for _, item := range list.List() {
		s, ok := selectorOf(item)
		if !ok {
			p.unread = "a selector of " + p.String() + " can't be read"
			if why := labelsOf(item).Unread(); why != nil {
				p.unread += ": " + why.Why
			}
		}
		p.selectors = append(p.selectors, s)
	}
	switch none := p.Spec.Member("targetRefs"); {
	case p.unread != "" || len(p.refs)+len(p.selectors) > 0:
	case none.Is(source.List):
		p.idle = p.String() + " is attached to nothing: its targetRefs are empty"
	default:
		p.void = p.String() + " is attached to nothing, which the API server refuses"
	}
	for _, ref := range p.refs {
		switch {
		case kubernetes.Marked(ref.At.Member("kind")):
			p.unread = "the kind of what " + p.String() + " is attached to is not known"
		case ref.Kind == "":
			p.void = "a reference of " + p.String() + " has no kind"
		case !slices.Contains(targetKinds(), ref.Kind):
			p.void = p.String() + " is attached to a " + ref.Kind + ", which it can't be"
		}
	}
	return p
}

// labelsOf is where the labels are that a selector wants.
func labelsOf(selector *source.Value) kubernetes.LabelsAt {
	return kubernetes.LabelsAt{
		At: selector.Member("matchLabels"), Field: "targetSelectors.matchLabels",
	}
}

func selectorOf(item *source.Value) (s selector, ok bool) {
	s.kind, ok = kubernetes.Name(item.Member("kind"))
	labels, read := kubernetes.LabelsOf(labelsOf(item).At)
	s.labels = labels
	from := item.TextAt("namespaces", "from")
	wants, readable := kubernetes.RequirementsOf(item.Member("matchExpressions"))
	s.wants = wants
	s.wide = !readable || item.Member("namespaces").IsSet() && from != "Same"
	return s, ok && read
}

func attachableOf(file *source.File, object *source.Value) *attachable {
	a := &attachable{Resource: kubernetes.ResourceOf(file, object)}
	labels, ok := kubernetes.LabelsOf(object.At("metadata", "labels"))
	if a.labels = labels; !ok {
		a.labels = kubernetes.NotKnown()
	}
	for _, field := range []string{"parentRefs", "parentRef"} {
		refs, _ := kubernetes.References(a.Spec.Member(field))
		for _, ref := range refs {
			if !ofOtherAPI(ref) {
				a.parents = append(a.parents, ref)
				continue
			}
			a.beyond = cmp.Or(ref.Kind, gatewayKind)
			a.barred = "the parentRefs of " + a.String() + " name " + a.beyond + " " + ref.Name +
				", and whether Envoy Gateway takes the route from it is not known"
		}
	}
	return a
}

// ofOtherAPI reports whether a parentRef is to what is not of the Gateway API, or to a kind of it
// that has no listeners.
func ofOtherAPI(ref kubernetes.Reference) bool {
	of, kind := ref.At.Member("group"), ref.At.Member("kind")
	isText := func(v *source.Value) bool { return v.Is(source.String) && !kubernetes.Marked(v) }
	return isText(of) && of.Text+"/" != gatewayAPI ||
		isText(kind) && kind.Text != gatewayKind && kind.Text != listenerSet
}

// sectionsField is the field of a resource that its sections are in.
func sectionsField(kind string) string {
	if isRoute(kind) {
		return "rules"
	}
	return "listeners"
}

// sectionsIn is how many sections a resource may have (the definitions of the Gateway API).
func sectionsIn(kind string) int {
	if isRoute(kind) {
		return 16
	}
	return 64
}

// isRoute reports whether a kind is that of a route.
func isRoute(kind string) bool { return strings.HasSuffix(kind, "Route") }

// resources lists what the adapter looks at in a cluster: the policies, and what they can be
// attached to; and the ConfigMaps that have key sets.
func resources() []source.Resource {
	return []source.Resource{
		{Group: strings.TrimSuffix(group, "/")},
		{Group: strings.TrimSuffix(gatewayAPI, "/")},
		{Kind: configMap, Paths: []string{"metadata.name", "metadata.namespace", "data"}},
	}
}
