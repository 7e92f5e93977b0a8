package issued

import (
	"regexp"
	"testing"

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
