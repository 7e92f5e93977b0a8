package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// ExplainHTML writes an explanation as one page that loads nothing. It holds no token.
func ExplainHTML(w io.Writer, r *report.Explanation) error {
	page := (&explainPager{newExplanation(r)}).page()
	m := &markup{}
	m.line(`h1 class="`+page.Mood+`"`, page.Answer)
	return writePage(w, page.Answer, m.String()+page.html())
}

// What the page is made of. Every text in it is masked and safe to print, but not escaped.
type (
	explainPage struct {
		Answer, Mood          string
		Reasons, Observed     []string
		Place                 string
		Line                  int
		Before, Marked, After string // of the source line
		Note                  string
		Facts                 []Row
		Chains                []chainPage
		Gateways              []Row
		Causes                []causePage
		RemediesTitle         string
		Remedies              []remedyPage
		Refused               []Row
		Next                  []Row
		Findings              []policyFindingPage
		Identity              []Row
		At                    string
	}

	chainPage struct {
		Title  string
		Checks []cells
	}

	causePage struct{ Title, Why, Look string }

	remedyPage struct {
		Title, Command, After, Other string
		Changes                      []string
	}

	policyFindingPage struct{ Place, Severity, Message, Rule string }
)

// explainPager makes the page of an explanation.
type explainPager struct{ explanation }

// say makes a text fit to be shown.
func (x *explainPager) say(text string) string { return safe(x.Mask.Text(text)) }

func (x *explainPager) rows(rows []Row) []Row {
	shown := make([]Row, len(rows))
	for i, row := range rows {
		shown[i] = Row{x.say(row.Label), x.say(row.Text)}
	}
	return shown
}

func (x *explainPager) page() explainPage {
	p := explainPage{
		Answer: x.say(x.title()), Mood: x.mood(),
		Reasons: x.reasons(), Observed: x.observed(),
		Facts: x.rows(x.facts()), Chains: x.chains(), Causes: x.causes(),
		RemediesTitle: x.remediesTitle(), Remedies: x.remedies(), At: inspect.FormatTime(x.At),
	}
	x.place(&p)
	for _, g := range x.Gateways {
		p.Gateways = append(p.Gateways, Row{
			x.say(g.Policies[0].Product), x.say(OutcomeLine(&g.Verdict)),
		})
	}
	p.Next = nextPage(x.Next, x.say)
	for _, r := range x.Refused {
		p.Refused = append(p.Refused, Row{x.say(r.Title), x.say(r.Refused)})
	}
	for _, f := range x.Findings {
		p.Findings = append(p.Findings, policyFindingPage{
			x.say(f.Pos.String()), string(f.Severity), x.say(f.Message), f.Rule,
		})
	}
	if x.Token != nil {
		p.Identity = x.rows(identity(x.Token, x.Profile))
	}
	return p
}

// title is the headline as the title of a page.
func (x *explainPager) title() string {
	if x.Observed != nil {
		return report.Capital(x.headline())
	}
	return x.headline()
}

func (x *explainPager) mood() string {
	if x.Observed != nil {
		mood, _ := x.observedAnswer()
		return map[Mood]string{Good: "good", Bad: "bad", Unsure: "unsure"}[mood]
	}
	switch x.Verdict.Outcome {
	case rules.Accepted:
		return "good"
	case rules.Rejected:
		return "bad"
	}
	return "unsure"
}

// reasons say why, and what would decide a check that is not known.
func (x *explainPager) reasons() []string {
	v := &x.Verdict
	if v.Outcome == rules.Accepted {
		return []string{report.Capital(passes(v)) + "."}
	}
	all := []string{x.say(sentence(v.Why()))}
	if earlier := v.Earlier(); v.Outcome == rules.Rejected && len(earlier) > 0 {
		all = append(all, "An earlier check ("+x.say(checkName(earlier[0].Check))+
			") could not be decided.")
	}
	if question := v.Question(); !question.None() && v.Outcome == rules.Undetermined {
		all = append(all, "To know: "+x.say(report.Ask(question)))
	}
	return all
}

func (x *explainPager) observed() []string {
	lines := x.observedLines()
	for i := range lines {
		lines[i] = x.say(lines[i])
	}
	return lines
}

// place shows the source line of the field that decides.
func (x *explainPager) place(p *explainPage) {
	d := x.Verdict.Decided
	if d == nil {
		return
	}
	file := x.File(d.Check.Pos.File)
	if file == nil || d.Check.Pos.Line == 0 || d.Check.Span.Start < 0 ||
		d.Check.Span.Start > len(file.Text) {
		return
	}
	cut := excerptOf(file, d.Check.Span).masked(x.Mask).fit(widestProse, "…")
	p.Place, p.Line, p.Note = x.say(d.Check.Pos.String()), d.Check.Pos.Line, x.say(caretNote(d))
	p.Before, p.Marked, p.After = strings.TrimLeft(cut.before, " "), cut.marked, cut.after
}

// facts are what was judged, and what the answer rests on.
func (x *explainPager) facts() []Row {
	rows := []Row{{"token", noToken}}
	if x.Token != nil {
		rows[0].Text = FullSummary(x.Profile, x.At)
	}
	for _, p := range x.Policies {
		line := policyLine(p)
		if p.Order > 0 {
			line += fmt.Sprintf(", order %d", p.Order)
		}
		rows = append(rows, Row{"gateway", line}, Row{"file", p.Pos.String()})
	}
	v := &x.Verdict
	if body := v.Body(); body != "" {
		rows = append(rows, Row{"body", body})
	}
	if v.Answer.Says != "" {
		rows = append(rows, Row{"answer says", v.Answer.Says})
	}
	if e := v.Evidence(); e.Reference != "" {
		rows = append(rows, Row{"evidence", string(e.Level) + ": " + e.Reference})
	}
	if question := v.Question(); !question.None() {
		rows = append(rows, Row{"ask next", report.Ask(question)})
	}
	if x.Earlier != nil {
		rows = append(rows, Row{"when it was issued", OutcomeLine(x.Earlier) + " (--at issued)"})
	}
	if x.Other != nil {
		rows = append(rows, Row{"other token", OutcomeLine(x.Other)})
	}
	return rows
}

