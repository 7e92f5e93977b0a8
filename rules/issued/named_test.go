package issued

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// A client that a policy admits and no file shows may be anyone's, however the policy names it.
func TestAClientIsNamedByItsIDAPartOfItOrAnExpression(t *testing.T) {
	t.Parallel()
	const other = "e0000058-0000-4000-8000-000000000058"
	const completed = "e0000058-0000-4000-8000-000000000001" // with the digits of a stranger's
	for name, row := range map[string]struct {
		claim, expression string
		want              string // the first of the ids
	}{
		"a list":        {"appid", `['` + webUAT + `', '` + other + `']`, other},
		"a list of one": {"azp", `['` + other + `'] contains vars.claimSet.azp`, other},
		"a list in a text": {
			"appid", `splitBy('` + webUAT + `, ` + other + `', ',')`, other,
		},
		"a text with blanks between": {
			"appid", `'` + webUAT + ` ` + other + `' contains x`, other,
		},
		"in capitals": {
			"appid", `upper(x) == 'E0000058-0000-4000-8000-000000000058'`, other,
		},
		"its start":        {"appid", `x startsWith 'e0000058-0000'`, completed},
		"the client shown": {"appid", `x startsWith '` + webUAT[:8] + `'`, ""},
		"the client shown, by so little that anybody gets such an id": {
			"appid", `x startsWith '` + webUAT[:4] + `'`, webUAT[:4] + strangerID[4:],
		},
		"a regular expression": {"appid", `x matches /e0{5}58-.*/`, completed},
		"one with classes": {
			"appid", `x matches /^[eE]0000058(-[0-9a-f]{4}){3}-[0-9a-f]+$/`,
			"e0000058-0000-0000-0000-000000000001",
		},
		"one of alternatives":       {"appid", `x contains /` + webUAT + `|` + other + `/`, other},
		"a template of another":     {"appid", `x == 'api://e0000058'`, ""},
		"something else altogether": {"appid", `x == 'web' or y == "orders"`, ""},
		"a part too long":           {"appid", `x == '` + other + `0'`, ""},
		"no digits":                 {"appid", `splitBy(x, '-')`, ""},
		"another claim":             {"roles", `['` + other + `']`, ""},
	} {
		check := &rules.Check{ID: rules.CustomClaim, Test: rules.Predicate{
			Op: rules.True, Input: rules.Input{Source: rules.FromExpression, Opaque: &rules.Opaque{
				Text: "#[" + row.expression + "]", Reads: []rules.Input{rules.Claim(row.claim)},
				Eval: func(*rules.Request) rules.Reading { return rules.Reading{} },
			}},
		}}
		got := clientsNamedBy(
			askedBy(policyOf(check)), namesOne(map[string]bool{webUAT: true}),
		)
		if first := append(got, "")[0]; first != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

// TestAPatternTellsClientsApart holds ids that only a regular expression, or one end of an id,
// tells from others.
func TestAPatternTellsClientsApart(t *testing.T) {
	t.Parallel()
	pattern, err := rules.WholePattern("[^-]*-0000-.*1")
	if err != nil {
		t.Fatal(err)
	}
	const one = "abcd0000-0000-4000-8000-000000000001"
	const other = "abcd0000-0000-4000-8000-00000000000a"
	matching := &rules.Texts{Patterns: []*regexp.Regexp{pattern}}
	slash := &rules.Texts{SlashAlike: true}
	for name, p := range map[string]rules.Predicate{
		"a pattern":   {Op: rules.Matches, Texts: matching},
		"the end":     {Op: rules.Suffix, Values: rules.Literals("0001")},
		"another end": {Op: rules.Suffix, Values: rules.Literals("000a")},
		"a slash":     {Op: rules.OneOf, Values: rules.Literals(one + "/"), Texts: slash},
	} {
		p.Input = rules.Claim("azp")
		v := NewView(policyOf(&rules.Check{ID: rules.CustomClaim, Test: p}), nil)
		if v.class(one, false) == v.class(other, false) {
			t.Errorf("%s: the two clients look the same", name)
		}
	}
	v := NewView(policyOf(&rules.Check{ID: rules.CustomClaim, Test: rules.Predicate{
		Op: rules.Matches, Input: rules.Claim("azp"), Texts: matching,
	}}), nil)
	if _, few := (&Classes{guids: true}).distinctIDs(v, false); few {
		t.Error("only the ids that the check names are looked at, and it names none")
	}
}

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
