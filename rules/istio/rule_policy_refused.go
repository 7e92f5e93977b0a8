package istio

import "github.com/gatewhy/gatewhy/rules"

func policyRefused() rules.Rule {
	return rules.Rule{
		Name:  "policy-refused",
		Title: "the cluster refuses a policy",
		Why: "The API server takes only what the definition of the resource allows, and asks " +
			"Istio's webhook about the rest. What is refused does not get into the cluster: the " +
			"policy of before stays, or there is none.",
		Fix: "Write the field as the reference has it. kubectl apply --dry-run=server asks the " +
			"cluster without a change.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docPolicy, docRequest, codeValidate},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			for _, p := range i.policies {
				for _, r := range p.refused() {
					all = append(all, i.FindingAt(r.at, r.field, "%s is refused: %s", p, r.why))
				}
			}
			return all
		}),
	}
}
