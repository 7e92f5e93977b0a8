package envoygateway

import (
	"maps"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// attachment is a policy that is perhaps attached to a target.
type attachment struct {
	of *policy
	to target
}

// mostOpen limits the attachments of one instance that are looked at both ways.
const mostOpen = 3

// isTemplate reports whether a template has left its mark in what the policy is attached to.
func (p *policy) isTemplate() bool {
	for _, ref := range p.refs {
		if kubernetes.HasMark(ref.Name + ref.Section) {
			return true
		}
	}
	return kubernetes.HasMark(p.Namespace)
}

// isOpen reports whether only a deployment knows what a target is, or in which namespace.
func (c *cluster) isOpen(t target) bool {
	return kubernetes.HasMark(t.kind+t.namespace+t.name+t.section) || c.mixed && t.namespace == ""
}

// isAttached tells whether a policy is attached to a target.
func (c *cluster) isAttached(p *policy, t target) rules.Truth {
	if assumed, ok := c.assumed[attachment{p, t}]; ok {
		return assumed
	}
	attached := rules.No
	for _, ref := range p.refs {
		if ref.Kind == t.kind && (ref.Section == "") == (t.section == "") {
			attached = max(attached, min(kubernetes.Same(ref.Name, t.name),
				kubernetes.Same(ref.Section, t.section)))
		}
	}
	near := kubernetes.SameNamespace(p.Namespace, t.namespace)
	attached = min(attached, near)
	if t.section != "" || len(p.selectors) == 0 {
		return attached
	}
	if a := c.find(t); a != nil {
		selects, _ := p.selects(a)
		return max(attached, selects)
	}
	for _, a := range c.marked {
		if selects, _ := p.selects(a); a.mayBe(t) {
			attached = max(attached, min(rules.Maybe, selects))
		}
	}
	for _, s := range p.selectors {
		if c.isOpen(t) && s.kind == t.kind {
			attached = max(attached, min(rules.Maybe, near))
		}
	}
	return attached
}

// mayBe reports whether a resource is that of a target, or may be it.
func (a *attachable) mayBe(t target) bool {
	return a.Kind == t.kind && kubernetes.SameNamespace(a.Namespace, t.namespace) != rules.No &&
		kubernetes.Same(a.Name, t.name) != rules.No
}

// selects tells whether a selector of a policy selects a resource. It is wide where one perhaps
// does that looks further than is modelled.
func (p *policy) selects(a *attachable) (selects rules.Truth, wide bool) {
	near := kubernetes.SameNamespace(p.Namespace, a.Namespace)
	selects = rules.No
	for _, s := range p.selectors {
		fits := min(s.fits(a.labels), kubernetes.Same(s.kind, a.Kind))
		if s.wide {
			fits = min(fits, rules.Maybe)
			wide = wide || fits == rules.Maybe
		} else {
			fits = min(fits, near)
		}
		selects = max(selects, fits)
	}
	return selects, wide && selects != rules.Yes
}

// perhaps is the choice of a policy that is perhaps attached to a target.
func (c *cluster) perhaps(p *policy, t target) choice {
	at, doubt := c.whyOpen(p, t)
	why := *doubt
	if at.At != nil {
		why.Why = "whether " + p.String() + " is attached to " + t.kind + " " +
			qualified(t.namespace, t.name) + " is not known: " + doubt.Why
	}
	return choice{policy: p, doubt: &why, between: &attachment{p, t}, at: at}
}

// whyOpen is where the mark is that leaves it open whether a policy is attached to a target, and
// why that is not known; nowhere where no mark does.
func (c *cluster) whyOpen(p *policy, t target) (kubernetes.LabelsAt, *rules.Unknown) {
	a := c.find(t)
	for _, other := range c.marked {
		if a == nil && other.mayBe(t) {
			a = other
		}
	}
	if kubernetes.SameNamespace(p.Namespace, t.namespace) == rules.Maybe {
		for _, object := range append([]*source.Value{p.At}, c.placing(t, a)...) {
			if at, why := kubernetes.NamespaceDoubt(object); why != nil {
				return at, why
			}
		}
	}
	var places []kubernetes.LabelsAt
	for _, ref := range p.refs {
		for _, name := range []string{"name", "sectionName"} {
			places = append(places, kubernetes.LabelsAt{
				At: ref.At.Member(name), Field: "targetRefs." + name,
			})
		}
	}
	if a != nil {
		name := kubernetes.LabelsAt{At: a.At.At("metadata", "name"), Field: "metadata.name"}
		if a.Twice != "" {
			return name, &rules.Unknown{Why: a.Twice}
		}
		places = append(places, name)
	}
	for _, place := range append(places, c.parentRefsTo(t)...) {
		if why := kubernetes.DoubtOf(place.At, place.Field); why != nil {
			return place, why
		}
	}
	for i, item := range p.Spec.Member("targetSelectors").List() {
		if a == nil || p.selectors[i].wide {
			continue
		}
		has := kubernetes.LabelsAt{At: a.At.At("metadata", "labels"), Field: "metadata.labels"}
		if at, why := labelsOf(item).Open(has, a.labels); why != nil {
			return at, why
		}
		for _, expression := range item.Member("matchExpressions").List() {
			for _, value := range expression.Member("values").List() {
				const field = "targetSelectors.matchExpressions.values"
				if why := kubernetes.DoubtOf(value, field); why != nil {
					return kubernetes.LabelsAt{At: value, Field: field}, why
				}
			}
		}
	}
	return kubernetes.LabelsAt{}, wideSelector(p)
}

// placing are the resources whose namespace is that of a target: the target itself, if the files
// show it, or the routes that lead to it and do not name its namespace.
func (c *cluster) placing(t target, a *attachable) []*source.Value {
	if a != nil {
		return []*source.Value{a.At}
	}
	var all []*source.Value
	for _, route := range c.shown {
		if slices.ContainsFunc(route.parents, func(ref kubernetes.Reference) bool {
			return ref.Name == t.name && ref.Namespace == ""
		}) {
			all = append(all, route.At)
		}
	}
	return all
}

// parentRefsTo are the names in the parentRefs of routes that lead to a target.
func (c *cluster) parentRefsTo(t target) []kubernetes.LabelsAt {
	var all []kubernetes.LabelsAt
	for _, a := range c.shown {
		for _, ref := range a.parents {
			if ref.Name != t.name {
				continue
			}
			for _, name := range []string{"name", "namespace", "sectionName"} {
				all = append(all, kubernetes.LabelsAt{
					At: ref.At.Member(name), Field: "parentRefs." + name,
				})
			}
		}
	}
	return all
}

// assuming is the cluster where an attachment is known.
func (c *cluster) assuming(a *attachment, is rules.Truth) *cluster {
	other := *c
	other.choices = map[target]choice{}
	if other.assumed = maps.Clone(c.assumed); other.assumed == nil {
		other.assumed = map[attachment]rules.Truth{}
	}
	other.assumed[*a] = is
	return &other
}

// either is what counts where it is not known whether a policy is attached: what is the same with
// it and without it is known.
func (c *compiler) either(check *rules.Check) rules.Node {
	as := func(is rules.Truth) rules.Node {
		i := c.in(c.assuming(c.between, is))
		if i == nil {
			return rules.AllOf()
		}
		return newCompiler(i, c.table).root()
	}
	return rules.Node{First: &rules.First{
		Branches: []rules.Branch{{If: rules.Node{Check: check}, Then: as(rules.Yes)}},
		Default:  as(rules.No),
	}}
}
