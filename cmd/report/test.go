package report

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// Testing is what running policy tests gave.
type Testing struct {
	Cases    []Tested
	Coverage *Coverage // nil where it was not asked for
	Sources  []*source.File
}

// Tested is one policy test after it was run.
type Tested struct {
	Suite, Name string
	Pos         source.Position
	Span        source.Span
	Expect      environments.Expectation
	Verdict     rules.Verdict
	Differences []string // none where the test passed
}

// Failed counts the tests that failed.
func (x *Testing) Failed() int {
	n := 0
	for i := range x.Cases {
		if len(x.Cases[i].Differences) > 0 {
			n++
		}
	}
	return n
}

// Coverage is which checks of the policies the tests have seen pass, and which they have seen fail.
type Coverage struct {
	Checks []Covered
	index  map[string]int
}

// Covered is one check, and how often it had which outcome.
type Covered struct {
	Check                   *rules.Check
	Policy                  *rules.Policy
	Passed, Failed, Unknown int
}

// NewCoverage returns a coverage of nothing yet.
func NewCoverage() *Coverage { return &Coverage{index: map[string]int{}} }

// Add makes the checks of policies count, each once, however often its file is tested. A check
// that the configuration switches off does not: no test could see it pass or fail.
func (c *Coverage) Add(policies []*rules.Policy) {
	for _, policy := range policies {
		for _, check := range policy.Checks() {
			if key := coverageKey(check); c.index[key] == 0 && check.Skip == "" {
				c.Checks = append(c.Checks, Covered{Check: check, Policy: policy})
				c.index[key] = len(c.Checks)
			}
		}
	}
}

// See counts the outcomes of one test.
func (c *Coverage) See(v *rules.Verdict) {
	for i := range v.Results {
		r := &v.Results[i]
		at := c.index[coverageKey(r.Check)]
		if at == 0 {
			continue
		}
		switch covered := &c.Checks[at-1]; r.Outcome {
		case rules.Pass:
			covered.Passed++
		case rules.Fail:
			covered.Failed++
		case rules.Unsure:
			covered.Unknown++
		}
	}
}

func coverageKey(c *rules.Check) string { return fmt.Sprintf("%s %s %s", c.Pos, c.ID, c.Claim) }
