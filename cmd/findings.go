package cmd

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/lint"
)

// catalogue lists every rule: those that hold for all gateways, then each vendor's own.
func catalogue() []rules.Rule {
	all := lint.Rules()
	for _, adapter := range adapters() {
		all = append(all, adapter.Rules...)
	}
	return all
}

// lintPolicies runs the rules on policies, API by API.
func lintPolicies(catalogue []rules.Rule, policies []*rules.Policy, files []*source.File) []rules.Finding {
	var all []rules.Finding
	for _, api := range byAPI(policies) {
		all = append(all, lint.Run(catalogue, &rules.Subject{Policies: api, Files: files})...)
	}
	return all
}

// byAPI puts the policies of one API together, in their order.
func byAPI(policies []*rules.Policy) [][]*rules.Policy {
	var all [][]*rules.Policy
	for _, p := range policies {
		i := slices.IndexFunc(all, func(of []*rules.Policy) bool { return of[0].API == p.API })
		if i < 0 {
			all = append(all, []*rules.Policy{p})
			continue
		}
		all[i] = append(all[i], p)
	}
	return all
}

// withLint adds what the rules find in the policies to what is known of them already.
func (s *policySet) withLint(known []rules.Finding) []rules.Finding {
	return lint.Sort(append(slices.Clone(known), lintPolicies(catalogue(), s.policies, s.files)...))
}
