package istio

import "github.com/gatewhy/gatewhy/rules"

func ruleLeftOut() rules.Rule {
	return rules.Rule{
		Name:  "rule-left-out",
		Title: "Istio leaves a rule, or a part of it, out",
		Why: "A rule with an attribute that Istio does not know is left out, whatever its " +
			"action: a DENY rule then denies nothing. Of a value that it can't build, such as " +
			"one that is not an address, an ALLOW rule is left out whole, and a DENY rule loses " +
			"the condition and denies more. Istio's admission webhook refuses most of this: " +
			"then the policy of before stays.",
		Fix:        "Name the attribute and the value as the list of conditions has them.",
		Severity:   rules.Error,
		References: []string{docKeys, codeModel},
		Check: eachInstance(func(i instance) {
			for _, r := range i.authRules() {
				why := r.unbuilt
				what := "this rule"
				if r.broken == "" && r.of.action() != actionAllow {
					what = "a condition of this rule"
				}
				if why != "" {
					i.found.At(r.at, r.path(), "%s is left out: %s", what, why)
				}
			}
		}),
	}
}

func ruleNeverMatches() rules.Rule {
	return rules.Rule{
		Name:  "rule-never-matches",
		Title: "a rule can't match any request",
		Why: "All conditions of a rule must hold, and these exclude each other. A DENY rule " +
			"that never matches denies nothing; an ALLOW rule lets nobody in.",
		Fix:        "Write alternatives as values of one list, or as rules of their own.",
		Severity:   rules.Error,
		Lesser:     "a warning for an ALLOW rule: others may let in the same callers",
		References: []string{docPolicy, docKeys},
		Check: eachInstance(func(i instance) {
			for _, r := range i.authRules() {
				why := r.never()
				if why == "" || r.broken != "" {
					continue
				}
				f := i.found.At(r.at, r.path(), "this %s rule never matches: %s",
					r.of.action(), why)
				if r.of.action() == actionAllow {
					f.Severity = rules.Warning
				}
			}
		}),
	}
}

func ruleAlwaysMatches() rules.Rule {
	return rules.Rule{
		Name:  "rule-always-matches",
		Title: "a rule matches every request, so that other rules decide nothing",
		Why: "ALLOW rules are alternatives, of all policies that select the workload: one that " +
			"matches every request lets in what the others would not. A DENY rule that matches " +
			"every request denies what ALLOW rules let in, for DENY comes first.",
		Fix: "Say in the rule what it is for, or remove it. A policy that is to allow nothing " +
			"has no rules.",
		Severity:   rules.Warning,
		References: []string{docPolicy},
		Check: eachInstance(func(i instance) {
			allowed := i.allowRules()
			for _, r := range allowed {
				if n := len(allowed) - 1; r.always() && n > 0 {
					i.found.At(r.at, r.path(), "this rule lets in every request: %s nothing",
						othersDecide(n))
				}
			}
			for _, p := range i.enforced(actionDeny) {
				for _, r := range p.rules() {
					if r.always() && len(allowed) > 0 {
						i.found.At(r.at, r.path(), "this rule denies every request: the ALLOW "+
							"rules of this workload let in nobody")
					}
				}
			}
		}),
	}
}

func othersDecide(n int) string {
	if n == 1 {
		return "the other ALLOW rule of this workload decides"
	}
	return "the other ALLOW rules of this workload decide"
}
