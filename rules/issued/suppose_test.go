package issued

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// An expression is tried on claims in the form that tokens have them in: what it gives for others
// is of no matter.
func TestWhatIsNeverEvaluatedIsTriedOnClaimsAsTokensHaveThem(t *testing.T) {
	t.Parallel()
	only := func(claim string, kind source.Kind) *rules.Check {
		in := rules.Claim(claim)
		eval := func(r *rules.Request) rules.Reading {
			if r.Read(in).Value.Is(kind) {
				return rules.Reading{Value: source.NewBool(true)}
			}
			return rules.Reading{Unknown: &rules.Unknown{Why: "of another form"}}
		}
		return &rules.Check{ID: rules.CustomClaim, Test: rules.Predicate{
			Op: rules.True,
			Input: rules.Input{Source: rules.FromExpression, Opaque: &rules.Opaque{
				Text: "f", Reads: []rules.Input{in}, Eval: eval,
			}},
		}}
	}
	secret := only("tid", source.List)
	secret.ID = rules.ClientSecret
	for _, test := range []struct {
		name  string
		check *rules.Check
		never bool
	}{
		{"a list", only("roles", source.List), false},
		{"a text of what is a list", only("roles", source.String), true},
		{"a text", only("tid", source.String), false},
		{"a list of what is a text", only("tid", source.List), true},
		{"a time", only("exp", source.Number), false},
		{"a text of what is a time", only("exp", source.String), true},
		{"a claim of others as a list", only("team", source.List), false},
		{"a claim of others as a text", only("team", source.String), false},
		{"a secret, which only the gateway knows", secret, false},
	} {
		got := NeverKnown(test.check)
		if want := test.never; (got != "") != want || want && !strings.Contains(got, "form") {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}
