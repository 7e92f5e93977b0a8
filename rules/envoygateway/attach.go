package envoygateway

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// target is what a policy can be attached to: a resource, or a section of it, which is a rule of a
// route or a listener.
type target struct{ kind, namespace, name, section string }

// instance is a route, a rule of one, or a Gateway, with the policy that counts there: an API
// instance.
type instance struct {
	name  string
	of    target
	route *attachable // nil where the files do not show it

	choice               // the most specific policy
	outer  *policy       // of its Gateway, which it replaces or is merged with; may be nil
	spec   *source.Value // what counts: the policy's, or of both

	// in is the same instance in a cluster where more is assumed; nil where no policy counts. It
	// is not set where that makes no difference.
	in func(*cluster) *instance

	*cluster
}

// choice is the policy that counts at a target, or that may count there.
type choice struct {
	policy *policy        // nil for none
	doubt  *rules.Unknown // why that is not known; nil where it is

	between *attachment         // that alone is not known; nil where more is not
	at      kubernetes.LabelsAt // where a template has left that open; may be nowhere
}

// Place is where the policy is.
func (i *instance) Place() (*source.File, source.Span) { return i.policy.File, i.policy.At.Span }

// Instance is the route's name, or what else the policy is attached to.
func (i *instance) Instance() string { return i.name }

// Inside is the namespace of the route or the Gateway.
func (i *instance) Inside() string { return i.of.namespace }

// Policies are those that count.
func (i *instance) Policies() iter.Seq[*kubernetes.Resource] {
	return func(yield func(*kubernetes.Resource) bool) {
		if yield(&i.policy.Resource) && i.outer != nil {
			yield(&i.outer.Resource)
		}
	}
}

// Parts are the policies that count.
func (i *instance) Parts() iter.Seq2[*source.File, source.Span] {
	return func(yield func(*source.File, source.Span) bool) {
		if yield(i.policy.File, i.policy.At.Span) && i.outer != nil {
			yield(i.outer.File, i.outer.At.Span)
		}
	}
}

// instances lists the routes that the files show and that a policy holds for, then what policies
// are attached to and the files do not show.
func (c *cluster) instances() []*instance {
	var all []*instance
	listed := map[string]*instance{}
	add := func(some ...*instance) {
		for _, i := range some {
			if other := listed[i.name]; other != nil && other.of != i.of {
				i.name = strings.ToLower(i.of.kind) + ":" + i.name // a section has a name with a /
			}
			if listed[i.name] == nil {
				listed[i.name] = i
				all = append(all, i)
			}
		}
	}
	for _, route := range c.shown {
		if isRoute(route.Kind) {
			add(c.ofRoute(route)...)
		}
	}
	reached := c.reached()
	for _, p := range c.policies {
		for _, t := range c.targetsOf(p) {
			if isRoute(t.kind) && c.find(t) == nil || !isRoute(t.kind) && !reached[t] {
				add(c.unseen(t))
			}
		}
		add(c.ofNothing(p)...)
	}
	return all
}

// ofNothing is an instance for each selector of a policy that selects nothing that the files show,
// and for a policy whose targets are not known, or that can be attached to nothing.
func (c *cluster) ofNothing(p *policy) []*instance {
	var all []*instance
	for _, s := range p.selectors {
		if selects := c.selectsShown(p, s); selects == rules.Yes || selects != rules.No && s.wide {
			continue
		}
		t := target{s.kind, p.Namespace, s.String(), ""}
		i := &instance{name: t.String(), of: t, choice: choice{policy: p}, cluster: c}
		if s.wide {
			i.doubt = wideSelector(p)
		}
		all = append(all, i.finished())
	}
	if why := cmp.Or(p.unread, p.void, p.idle, c.sectionless(p)); why != "" {
		i := &instance{
			name: qualified(p.Namespace, p.Name), cluster: c,
			choice: choice{policy: p, doubt: unknownTarget(why)},
		}
		all = append(all, i.finished())
	}
	return all
}

