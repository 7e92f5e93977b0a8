package render

import (
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// testedPolicy is the outcome of three policy tests, of which two fail.
func testedPolicy(t *testing.T) *report.Testing {
	file := orders(t)
	policy := ordersPolicy(file)
	suite := source.Position{File: "tests/orders.yaml", Line: 3, Column: 5}
	x := &report.Testing{Sources: []*source.File{file}, Coverage: report.NewCoverage()}
	x.Cases = []report.Tested{
		{
			Suite: "tests/orders.yaml", Name: "another audience stays out " + hostile, Pos: suite,
			Expect:      environments.Expectation{Outcome: rules.Accepted, Status: 200},
			Verdict:     judged(tokenWith(hostileClaims), policy),
			Differences: []string{"outcome: expected accepted, got rejected", "100% " + hostile},
		},
		{
			Suite: "tests/orders.yaml", Name: "our own gets in", Pos: suite,
			Expect:  environments.Expectation{Outcome: rules.Accepted},
			Verdict: judged(tokenWith(ownClaims), lenient(file)),
		},
		{
			Suite: "tests/more.yaml", Name: "one alternative is enough", Pos: suite,
			Verdict:     judged(tokenWith(ownClaims), alternatives(file)),
			Differences: []string{"status: expected 200, got 401"},
		},
	}
	x.Coverage.Add([]*rules.Policy{policy, policy})
	for i := range x.Cases {
		x.Coverage.See(&x.Cases[i].Verdict)
	}
	return x
}

func TestPolicyTests(t *testing.T) {
	t.Parallel()
	golden(t, "test", Formats().Test, []row[*report.Testing]{
		{
			fact:   "a test that fails is shown with its difference and its trace",
			style:  Style{Unicode: true},
			report: testedPolicy,
		},
		{
			fact: "where all tests pass one line is enough",
			report: func(t *testing.T) *report.Testing {
				x := testedPolicy(t)
				return &report.Testing{Cases: x.Cases[1:2]}
			},
		},
	})
}
