package repair

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// That nothing was proposed is no proof: whoever says what this environment's token is like hears
// that it is kept out.
func TestWhereNothingIsToBeRepairedTheOwnTokenIsRunAllTheSame(t *testing.T) {
	const ours, theirs = `"aud": "api://ours"`, `"aud": "api://theirs"`
	tests := []struct {
		name, policy string
		facts        rules.Facts
		given        *rules.Request
		want         string // what the token gets; empty where nothing is left
	}{
		{"nobody says what it is like", `[{` + theirs + `}]`, rules.Facts{}, nil, ""},
		{"it gets in", `[{` + ours + `}]`, rules.Facts{Audience: "api://ours"}, nil, ""},
		{
			"its audience is another", `[{` + theirs + `}]`,
			rules.Facts{Audience: "api://ours"},
			nil, "this environment's token gets",
		},
		{
			"its scope is another", `[{` + ours + `, "scope": "Theirs"}]`,
			rules.Facts{Scope: "Ours"},
			nil, "this environment's token gets",
		},
		{
			"it is for one of several instances",
			`[{"api": "1", ` + theirs + `}, {"api": "2", ` + ours + `}]`,
			rules.Facts{Audience: "api://ours"},
			nil, "",
		},
		{
			"it is for none of them",
			`[{"api": "1", ` + theirs + `}, {"api": "2", ` + theirs + `}]`,
			rules.Facts{Audience: "api://ours"},
			nil, "this environment's token gets",
		},
		{
			"a token that was given stands for it", `[{` + theirs + `}]`,
			rules.Facts{},
			asking("api://ours", ""), "given.jwt gets",
		},
		{
			"and gets in", `[{` + theirs + `}]`,
			rules.Facts{Audience: "api://ours"},
			asking("api://theirs", ""), "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := fixing()
			f.Facts = test.facts
			if test.given != nil {
				f.Given = []Given{{"given.jwt", test.given}}
			}
			fixed, err := f.RemoveFindings(toy(t, test.policy), "")
			if err != nil || fixed.Changed() {
				t.Fatalf("%v, %v", err, fixed.Repaired)
			}
			got := ""
			for _, left := range fixed.Left {
				got += left.Why
				if left.Rule != "" || left.Verdict.Outcome != rules.Rejected {
					t.Errorf("%+v", left)
				}
			}
			if want := test.want; want != "" && got != "there is no finding to repair, and "+
				""+want ||
				want == "" && got != "" {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}