// targetsOf lists what a policy names, and what the files show that it selects.
func (c *cluster) targetsOf(p *policy) []target {
	var all []target
	for _, ref := range p.refs {
		t := target{ref.Kind, p.Namespace, ref.Name, ref.Section}
		if slices.Contains(targetKinds(), ref.Kind) && !c.lacksSection(t) {
			all = append(all, t)
		}
	}
	if len(p.selectors) == 0 {
		return all
	}
	for _, a := range c.selectable(p) {
		if c.work.Beyond(selectAsWork * len(p.selectors)) {
			break
		}
		if selects, wide := p.selects(a); selects != rules.No && !wide {
			all = append(all, a.target())
		}
	}
	return all
}

// selectable lists what the files show that the selectors of a policy may select. Others may be
// among them.
func (c *cluster) selectable(p *policy) []*attachable {
	if len(p.selectors) != 1 {
		return c.shown
	}
	return source.Each(c.labelled.Of(p.selectors[0].labels), func(i int) *attachable {
		return c.shown[i]
	})
}

// unseen is what a policy is attached to without that the files show it, or its routes.
func (c *cluster) unseen(t target) *instance {
	i := &instance{name: t.String(), of: t, choice: c.on(t), cluster: c}
	p := i.policy
	if p == nil {
		return nil
	}
	i.in = func(c *cluster) *instance { return c.unseen(t) }
	if isRoute(t.kind) && p.Spec.Member("mergeType").IsSet() && i.doubt == nil {
		i.doubt = unknownTarget("what " + p.String() + " is merged with depends on the Gateway " +
			"of " + t.kind + " " + t.name)
	}
	if !isRoute(t.kind) && t.section != "" {
		i.outer = c.on(target{t.kind, t.namespace, t.name, ""}).policy
	}
	return i.finished()
}

// ofRoute lists the instances that a route is: each rule that has a policy of its own, and the
// route for each policy that the listeners lead to.
func (c *cluster) ofRoute(route *attachable) []*instance {
	var all []*instance
	self := target{route.Kind, route.Namespace, route.Name, ""}
	named, covered := c.rulesWithPolicy(route)
	for _, section := range named {
		t := self
		t.section = section
		all = append(all, c.under(route, t)...)
	}
	if covered {
		return all
	}
	all = append(all, c.under(route, self)...)
	if len(all) == 0 && len(route.parents) == 0 && strings.HasSuffix(route.beyond, listenerSet) {
		all = append(all, c.perhapsBelow(route, self)...)
	}
	return all
}

// perhapsBelow is a route that a set of listeners leads to which is not modelled: the policy of a
// Gateway may hold for it.
func (c *cluster) perhapsBelow(route *attachable, t target) []*instance {
	for _, p := range c.policies {
		if slices.ContainsFunc(c.targetsOf(p), func(t target) bool { return !isRoute(t.kind) }) {
			i := &instance{name: t.String(), of: t, route: route, cluster: c}
			i.choice = choice{policy: p, doubt: unknownTarget(route.barred)}
			return []*instance{i.finished()}
		}
	}
	return nil
}

// under lists the instances of a route, or of a rule of it.
func (c *cluster) under(route *attachable, t target) []*instance {
	var all []*instance
	for _, by := range route.ways {
		if c.work.Beyond(wayAsWork) {
			break
		}
		i := c.reachedBy(by, route, t)
		if i == nil {
			continue
		}
		alike := func(o *instance) bool {
			return o.policy == i.policy && (o.doubt == nil) == (i.doubt == nil) &&
				(o.outer == i.outer || !i.policy.Spec.Member("mergeType").IsSet())
		}
		if !slices.ContainsFunc(all, alike) {
			if len(all) > 0 {
				i.name += "@" + by.String()
			}
			all = append(all, i)
		}
	}
	return all
}