func (x *explainPager) chains() []chainPage {
	var all []chainPage
	text := &explainText{Text: NewText(Style{Unicode: true}), x: x.explanation}
	var failed failures
	var groups rules.Groups
	for _, chain := range byPolicy(x.Verdict.Results) {
		page := chainPage{Title: "Checks"}
		if len(x.Policies) > 1 {
			page.Title += " of " + x.say(chain[0].Policy.Name)
		}
		title := page.Title
		for i := range chain {
			r := &chain[i]
			if where := alternative(groups.Of(r)); i > 0 &&
				where != alternative(groups.Of(&chain[i-1])) {
				all, page = append(all, page), chainPage{Title: title}
			}
			if where := alternative(groups.Of(r)); where != "" {
				page.Title = title + ": " + where
			}
			why := string(r.Outcome)
			if detail := x.say(text.detail(r, failed.before(r))); detail != "" {
				why += ": " + detail
			}
			page.Checks = append(page.Checks, cells{
				Class: outcomeShown(r), Sign: text.Mark(outcomeShown(r)),
				Name: x.say(checkName(r.Check)), Text: why,
			})
			failed.add(r)
		}
		all = append(all, page)
	}
	return all
}

func (x *explainPager) causes() []causePage {
	if x.Observed == nil {
		return nil
	}
	all := make([]causePage, len(x.Observed.Causes))
	for i, s := range x.Observed.Causes {
		all[i] = causePage{x.say(s.Title), x.say(s.Why), x.say(report.Look(&s.Cause))}
	}
	return all
}

func (x *explainPager) remediesTitle() string {
	if len(x.Repairs) == 0 {
		return "Repairs that do not help"
	}
	return report.Capital(x.repairsTitle())
}

func (x *explainPager) remedies() []remedyPage {
	all := make([]remedyPage, len(x.Repairs))
	for i, r := range x.Repairs {
		all[i] = remedyPage{
			Title: x.say(r.Title), Command: x.say(r.Command), After: x.say(OutcomeLine(&r.After)),
		}
		if r.Other != nil {
			all[i].Other = x.say(OutcomeLine(r.Other))
		}
		for _, c := range r.Fields {
			all[i].Changes = append(all[i].Changes, x.say(changeLine(c)))
		}
	}
	return all
}

// html is the page below its headline.
func (p *explainPage) html() string {
	m := &markup{}
	for _, line := range p.Observed {
		m.line(`p class="lead"`, line)
	}
	p.addCauses(m)
	for _, reason := range p.Reasons {
		m.line(`p class="lead"`, reason)
	}
	if p.Marked != "" {
		m.WriteString("<p>")
		m.element("code", p.Place)
		m.WriteString("</p>\n")
		m.source(p.Line, p.Before, p.Marked, p.After, p.Note)
	}
	m.facts(p.Facts, false)
	for _, chain := range p.Chains {
		m.section(chain.Title, func() { m.rows(chain.Checks) })
	}
	if len(p.Gateways) > 0 {
		m.section("By gateway", func() { m.facts(p.Gateways, false) })
	}
	m.next(p.Next)
	p.addRemedies(m)
	p.addFindings(m)
	m.section("The token, by what the logs know it", func() {
		m.facts(p.Identity, true)
		m.line(`p class="faint"`, "Judged at "+p.At+". A prediction, made without the gateway; "+
			"the token itself is not in this report.")
	})
	return m.String()
}

func (p *explainPage) addCauses(m *markup) {
	if len(p.Causes) == 0 {
		return
	}
	m.section("What would explain the real answer, the most likely first", func() {
		m.list("ol", len(p.Causes), func(i int) {
			m.element("strong", p.Causes[i].Title)
			m.WriteString("<br>")
			m.text(p.Causes[i].Why)
			m.WriteString("<br>check: ")
			m.text(p.Causes[i].Look)
		})
	})
}

func (p *explainPage) addRemedies(m *markup) {
	if len(p.Remedies)+len(p.Refused) == 0 {
		return
	}
	m.section(p.RemediesTitle, func() {
		for _, r := range p.Remedies {
			m.line("h3", r.Title)
			after := "after it: " + r.After
			if r.Other != "" {
				after += "; the other token would get: " + r.Other
			}
			m.line("p", after)
			m.list("ul", len(r.Changes), func(i int) { m.element("code", r.Changes[i]) })
			if r.Command != "" {
				m.WriteString("<p>as a diff: ")
				m.element("code", r.Command)
				m.WriteString("</p>\n")
			}
		}
		for _, r := range p.Refused {
			m.line(`p class="faint"`, "not offered: "+r.Label+": "+r.Text)
		}
	})
}

func (p *explainPage) addFindings(m *markup) {
	if len(p.Findings) == 0 {
		return
	}
	m.section("In the policy", func() {
		m.list("ul", len(p.Findings), func(i int) {
			f := &p.Findings[i]
			m.element("code", f.Place)
			m.text(": " + f.Severity + ": " + f.Message + " ")
			m.element(`span class="faint"`, "["+f.Rule+"]")
		})
	})
}
