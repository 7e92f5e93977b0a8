package render

import (
	"fmt"
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// testRun is what policy tests gave, as it is shown.
type testRun struct{ *report.Testing }

// summary is the outcome in one line, as test runners close.
func (x testRun) summary() string {
	failed := x.Failed()
	return fmt.Sprintf("%d passed, %d failed", len(x.Cases)-failed, failed)
}

func (x testRun) source(name string) *source.File {
	for _, file := range x.Sources {
		if file.Name == name {
			return file
		}
	}
	return nil
}

// unseen lists in words the checks that have never had an outcome.
func unseen(c *report.Coverage, count func(*report.Covered) int) []string {
	var all []string
	for i := range c.Checks {
		if covered := &c.Checks[i]; count(covered) == 0 {
			all = append(all, safe(fmt.Sprintf("%s, %s", checkName(covered.Check),
				covered.Check.Pos)))
		}
	}
	return all
}

func passed(c *report.Covered) int { return c.Passed }

func failed(c *report.Covered) int { return c.Failed }

// TestText writes the outcome of policy tests for a person: each failing test with the
// difference and the whole trace, then one line that sums up.
func TestText(text *Text, r *report.Testing) {
	x := testRun{r}
	t := &testText{Text: text, x: x}
	for i := range x.Cases {
		if c := &x.Cases[i]; len(c.Differences) > 0 {
			t.failure(c)
		}
	}
	if x.Coverage != nil {
		t.coverage()
	}
	t.Para(0, t.Paint(t.mood(), x.summary()))
	t.wayOn(x.Next)
}

type testText struct {
	*Text
	x testRun
}

func (t *testText) mood() Mood {
	if t.x.Failed() > 0 {
		return Bad
	}
	return Good
}

func (t *testText) failure(c *report.Tested) {
	t.Para(0, fmt.Sprintf("%s: %s: %s", safe(c.Pos.String()), t.Paint(Bad, "failed"),
		safe(c.Name)))
	for _, d := range c.Differences {
		t.Para(1, safe(d))
	}
	if why := c.Verdict.Why(); why != "" {
		t.Para(1, safe(sentence(why)))
	}
	if d := c.Verdict.Decided; d != nil {
		if file := t.x.source(d.Check.Pos.File); file != nil {
			t.Para(1, safe(d.Check.Pos.String()))
			t.SourceLine(1, file, d.Check.Pos, d.Check.Span, "")
		}
	}
	t.Rows(1, checkRows(t.Text, c.Verdict.Results, t.detail))
	t.Blank()
}

func (t *testText) detail(r *rules.Result) string {
	if r.Harmless {
		return harmless(r)
	}
	text := r.Why()
	if r.Outcome == rules.Fail {
		text = fmt.Sprintf("wanted %s, found %s; %s", r.Expected(), orNone(r.Actual()),
			status(r.Answer.Status))
	}
	return safe(text)
}

// coverage says which checks never passed in a test, and which never failed in one. A check
// that never failed may as well not be there.
func (t *testText) coverage() {
	c := t.x.Coverage
	for _, part := range []struct {
		verb   string
		unseen []string
	}{{"pass", unseen(c, passed)}, {"fail", unseen(c, failed)}} {
		t.Para(0, fmt.Sprintf("%s in at least one test: %d of %s", part.verb,
			len(c.Checks)-len(part.unseen), plural(len(c.Checks), "check", "checks")))
		for _, name := range part.unseen {
			t.Para(1, "never: "+name)
		}
	}
	t.Blank()
}

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
		Tests: listOf(x.Cases, testOf), Next: nextOf(x.Next),
	}
	if x.Coverage != nil {
		out.Coverage = listOf(x.Coverage.Checks, coveredOf)
	}
	return JSON(w, out)
}

func testOf(c *report.Tested) testJSON {
	out := testJSON{
		Name: c.Name, Source: sourceOf(c.Pos), Passed: len(c.Differences) == 0,
		Differences: orEmpty(c.Differences),
		Expected: expectationJSON{
			known(c.Expect.Outcome), known(c.Expect.Status), known(c.Expect.Decided),
		},
		Actual: expectationJSON{Outcome: &c.Verdict.Outcome, Status: known(c.Verdict.Status)},
		Checks: checksOf(c.Verdict.Results),
	}
	if c.Verdict.Decided != nil {
		out.Actual.Decided = &c.Verdict.Decided.Check.ID
	}
	return out
}

func coveredOf(c *report.Covered) coveredJSON {
	return coveredJSON{
		ID: c.Check.ID, Claim: known(c.Check.Claim), Policy: c.Policy.Name,
		Source: sourceOf(c.Check.Pos), Passed: c.Passed, Failed: c.Failed, Unknown: c.Unknown,
	}
}
