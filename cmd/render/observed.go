package render

import (
	"fmt"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// The JSON of what the real gateway answered, beside the prediction. The body is not repeated: it may hold a
// token.
type (
	observedJSON struct {
		Status  *int        `json:"status"`
		Agrees  *bool       `json:"agrees"`
		Follows *string     `json:"follows"`
		Causes  []causeJSON `json:"causes"`
	}

	causeJSON struct {
		Rank     int           `json:"rank"`
		ID       string        `json:"id"`
		Title    string        `json:"title"`
		Why      string        `json:"why"`
		Check    string        `json:"check"`
		Matches  rules.Match   `json:"matches"`
		Seen     *string       `json:"seen"`
		Evidence *evidenceJSON `json:"evidence"`
	}
)

func observedOf(c *rules.Comparison) *observedJSON {
	if c == nil {
		return nil
	}
	out := &observedJSON{Status: known(c.Observed.Status), Follows: known(report.Follows(c)), Causes: make([]causeJSON, len(c.Causes))}
	if c.Agrees != rules.Maybe {
		agrees := c.Agrees == rules.Yes
		out.Agrees = &agrees
	}
	for i, s := range c.Causes {
		out.Causes[i] = causeJSON{s.Rank, s.ID, s.Title, s.Why, report.Look(&s.Cause), s.By, known(s.Seen), evidenceOf(s.Evidence)}
	}
	return out
}

// observedLine says in one sentence whether the prediction agrees.
func observedLine(c *rules.Comparison) string {
	line := "The real gateway's answer"
	if c.Observed.Status != 0 {
		line = "The real gateway answered " + status(c.Observed.Status)
	}
	switch c.Agrees {
	case rules.Yes:
		return line + ": the prediction agrees."
	case rules.No:
		return line + ": the prediction differs."
	}
	return line + ": whether the prediction agrees can't be told."
}

// observed is the real answer beside the predicted one, and what follows from it.
func (t *explainText) observed() {
	if c := t.x.Observed; c != nil {
		t.Blank()
		t.Para(1, observedLine(c))
		if follows := report.Follows(c); follows != "" {
			t.Para(1, inspect.Safe(sentence(follows)))
		}
	}
}

// causes lists what would explain the real answer.
func (t *explainText) causes() {
	if t.x.Observed == nil || len(t.x.Observed.Causes) == 0 {
		return
	}
	t.Heading("what would explain the real answer, the likeliest first")
	for _, s := range t.x.Observed.Causes {
		t.Rows(2, []Row{
			{fmt.Sprint(s.Rank), inspect.Safe(s.Title) + " " + t.Paint(Faint, "["+s.ID+"]")},
			{"", inspect.Safe(s.Why) + speaks(&s)},
			{"", "check: " + inspect.Safe(report.Look(&s.Cause))},
			{"", t.reference(s.Evidence)},
		})
	}
}

// speaks says what of the answer speaks for a cause.
func speaks(s *rules.PossibleCause) string {
	if s.By == rules.ByNone || s.Seen == "" {
		return ""
	}
	return fmt.Sprintf("; the %s is that of: %s", s.By, inspect.Safe(s.Seen))
}

// observed adds the real answer and what would explain it.
func (m *markdown) observed(c *rules.Comparison) {
	if c == nil {
		return
	}
	m.b.WriteString("\n")
	m.para(observedLine(c))
	if follows := report.Follows(c); follows != "" {
		m.para(sentence(follows))
	}
	if len(c.Causes) == 0 {
		return
	}
	m.table("rank", "cause", "what to check")
	for _, s := range c.Causes {
		m.cells(fmt.Sprint(s.Rank), s.Title, report.Look(&s.Cause))
	}
}
