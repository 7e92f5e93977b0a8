package render

import (
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

// The JSON of test.
type (
	testsJSON struct {
		SchemaVersion int             `json:"schema_version"`
		Summary       testSummaryJSON `json:"summary"`
		Tests         []testJSON      `json:"tests"`
		Coverage      []coveredJSON   `json:"coverage,omitempty"`
		Next          []nextJSON      `json:"next,omitempty"`
	}

	testSummaryJSON struct {
		Passed int `json:"passed"`
		Failed int `json:"failed"`
	}

	testJSON struct {
		Name        string          `json:"name"`
		Source      *sourceJSON     `json:"source"`
		Passed      bool            `json:"passed"`
		Expected    expectationJSON `json:"expected"`
		Actual      expectationJSON `json:"actual"`
		Differences []string        `json:"differences"`
		Checks      []checkJSON     `json:"checks"`
	}

	expectationJSON struct {
		Outcome *rules.Decision `json:"outcome"`
		Status  *int            `json:"status"`
		Decided *rules.ID       `json:"decided_by"`
	}

	coveredJSON struct {
		ID      rules.ID    `json:"id"`
		Claim   *string     `json:"claim"`
		Policy  string      `json:"policy"`
		Source  *sourceJSON `json:"source"`
		Passed  int         `json:"passed"`
		Failed  int         `json:"failed"`
		Unknown int         `json:"unknown"`
	}
)

// TestJSON writes the outcome of policy tests as JSON.
func TestJSON(w io.Writer, r *report.Testing) error {
	x := testRun{r}
	failed := x.Failed()
	out := testsJSON{
		SchemaVersion: SchemaVersion, Summary: testSummaryJSON{len(x.Cases) - failed, failed},
		Tests: make([]testJSON, len(x.Cases)), Next: nextOf(x.Next),
	}
	for i := range x.Cases {
		out.Tests[i] = testOf(&x.Cases[i])
	}
	if x.Coverage != nil {
		out.Coverage = coverageOf(x.Coverage)
	}
	return JSON(w, out)
}

func testOf(c *report.Tested) testJSON {
	out := testJSON{
		Name: c.Name, Source: sourceOf(c.Pos), Passed: len(c.Differences) == 0,
		Differences: c.Differences,
		Expected: expectationJSON{
			known(c.Expect.Outcome), known(c.Expect.Status), known(c.Expect.Decided),
		},
		Actual: expectationJSON{Outcome: &c.Verdict.Outcome, Status: known(c.Verdict.Status)},
		Checks: checksOf(c.Verdict.Results),
	}
	if out.Differences == nil {
		out.Differences = []string{}
	}
	if c.Verdict.Decided != nil {
		out.Actual.Decided = &c.Verdict.Decided.Check.ID
	}
	return out
}

func coverageOf(c *report.Coverage) []coveredJSON {
	all := make([]coveredJSON, len(c.Checks))
	for i, covered := range c.Checks {
		all[i] = coveredJSON{
			ID: covered.Check.ID, Claim: known(covered.Check.Claim), Policy: covered.Policy.Name,
			Source: sourceOf(covered.Check.Pos),
			Passed: covered.Passed, Failed: covered.Failed, Unknown: covered.Unknown,
		}
	}
	return all
}
