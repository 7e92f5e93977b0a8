package rules

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func manyRoles() []*source.Value {
	var names []string
	for i := range mostNamed + 1 {
		names = append(names, "Role."+strconv.Itoa(i))
	}
	return Literals(names...)
}

func TestWhatAFailedCheckLacksIsWhatWouldLetItPass(t *testing.T) {
	t.Parallel()
	scp, roles := Claim("scp"), Claim("roles")
	words := &Texts{Separator: " "}
	unknown := func(*Request) Reading { return Reading{Unknown: &Unknown{Why: "not evaluated"}} }
	expression := Computed("#[vars.claimSet['scp'] contains 'orders.read']", unknown, scp)
	user := `{"iss":"` + v2Issuer + `","ver":"2.0","scp":"read"}`
	tests := []struct {
		name   string
		test   Predicate
		claims string
		want   Lacking
	}{
		{
			"all of some scopes",
			Predicate{Op: HasAll, Input: scp, Values: Literals("a", "read", "b"), Texts: words},
			user,
			Lacking{Claim: "scp", Names: []string{"a", "b"}},
		},
		{
			"one of some roles: the first is enough",
			Predicate{Op: HasAny, Input: roles, Values: Literals("A", "B", "C")},
			user,
			Lacking{Claim: "roles", Names: []string{"A"}, Or: []string{"B", "C"}},
		},
		{
			"one of some roles, and something that is not known",
			Both(
				Predicate{Op: HasAny, Input: roles, Values: Literals("A", "B")},
				Predicate{Op: True, Input: Computed("#[payload.ok]", unknown, roles)},
			),
			user,
			Lacking{Claim: "roles", Names: []string{"A"}, Or: []string{"B"}},
		},
		{
			"one of very many: whichever it is",
			Predicate{Op: HasAny, Input: roles, Values: manyRoles()},
			user,
			Lacking{Claim: "roles"},
		},
		{
			"the token itself is no other claim",
			Both(
				Predicate{Op: Readable},
				Predicate{Op: HasAny, Input: roles, Values: Literals("A")},
			),
			user,
			Lacking{Claim: "roles", Names: []string{"A"}},
		},
		{
			"a whole text, the order of which Entra ID decides",
			Predicate{Op: Equals, Input: scp, Values: Literals("read a")},
			user,
			Lacking{},
		},
		{
			"one text, which more scopes don't make",
			Predicate{Op: Equals, Input: scp, Values: Literals("a")},
			user,
			Lacking{},
		},
		{
			"a role that must not be there beside another",
			Both(
				Predicate{Op: HasAny, Input: roles, Values: Literals("A")},
				Negate(Predicate{Op: HasAny, Input: roles, Values: Literals("B")}),
			),
			`{"iss":"` + v2Issuer + `","ver":"2.0","roles":["A","B"]}`,
			Lacking{},
		},
		{
			"what no token can hold",
			Predicate{Op: HasAny, Input: scp, Values: Literals("api://orders/read"), Texts: words},
			user,
			Lacking{},
		},
		{
			"a claim of another kind",
			Predicate{Op: Equals, Input: Claim("idtyp"), Values: Literals("app")},
			user,
			Lacking{},
		},
		{
			"an expression that can't be evaluated does not fail",
			Predicate{Op: True, Input: expression},
			user,
			Lacking{},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check := &Check{ID: CustomClaim, Test: test.test}
			r := &Evaluate([]*Policy{{Root: AllOf(check)}}, claims(test.claims)).Results[0]
			if diff := cmp.Diff(test.want, r.Lacks()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
