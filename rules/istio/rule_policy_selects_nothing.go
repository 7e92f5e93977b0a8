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
		Fix:        "Write the labels of the pods: kubectl get pods --show-labels shows them.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docPolicy, docRequest},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			for _, p := range i.policies {
				shown, selected := false, false
				for _, r := range i.cluster.running {
					if r.namespace == p.Namespace || p.Namespace == i.cluster.root.name {
						shown = true
						selected = selected || p.selector.Selects(r.labels)
					}
				}
				if shown && !selected && len(p.targets) == 0 && p.selectorUnread == "" {
					at := p.Spec.At("selector", "matchLabels")
					all = append(all, i.findingAt(at, "selector.matchLabels", "no workload of "+
						"these files has the labels %s", p.selector))
				}
			}
			return all
		}),
	}
}
