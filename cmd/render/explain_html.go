package render

import (
	"fmt"
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// ExplainHTML writes an explanation as one page that loads nothing. It holds no token.
func ExplainHTML(w io.Writer, r *report.Explanation) error {
	p := newExplainPage(r)
	p.line(`h1 class="`+p.mood()+`"`, p.title())
	p.body()
	return writePage(w, p.say(p.title()), p.String())
}

type explainPage struct {
	markup
	x explanation
}

func newExplainPage(r *report.Explanation) *explainPage {
	x := newExplanation(r)
	return &explainPage{markup{mask: x.Mask}, x}
}

func (p *explainPage) title() string {
	if p.x.Observed != nil {
		return report.Capital(p.x.headline())
	}
	return p.x.headline()
}

func (p *explainPage) mood() string {
	if p.x.Observed != nil {
		mood, _ := p.x.observedAnswer()
		return moodClass(mood)
	}
	return moodClass(map[rules.Decision]Mood{
		rules.Accepted: Good, rules.Rejected: Bad, rules.Undetermined: Unsure,
	}[p.x.Verdict.Outcome])
}

func (p *explainPage) body() {
	for _, line := range p.x.observedLines() {
		p.line(`p class="lead"`, line)
	}
	p.causes()
	p.reasons()
	p.line(`p class="lead"`, p.x.foreign())
	p.place()
	p.facts(p.x.facts(), false)
	p.checks()
	if rows := p.x.byGateway(); len(rows) > 0 {
		p.section("By gateway", func() { p.facts(rows, false) })
	}
	p.next(p.x.Next)
	p.remedies()
	p.findings()
	p.section("The token, by what the logs know it", func() {
		var rows []Row
		if p.x.Token != nil {
			rows = identity(p.x.Token, p.x.Profile)
		}
		p.facts(rows, true)
		p.line(`p class="faint"`, "Judged at "+inspect.FormatTime(p.x.At)+". A prediction, made "+
			"without the gateway; the token itself is not in this report.")
	})
}

func (p *explainPage) causes() {
	if p.x.Observed == nil || len(p.x.Observed.Causes) == 0 {
		return
	}
	causes := p.x.Observed.Causes
	p.section("What would explain the real answer, the most likely first", func() {
		p.list("ol", len(causes), func(i int) {
			p.element("strong", causes[i].Title)
			p.WriteString("<br>")
			p.text(causes[i].Why)
			p.WriteString("<br>check: ")
			p.text(report.Look(&causes[i].Cause))
		})
	})
}

func (p *explainPage) reasons() {
	v := &p.x.Verdict
	if v.Outcome == rules.Accepted {
		p.line(`p class="lead"`, report.Capital(passes(v))+".")
		return
	}
	p.line(`p class="lead"`, report.Sentence(v.Why()))
	p.line(`p class="lead"`, earlierUndecided(v))
	p.line(`p class="lead"`, toKnow(v))
}

func (p *explainPage) place() {
	d := p.x.Verdict.Decided
	if d == nil {
		return
	}
	file := p.x.File(d.Check.Pos.File)
	if file == nil || d.Check.Pos.Line == 0 || d.Check.Span.Start < 0 ||
		d.Check.Span.Start > len(file.Text) {
		return
	}
	cut := excerptOf(file, d.Check.Span).masked(p.mask).fit(widestProse, "…")
	if cut.marked == "" {
		return
	}
	p.code(d.Check.Pos.String())
	p.source(d.Check.Pos.Line, cut, caretNote(d))
}

func (x explanation) facts() []Row {
	rows := []Row{{"token", noToken}}
	if x.Token != nil {
		rows[0].Text = FullSummary(x.Profile, x.At)
	}
	for _, p := range x.Policies {
		rows = append(rows, Row{"gateway", orderedPolicy(p)}, Row{"file", p.Pos.String()})
	}
	v := &x.Verdict
	rows = append(rows, present(
		Row{"body", v.Body()}, Row{"answer says", v.Answer.Says},
		Row{"evidence", evidenceText(v.Evidence())}, Row{"ask next", report.Ask(v.Question())},
	)...)
	if x.Earlier != nil {
		rows = append(rows, Row{"when it was issued", OutcomeLine(x.Earlier) + " (--at issued)"})
	}
	if x.Other != nil {
		rows = append(rows, Row{"other token", OutcomeLine(x.Other)})
	}
	return rows
}

func (p *explainPage) checks() {
	text := &explainText{Text: NewText(Style{Unicode: true}), x: p.x}
	var failed failures
	var groups rules.Groups
	for _, chain := range byPolicy(p.x.Verdict.Results) {
		title := "Checks"
		if len(p.x.Policies) > 1 {
			title += " of " + p.x.policyName(chain[0].Policy)
		}
		var rows []cells
		for i := range chain {
			r := &chain[i]
			where := alternative(groups.Of(r))
			why := text.detail(r, failed.before(r))
			switch {
			case why == "":
				why = string(r.Outcome)
			case !r.Harmless: // whose outcome is no verdict
				why = string(r.Outcome) + ": " + why
			}
			rows = append(rows, cells{
				Class: outcomeShown(r), Sign: text.Mark(outcomeShown(r)),
				Name: checkName(r.Check), Text: why,
			})
			failed.add(r)
			if i+1 < len(chain) && alternative(groups.Of(&chain[i+1])) == where {
				continue
			}
			heading := title
			if where != "" {
				heading += ": " + where
			}
			p.table(heading, rows)
			rows = nil
		}
	}
}

func (p *explainPage) remedies() {
	title := "Repairs that do not help"
	switch {
	case len(p.x.Repairs) > 0:
		title = report.Capital(p.x.repairsTitle())
	case len(p.x.Refused) == 0:
		return
	}
	p.section(title, func() {
		for i := range p.x.Repairs {
			p.remedy(&p.x.Repairs[i])
		}
		for _, r := range p.x.Refused {
			p.line(`p class="faint"`, "not offered: "+r.Title+": "+r.Refused)
		}
	})
}

func (p *explainPage) remedy(r *report.ProvedRepair) {
	p.line("h3", r.Title)
	after := "after it: " + OutcomeLine(&r.After)
	if r.Other != nil {
		after += "; the other token would get: " + OutcomeLine(r.Other)
	}
	p.line("p", after)
	p.list("ul", len(r.Fields), func(i int) { p.element("code", changeLine(r.Fields[i])) })
	if r.Command != "" {
		p.WriteString("<p>as a diff: ")
		p.element("code", r.Command)
		p.WriteString("</p>\n")
	}
}

func (p *explainPage) findings() {
	found := len(p.x.Findings)
	if found+len(p.x.Suppressed) == 0 {
		return
	}
	p.section("In the policy", func() {
		p.list("ul", found+len(p.x.Suppressed), func(i int) {
			if i >= found {
				p.text(ignored(&p.x.Suppressed[i-found]))
				return
			}
			f := &p.x.Findings[i]
			p.element("code", f.Pos.String())
			p.text(fmt.Sprintf(": %s: %s ", f.Severity, f.Message))
			p.element(`span class="faint"`, "["+f.Rule+"]")
		})
	})
}
