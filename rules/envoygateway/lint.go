package envoygateway

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// lintRules lists the rules that only Envoy Gateway's policies can break, and those that Istio's
// can break too, in its own words.
func lintRules() []rules.Rule {
	return rules.Since("0.1.0",
		tokenNotNeeded,
		outerPolicyDropped,
		rulesDecideNothing,
		ruleShadowed,
		providerNotInPolicy,
		textClaimComparedWithList,
		claimIsNoText,
		policyRefused,
		policyWithAnError,
		policySelectsNothing,
		fieldNotKnown,
		valueNotKnown,
		expressionNotParseable,
		expressionNotSupported,
		expressionDecidesNothing,
		queryInPath,
		tokenHeaderRefused,
	)
}

// subject is one instance, as a rule looks at it.
type subject struct {
	*compiler
	found *rules.Findings
}

// eachInstance is the check of a rule that looks at one instance at a time.
func eachInstance(look func(subject)) func(*rules.Subject) []rules.Finding {
	return rules.EachEntry(func(i *instance, found *rules.Findings) {
		look(subject{newCompiler(i, nil), found})
	})
}

// expressions lists those of the rules.
func (s *subject) expressions() []celExpression {
	var all []celExpression
	for _, r := range rulesIn(s.spec) {
		if e, ok := celOf(r); ok && s.doubt == nil {
			all = append(all, e)
		}
	}
	return all
}

// eachExpression is the check of a rule that looks at one expression at a time, of those that can
// be read.
func eachExpression(look func(subject, celExpression)) func(*rules.Subject) []rules.Finding {
	return eachInstance(func(s subject) {
		for _, e := range s.expressions() {
			if e.parsed != nil {
				look(s, e)
			}
		}
	})
}

// comparedClaims lists the claims that rules compare.
func (i *instance) comparedClaims() []comparedClaim {
	return slices.Concat(source.Each(rulesIn(i.spec), (*authRule).claims)...)
}

// ofEntra reports whether one of the providers is for tokens of Entra ID.
func (c *compiler) ofEntra() bool {
	return slices.ContainsFunc(c.providers, func(p *provider) bool {
		if _, ok := entra.ParseIssuer(p.Issuer); ok {
			return true
		}
		_, ok := entra.ParseKeysURL(p.at.TextAt("remoteJWKS", "uri"))
		return ok
	})
}

// tellClientsApart says how the gateway lets in some clients alone.
const tellClientsApart = "Envoy Gateway has no field for a client id: allow the clients by an " +
	"authorization rule on the claim azp of v2.0 tokens, or appid of v1.0, with " +
	"defaultAction Deny."

// advice lists what Envoy Gateway's fields are for the rules that hold for every gateway.
func advice() []rules.Advice {
	return []rules.Advice{
		{
			Rule: "audience-not-checked",
			Fix: "In Envoy Gateway list the API's audiences under audiences of each JWT " +
				"provider of the SecurityPolicy.",
			References: []string{docAPI},
		},
		{
			Rule: "issuer-not-pinned",
			Fix: "In Envoy Gateway write the tenant's issuer as issuer of the provider: without " +
				"it, every issuer is accepted that a key verifies.",
			References: []string{docAPI},
		},
		{
			Rule: "any-client-accepted", Fix: tellClientsApart,
			References: []string{docClaims, issueClients},
		},
		{
			Rule: "assignment-not-required", Fix: tellClientsApart,
			References: []string{docClaims, issueClients},
		},
		{
			Rule: "list-claim-compared-with-text",
			Fix: "In Envoy Gateway set valueType: StringArray; in cel write 'a-role' in … for " +
				"… == 'a-role'.",
			References: []string{docAPI},
		},
	}
}