// reachedBy is a route, or a rule of it, for the requests that a parent leads to it; nil where no
// policy counts for them.
func (c *cluster) reachedBy(by target, route *attachable, t target) *instance {
	own, parent := c.on(t), c.ofParent(by)
	if own.policy == nil && t.section != "" {
		own = c.on(target{t.kind, t.namespace, t.name, ""})
	}
	i := &instance{
		name: t.String(), of: t, route: route, choice: own, outer: parent.policy, cluster: c,
		in: func(c *cluster) *instance { return c.reachedBy(by, route, t) },
	}
	switch {
	case own.policy == nil && parent.policy == nil:
		return nil
	case own.policy == nil:
		i.choice, i.outer = parent, nil
	case own.doubt == nil && own.policy.Spec.Member("mergeType").IsSet() && parent.doubt != nil:
		i.doubt, i.between, i.at = parent.doubt, parent.between, parent.at
	}
	gateway := c.find(by)
	merges := own.policy != nil && own.policy.Spec.Member("mergeType").IsSet()
	switch inherits := own.policy == nil || merges; {
	case i.between != nil: // looked at both ways
	case merges && parent.policy == nil && gateway == nil && !c.isOpen(by) && by.name != "":
		i.doubt = mergedWith(own.policy, by)
	case route.Twice != "":
		i.doubt = unknownTarget(route.Twice)
	case route.barred != "":
		i.doubt = unknownTarget(route.barred)
	case inherits && gateway != nil && gateway.Twice != "":
		i.doubt = unknownTarget(gateway.Twice)
	}
	return i.finished()
}

// rulesWithPolicy lists the names of a route's rules that a policy is attached to, and whether all
// its rules are.
func (c *cluster) rulesWithPolicy(route *attachable) (names []string, all bool) {
	rulesOf := route.Spec.Member("rules").List()
	all = len(rulesOf) > 0
	for _, rule := range rulesOf {
		name, _ := kubernetes.Name(rule.Member("name"))
		own := c.on(target{route.Kind, route.Namespace, route.Name, name})
		if name == "" || own.policy == nil {
			all = false
			continue
		}
		names = append(names, name)
		all = all && own.between == nil
	}
	return names, all
}

// lacksSection reports whether the files show the resource of a target, and that none of its rules
// or listeners has the target's name. Then a policy is not attached to it.
func (c *cluster) lacksSection(t target) bool {
	a := c.find(t)
	if a == nil || t.section == "" || a.Twice != "" {
		return false
	}
	list := a.Spec.Member(sectionsField(t.kind))
	if !list.Is(source.List) {
		return false
	}
	return !slices.ContainsFunc(list.Items, func(item *source.Value) bool {
		name, _ := kubernetes.Name(item.Member("name"))
		return kubernetes.Marked(item) || kubernetes.Same(name, t.section) != rules.No
	})
}

// sectionless is why a policy is attached to nothing, though what it names is there; empty where
// it is attached to something.
func (c *cluster) sectionless(p *policy) string {
	if len(p.refs) == 0 || len(p.selectors) > 0 || len(c.targetsOf(p)) > 0 {
		return ""
	}
	ref := p.refs[0]
	return p.String() + " is attached to nothing: " + ref.Kind + " " +
		qualified(p.Namespace, ref.Name) + " has no section " + ref.Section
}

// ofParent is the policy of a parent: that of the section, of the whole, or of the Gateway that a
// ListenerSet belongs to.
func (c *cluster) ofParent(t target) choice {
	if t == (target{}) {
		return choice{}
	}
	of := c.on(t)
	if of.policy == nil && t.section != "" {
		t.section = ""
		of = c.on(t)
	}
	if of.policy != nil || t.kind != listenerSet {
		return of
	}
	parent := c.gatewayOf(t)
	if parent.name == "" {
		of.doubt = unknownTarget("the Gateway of ListenerSet " + t.name + " is not in these files")
		return of
	}
	return c.on(parent)
}

// on is the policy that is attached to a target. Of several the oldest counts, and the others are
// not attached. Of one that is perhaps attached it is not known whether it counts.
func (c *cluster) on(t target) choice {
	known, ok := c.choices[t]
	if !ok {
		known = c.chosen(t)
		c.choices[t] = known
	}
	return known
}

