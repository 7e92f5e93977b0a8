package istio

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// lintRules lists the rules that only Istio's policies can break.
func lintRules() []rules.Rule {
	return rules.Since("0.1.0",
		tokenNotNeeded,
		noRequestAuthentication,
		principalSlash,
		scopeNotSplit,
		claimIsNoText,
		starIsLiteral,
		ruleLeftOut,
		policyRefused,
		policyDecidesNothing,
		dryRunLeftOn,
		policySelectsNothing,
		fieldNotKnown,
		valueNotKnown,
		ruleAlwaysMatches,
		ruleNeverMatches,
		valueNeverMatches,
		outputHeaderKept,
	)
}

// instance is one workload, as a rule looks at it.
type instance struct {
	*compiler
	found *rules.Findings
}

// eachInstance is the check of a rule that looks at one workload at a time.
func eachInstance(look func(instance)) func(*rules.Subject) []rules.Finding {
	return rules.EachEntry(func(w *workload, found *rules.Findings) {
		look(instance{w.compiler(), found})
	})
}

// authRules are the rules of all AuthorizationPolicies of a workload.
func (w *workload) authRules() []*authRule { return authRulesOf(w.policies) }

func authRulesOf(policies []*resource) []*authRule {
	var all []*authRule
	for _, p := range policies {
		if p.Kind == authorizationPolicy {
			all = append(all, p.rules()...)
		}
	}
	return all
}

// comparison is a value that a rule compares an attribute with.
type comparison struct {
	rule      *authRule
	attribute string
	list      kubernetes.List // that has the value
	not       bool            // the attribute must not have it
	*source.Value
}

// comparisons lists the values that the rules of a workload compare attributes with.
func (w *workload) comparisons() []comparison { return comparisonsIn(w.authRules()) }

func comparisonsIn(some []*authRule) []comparison {
	var all []comparison
	for _, r := range some {
		for _, one := range r.conditions() {
			for _, v := range one.values.Values {
				all = append(all, comparison{r, one.attribute, one.values, false, v})
			}
			for _, v := range one.not.Values {
				all = append(all, comparison{r, one.attribute, one.not, true, v})
			}
		}
	}
	return all
}

// ofEntra reports whether one of the JWT rules is for tokens of Entra ID.
func (i *instance) ofEntra() bool {
	return slices.ContainsFunc(i.jwt, func(r *jwtRule) bool {
		if _, ok := entra.ParseIssuer(r.issuer()); ok {
			return true
		}
		_, ok := entra.ParseKeysURL(r.at.TextAt(keysField(r.at)))
		return ok
	})
}

// tellClientsApart says how the gateway lets in some clients alone.
const tellClientsApart = "In Istio name the clients in a when of each ALLOW rule: " +
	"request.auth.claims[azp] for v2.0 tokens, request.auth.claims[appid] for v1.0."

// advice lists what Istio's fields are for the rules that hold for every gateway.
func advice() []rules.Advice {
	return []rules.Advice{
		{
			Rule: "audience-not-checked",
			Fix: "In Istio list the API's audiences under audiences of each of the jwtRules of " +
				"the RequestAuthentication.",
			References: []string{docRules},
		},
		{
			Rule: "issuer-not-pinned",
			Fix: "In Istio write the tenant's issuer as issuer of the JWT rule: with jwksUri " +
				"alone, every issuer is accepted.",
			References: []string{docRules},
		},
		{Rule: "any-client-accepted", Fix: tellClientsApart, References: []string{docKeys}},
		{Rule: "assignment-not-required", Fix: tellClientsApart, References: []string{docKeys}},
	}
}
