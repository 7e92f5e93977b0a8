package dataweave

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// TestAClaimThatIsThereIsNotNullThoughItsValueIsNotKnown holds the comparisons with null of a
// value of which only that is known. Flex Gateway's documentation has no null.
func TestAClaimThatIsThereIsNotNullThoughItsValueIsNotKnown(t *testing.T) {
	there := &source.Value{Kind: source.Unknown, Text: "not known", Present: true}
	perhaps := &source.Value{Kind: source.Unknown, Text: "not known"}
	set := &source.Value{
		Kind:    source.Object,
		Members: []source.Member{{Key: "oid", Value: there}, {Key: "upn", Value: perhaps}},
	}
	env := Env{
		Vars: &source.Value{
			Kind: source.Object, Members: []source.Member{{Key: "claimSet", Value: set}},
		},
	}
	for expression, want := range map[string]rules.Truth{
		"vars.claimSet.oid != null":                           rules.Yes,
		"null == vars.claimSet.oid":                           rules.No,
		"(vars.claimSet.oid default vars.claimSet.x) != null": rules.Yes,
		"(vars.claimSet.oid) == null":                         rules.No,
		"vars.claimSet.oid == 'a'":                            rules.Maybe,
		"vars.claimSet.oid.part != null":                      rules.Maybe,
		"vars.claimSet.oid[7] != null":                        rules.Maybe,
		"upper(vars.claimSet.oid) == null":                    rules.Maybe,
		"vars.claimSet.upn != null":                           rules.Maybe,
		"vars.claimSet.x != null":                             rules.No,
	} {
		expr, err := Parse(expression, Mule)
		if err != nil {
			t.Fatal(err)
		}
		if got := expr.Eval(env).Holds(); got != want {
			t.Errorf("%s is %v, want %v", expression, got, want)
		}
	}
}