func (c *cluster) chosen(t target) choice {
	all := slices.Clone(c.attached[t])
	var perhaps choice
	var open *policy // the last one that is perhaps attached
	candidates := c.loose
	if c.isOpen(t) {
		candidates = c.policies
	} else if a := c.find(t); a != nil {
		candidates = c.near[a.target()]
	}
	for _, p := range candidates {
		if c.work.Beyond(c.workOf(p, t)) {
			break
		}
		if p.unread != "" && p.Namespace == t.namespace && t.section == "" {
			perhaps = choice{policy: p, doubt: unknownTarget(p.unread)}
		}
		if slices.Contains(all, p) {
			continue
		}
		switch attached := c.isAttached(p, t); {
		case attached == rules.Yes:
			all = append(all, p)
		case attached == rules.Maybe:
			open = p
		}
	}
	if perhaps.policy == nil && open != nil {
		perhaps = c.perhaps(open, t)
	}
	if len(all) == 0 {
		return perhaps
	}
	if perhaps.between != nil {
		perhaps.policy = all[0]
		return perhaps
	}
	undated := func(p *policy) bool { return p.created == "" }
	if len(all) > 1 && slices.ContainsFunc(all, undated) {
		return choice{policy: all[0], doubt: unknownTarget(all[0].String() + " and " +
			all[1].String() + " are both attached to " + t.kind + " " + t.name +
			": the one that was made first counts")}
	}
	slices.SortStableFunc(all, func(a, b *policy) int {
		return strings.Compare(a.created+" "+a.Name, b.created+" "+b.Name)
	})
	return choice{policy: all[0], doubt: perhaps.doubt}
}

// To compare labels takes as long as so many comparisons, and to look at one way to a route.
const (
	selectAsWork = 8
	nearAsWork   = 20 // to note of a target that a policy is perhaps attached to it
	wayAsWork    = 20
)

// workOf is how many comparisons it takes to find out whether a policy is attached to a target.
func (c *cluster) workOf(p *policy, t target) int {
	n := len(p.selectors)
	if c.find(t) == nil {
		n += n * len(c.marked)
	}
	return 1 + selectAsWork*n + len(p.refs)
}

// find is the resource of a target, whatever its section; nil where the files do not show it.
func (c *cluster) find(t target) *attachable {
	t.section = ""
	return c.resources[t]
}

// target is the resource as what a policy can be attached to.
func (a *attachable) target() target { return target{a.Kind, a.Namespace, a.Name, ""} }

// reached are the targets by which requests reach a route that the files show.
func (c *cluster) reached() map[target]bool {
	all := map[target]bool{}
	for _, a := range c.shown {
		if !isRoute(a.Kind) {
			continue
		}
		for _, by := range a.ways {
			all[by], all[c.gatewayOf(by)] = true, true
		}
	}
	return all
}

// gatewayOf is the Gateway that a ListenerSet belongs to, as far as the files show it.
func (c *cluster) gatewayOf(t target) target {
	set := c.find(t)
	if t.kind != listenerSet || set == nil || len(set.parents) == 0 {
		return target{}
	}
	return parentOf(set, set.parents[0])
}

// selectsShown tells whether a selector selects something that the files show.
func (c *cluster) selectsShown(p *policy, s selector) rules.Truth {
	selects := rules.No
	for _, i := range c.labelled.Of(s.labels) {
		if c.work.Beyond(selectAsWork) || selects == rules.Yes {
			break
		}
		a := c.shown[i]
		near := kubernetes.SameNamespace(a.Namespace, p.Namespace)
		if s.wide {
			near = rules.Maybe
		}
		selects = max(selects, min(near, kubernetes.Same(s.kind, a.Kind), s.fits(a.labels)))
	}
	return selects
}

// named is the instance of that name: one that the files do not list by themselves is a Gateway or
// a ListenerSet whose other routes they show.
func (c *cluster) named(name string) (*instance, error) {
	names := source.Each(c.instances(), func(i *instance) string { return i.name })
	for _, p := range c.policies {
		for _, t := range c.targetsOf(p) {
			if t.String() == name {
				return c.unseen(t), nil
			}
		}
	}
	return nil, &source.Error{
		Cause: "no route " + name + " that a policy in these files holds for",
		Hints: kubernetes.Instead(name, names),
	}
}

