package istio

import "github.com/gatewhy/gatewhy/rules"

func dryRunLeftOn() rules.Rule {
	return rules.Rule{
		Name:  "dry-run-left-on",
		Title: "an AuthorizationPolicy is in dry run, and decides nothing",
		Why: "With the annotation istio.io/dry-run a policy is logged only: what an ALLOW " +
			"policy would keep out gets in, if no other policy keeps it out.",
		Fix:        "Remove the annotation istio.io/dry-run once its log says what it should.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docDryRun},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			for _, p := range i.policies {
				if p.logged() && p.Kind == authorizationPolicy {
					all = append(all, i.FindingAt(p.dryRun(), dryRun,
						"%s decides nothing: it is in dry run", p))
				}
			}
			return all
		}),
	}
}
