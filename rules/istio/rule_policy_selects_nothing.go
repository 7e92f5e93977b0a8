package istio

import (
	"github.com/gatewhy/gatewhy/rules"
)

func policySelectsNothing() rules.Rule {
	return rules.Rule{
		Name:  "policy-selects-nothing",
		Title: "a policy selects nothing that the files show",
		Why: "A selector looks at the labels of pods, those under spec.template.metadata.labels " +
			"of a Deployment, and not at those of the Deployment or of a Service. A policy that " +
			"selects no workload protects none.",
		Fix:      "Write the labels of the pods: kubectl get pods --show-labels shows them.",
		Severity: rules.Warning,
		Lesser: "a note where the namespace has no workload, and may be the root of the mesh: " +
			"its policies hold everywhere",
		Since:      since,
		References: []string{docPolicy, docRequest},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			for _, p := range i.policies {
				shown, selected := i.cluster.selectedBy(p)
				switch at := p.Spec.At("selector", "matchLabels"); {
				case len(p.targets) > 0 || p.selectorUnread != "" || selected != rules.No:
				case shown:
					all = append(all, i.FindingAt(at, "selector.matchLabels", "no workload of "+
						"these files has the labels %s", p.selector))
				case i.mayBeRoot(p):
					f := i.FindingAt(p.At, "metadata.namespace", "no workload of these files is "+
						"in the namespace %s: if it is the root of the mesh, %s holds in all of "+
						"them; the ConfigMap istio of the mesh says", p.Namespace, p)
					f.Severity = rules.Note
					all = append(all, f)
				}
			}
			return all
		}),
	}
}

// selectedBy tells whether the files show workloads where a policy may hold, and whether it
// selects one of them.
func (c *cluster) selectedBy(p *resource) (shown bool, selected rules.Truth) {
	selected = rules.No
	for _, r := range c.running {
		if near := c.reaches(p, r.namespace); near != rules.No {
			shown = true
			selected = max(selected, min(near, p.selector.Selects(r.labels)))
		}
	}
	return shown, selected
}

// mayBeRoot reports whether a policy's namespace may be the root of the mesh: the files show
// workloads, and neither one of that namespace nor what the mesh is configured with.
func (i *instance) mayBeRoot(p *resource) bool {
	return len(i.cluster.running) > 0 && !i.cluster.root.known && p.Namespace != "" &&
		p.Namespace != usualRoot
}
