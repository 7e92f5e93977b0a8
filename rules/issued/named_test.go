package issued

import (
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
