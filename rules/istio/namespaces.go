package istio

import (
	"cmp"
	"slices"

	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// namespace is what the files show of one, sorted so that of many policies and workloads not each
// is held against each.
type namespace struct {
	policies []*resource
	targets  []target // that its policies are attached to

	targeted  map[target][]*resource // by what they are attached to
	unread    []*resource            // of which it is not known what they select
	selecting labelled[*resource]    // the others, by what they select
	pods      labelled[*running]
}

// in is what the files show of a namespace.
func (c *cluster) in(name string) *namespace {
	if c.within == nil {
		c.within = map[string]*namespace{}
		for i, p := range c.policies {
			p.place = i
			c.made(p.Namespace).add(p)
		}
		for _, r := range c.running {
			n := c.made(r.namespace)
			n.pods.add(r.labels, r)
			c.pods.add(r.labels, r)
		}
	}
	return c.made(name)
}

func (c *cluster) made(name string) *namespace {
	n := c.within[name]
	if n == nil {
		n = &namespace{targeted: map[target][]*resource{}}
		c.within[name] = n
	}
	return n
}

func (n *namespace) add(p *resource) {
	n.policies = append(n.policies, p)
	for _, t := range p.targets {
		if n.targeted[t] == nil {
			n.targets = append(n.targets, t)
		}
		n.targeted[t] = append(n.targeted[t], p)
	}
	switch {
	case len(p.targets) > 0:
	case p.selectorUnread != "":
		n.unread = append(n.unread, p)
	default:
		n.selecting.add(p.selector, p)
	}
}

// mayHold lists the policies, in their order, of which some may hold for a workload of a namespace:
// those of it and of the root namespace without those that select something else.
func (c *cluster) mayHold(name string, has kubernetes.Labels) []*resource {
	own := c.in(name)
	all := slices.Clone(own.targeted[target{"Gateway", has[gatewayName]}])
	add := func(n *namespace) {
		all = append(append(all, n.unread...), n.selecting.at(n.selecting.none)...)
		for key, value := range has {
			all = append(all, n.selecting.at(n.selecting.pairs[[2]string{key, value}])...)
		}
	}
	if add(own); name != c.root.name {
		add(c.in(c.root.name))
	}
	return inOrder(all)
}

// near lists the policies of a namespace and of the root namespace, in their order.
func (c *cluster) near(name string) []*resource {
	all := slices.Clone(c.in(name).policies)
	if name != c.root.name {
		all = append(all, c.in(c.root.name).policies...)
	}
	return inOrder(all)
}

func inOrder(all []*resource) []*resource {
	slices.SortFunc(all, func(a, b *resource) int { return cmp.Compare(a.place, b.place) })
	return slices.Compact(all)
}

// selectedBy reports whether the files show workloads where a policy may hold, and whether it
// selects one of them.
func (c *cluster) selectedBy(p *resource) (shown, selected bool) {
	pods := &c.in(p.Namespace).pods
	if p.Namespace == c.root.name {
		pods = &c.pods
	}
	return len(pods.all) > 0, pods.selects(p.selector)
}

// labelled is a list of what has labels, or selects some.
type labelled[T any] struct {
	all    []T
	labels []kubernetes.Labels // of each
	pairs  map[[2]string][]int // their places, by each of their labels
	none   []int               // the places of those without labels
}

func (l *labelled[T]) add(labels kubernetes.Labels, one T) {
	if l.pairs == nil {
		l.pairs = map[[2]string][]int{}
	}
	at := len(l.all)
	l.all, l.labels = append(l.all, one), append(l.labels, labels)
	for key, value := range labels {
		l.pairs[[2]string{key, value}] = append(l.pairs[[2]string{key, value}], at)
	}
	if len(labels) == 0 {
		l.none = append(l.none, at)
	}
}

// at lists what is at some places.
func (l *labelled[T]) at(places []int) []T {
	all := make([]T, len(places))
	for i, at := range places {
		all[i] = l.all[at]
	}
	return all
}

// selects reports whether labels select one of what has labels.
func (l *labelled[T]) selects(wanted kubernetes.Labels) bool {
	if len(wanted) == 0 {
		return len(l.all) > 0
	}
	var fewest []int
	first := true
	for key, value := range wanted {
		if places := l.pairs[[2]string{key, value}]; first || len(places) < len(fewest) {
			fewest, first = places, false
		}
	}
	return slices.ContainsFunc(fewest, func(at int) bool { return wanted.Selects(l.labels[at]) })
}
