package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// ExplainText writes an explanation for a person: the answer, the reason, the place, then the
// checks in the gateway's order, then the repairs. The short form folds what passed and what
// does not decide.
func ExplainText(text *Text, r *report.Explanation) {
	x := newExplanation(r)
	text.mask = x.Mask
	t := &explainText{Text: text, x: x}
	switch t.Detail {
	case Answer:
		t.OneLine(t.answer())
	case All:
		t.all()
	default:
		t.short()
	}
}

type explainText struct {
	*Text
	x explanation
}

func (t *explainText) all() {
	t.Blank()
	t.Para(1, t.answer())
	t.observed()
	t.probed()
	t.causes()
	t.reason()
	t.foreign()
	t.place(true)
	token := noToken
	if t.x.Token != nil {
		token = FullSummary(t.x.Profile, t.x.At)
	}
	t.subject(token)
	t.checks(t.x.Verdict.Results)
	t.titled("by gateway", t.x.byGateway())
	t.otherToken()
	t.remedies()
	t.findings()
	t.wayOn(t.x.Next)
	t.kept()
	t.Blank()
}

// answer is the first line: what the gateway sends, and which check decides it. Where the real
// answer is known, it is that answer against the predicted one.
func (t *explainText) answer() string {
	v := &t.x.Verdict
	if t.x.Observed != nil {
		mood, text := t.x.observedAnswer()
		return t.Paint(mood, text)
	}
	switch v.Outcome {
	case rules.Accepted:
		return t.Paint(Good, "200: accepted") + ", " + passes(v)
	case rules.Rejected:
		return t.rejected(v)
	}
	return t.Paint(Unsure, "undetermined") + ": " + notPredicted(v)
}

func (t *explainText) rejected(v *rules.Verdict) string {
	what, status := "rejected", ", with a status that is not known"
	switch {
	case v.StatusByClass() != nil:
		status = ", with a status that depends on the request"
	case v.Status != 0 || v.Answer.OneOf != nil:
		what, status = statusOf(v.Status, &v.Answer)+": rejected", ""
	}
	return decidedAt(t.Paint(Bad, what), theCheck(v)) + status
}

// foreign is about a token that is not from where it must be.
func (t *explainText) foreign() {
	if text := t.x.foreign(); text != "" {
		t.Blank()
		t.Para(1, t.Paint(Bad, safe(text)))
	}
}

// reason is why, in a sentence or two, and what would decide a check that is not known.
func (t *explainText) reason() {
	v := &t.x.Verdict
	if v.Outcome == rules.Accepted {
		return
	}
	t.Blank()
	t.Para(1, safe(report.Sentence(v.Why())))
	if undecided := earlierUndecided(v); undecided != "" {
		t.Para(1, undecided)
	}
	if says := t.x.saysOf(); says != "" {
		t.Para(1, safe(says))
	}
	if t.x.Earlier != nil {
		t.Para(1, whenNew(t.x.Earlier))
	}
	if ask := toKnow(v); ask != "" {
		t.Para(1, safe(ask))
	}
}

// place shows the source line of the field that decides, with what it wants unless the checks say
// that.
func (t *explainText) place(wants bool) {
	d := t.x.Verdict.Decided
	if d == nil {
		return
	}
	file := t.x.File(d.Check.Pos.File)
	if file == nil {
		return
	}
	note := ""
	if wants || d.Check.ID == rules.ClientID || d.Check.ID == rules.Contract {
		note = safe(caretNote(d))
	}
	t.Blank()
	t.Para(1, t.Paint(Strong, safe(d.Check.Pos.String())))
	t.SourceLine(2, file, d.Check.Pos, d.Check.Span, note)
}

const noToken = "none: the request carries no token"

func (t *explainText) subject(token string) {
	t.Blank()
	rows := []Row{{"token", token}}
	for i := range t.x.Verdict.Results {
		at := t.x.Verdict.Results[i].AssumedAt()
		row := Row{"sent in", safe(at) + ": assumed, no request was given"}
		if at != "" && !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
	}
	alike := map[string]int{}
	for _, p := range t.x.Policies {
		line := policyLine(p)
		if alike[line]++; alike[line] == 1 {
			rows = append(rows, Row{"gateway", line})
		}
	}
	for i := range rows {
		if n := alike[rows[i].Text]; n > 1 {
			rows[i].Text += fmt.Sprintf(", %d times", n)
		}
	}
	t.Rows(1, rows)
}

func (t *explainText) otherToken() {
	if t.x.Other == nil {
		return
	}
	t.Blank()
	t.Para(1,
		"the token given with --other, one second after it was issued: "+OutcomeLine(t.x.Other))
}

func (t *explainText) findings() {
	if len(t.x.Findings)+len(t.x.Suppressed) == 0 {
		return
	}
	t.Heading("in the policy")
	for _, f := range t.x.Findings {
		t.Para(2, fmt.Sprintf("%s: %s: %s [%s]", safe(f.Pos.String()), f.Severity,
			safe(f.Message), f.Rule))
	}
	for i := range t.x.Suppressed {
		t.Para(2, safe(ignored(&t.x.Suppressed[i])))
	}
}

