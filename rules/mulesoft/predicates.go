package mulesoft

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// claimValueTest is the test that a configuration writes as a custom claim's value. The claim must
// equal a literal, or an expression must give true.
func (c *compiler) claimValueTest(claim, field string) rules.Predicate {
	e := c.parse(field)
	if e.expr == nil && e.fault == nil {
		return rules.Predicate{
			Op: rules.Equals, Loose: true,
			Input: rules.Claim(claim), Values: rules.Literals(field),
		}
	}
	if e.exact() {
		if p, ok := predicateOf(e.expr.Root, true); ok {
			return p
		}
	}
	return rules.Predicate{Op: rules.True, Input: c.opaque(e)}
}

// input is what a client id expression gives: a claim, where the expression only selects one.
func (c *compiler) input(field string) rules.Input {
	e := c.parseOnly(field)
	if e.exact() {
		if claim, ok := claimPath(e.expr.Root); ok {
			return rules.Claim(claim)
		}
	}
	return c.opaque(e)
}

// claimPath is the claim that a node selects. It is not ok for a node that does anything else.
func claimPath(n *dataweave.Node) (string, bool) {
	if path := n.Path(); len(path) == 3 && path[0] == "vars" && path[1] == "claimSet" {
		return path[2], true
	}
	return "", false
}

// propagatedClaims is where JWT Validation leaves the token's claims for the policies behind it.
const propagatedClaims = "authentication.properties.claims"

// propagatedClaim is the claim that an expression selects of those that an earlier policy has left
// for it. It is not ok for an expression that does anything else.
func propagatedClaim(e expression) (string, bool) {
	if !e.propagated || !e.exact() {
		return "", false
	}
	path := e.expr.Root.Path()
	if len(path) != 4 || strings.Join(path[:3], ".") != propagatedClaims {
		return "", false
	}
	return path[3], true
}

// predicateOf turns a boolean expression into a predicate that means exactly the same. It is not
// ok where there is none. Positive says that the expression can be true only if this node is true.
// A node that gives null or an error has the effect of false then.
func predicateOf(n *dataweave.Node, positive bool) (rules.Predicate, bool) {
	switch n = n.Bare(); n.Kind {
	case dataweave.And:
		return predicatesOf(rules.And, besides(n.Args, "true"), positive)
	case dataweave.Or:
		args := besides(n.Args, "false")
		return predicatesOf(rules.Or, args, positive && len(args) == 1)
	case dataweave.Not:
		p, ok := predicateOf(n.Args[0], false)
		return rules.Negate(p), ok
	case dataweave.Compare:
		return comparison(n, positive)
	case dataweave.If:
		if isBool(n.Args[1], "true") && isBool(n.Args[2], "false") {
			return predicateOf(n.Args[0], positive)
		}
	case dataweave.Call:
		return containment(n, positive)
	}
	return rules.Predicate{}, false
}

// isBool reports whether a node is true, or false.
func isBool(n *dataweave.Node, text string) bool {
	literal, ok := n.Literal()
	return ok && literal.Is(source.Bool) && literal.Text == text
}

// besides leaves out the nodes that are true, or false, which change nothing beside others.
func besides(args []*dataweave.Node, text string) []*dataweave.Node {
	return source.Without(args, func(arg *dataweave.Node) bool {
		return isBool(arg, text)
	})
}

// predicatesOf joins the predicates of several nodes.
func predicatesOf(op rules.Op, args []*dataweave.Node, positive bool) (rules.Predicate, bool) {
	p := rules.Predicate{Op: op}
	switch len(args) {
	case 0:
		return p, false
	case 1:
		return predicateOf(args[0], positive)
	}
	for _, arg := range args {
		part, ok := predicateOf(arg, positive)
		if !ok {
			return p, false
		}
		p.Of = append(p.Of, part)
	}
	return p, true
}

// comparison turns the comparison of a claim with a string or null into a predicate, and that of
// something that is true or false with either.
func comparison(n *dataweave.Node, positive bool) (p rules.Predicate, ok bool) {
	of := n.Args[0]
	literal, isLiteral := n.Args[1].Literal()
	if !isLiteral {
		of = n.Args[1]
		literal, isLiteral = n.Args[0].Literal()
	}
	if !isLiteral || n.Name != "==" && n.Name != "!=" {
		return p, false
	}
	claim, isClaim := claimPath(of)
	switch {
	case literal.Is(source.Bool):
		p, ok = predicateOf(of, positive && n.Name == "==" && literal.Text == "true")
		if !ok {
			return p, false
		}
		if literal.Text == "false" {
			p = rules.Negate(p)
		}
	case !isClaim:
		return p, false
	case literal.Is(source.String):
		p = rules.Predicate{
			Op: rules.Equals, Input: rules.Claim(claim), Values: []*source.Value{literal},
		}
	case literal.Is(source.Null):
		p = rules.Negate(rules.Found(rules.Claim(claim)))
	default:
		return p, false
	}
	if n.Name == "!=" {
		p = rules.Negate(p)
	}
	return p, true
}

// containment turns "claim contains 'x'" into a predicate. Where the claim is absent, the gateway
// and its version decide whether that is false or an error. It makes no difference only where the
// node is positive.
func containment(n *dataweave.Node, positive bool) (rules.Predicate, bool) {
	if n.Name != "contains" || len(n.Args) != 2 {
		return rules.Predicate{}, false
	}
	if list, ok := n.Args[0].Literal(); ok && list.Is(source.List) {
		return listed(list.Items, n.Args[1])
	}
	if !positive {
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

// listed turns "['x', 'y'] contains claim" into a predicate, which compares the claim with each.
func listed(items []*source.Value, of *dataweave.Node) (rules.Predicate, bool) {
	claim, ok := claimPath(of)
	isOther := func(item *source.Value) bool { return !item.Is(source.String) }
	if !ok || len(items) == 0 || slices.ContainsFunc(items, isOther) {
		return rules.Predicate{}, false
	}
	all := source.Each(items, func(item *source.Value) rules.Predicate {
		return rules.Predicate{
			Op: rules.Equals, Input: rules.Claim(claim), Values: []*source.Value{item},
		}
	})
	if len(all) == 1 {
		return all[0], true
	}
	return rules.Either(all...), true
}
