package istio

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// places are what a cluster has by namespace, all in its order in the files: a large cluster has
// thousands of them.
type places struct {
	names    []string // of the namespaces, those of policies first
	policies map[string][]*resource
	running  map[string][]*running
	targets  map[string][]target // what the policies of a namespace are attached to
	order    map[*resource]int   // of policies
	marked   bool                // the namespace of a policy has a mark of a template
}

func placesOf(policies []*resource, shown []*running) places {
	p := places{
		policies: map[string][]*resource{}, running: map[string][]*running{},
		targets: map[string][]target{}, order: map[*resource]int{},
	}
	for i, r := range policies {
		p.name(r.Namespace)
		p.policies[r.Namespace] = append(p.policies[r.Namespace], r)
		p.order[r] = i
		p.marked = p.marked || kubernetes.HasMark(r.Namespace)
		for _, t := range r.targets {
			if !slices.Contains(p.targets[r.Namespace], t) {
				p.targets[r.Namespace] = append(p.targets[r.Namespace], t)
			}
		}
	}
	for _, r := range shown {
		p.name(r.namespace)
		p.running[r.namespace] = append(p.running[r.namespace], r)
	}
	return p
}

func (p *places) name(namespace string) {
	if p.policies[namespace] == nil && p.running[namespace] == nil {
		p.names = append(p.names, namespace)
	}
}

// near lists the policies that hold in a namespace, or may hold there.
func (c *cluster) near(namespace string) []*resource {
	if c.places.marked || kubernetes.HasMark(namespace) {
		return slices.DeleteFunc(slices.Clone(c.policies), func(p *resource) bool {
			return c.reaches(p, namespace) == rules.No
		})
	}
	own, ofRoot := c.places.policies[namespace], c.places.policies[c.root.name]
	if namespace == c.root.name || len(ofRoot) == 0 {
		return own
	}
	return slices.SortedFunc(slices.Values(slices.Concat(own, ofRoot)),
		func(a, b *resource) int { return c.places.order[a] - c.places.order[b] })
}
