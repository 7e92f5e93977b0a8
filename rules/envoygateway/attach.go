package envoygateway

import (
	"cmp"
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

	policy *policy       // the most specific one
	outer  *policy       // of its Gateway, which it replaces or is merged with; may be nil
	spec   *source.Value // what counts: the policy's, or of both

	// doubt is why it is not known which policy counts; nil where it is.
	doubt *rules.Unknown

	*cluster
}

// Place is where the policy is.
func (i *instance) Place() (*source.File, source.Span) { return i.policy.File, i.policy.At.Span }

// Called is the name of the instance.
func (i *instance) Called() string { return i.name }

// From reports whether one of the policies is in the file of this name.
func (i *instance) From(file string) bool {
	return i.policy.File.Name == file || i.outer != nil && i.outer.File.Name == file
}

// scope is a way by which requests reach a route: a listener or a Gateway, with its policy.
type scope struct {
	of     target
	policy *policy
	doubt  *rules.Unknown
}

// instances lists the routes that the files show and that a policy holds for, then what policies
// are attached to and the files do not show.
func (c *cluster) instances() []*instance {
	var all []*instance
	listed := map[string]bool{}
	add := func(some ...*instance) {
		for _, i := range some {
			if !listed[i.name] {
				listed[i.name] = true
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
		if c.selectsShown(p, s) {
			continue
		}
		t := target{s.kind, p.Namespace, s.String(), ""}
		i := &instance{name: t.String(), of: t, policy: p, cluster: c}
		if s.wide {
			i.doubt = wideSelector(p)
		}
		all = append(all, i.finished())
	}
	if why := cmp.Or(p.unread, p.void, p.idle); why != "" {
		i := &instance{
			name: qualified(p.Namespace, p.Name), policy: p, cluster: c,
			doubt: unknownTarget(why),
		}
		all = append(all, i.finished())
	}
	return all
}

// targetsOf lists what a policy names, and what the files show that it selects.
func (c *cluster) targetsOf(p *policy) []target {
	var all []target
	for _, ref := range p.refs {
		if canBeTarget(ref.Kind) {
			all = append(all, target{ref.Kind, p.Namespace, ref.Name, ref.Section})
		}
	}
	if len(p.selectors) == 0 {
		return all
	}
	for _, a := range c.shown {
		if selected, _ := p.selects(a); selected {
			all = append(all, a.target())
		}
	}
	return all
}

// unseen is what a policy is attached to without that the files show it, or its routes.
func (c *cluster) unseen(t target) *instance {
	p, doubt := c.on(t)
	i := &instance{name: t.String(), of: t, policy: p, doubt: doubt, cluster: c}
	if isRoute(t.kind) && p.Spec.Member("mergeType") != nil && i.doubt == nil {
		i.doubt = unknownTarget("what " + p.String() + " is merged with depends on the Gateway " +
			"of " + t.kind + " " + t.name)
	}
	if !isRoute(t.kind) && t.section != "" {
		i.outer, _ = c.on(target{t.kind, t.namespace, t.name, ""})
	}
	return i.finished()
}

// ofRoute lists the instances that a route is: each rule that has a policy of its own, and the
// route for each policy that the listeners lead to.
func (c *cluster) ofRoute(route *attachable) []*instance {
	var all []*instance
	self := target{route.Kind, route.Namespace, route.Name, ""}
	scopes := c.scopesOf(route)
	named, covered := c.rulesWithPolicy(route)
	for _, section := range named {
		t := self
		t.section = section
		p, doubt := c.on(t)
		all = append(all, c.under(scopes, route, t, p, doubt)...)
	}
	if covered {
		return all
	}
	p, doubt := c.on(self)
	return append(all, c.under(scopes, route, self, p, doubt)...)
}

// under lists the instances of a route, or of a rule of it, that has this policy; nil for none.
func (c *cluster) under(
	scopes []scope, route *attachable, t target, p *policy, doubt *rules.Unknown,
) []*instance {
	var all []*instance
	for _, s := range scopes {
		i := &instance{
			name: t.String(), of: t, route: route, policy: p, outer: s.policy, doubt: doubt,
			cluster: c,
		}
		switch {
		case p == nil && s.policy == nil:
			continue
		case p == nil:
			i.policy, i.outer, i.doubt = s.policy, nil, s.doubt
		case p.Spec.Member("mergeType") != nil && s.doubt != nil:
			i.doubt = s.doubt
		}
		alike := func(o *instance) bool {
			merges := p != nil && p.Spec.Member("mergeType") != nil
			return o.policy == i.policy && (o.outer == i.outer || !merges)
		}
		if !slices.ContainsFunc(all, alike) {
			if len(all) > 0 {
				i.name += "@" + s.of.String()
			}
			all = append(all, i.finished())
		}
	}
	return all
}

// rulesWithPolicy lists the names of a route's rules that a policy is attached to, and whether all
// its rules are.
func (c *cluster) rulesWithPolicy(route *attachable) (names []string, all bool) {
	rulesOf := itemsOf(route.Spec.Member("rules"))
	all = len(rulesOf) > 0
	for _, rule := range rulesOf {
		name, _ := rule.Member("name").Str()
		t := target{route.Kind, route.Namespace, route.Name, name}
		if p, _ := c.on(t); p != nil && name != "" {
			names = append(names, name)
		} else {
			all = false
		}
	}
	return names, all
}

// scopesOf lists the ways by which requests reach a route. A route without a parent that can be
// read has one, of which nothing is known.
func (c *cluster) scopesOf(route *attachable) []scope {
	var all []scope
	for _, ref := range route.parents {
		t := target{gatewayKind, route.Namespace, ref.Name, ref.Section}
		if ref.Kind != "" {
			t.kind = ref.Kind
		}
		if ref.Namespace != "" {
			t.namespace = ref.Namespace
		}
		for _, section := range c.sectionsOf(t) {
			t.section = section
			all = append(all, c.scope(t))
		}
	}
	if len(all) == 0 {
		return []scope{{}}
	}
	return all
}

// sectionsOf lists the sections of a parent that a route is reached by: the one that it names, or
// those that have a policy of their own, and the rest.
func (c *cluster) sectionsOf(t target) []string {
	if t.section != "" {
		return []string{t.section}
	}
	return append([]string{""}, c.sections[t]...)
}

// scope is a parent with its policy: that of the section, of the whole, or of the Gateway that a
// ListenerSet belongs to.
func (c *cluster) scope(t target) scope {
	s := scope{of: t}
	s.policy, s.doubt = c.on(t)
	if whole := t; s.policy == nil && t.section != "" {
		whole.section = ""
		s.policy, s.doubt = c.on(whole)
	}
	if s.policy != nil || t.kind != listenerSet {
		return s
	}
	parent := c.gatewayOf(t)
	if parent.name == "" {
		s.doubt = unknownTarget("the Gateway of ListenerSet " + t.name + " is not in these files")
		return s
	}
	s.policy, s.doubt = c.on(parent)
	return s
}

// on is the policy that is attached to a target; nil for none. Of several the oldest counts, and
// the others are not attached. Of one that is perhaps attached it is not known whether it counts.
func (c *cluster) on(t target) (*policy, *rules.Unknown) {
	all := slices.Clone(c.attached[t])
	var perhaps *policy
	var doubt *rules.Unknown
	for _, p := range c.loose {
		if a := c.find(t); a != nil && t.section == "" && !slices.Contains(all, p) {
			switch selected, wide := p.selects(a); {
			case selected:
				all = append(all, p)
			case wide:
				perhaps, doubt = p, wideSelector(p)
			}
		}
		if p.unread != "" && p.Namespace == t.namespace && t.section == "" {
			perhaps, doubt = p, unknownTarget(p.unread)
		}
	}
	if len(all) == 0 {
		return perhaps, doubt
	}
	undated := func(p *policy) bool { return p.created == "" }
	if len(all) > 1 && slices.ContainsFunc(all, undated) {
		return all[0], unknownTarget(all[0].String() + " and " + all[1].String() +
			" are both attached to " + t.kind + " " + t.name + ": the one that was made first " +
			"counts")
	}
	slices.SortStableFunc(all, func(a, b *policy) int {
		return strings.Compare(a.created+" "+a.Name, b.created+" "+b.Name)
	})
	return all[0], doubt
}

// selects reports whether a selector of a policy selects a resource. It is wide where one perhaps
// does.
func (p *policy) selects(a *attachable) (selected, wide bool) {
	for _, s := range p.selectors {
		switch {
		case s.kind != a.Kind || !s.fits(a.labels):
		case s.wide:
			wide = true
		case p.Namespace == a.Namespace:
			return true, false
		}
	}
	return false, wide
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
		for _, s := range c.scopesOf(a) {
			all[s.of], all[c.gatewayOf(s.of)] = true, true
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
	of := target{gatewayKind, set.Namespace, set.parents[0].Name, ""}
	if ns := set.parents[0].Namespace; ns != "" {
		of.namespace = ns
	}
	return of
}

// selectsShown reports whether a selector selects something that the files show.
func (c *cluster) selectsShown(p *policy, s selector) bool {
	return slices.ContainsFunc(c.shown, func(a *attachable) bool {
		return a.Kind == s.kind && s.fits(a.labels) &&
			(a.Namespace == p.Namespace || s.wide)
	})
}

// named is the instance of that name: one that the files do not list by themselves is a Gateway or
// a ListenerSet whose other routes they show.
func (c *cluster) named(name string) (*instance, error) {
	var names []string
	for _, i := range c.instances() {
		names = append(names, i.name)
	}
	for _, p := range c.policies {
		for _, t := range c.targetsOf(p) {
			if t.String() == name {
				return c.unseen(t), nil
			}
		}
	}
	return nil, &source.Error{
		Cause: "no route " + name + " that a policy in these files holds for",
		Hints: source.Hints("they tell apart " + strings.Join(names, ", ")),
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

func wideSelector(p *policy) *rules.Unknown {
	return unknownTarget("a selector of " + p.String() + " looks at other namespaces, which is " +
		"not modelled, or has an expression that can't be read")
}

// finished is the instance with the spec that counts there.
func (i *instance) finished() *instance {
	i.spec = i.policy.Spec
	if why := i.policy.twice; why != "" {
		i.doubt = unknownTarget(why)
	}
	if i.outer != nil && i.outer.twice != "" && i.policy.Spec.Member("mergeType") != nil {
		i.doubt = unknownTarget(i.outer.twice)
	}
	if i.of.kind == tcpRoute && i.doubt == nil {
		i.doubt = &rules.Unknown{Why: "a TCPRoute has no requests: addresses alone decide there"}
	}
	merge := i.policy.Spec.Member("mergeType")
	if merge == nil || merge.Is(source.Null) || i.outer == nil || i.doubt != nil {
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
