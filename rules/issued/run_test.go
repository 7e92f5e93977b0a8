package issued

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// A policy of very many conditions is evaluated for few choices of a token's holder: what was not
// tried is unknown.
func TestTheSearchIsBoundedByConditions(t *testing.T) {
	for _, conditions := range searched() {
		evaluated := 0
		check := &rules.Check{ID: rules.Authorization, Test: rules.Predicate{Op: rules.Or}}
		for i := range conditions {
			claim := rules.Claim(fmt.Sprint("claim", i))
			opaque := &rules.Opaque{Text: claim.Name, Reads: []rules.Input{claim}}
			opaque.Eval = func(r *rules.Request) rules.Reading {
				evaluated++
				got := r.Read(claim)
				if got.Unknown != nil {
					return got
				}
				return rules.Reading{Value: &source.Value{Kind: source.Bool, Text: "false"}}
			}
			check.Test.Of = append(check.Test.Of, rules.Predicate{
				Op: rules.True, Input: rules.Input{Source: rules.FromExpression, Opaque: opaque},
			})
		}
		view := NewView(policyOf(check), nil)
		forged := &Token{in: newSetting(entra.Clouds()[0], assumedTime), freedom: everything}
		got := view.Furthest(forged).Verdict
		says := ""
		if got.Decided != nil {
			says = got.Decided.Why()
		}
		if got.Outcome != rules.Undetermined || !strings.Contains(says, "gatewhy tries no more") {
			t.Errorf("%d conditions: %s: %s", conditions, got.Outcome, says)
		}
		if most := mostConditions + mostGuessed + 8*8*manyOpen*conditions; evaluated > most {
			t.Errorf("%d conditions: evaluated %d, more than %d", conditions, evaluated, most)
		}
	}
}

// Scopes and roles that the policies name one by one have very many combinations.
func TestNotAllScopesAreListedWithAllRoles(t *testing.T) {
	const names = 400
	var g grant
	for i := range names {
		g.scopes = append(g.scopes, fmt.Sprintf("Scope.%d", i))
		g.userRoles = append(g.userRoles, fmt.Sprintf("Role.%d", i))
	}
	r := required{made: map[namesOf]nameSets{}}
	r.names.more = true // any name counts for itself
	v := scopesVariable(&g, &r)
	if len(v.choices) != mostChoices || v.cut == "" {
		t.Errorf("%d choices, cut %q", len(v.choices), v.cut)
	}
	g.userRoles = g.userRoles[:4]
	v = scopesVariable(&g, &r)
	if want := (names + 2) * 6; len(v.choices) != want || v.cut != "" {
		t.Errorf("%d choices, want %d; cut %q", len(v.choices), want, v.cut)
	}
	if v.choices[0].values[0] != v.choices[1].values[0] {
		t.Error("choices of the same scopes do not share them")
	}
}
