package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

const longestBody = 300

// probeJSON is what the real gateway answered to a probe. Tokens and cookies in it are masked.
type probeJSON struct {
	Method        string              `json:"method"`
	URL           string              `json:"url"`
	Outcome       report.ProbeOutcome `json:"outcome"`
	Status        int                 `json:"status"`
	Headers       []string            `json:"headers"`
	Body          string              `json:"body"`
	BodyTruncated bool                `json:"body_truncated,omitempty"`
	Test          *string             `json:"test"`
}

func probeOf(p *report.Probed) *probeJSON {
	if p == nil {
		return nil
	}
	return &probeJSON{
		Method: p.Method, URL: p.URL, Outcome: p.Outcome, Status: p.Answer.Status,
		Headers: orEmpty(p.Answer.Headers), Body: p.Answer.Body,
		BodyTruncated: p.Answer.Cut, Test: known(p.Kept.Test),
	}
}

// answerRows are the request that was sent, and the parts of the answer that say why.
func answerRows(p *report.Probed) []Row {
	rows := []Row{{"sent", safe(p.Method + " " + p.URL)}}
	if p.Answer.Status >= 200 && p.Answer.Status < 300 {
		rows = append(rows, Row{"", "the gateway let it through, and the API answered"})
	}
	for _, header := range p.Answer.Headers {
		name, value, _ := strings.Cut(header, ": ")
		if telling := []string{"Www-Authenticate", "Location", "Content-Type"}; slices.Contains(
			telling, name) {
			rows = append(rows, Row{strings.ToLower(name), safe(value)})
		}
	}
	body := strings.Join(strings.Fields(p.Answer.Body), " ")
	switch {
	case body == "":
		body = "(empty)"
	case len([]rune(body)) > longestBody:
		body = inspect.ShortenMiddle(body, longestBody)
	}
	return append(rows, Row{"body", safe(body)})
}

func (t *explainText) probed() {
	if t.x.Probed != nil {
		t.Blank()
		t.Rows(1, answerRows(t.x.Probed))
	}
}

func (t *explainText) kept() {
	switch p := t.x.Probed; {
	case p == nil || p.Outcome != report.Differs:
	case p.Kept.Test == "":
		t.Heading("to keep it")
		t.Para(2, "No policy test can be made: "+safe(p.Kept.Why)+".")
	default:
		t.Heading("to keep it, as a policy test (gatewhy test) and as a report for an issue, " +
			"without the token's values")
		for line := range strings.Lines(p.Kept.Test) {
			t.Command(2, safe(strings.TrimRight(line, "\n")))
		}
	}
}

func (m *markdown) probed(x explanation) {
	if x.Probed == nil {
		return
	}
	m.b.WriteString("\n")
	m.table("", "")
	for _, row := range answerRows(x.Probed) {
		m.cells(row.Label, row.Text)
	}
	m.b.WriteString("\n")
}

func (m *markdown) kept(x explanation) {
	if x.Probed == nil || x.Probed.Kept.Test == "" {
		return
	}
	m.b.WriteString("\nTo keep it, as a policy test and as a report for an issue, " +
		"without the token's values:\n\n```yaml\n")
	for line := range strings.Lines(x.Probed.Kept.Test) {
		m.b.WriteString(safe(strings.TrimRight(line, "\n")) + "\n")
	}
	m.b.WriteString("```\n")
}

type (
	probeAllJSON struct {
		SchemaVersion int             `json:"schema_version"`
		Cells         []probeCellJSON `json:"cells"`
	}

	probeCellJSON struct {
		Token     string               `json:"token"`
		Gateway   string               `json:"gateway"`
		URL       string               `json:"url"`
		Predicted outcomeJSON          `json:"predicted"`
		Status    *int                 `json:"status"`
		Outcome   *report.ProbeOutcome `json:"outcome"`
		Failure   string               `json:"failure,omitempty"`
	}
)

// ProbeAllJSON writes the cells: what was predicted, and what was answered.
func ProbeAllJSON(w io.Writer, p *report.ProbingAll) error {
	out := probeAllJSON{SchemaVersion: SchemaVersion, Cells: []probeCellJSON{}}
	for t, row := range p.Cells {
		for g := range row {
			c := &row[g]
			cell := probeCellJSON{
				Token: p.Tokens[t], Gateway: p.Gateways[g], URL: p.URLs[g],
				Predicted: outcomeOf(&c.Verdict), Status: known(c.Answer.Status),
				Failure: c.Failure,
			}
			if c.Failure == "" {
				cell.Outcome = &c.Outcome
			}
			out.Cells = append(out.Cells, cell)
		}
	}
	return JSON(w, out)
}

// ProbeAllText writes a row for each token at each gateway. The short form leaves out what came
// out as predicted where that is much.
func ProbeAllText(t *Text, p *report.ProbingAll) {
	if t.Detail == Answer {
		t.OneLine(probeSentence(p))
		return
	}
	predicted, differ, open, silent := p.Counts()
	folds := t.Detail != All && predicted > mostPredicted
	marks := map[report.ProbeOutcome]rules.Outcome{
		report.AsPredicted: rules.Pass, report.Differs: rules.Fail,
	}
	var rows []Row
	for i, row := range p.Cells {
		for g := range row {
			if c := &row[g]; !folds || c.Outcome != report.AsPredicted {
				mark := t.Mark(string(cmp.Or(marks[c.Outcome], rules.Unsure)))
				label := mark + " " + safe(p.Tokens[i]+" at "+p.Gateways[g])
				rows = append(rows, Row{label, safe(cellSays(c))})
			}
		}
	}
	t.Blank()
	t.Para(1, probeSentence(p))
	t.Blank()
	t.Rows(1, rows)
	if folds {
		t.Para(1, fmt.Sprintf("%s %d more as predicted (-v shows them)",
			t.Mark(string(rules.Pass)), predicted))
	}
	if differ+open+silent > 0 {
		t.wayOn(p.Next)
	}
	t.Blank()
}

// mostPredicted is how many cells that came out as predicted the short form shows.
const mostPredicted = 12

func cellSays(c *report.ProbeCell) string {
	predicted := "predicted " + OutcomeLine(&c.Verdict)
	switch {
	case c.Failure != "":
		return predicted + "; no answer: " + c.Failure
	case c.Outcome == report.AsPredicted:
		return status(c.Answer.Status) + ", as predicted"
	case c.Outcome == report.LetThrough:
		return predicted + "; answered " + status(c.Answer.Status) +
			", which none of these policies is known to send"
	}
	return predicted + "; answered " + status(c.Answer.Status)
}

func probeSentence(p *report.ProbingAll) string {
	predicted, differ, open, silent := p.Counts()
	all := fmt.Sprintf("%d of %s as predicted", predicted,
		report.Counted(predicted+differ+open+silent, "answer"))
	rest := counts(
		tally{differ, "%d differ"}, tally{open, "of %d it is not known"},
		tally{silent, "%d did not come"},
	)
	return strings.Join(append([]string{all}, rest...), ", ") + "."
}

// ProbeAllMarkdown writes a table: what was answered, beside what was predicted.
func ProbeAllMarkdown(w io.Writer, p *report.ProbingAll) error {
	m := &markdown{}
	m.heading("gatewhy probe: " + probeSentence(p))
	m.table("token", "gateway", "answer")
	for i, row := range p.Cells {
		for g := range row {
			m.cells(p.Tokens[i], p.Gateways[g], cellSays(&row[g]))
		}
	}
	return m.writeTo(w)
}