// checks lists every check in the gateway's order. Behind the first failure it says what would
// fail next.
func (t *explainText) checks(results []rules.Result) {
	var failed failures
	for _, chain := range byPolicy(results) {
		title := "checks"
		if len(t.x.Policies) > 1 {
			title += " of " + safe(t.x.policyName(chain[0].Policy))
		}
		t.Heading(title)
		t.Rows(2, checkRows(t.Text, chain, func(r *rules.Result) string {
			text := t.detail(r, failed.before(r))
			failed.add(r)
			return text
		}))
	}
}

func (t *explainText) detail(r *rules.Result, failedBefore bool) string {
	var text string
	switch {
	case r.Harmless:
		return harmless(r)
	case r.Outcome == rules.Fail:
		text = failure(r)
		if failedBefore {
			text = "would fail next: " + text
		}
		if r.Answer.Says != "" {
			text += " " + r.Answer.Says
		}
	default:
		text = r.Why()
	}
	if t.x.modelled(r) {
		text += ", " + r.Check.Remark
	}
	if need := r.Need(); !need.None() {
		text += ": pass " + report.Pass(need)
	}
	text = safe(text)
	if r.Outcome == rules.Fail || t.x.modelled(r) {
		text += " " + t.reference(r.Evidence())
	}
	return text
}

// reference is the evidence in brackets, with its level if that is weaker than documentation.
func (t *explainText) reference(e rules.Evidence) string {
	if e.Reference == "" {
		return ""
	}
	text := e.Reference
	if e.Level != rules.Documented {
		text = string(e.Level) + ": " + text
	}
	return t.Paint(Faint, "["+text+"]")
}

// remedies lists the changes that help, each with the verdict after it, and the changes that a
// reader may expect and that we do not offer.
func (t *explainText) remedies() {
	if len(t.x.Repairs) == 0 && len(t.x.Refused) == 0 {
		return
	}
	if len(t.x.Repairs) > 0 {
		t.Heading(t.x.repairsTitle())
	}
	for i, r := range t.x.Repairs {
		t.remedy(i+1, &r)
	}
	for _, r := range t.x.Refused {
		t.Para(1, fmt.Sprintf("not offered: %s: %s.", safe(r.Title), safe(r.Refused)))
	}
}

func (t *explainText) remedy(number int, r *report.ProvedRepair) {
	rows := []Row{{fmt.Sprint(number), safe(r.Title)}, {"", t.after(&r.After)}}
	if r.Other != nil {
		rows = append(rows, Row{"", "the other token would get: " + OutcomeLine(r.Other)})
	}
	for _, line := range t.changes(r, number == 1) {
		rows = append(rows, Row{"", line})
	}
	t.Rows(2, rows)
	t.Command(3, r.Command)
}

// changes lists what a repair changes. If that is too long to read here, it says how much
// changes. Of the first repair, which the way on speaks of, nothing else would show the changes
// where no command does.
func (t *explainText) changes(r *report.ProvedRepair, first bool) []string {
	switch {
	case len(r.Fields) <= mostChanges, first && r.Command == "":
		return source.Each(r.Fields, func(c rules.FieldChange) string {
			return safe(changeLine(c))
		})
	case r.Command != "":
		return []string{fmt.Sprintf("%d fields change; as a diff:", len(r.Fields))}
	}
	return []string{fmt.Sprintf("%d fields change: -o json lists them", len(r.Fields))}
}

// after is the verdict after a repair, and if that is not known, what would decide it.
func (t *explainText) after(v *rules.Verdict) string {
	mood := Unsure
	if v.Outcome == rules.Accepted {
		mood = Good
	}
	text := "after it: " + t.Paint(mood, OutcomeLine(v))
	if need := v.Question(); !need.None() && v.Outcome == rules.Undetermined {
		text += ": pass " + safe(report.Pass(need))
	}
	return text
}

func (t *explainText) observed() {
	if lines := t.x.observedLines(); len(lines) > 0 {
		t.Blank()
		for _, line := range lines {
			t.Para(1, safe(line))
		}
	}
}

func (t *explainText) causes() {
	if t.x.Observed == nil || len(t.x.Observed.Causes) == 0 {
		return
	}
	t.Heading("what would explain the real answer, the most likely first")
	for _, s := range t.x.Observed.Causes {
		t.Rows(2, []Row{
			{fmt.Sprint(s.Rank), safe(s.Title) + " " + t.Paint(Faint, "["+s.ID+"]")},
			{"", safe(s.Why) + speaks(&s)},
			{"", "check: " + safe(report.Look(&s.Cause))},
			{"", t.reference(s.Evidence)},
		})
	}
}

// speaks says what in the answer points to a cause.
func speaks(s *rules.PossibleCause) string {
	if s.By == rules.ByNone || s.Seen == "" || strings.HasSuffix(s.Title, s.Seen) {
		return "" // or the title says it
	}
	return fmt.Sprintf("; the %s fits this case: %s", s.By, safe(s.Seen))
}
