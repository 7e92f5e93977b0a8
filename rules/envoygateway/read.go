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
	for _, p := range c.policies {
		if err := p.checkSize(); err != nil {
			return nil, err
		}
	}
	c.version = options.Runtime
	return kubernetes.Chosen(reading(), files, c.instances(), options, c.named)
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

// mostExpressions is how many rules of a policy may have an expression: to read and to try one
// takes twice as long as another rule. A cluster stores no policy with many more.
const mostExpressions = 6000

// checkSize refuses a policy that goes beyond the limit.
func (p *policy) checkSize() error {
	n := 0
	for _, rule := range p.Spec.At("authorization", "rules").List() {
		if rule.Member("cel") != nil {
			n++
		}
	}
	if n <= mostExpressions {
		return nil
	}
	return &source.Error{
		Pos: p.At.Pos, Limit: true,
		Cause: fmt.Sprintf("the policy has %d rules with an expression (cel), and no more than "+
			"%d are read", n, mostExpressions),
		Hints: source.Hints("leave out the rules that are not in question"),
	}
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
}

func clusterOf(files []*source.File) *cluster {
	c := &cluster{
		byName: map[string]*kubernetes.Resource{}, keySets: map[target]*keySet{},
		resources: map[target]*attachable{}, backends: map[target]bool{},
		attached: map[target][]*policy{}, sections: map[target][]string{},
	}
	for _, file := range files {
		for _, object := range kubernetes.Objects(file) {
			switch {
			case isPolicy(object):
				c.add(policyOf(file, object))
			case isPatch(object):
				c.patches = append(c.patches, patchOf(file, object))
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
	c.place()
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
	for _, p := range c.policies {
		if len(p.selectors) > 0 || p.unread != "" || p.isTemplate() ||
			c.mixed && p.Namespace == "" {
			c.loose = append(c.loose, p)
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
		if ref.Section != "" && !slices.Contains(c.sections[whole], ref.Section) {
			c.sections[whole] = append(c.sections[whole], ref.Section)
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
		a.parents = append(a.parents, source.Without(refs, ofOtherAPI)...)
	}
	return a
}

// ofOtherAPI reports whether a reference is to a resource that is not of the Gateway API.
func ofOtherAPI(ref kubernetes.Reference) bool {
	of := ref.At.Member("group")
	return of.Is(source.String) && !kubernetes.Marked(of) && of.Text+"/" != gatewayAPI
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
