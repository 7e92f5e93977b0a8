package envoygateway

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

// tellsProvidersApart reports whether it makes a difference which of several providers accepts the
// token: a rule that is about the claims of one is about no token of another.
func (c *compiler) tellsProvidersApart() bool {
	return len(c.providers) > 1 && c.open == rules.No && c.providersUnread() == nil &&
		slices.ContainsFunc(rulesIn(c.spec), func(r *authRule) bool {
			_, hasExpression := celOf(r)
			return hasExpression || r.jwt().Is(source.Object)
		})
}

// each is that one of the providers accepts the token, and that the rules allow the request with
// the claims that it has left. The first that accepts a token is asked alone.
func (c *compiler) each(folded bool) rules.Node {
	node := rules.Node{Reports: rules.Weightiest, Any: []rules.Node{}}
	for i, p := range c.providers {
		one := c.filter().Accepts(p.Provider)
		if check := c.notBefore(p, c.providers[:i]); check != nil {
			one.All = append(one.All, rules.Node{Check: check})
		}
		if authorized, ok := c.with(p).authorization(folded); ok {
			one.All = append(one.All, authorized)
		}
		node.Any = append(node.Any, one)
	}
	if c.optional == rules.No {
		return node
	}
	without, asks := c.with().authorization(folded)
	return rules.Node{Exempts: !asks, First: &rules.First{
		Branches: []rules.Branch{{If: rules.Node{Check: c.noToken()}, Then: without}},
		Default:  node,
	}}
}

// with is the compiler of what the rules make of a token that one of these providers has accepted,
// or without any, of a request without a token.
func (c *compiler) with(some ...*provider) *compiler {
	other := *c
	if other.only = some; some == nil {
		other.only = []*provider{}
	}
	return &other
}

// notBefore is the check that none of the providers before accepts the token; nil where none can.
func (c *compiler) notBefore(p *provider, before []*provider) *rules.Check {
	var parts []rules.Predicate
	for _, other := range before {
		if other.MayShare(p.Provider) {
			parts = append(parts, rules.Negate(acceptedBy(other.Provider)))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	check := rules.CheckAt(rules.Authorization, p.at, p.path+"name", inferred(codeRules))
	check.Test = envoy.Both(parts)
	check.Wants = "a token that no provider before " + p.name + " accepts"
	check.Answer = c.row(envoy.Denied)
	return check
}

// counts reports whether a rule can match, as far as it is known which provider has accepted the
// token.
func (c *compiler) counts(r *authRule) bool {
	jwt := r.jwt()
	if c.only == nil || !jwt.Is(source.Object) {
		return true
	}
	p := c.providerOf(jwt)
	return slices.Contains(c.only, p) || p == nil && len(c.only) > 0
}
