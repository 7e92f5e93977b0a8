package istio

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// since is the version that has all rules of this adapter.
const since = "0.1.0"

// lintRules lists the rules that only Istio's policies can break.
func lintRules() []rules.Rule {
	return []rules.Rule{
		tokenNotNeeded(),
		noRequestAuthentication(),
		principalSlash(),
		scopeNotSplit(),
		claimIsNoText(),
		starIsLiteral(),
		ruleLeftOut(),
		policyRefused(),
		policyDecidesNothing(),
		dryRunLeftOn(),
		policySelectsNothing(),
		fieldNotKnown(),
		ruleAlwaysMatches(),
		ruleNeverMatches(),
		valueNeverMatches(),
		outputHeaderKept(),
	}
}

// instance is one workload, as a rule looks at it.
type instance struct {
	*compiler
	*rules.Policy
}

// eachInstance is the check of a rule that looks at one workload at a time.
func eachInstance(look func(instance) []rules.Finding) func(*rules.Subject) []rules.Finding {
	return rules.EachEntry(func(w *workload, policy *rules.Policy) []rules.Finding {
		return look(instance{w.compiler(), policy})
	})
}

// eachCondition visits each condition of a rule that counts, of any policy of a workload.
func (i *instance) eachCondition(visit func(r *authRule, one condition)) {
	for _, r := range i.authRules() {
		for _, some := range slices.Concat(r.from, r.to, [][]condition{r.when}) {
			for _, one := range some {
				visit(r, one)
			}
		}
	}
}

// authRules are the rules of all AuthorizationPolicies of a workload.
func (i *instance) authRules() []*authRule {
	var all []*authRule
	for _, p := range i.policies {
		if p.Kind == authorizationPolicy {
			all = append(all, p.rules()...)
		}
	}
	return all
}

// eachValue visits each value of each condition.
func (i *instance) eachValue(
	visit func(r *authRule, one condition, v *source.Value, l kubernetes.List),
) {
	i.eachCondition(func(r *authRule, one condition) {
		for _, l := range []kubernetes.List{one.values, one.not} {
			for _, v := range l.Values {
				visit(r, one, v, l)
			}
		}
	})
}

// ofEntra reports whether one of the JWT rules is for tokens of Entra ID.
func (i *instance) ofEntra() bool {
	return slices.ContainsFunc(i.jwt, func(r *jwtRule) bool {
		if _, ok := entra.ParseIssuer(r.issuer()); ok {
			return true
		}
		_, ok := entra.ParseKeysURL(r.text(keysField(r.at)))
		return ok
	})
}

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
		{
			Rule: "any-client-accepted",
			Fix: "In Istio name the clients in a when of each ALLOW rule: " +
				"request.auth.claims[azp] for v2.0 tokens, request.auth.claims[appid] for v1.0.",
			References: []string{docKeys},
		},
	}
}
