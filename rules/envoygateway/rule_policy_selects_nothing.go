package envoygateway

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
)

func policySelectsNothing() rules.Rule {
	return rules.Rule{
		Name:  "policy-selects-nothing",
		Title: "a policy selects nothing that the files show",
		Why: "A SecurityPolicy is attached to what is in its own namespace. One that names or " +
			"selects a Gateway or a route that is not there protects nothing, and nobody says " +
			"so: it has no status.",
		Fix: "Write the name and the kind of a route or a Gateway of the policy's namespace, or " +
			"the labels that it has.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docAttach, codePolicy},
		Check: eachInstance(func(s subject) []rules.Finding {
			var all []rules.Finding
			p := s.policy
			shown := func(kind string) bool {
				return slices.ContainsFunc(s.shown, func(a *attachable) bool {
					return a.Kind == kind
				})
			}
			if p.idle != "" {
				all = append(all, s.FindingAt(p.Spec.Member("targetRefs"), "targetRefs", "%s",
					p.idle))
			}
			for _, ref := range p.refs {
				t := target{ref.Kind, p.Namespace, ref.Name, ref.Section}
				if s.lacksSection(t) {
					all = append(all, s.FindingAt(ref.At, "targetRefs", "%s %s has no section %s "+
						"in these files: the policy is not attached to it", ref.Kind,
						qualified(p.Namespace, ref.Name), ref.Section))
				}
				if shown(ref.Kind) && !s.mayShow(t) {
					all = append(all, s.FindingAt(ref.At, "targetRefs",
						"there is no %s %s in these files", ref.Kind,
						qualified(p.Namespace, ref.Name)))
				}
			}
			list := itemsOf(p.Spec.Member("targetSelectors"))
			for i, selector := range p.selectors {
				if shown(selector.kind) && !selector.wide &&
					s.selectsShown(p, selector) == rules.No {
					all = append(all, s.FindingAt(list[i], "targetSelectors",
						"no %s of namespace %s has the labels %s in these files",
						selector.kind, p.Namespace, selector.String()))
				}
			}
			return all
		}),
	}
}

// mayShow reports whether the files show a resource, or one that may be it.
func (c *cluster) mayShow(t target) bool {
	return slices.ContainsFunc(c.shown, func(a *attachable) bool { return a.mayBe(t) })
}
