package render

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// ExplainText writes an explanation for a person: the answer, the reason, the place, then the checks in the gateway's
// order, then the repairs.
func ExplainText(w io.Writer, style Style, x *Explanation) error {
	t := &explainText{Text: NewText(style).Masked(x.Mask), x: x}
	t.Blank()
	t.answer()
	t.reason()
	t.observed()
	t.place()
	t.subject()
	t.checks(x.Verdict.Results)
	t.otherUnknowns()
	t.otherGateways()
	t.otherToken()
	t.causes()
	t.remedies()
	t.findings()
	t.Blank()
	_, err := t.WriteTo(w)
	return err
}

type explainText struct {
	*Text
	x *Explanation
}

// answer is the first line: what the gateway sends, and which check decides it.
func (t *explainText) answer() {
	v := &t.x.Verdict
	switch v.Outcome {
	case rules.Accepted:
		t.Para(1, t.Paint(Good, "200: accepted")+acceptedBecause(v))
	case rules.Rejected:
		t.rejected(v)
	default:
		check := ": the " + deciding(v, " check") + " can't be decided from what was given"
		t.Para(1, t.Paint(Unsure, "undetermined")+check)
	}
}

func (t *explainText) rejected(v *rules.Verdict) {
	at := ""
	if v.Decided != nil {
		at = " at the " + deciding(v, " check")
	}
	if v.Status == 0 {
		t.Para(1, t.Paint(Bad, "rejected")+at+", with a status that is not known")
		return
	}
	t.Para(1, t.Paint(Bad, status(v.Status)+": rejected")+at)
}

// acceptedBecause says whether checks were passed, or none was made.
func acceptedBecause(v *rules.Verdict) string {
	for i := range v.Results {
		if v.Results[i].Outcome == rules.Pass && v.Results[i].Check.ID != rules.Routed {
			return ", " + passes(v)
		}
	}
	return ", no policy checks this request"
}

// status is a status with the name that HTTP gives it; a prediction without one says so.
func status(code int) string {
	if code == 0 {
		return "status not known"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}

func checkName(c *rules.Check) string {
	name := strings.ReplaceAll(string(c.ID), "-", " ")
	if c.Claim != "" {
		name += " " + inspect.Safe(c.Claim)
	}
	return name
}

// reason is why, in a sentence or two, and what would decide an unknown.
func (t *explainText) reason() {
	v := &t.x.Verdict
	if v.Outcome == rules.Accepted {
		return
	}
	t.Blank()
	t.Para(1, inspect.Safe(sentence(v.Why())))
	if earlier := v.Earlier(); v.Outcome == rules.Rejected && len(earlier) > 0 {
		t.Para(1, fmt.Sprintf("It could be rejected earlier still: %s is not known.", checkName(earlier[0].Check)))
	}
	if body := v.Body(); body != "" {
		t.Para(1, "The gateway answers "+inspect.Safe(body))
	} else if says := v.Answer.Says; says != "" {
		t.Para(1, fmt.Sprintf("The gateway's answer says %q.", says))
	}
	if t.x.Earlier != nil {
		t.Para(1, whenNew(t.x.Earlier))
	}
	if question := v.Question(); !question.None() && v.Outcome == rules.Undetermined {
		t.Para(1, "To know: "+inspect.Safe(report.Ask(question)))
		t.howToGet(question)
	}
}

// place shows the source line of the field that decides.
func (t *explainText) place() {
	d := t.x.Verdict.Decided
	if d == nil {
		return
	}
	file := t.x.File(d.Check.Pos.File)
	if file == nil {
		return
	}
	t.Blank()
	t.Para(1, t.Paint(Strong, inspect.Safe(d.Check.Pos.String())))
	t.Frame(2, file, d.Check.Pos, d.Check.Span, inspect.Safe(caretNote(d)))
}

// caretNote is the word under the value that decides.
func caretNote(r *rules.Result) string {
	switch expected := r.Expected(); {
	case r.Check.ID == rules.ClientID:
		return "a client id must be found"
	case r.Check.ID == rules.Contract:
		return "a contract must be found"
	case r.Outcome == rules.Fail && expected != "":
		return "wants " + inspect.ShortenMiddle(expected, 60)
	}
	return ""
}

// subject says what was judged: the token and the gateway.
func (t *explainText) subject() {
	t.Blank()
	rows := []Row{{"token", t.token()}}
	for _, p := range t.x.Policies {
		rows = append(rows, Row{"gateway", policyLine(p)})
	}
	t.Rows(1, rows)
}

func (t *explainText) token() string {
	if t.x.Token == nil {
		return "none: the request carries no token"
	}
	return FullSummary(t.x.Profile, t.x.At)
}

func policyLine(p *rules.Policy) string {
	if p.Product == "" {
		return inspect.Safe("not read: " + p.Name)
	}
	line := p.Product + ", " + p.Name
	if p.Version != "" {
		line += " " + p.Version
	}
	if p.API != "" {
		line += ", API " + p.API
	}
	return inspect.Safe(line)
}

// otherGateways shows each gateway's answer, where it is not known which one it is.
func (t *explainText) otherGateways() {
	if len(t.x.Gateways) == 0 {
		return
	}
	t.Heading("by gateway")
	var rows []Row
	for _, g := range t.x.Gateways {
		rows = append(rows, Row{g.Policies[0].Product, OutcomeLine(&g.Verdict)})
	}
	t.Rows(2, rows)
}

// OutcomeLine is a verdict in a few words.
func OutcomeLine(v *rules.Verdict) string {
	switch v.Outcome {
	case rules.Accepted:
		return "200 accepted"
	case rules.Rejected:
		return at(status(v.Status), deciding(v, ""))
	}
	return at("undetermined", deciding(v, ""))
}

// at says where something is decided, if anywhere.
func at(what, where string) string {
	if where == "" {
		return what
	}
	return what + " at " + where
}

// whenNew says what an expired token would have got, and how to see why.
func whenNew(v *rules.Verdict) string {
	return "When it was new it would have got " + OutcomeLine(v) + ": --at issued tells why."
}

func (t *explainText) otherToken() {
	if t.x.Other == nil {
		return
	}
	t.Blank()
	t.Para(1, "the token given with --other, one second after it was issued: "+OutcomeLine(t.x.Other))
}

func (t *explainText) findings() {
	if len(t.x.Findings) == 0 {
		return
	}
	t.Heading("in the policy")
	for _, f := range t.x.Findings {
		t.Para(2, fmt.Sprintf("%s: %s: %s [%s]", inspect.Safe(f.Pos.String()), f.Severity, inspect.Safe(f.Message), f.Rule))
	}
}
