package issued

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// A policy that wants some roles and not others lets in a client that has just these: each role
// alone and all together are not all that a client can be granted.
func TestSomeRolesAndNotOthers(t *testing.T) {
	t.Parallel()
	with := func(role int) rules.Predicate {
		return rules.Predicate{
			Op: rules.Contains, Input: rules.Claim("roles"),
			Values: rules.Literals(fmt.Sprintf("Role.%c", 'A'+role)),
		}
	}
	without := func(role int) rules.Predicate { return rules.Negate(with(role)) }
	all := func(n int, of func(int) rules.Predicate) (parts []rules.Predicate) {
		for role := range n {
			parts = append(parts, of(role))
		}
		return parts
	}
	alternately := func(role int) rules.Predicate {
		if role%2 == 0 {
			return with(role)
		}
		return without(role)
	}
	counted := func(n string) rules.Predicate {
		roles := rules.Claim("roles")
		return rules.Predicate{Op: rules.True, Input: rules.Computed(
			"sizeOf(roles) == "+n, func(r *rules.Request) rules.Reading {
				got := r.Read(roles)
				if got.Unknown == nil {
					items, _ := got.Value.Strings()
					got.Value = source.NewBool(strconv.Itoa(len(items)) == n)
				}
				return got
			}, roles,
		)}
	}
	tests := []struct {
		name  string
		parts []rules.Predicate
		want  rules.Decision
	}{
		{"a role that is alone", []rules.Predicate{with(0), without(1)}, rules.Accepted},
		{"two roles without a third", []rules.Predicate{
			with(0), with(2), without(1),
		}, rules.Accepted},
		{"five roles without five others", all(10, alternately), rules.Accepted},
		{"more than are tried", all(12, alternately), rules.Undetermined},
		{"two roles, one of them the last", []rules.Predicate{
			with(15), counted("2"),
		}, rules.Accepted},
		{"more roles than are tried", []rules.Predicate{
			with(15), counted("12"),
		}, rules.Undetermined},
		{"a role that the API does not define", []rules.Predicate{
			with(40), without(1), without(2),
		}, rules.Rejected},
		{"a role that must be there and not", []rules.Predicate{
			with(0), without(0), without(1), without(2),
		}, rules.Rejected},
	}
	for _, test := range tests {
		policies := policyOf(&rules.Check{
			ID: rules.CustomClaim, Test: rules.Both(test.parts...),
		})
		api := entra.Registration{AppID: entra.Text{Value: ExampleAPI}}
		for role := range 16 {
			api.Roles = append(api.Roles, roleNamed(fmt.Sprintf("Role.%c", 'A'+role)))
		}
		w := &World{Tenant: tenantID, Cloud: entra.Clouds()[0], At: noon, Places: []Place{{
			Name: "uat", API: &api, Policies: policies,
			Clients: []*entra.Registration{{AppID: entra.Text{Value: ExampleClient}}},
		}}}
		kinds, v := w.Kinds(), NewView(policies, nil)
		own := func(k *Kind) bool { return k.Home == "uat" && k.For == "uat" }
		if got := furthestOf(NewClasses(kinds).Run(v), kinds, own); got != test.want {
			t.Errorf("%s: matrix says %s, want %s", test.name, got, test.want)
		}
		if got := furthestAmong(v, w.HoldersAt("uat").Own()); got != test.want {
			t.Errorf("%s: lint says %s, want %s", test.name, got, test.want)
		}
	}
}
