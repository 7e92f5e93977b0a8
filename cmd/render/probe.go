package render

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
)

// longestBody is how many characters of the real answer's body a person is shown.
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
		Headers: append([]string{}, p.Answer.Headers...), Body: p.Answer.Body,
		BodyTruncated: p.Answer.Cut, Test: known(p.Kept.Test),
	}
}

// command is the command that made an explanation.
func (x explanation) command() string {
	if x.Probed != nil {
		return "probe"
	}
	return "explain"
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

// probed shows the request that was sent, and its answer.
func (t *explainText) probed() {
	if t.x.Probed != nil {
		t.Blank()
		t.Rows(1, answerRows(t.x.Probed))
	}
}

// kept shows how an answer that differs can be kept.
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

// probed adds the request that was sent, and its answer.
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

// kept adds the policy test of an answer that differs.
func (m *markdown) kept(x explanation) {
	if x.Probed != nil && x.Probed.Kept.Test != "" {
		m.b.WriteString("\nTo keep it, as a policy test and as a report for an issue, " +
			"without the token's values:\n\n```yaml\n" + safeLines(x.Probed.Kept.Test) + "```\n")
	}
}

// safeLines is safe for a text of several lines.
func safeLines(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(safe(strings.TrimRight(line, "\n")) + "\n")
	}
	return b.String()
}
