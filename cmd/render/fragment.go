package render

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Fragment is a report as a part of somebody else's page: the answer, and below it the rest. No
// token is in it.
type Fragment struct {
	Answer string // a text, not escaped
	Mood   string // good, bad or unsure; empty if the report judges nothing
	HTML   string
}

// ExplainFragment is an explanation as a part of a page.
func ExplainFragment(r *report.Explanation) Fragment {
	page := (&explainPager{newExplanation(r)}).page()
	return Fragment{page.Answer, page.Mood, page.html()}
}

// DecodeFragment is a decoded token as a part of a page.
func DecodeFragment(r *report.Decoding) Fragment {
	d := newDecoding(r)
	say := func(text string) string { return safe(d.Mask.Text(text)) }
	m := &markup{}
	m.line(`p class="lead"`, notVerified)
	m.table("What it is", rowsOf(d.whatItIs(), say))
	m.table("Claims", d.memberRows("claims", d.Mask.Claims(d.Token.Claims)))
	m.table("Header", d.memberRows("header", d.Mask.Value(d.Token.Header)))
	m.observations("Worth knowing", d, d.Profile.Traits)
	m.observations("Odd", d, odditiesAt(d.Profile, d.At))
	m.next(nextPage(d.Next, say))
	return Fragment{Answer: say(Summary(d.Profile, d.At)), HTML: m.String()}
}

// table adds a table under a heading, unless it is empty.
func (m *markup) table(title string, rows []cells) {
	if len(rows) > 0 {
		m.section(title, func() { m.rows(rows) })
	}
}

func rowsOf(rows []Row, say func(string) string) []cells {
	all := make([]cells, len(rows))
	for i, r := range rows {
		all[i] = cells{Name: say(r.Label), Text: say(r.Text)}
	}
	return all
}

// memberRows are the members of the header or the claims, with what each means.
func (d decoding) memberRows(part string, object *source.Value) []cells {
	if object == nil {
		return nil
	}
	listed := object.Members[:min(len(object.Members), mostMembers)]
	var all []cells
	for _, m := range listed {
		all = append(all, cells{
			Name: safe(inspect.ShortenMiddle(m.Key, 2*widestLabel)), Text: d.shown(part, m),
			Note: safe(d.meaning(part, m.Key)),
		})
	}
	if more := len(object.Members) - len(listed); more > 0 {
		all = append(all, cells{Text: fmt.Sprintf("and %d more", more)})
	}
	return all
}

func (m *markup) observations(title string, d decoding, all []inspect.Observation) {
	notes := make([]keys.Note, len(all))
	for i, o := range all {
		notes[i] = keys.Note{ID: safe(o.ID), Message: safe(d.Mask.Message(o))}
	}
	m.notes(title, notes)
}

// notes adds a list of what was noticed, each with its id.
func (m *markup) notes(title string, notes []keys.Note) {
	if len(notes) == 0 {
		return
	}
	m.section(title, func() {
		m.list("ul", len(notes), func(i int) {
			m.text(notes[i].Message + " ")
			m.element(`span class="faint"`, "["+notes[i].ID+"]")
		})
	})
}

// VerifyFragment is a verification as a part of a page.
func VerifyFragment(r *report.Verification) Fragment {
	v := newVerification(r)
	say := func(text string) string { return safe(v.Mask.Text(text)) }
	m := &markup{}
	m.line(`p class="lead"`, say(v.shortReason()))
	signs := NewText(Style{Unicode: true})
	var checks []cells
	for _, c := range v.Report.Checks {
		outcome := c.Outcome.String()
		text := outcome
		if why := v.checkText(c); why != "" {
			text += ": " + why
		}
		checks = append(checks, cells{
			Class: outcome, Sign: signs.Mark(outcome),
			Name: say(strings.ReplaceAll(c.ID, "-", " ")), Text: say(text),
		})
	}
	m.table("Checks", checks)
	m.table("What was checked", rowsOf(v.facts(), say))
	notes := v.allNotes()
	for i := range notes {
		notes[i] = keys.Note{ID: safe(notes[i].ID), Message: say(notes[i].Message)}
	}
	m.notes("Worth knowing", notes)
	m.next(nextPage(v.Next, say))
	mood, headline := v.headline()
	moods := map[Mood]string{Good: "good", Bad: "bad", Unsure: "unsure"}
	return Fragment{say(headline), moods[mood], m.String()}
}

// LintFragment is what lint has found, as a part of a page.
func LintFragment(r *report.Linting) Fragment {
	l := linting{r}
	m := &markup{}
	for i := range l.Findings {
		m.finding(l, &l.Findings[i])
	}
	if len(l.Findings) == 0 {
		m.next(nextPage(l.Next, safe))
	}
	mood := "good"
	switch {
	case l.count(rules.Error) > 0:
		mood = "bad"
	case l.count(rules.Warning) > 0 || len(l.Unread) > 0 || l.Policies == 0:
		mood = "unsure"
	}
	return Fragment{LintSummary(r), mood, m.String()}
}

// finding adds a finding: what, where, and what to do.
func (m *markup) finding(l linting, f *rules.Finding) {
	m.WriteString("<section class=\"finding\">\n<h2>")
	class := map[rules.Severity]string{rules.Error: "bad", rules.Warning: "unsure"}[f.Severity]
	m.element(`span class="`+class+`"`, string(f.Severity))
	m.text(": " + safe(f.Message) + " ")
	m.element(`span class="faint"`, "["+f.Rule+"]")
	m.WriteString("</h2>\n<p>")
	m.element("code", safe(f.Pos.String()))
	m.WriteString("</p>\n")
	if file := l.Sources[f.Pos.File]; file != nil && f.Span.End > f.Span.Start && f.Pos.Line > 0 {
		cut := excerptOf(file, f.Span).fit(widestProse, "…")
		m.source(f.Pos.Line, strings.TrimLeft(cut.before, " "), cut.marked, cut.after, "")
	}
	m.line("p", safe(l.Fix(f)))
	if way := l.Way(*f); way != "" {
		m.WriteString("<p>")
		m.element("code", safe(way))
		m.WriteString("</p>\n")
	}
	m.WriteString("</section>\n")
}
