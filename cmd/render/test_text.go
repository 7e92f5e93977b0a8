package render

import (
	"fmt"
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

// TestText writes the outcome of policy tests for a person: each failing test with the
// difference and the whole trace, then one line that sums up.
func TestText(w io.Writer, style Style, r *report.Testing) error {
	x := testRun{r}
	t := &testText{Text: NewText(style), x: x}
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
	_, err := t.WriteTo(w)
	return err
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