// String is the target's name as an API instance: a route by its namespace and name, all else with
// its kind.
func (t target) String() string {
	name := t.name
	if t.kind != httpRoute {
		name = strings.ToLower(t.kind) + ":" + name
	}
	if t.section != "" {
		name += "/" + t.section
	}
	return qualified(t.namespace, name)
}

func qualified(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}

func unknownTarget(why string) *rules.Unknown {
	return &rules.Unknown{Why: why, Need: rules.Need{
		Input: source.NeedPolicy,
		For:   "the resources as the cluster has them, with its Gateways and routes",
	}}
}

// mergedWith is why it is not known what a policy is merged with: nothing in the files is attached
// to a parent of its route, or leads to what is.
func mergedWith(p *policy, parent target) *rules.Unknown {
	return unknownTarget("what " + p.String() + " is merged with is not known: these files show " +
		"neither " + parent.kind + " " + qualified(parent.namespace, parent.name) + " nor a " +
		"policy of it")
}

func wideSelector(p *policy) *rules.Unknown {
	return unknownTarget("a selector of " + p.String() + " looks at other namespaces, which is " +
		"not modelled, or has an expression that can't be read")
}

// finished is the instance with the spec that counts there.
func (i *instance) finished() *instance {
	i.spec = i.policy.Spec
	if i.between != nil {
		return i
	}
	if why := i.policy.Twice; why != "" {
		i.doubt = unknownTarget(why)
	}
	merge := i.policy.Spec.Member("mergeType")
	if i.outer != nil && i.outer.Twice != "" && merge.IsSet() {
		i.doubt = unknownTarget(i.outer.Twice)
	}
	if i.of.kind == tcpRoute && i.doubt == nil {
		i.doubt = &rules.Unknown{Why: "a TCPRoute has no requests: addresses alone decide there"}
	}
	if !merge.IsSet() || i.outer == nil || i.doubt != nil {
		return i
	}
	switch i.has(mergeSince) {
	case rules.Yes:
		i.spec = merged(i.outer.Spec, i.policy.Spec)
	case rules.Maybe:
		i.doubt = dependsOn("mergeType", mergeSince)
	}
	if kubernetes.Marked(merge) {
		i.doubt = kubernetes.DoubtOf(merge, "mergeType")
	}
	return i
}

// merges reports whether the outer policy counts too.
func (i *instance) merges() bool { return i.spec != i.policy.Spec }

// owner is the policy that a part of the spec is from.
func (i *instance) owner(part string) *policy {
	if i.merges() && !i.policy.Spec.Member(part).IsSet() {
		return i.outer
	}
	return i.policy
}

// merged is an object with another one laid over it. Objects are merged member by member, a list
// replaces the other, and null counts as absent, for the API server has dropped it: both kinds of
// merging do that, since no list of a SecurityPolicy that is read here has a key to merge by.
//
// What is merged is the two policies as Envoy Gateway writes them as JSON: it leaves out an empty
// list, and writes null for a defaultAction that is absent, which takes away that of the outer
// policy (authorization_types.go).
func merged(under, over *source.Value) *source.Value {
	if !under.Is(source.Object) || !over.Is(source.Object) {
		return over
	}
	both := *over
	both.Members = nil
	for _, m := range under.Members {
		if kubernetes.IsEmpty(over.Member(m.Key)) && m.Key != "defaultAction" {
			both.Members = append(both.Members, m)
		}
	}
	for _, m := range over.Members {
		below := under.Find(m.Key)
		if m.Value.Is(source.Null) || below != nil && kubernetes.IsEmpty(m.Value) {
			continue
		}
		if below != nil && !m.Conflict && !below.Conflict {
			m.Value = merged(below.Value, m.Value)
		}
		both.Members = append(both.Members, m)
	}
	return &both
}
