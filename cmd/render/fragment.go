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
	p := newExplainPage(r)
	p.body()
	return Fragment{p.say(p.title()), p.mood(), p.String()}
}

// DecodeFragment is a decoded token as a part of a page.
func DecodeFragment(r *report.Decoding) Fragment {
	d := newDecoding(r)
	m := &markup{mask: d.Mask}
	m.line(`p class="lead"`, notVerified)
	m.table("What it is", rowsOf(d.whatItIs()))
	m.table("Claims", d.memberRows("claims", d.Mask.Claims(d.Token.Claims)))
	m.table("Header", d.memberRows("header", d.Mask.Value(d.Token.Header)))
	m.observations("Worth knowing", d.Profile.Traits)
	m.observations("Odd", odditiesAt(d.Profile, d.At))
	m.next(d.Next)
	return Fragment{Answer: m.say(Summary(d.Profile, d.At)), HTML: m.String()}
}

func rowsOf(rows []Row) []cells {
	all := make([]cells, len(rows))
	for i, r := range rows {
		all[i] = cells{Name: r.Label, Text: r.Text}
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
			Name: inspect.ShortenMiddle(m.Key, 2*widestLabel), Text: d.shown(part, m),
			Note: d.meaning(part, m.Key),
		})
	}
	if more := len(object.Members) - len(listed); more > 0 {
		all = append(all, cells{Text: fmt.Sprintf("and %d more", more)})
	}
	return all
}

// observations adds what was noticed in a token.
func (m *markup) observations(title string, all []inspect.Observation) {
	notes := make([]keys.Note, len(all))
	for i, o := range all {
		notes[i] = keys.Note{ID: o.ID, Message: m.mask.Message(o)}
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
	m := &markup{mask: v.Mask}
	m.line(`p class="lead"`, v.shortReason())
	signs := Style{Unicode: true}
	var checks []cells
	for _, c := range v.Report.Checks {
		outcome := c.Outcome.String()
		text := outcome
		if why := v.checkText(c); why != "" {
			text += ": " + why
		}
		checks = append(checks, cells{
			Class: outcome, Sign: signs.Mark(outcome),
			Name: strings.ReplaceAll(c.ID, "-", " "), Text: text,
		})
	}
	m.table("Checks", checks)
	m.table("What was checked", rowsOf(v.facts()))
	m.notes("Worth knowing", v.allNotes())
	m.next(v.Next)
	mood, headline := v.headline()
	return Fragment{m.say(headline), moodClass(mood), m.String()}
}

// LintFragment is what lint has found, as a part of a page.
func LintFragment(r *report.Linting) Fragment {
	l := linting{r}
	m := &markup{}
	for i := range l.Findings {
		m.finding(l, &l.Findings[i])
	}
	if len(l.Findings) == 0 {
		m.next(l.Next)
	}
	mood := Good
	switch {
	case l.count(rules.Error) > 0:
		mood = Bad
	case l.count(rules.Warning) > 0 || len(l.Unread) > 0 || l.Policies == 0:
		mood = Unsure
	}
	return Fragment{LintSummary(r), moodClass(mood), m.String()}
}

// finding adds a finding: what, where, and what to do.
func (m *markup) finding(l linting, f *rules.Finding) {
	m.WriteString("<section class=\"finding\">\n<h2>")
	class := map[rules.Severity]string{rules.Error: "bad", rules.Warning: "unsure"}[f.Severity]
	m.element(`span class="`+class+`"`, string(f.Severity))
	m.text(": " + f.Message + " ")
	m.element(`span class="faint"`, "["+f.Rule+"]")
	m.WriteString("</h2>\n")
	m.code(f.Pos.String())
	if file := l.Sources[f.Pos.File]; file != nil && f.Span.End > f.Span.Start && f.Pos.Line > 0 {
		m.source(f.Pos.Line, excerptOf(file, f.Span).fit(widestProse, "…"), "")
	}
	m.line("p", l.Fix(f))
	if way := l.Way(*f); way != "" {
		m.code(way)
	}
	m.WriteString("</section>\n")
}
