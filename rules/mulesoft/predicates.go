package mulesoft

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// claimValueTest is what a custom claim's value asks of it: to equal a literal, or an expression
// to give true.
func (c *compiler) claimValueTest(claim, field string) rules.Predicate {
	e := c.parse(field)
	if e.expr == nil && e.fault == nil {
		return rules.Predicate{
			Op: rules.Equals, Input: rules.Claim(claim), Values: rules.Literals(field),
			Loose: true,
		}
	}
	if e.exact() {
		if p, ok := lower(e.expr.Root, true); ok {
			return p
		}
	}
	return rules.Predicate{Op: rules.True, Input: c.opaque(e)}
}

// input is what a client id expression reads: a claim where that is all it does.
func (c *compiler) input(field string) rules.Input {
	e := c.parse(field)
	if e.expr == nil && e.fault == nil {
		e.fault = plainText()
	}
	if e.exact() {
		if claim, ok := claimPath(e.expr.Root); ok {
			return rules.Claim(claim)
		}
	}
	return c.opaque(e)
}

// claimPath is the claim that a node selects, where it does nothing else.
func claimPath(n *dataweave.Node) (string, bool) {
	if path := n.Path(); len(path) == 3 && path[0] == "vars" && path[1] == "claimSet" {
		return path[2], true
	}
	return "", false
}

// lower turns a boolean expression into predicates where they mean exactly the same. Positive says
// that the expression is true only where this part is: a part that is null or an error is as good
// as false then.
func lower(n *dataweave.Node, positive bool) (rules.Predicate, bool) {
	switch n = n.Bare(); n.Kind {
	case dataweave.And:
		return lowerAll(rules.And, n.Args, positive)
	case dataweave.Or:
		return lowerAll(rules.Or, n.Args, false)
	case dataweave.Not:
		p, ok := lower(n.Args[0], false)
		return rules.Negate(p), ok
	case dataweave.Compare:
		return lowerCompare(n)
	case dataweave.Call:
		return lowerContains(n, positive)
	}
	return rules.Predicate{}, false
}

func lowerAll(op rules.Op, args []*dataweave.Node, positive bool) (rules.Predicate, bool) {
	p := rules.Predicate{Op: op}
	for _, arg := range args {
		part, ok := lower(arg, positive)
		if !ok {
			return p, false
		}
		p.Of = append(p.Of, part)
	}
	return p, true
}

// lowerCompare lowers the comparison of a claim with a string or null.
func lowerCompare(n *dataweave.Node) (rules.Predicate, bool) {
	claim, ok := claimPath(n.Args[0])
	literal, isLiteral := n.Args[1].Literal()
	if !ok {
		claim, ok = claimPath(n.Args[1])
		literal, isLiteral = n.Args[0].Literal()
	}
	if !ok || !isLiteral || n.Name != "==" && n.Name != "!=" {
		return rules.Predicate{}, false
	}
	var p rules.Predicate
	switch literal.Kind {
	case source.String:
		p = rules.Predicate{
			Op: rules.Equals, Input: rules.Claim(claim), Values: []*source.Value{literal},
		}
	case source.Null:
		p = rules.Negate(rules.Found(rules.Claim(claim)))
	default:
		return p, false
	}
	if n.Name == "!=" {
		p = rules.Negate(p)
	}
	return p, true
}

// lowerContains lowers "claim contains 'x'". Of a claim that is absent it is false or an error, by
// the gateway and its version: the same only where the whole is not true then.
func lowerContains(n *dataweave.Node, positive bool) (rules.Predicate, bool) {
	if n.Name != "contains" || len(n.Args) != 2 || !positive {
		return rules.Predicate{}, false
	}
	claim, ok := claimPath(n.Args[0])
	literal, isLiteral := n.Args[1].Literal()
	if !ok || !isLiteral || literal.Kind != source.String {
		return rules.Predicate{}, false
	}
	return rules.Predicate{
		Op: rules.Contains, Input: rules.Claim(claim), Values: []*source.Value{literal},
	}, true
}
