package issued

import (
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// TestATextIsAboutTheClaimThatItIsComparedWith holds a check that asks several things at once: an
// algorithm is no name of an API, and a role no object's id.
func TestATextIsAboutTheClaimThatItIsComparedWith(t *testing.T) {
	t.Parallel()
	oneOf := func(in rules.Input, text string) rules.Predicate {
		return rules.Predicate{Op: rules.OneOf, Input: in, Values: rules.Literals(text)}
	}
	check := &rules.Check{ID: rules.Authorization, Test: rules.Negate(rules.Both(
		oneOf(rules.Input{Source: rules.FromHeader, Name: "alg"}, "RS256"),
		oneOf(rules.Claim("aud"), "api://orders"), oneOf(rules.Claim("roles"), "Orders.Read"),
		rules.Predicate{Op: rules.Prefix, Input: rules.Claim("oid"), Values: rules.Literals("07")},
	))}
	asked := askedBy(policyOf(check))
	for claim, want := range map[string][]string{
		"aud": {"api://orders"}, "roles": {"Orders.Read"}, "oid": {"07"}, "sub": nil,
	} {
		if got := textsOf(asked)[claim]; !slices.Equal(got, want) {
			t.Errorf("%s is compared with %q, want %q", claim, got, want)
		}
	}
	if near := nearAudiences(asked, nil); len(near) > 0 {
		t.Errorf("the audience is compared whole, and %q are near it", near)
	}
	o := &objects{shown: map[string]bool{}}
	if id := o.unshown(asked); id != "07" {
		t.Errorf("the object id %q is asked for, want 07", id)
	}
}
