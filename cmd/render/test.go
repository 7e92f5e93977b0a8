package render

import (
	"fmt"
	"io"
	"slices"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// testSummary is the outcome in one line, as test runners close.
func testSummary(r *report.Testing) string {
	failed := r.Failed()
	return fmt.Sprintf("%d passed, %d failed", len(r.Cases)-failed, failed)
}

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

// TestText writes the outcome of policy tests for a person: each failing test with the
// difference and the whole trace, then one line that sums up.
func TestText(text *Text, r *report.Testing) {
	t := &testText{text, r}
	if t.Detail == Answer {
		t.summary()
		return
	}
	for i := range r.Cases {
		switch c := &r.Cases[i]; {
		case len(c.Differences) > 0:
			t.failure(c)
		case c.Verdict.EarlierUnknown() != "" && len(c.Expect.Compared()) > 1:
			t.Para(0, fmt.Sprintf("%s: passed%s: %s", safe(c.Pos.String()),
				unless(c.Verdict.EarlierUnknown()), safe(c.Name)))
		}
	}
	if r.Coverage != nil {
		t.coverage()
	}
	t.summary()
	t.wayOn(r.Next)
}

func (t *testText) summary() {
	mood := Good
	if t.x.Failed() > 0 {
		mood = Bad
	}
	t.Para(0, t.Paint(mood, testSummary(t.x)))
}

type testText struct {
	*Text
	x *report.Testing
}

func (t *testText) failure(c *report.Tested) {
	t.Para(0, fmt.Sprintf("%s: %s: %s", safe(c.Pos.String()), t.Paint(Bad, "failed"),
		safe(c.Name)))
	for _, d := range c.Differences {
		t.Para(1, safe(d))
	}
	if why := c.Verdict.Why(); why != "" {
		t.Sentences(1, safe(report.Sentence(why)), earlierUndecided(&c.Verdict))
	}
	if d := c.Verdict.Decided; d != nil {
		named := func(f *source.File) bool { return f.Name == d.Check.Pos.File }
		if i := slices.IndexFunc(t.x.Sources, named); i >= 0 {
			t.Para(1, safe(d.Check.Pos.String()))
			t.SourceLine(1, t.x.Sources[i], d.Check.Pos, d.Check.Span, "")
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
		text = failure(r)
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
	}{
		{"pass", unseen(c, func(of *report.Covered) int { return of.Passed })},
		{"fail", unseen(c, func(of *report.Covered) int { return of.Failed })},
	} {
		t.Para(0, fmt.Sprintf("%s in at least one test: %d of %s", part.verb,
			len(c.Checks)-len(part.unseen), report.Counted(len(c.Checks), "check")))
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
		Earlier rules.ID        `json:"earlier_unknown,omitempty"`

		// Compared are the members above that the test compares, null or not.
		Compared []string `json:"compared,omitempty"`
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
	failed := r.Failed()
	out := testsJSON{
		SchemaVersion: SchemaVersion, Summary: testSummaryJSON{len(r.Cases) - failed, failed},
		Tests: []testJSON{}, Next: nextOf(r.Next),
	}
	if r.Coverage != nil {
		out.Coverage = listOf(r.Coverage.Checks, coveredOf)
	}
	return longJSON(w, out, longList{"tests", "    ", func(indent string, add addElement) error {
		for i := range r.Cases {
			test, err := indented(testOf(&r.Cases[i]), indent)
			if err == nil {
				err = add(test)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}})
}

func testOf(c *report.Tested) testJSON {
	out := testJSON{
		Name: c.Name, Source: sourceOf(c.Pos), Passed: len(c.Differences) == 0,
		Differences: orEmpty(c.Differences),
		Expected: expectationJSON{
			Outcome: known(c.Expect.Outcome), Status: known(c.Expect.Status),
			Decided: known(c.Expect.Decided), Compared: c.Expect.Compared(),
		},
		Actual: expectationJSON{
			Outcome: &c.Verdict.Outcome, Status: known(c.Verdict.Status),
			Earlier: c.Verdict.EarlierUnknown(),
		},
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
