package mulesoft

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// TestExpressionsThatMeanTheSameAreTheSameTest holds what an expression is as a predicate.
func TestExpressionsThatMeanTheSameAreTheSameTest(t *testing.T) {
	t.Parallel()
	equals := func(text string) rules.Predicate {
		return rules.Predicate{
			Op: rules.Equals, Input: rules.Claim("roles"), Values: rules.Literals(text),
		}
	}
	contains := equals("x")
	contains.Op = rules.Contains
	const is, has = "(vars.claimSet.roles == 'x')", "(vars.claimSet.roles contains 'x')"
	for text, want := range map[string]rules.Predicate{
		is:                                        equals("x"),
		is + " == true":                           equals("x"),
		"true == " + is:                           equals("x"),
		is + " != true":                           rules.Negate(equals("x")),
		is + " == false":                          rules.Negate(equals("x")),
		is + " != false":                          rules.Negate(rules.Negate(equals("x"))),
		is + " or false":                          equals("x"),
		"true and " + is:                          equals("x"),
		"if " + is + " true else false":           equals("x"),
		has + " == true":                          contains,
		has + " or false":                         contains,
		"if " + has + " true else false":          contains,
		"['x'] contains vars.claimSet.roles":      equals("x"),
		"!(['x'] contains vars.claimSet.roles)":   rules.Negate(equals("x")),
		"['x', 'y'] contains vars.claimSet.roles": rules.Either(equals("x"), equals("y")),

		// null differs from false, or everything or nothing passes
		has + " != false":                          {},
		has + " == false":                          {},
		is + " or true":                            {},
		"false or false":                           {},
		"vars.claimSet.roles == true":              {},
		"if " + is + " true else true":             {},
		"['x', null] contains vars.claimSet.roles": {},
		"[] contains vars.claimSet.roles":          {},
	} {
		expr, err := dataweave.Parse(text, dataweave.Mule)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got, ok := predicateOf(expr.Root, true)
		if !ok {
			got = rules.Predicate{}
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(source.Value{})); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}
