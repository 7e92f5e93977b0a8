package issued

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Names that look alike to the texts of some checks get the same from each of them, alone in a
// claim and between others.
func TestNamesThatLookAlikeGetTheSameVerdicts(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(16, 10))
	parts := []string{"A", "B", "Read", ".", "Orders"}
	name := func() string {
		var b strings.Builder
		for range 1 + random.IntN(4) {
			b.WriteString(parts[random.IntN(len(parts))])
		}
		return b.String()
	}
	ops := []rules.Op{
		rules.Equals, rules.OneOf, rules.Contains, rules.HasAll, rules.HasAny, rules.Prefix,
		rules.Suffix,
	}
	left := 0
	for range 300 {
		var checks []*rules.Check
		for range 1 + random.IntN(2) {
			claim := []string{"scp", "roles"}[random.IntN(2)]
			test := rules.Predicate{Op: ops[random.IntN(len(ops))], Input: rules.Claim(claim)}
			for range 1 + random.IntN(2) {
				test.Values = append(test.Values, source.NewString(name()))
			}
			checks = append(checks, &rules.Check{ID: rules.CustomClaim, Claim: claim, Test: test})
		}
		asked := requiredBy(askedBy([]*rules.Policy{{Root: rules.AllOf(checks...)}}))
		var names []string
		for len(names) < 40 {
			if n := name() + string(rune('a'+len(names)%26)); !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
		apart := asked.names.toldApart(names)
		left += len(names) - len(apart)
		for _, n := range names {
			same := func(other string) bool {
				return asked.names.appearance(other) == asked.names.appearance(n)
			}
			stands := apart[slices.IndexFunc(apart, same)]
			for _, beside := range []string{"", " Z9"} {
				for _, check := range checks {
					if a, b := tried(check, n, beside), tried(check, stands, beside); a != b {
						t.Fatalf("%v %v: %s gets %v, and %s, which stands for it, %v",
							check.Test.Op, check.Test.Values, n+beside, a, stands+beside, b)
					}
				}
			}
		}
	}
	if left == 0 {
		t.Error("no name stood for another one")
	}
}

// tried is what a check makes of a token with a scope and a role of this name, and others.
func tried(check *rules.Check, name, beside string) rules.Outcome {
	token, roles := blank(nil), append([]string{name}, strings.Fields(beside)...)
	token.Claims = &source.Value{Kind: source.Object, Members: []source.Member{
		{Key: "scp", Value: source.NewString(name + beside)},
		{Key: "roles", Value: source.NewList(roles...)},
	}}
	return (&rules.Request{Token: token}).Try(check)
}

func TestNamesAreToldApartWhereThereAreFewOrAnExpressionReadsThem(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 2 * fewNames {
		many = append(many, "Role."+string(rune('A'+i)))
	}
	compared := nameTexts{texts: []string{"Role.B"}}
	for what, c := range map[string]struct {
		n     nameTexts
		names []string
		want  int
	}{
		"few":                           {compared, many[:fewNames], fewNames},
		"many, and one is asked for":    {compared, many, 2},
		"many, and none is asked for":   {nameTexts{}, many, 1},
		"an expression makes something": {nameTexts{more: true}, many, 2 * fewNames},
	} {
		if got := c.n.toldApart(c.names); len(got) != c.want {
			t.Errorf("%s: got %d, want %d", what, len(got), c.want)
		}
	}
}

// An expression that comes in parts tells names apart by what its parts give, and one that does
// not, or of which a part is not known, tells every name from every other.
func TestNamesThatAnExpressionReads(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 2 * fewNames {
		many = append(many, "Role."+string(rune('A'+i)))
	}
	holdsB := func(r *rules.Request) rules.Reading {
		held := strings.Contains(r.Token.Claims.JSON(), "Role.B")
		text := map[bool]string{true: "yes", false: "no"}[held]
		return rules.Reading{Value: source.NewString(text)}
	}
	unknown := func(*rules.Request) rules.Reading {
		return rules.Reading{Unknown: &rules.Unknown{Why: "nobody knows"}}
	}
	parts := func(eval func(*rules.Request) rules.Reading, ok bool) *rules.Opaque {
		one := &rules.Opaque{Reads: []rules.Input{rules.Claim("roles")}, Eval: eval}
		return &rules.Opaque{
			Reads: one.Reads, Eval: eval,
			Parts: func(claim string) ([]*rules.Opaque, bool) {
				if claim != "roles" {
					return nil, ok
				}
				return []*rules.Opaque{one}, ok
			},
		}
	}
	for what, c := range map[string]struct {
		expression *rules.Opaque
		want       int
	}{
		"parts that are known": {parts(holdsB, true), 2},
		"a part is not known":  {parts(unknown, true), 2 * fewNames},
		"more than its parts":  {parts(holdsB, false), 2 * fewNames},
		"no parts at all": {
			&rules.Opaque{Reads: []rules.Input{rules.Claim("roles")}, Eval: holdsB}, 2 * fewNames,
		},
	} {
		check := &rules.Check{Test: rules.Predicate{
			Op: rules.True,
			Input: rules.Input{
				Source: rules.FromExpression, Opaque: c.expression,
			},
		}}
		asked := requiredBy(askedBy([]*rules.Policy{{Root: rules.AllOf(check)}}))
		if got := asked.names.toldApart(many); len(got) != c.want {
			t.Errorf("%s: got %d, want %d", what, len(got), c.want)
		}
	}
}
