package render

import (
	_ "embed"
	"fmt"
	"html"
	"io"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// style is how every page looks.
//
//go:embed style.css
var style string

// writePage writes a page that needs no script and loads nothing. The body has escaped its texts.
func writePage(w io.Writer, title, body string) error {
	_, err := io.WriteString(w, `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>`+html.EscapeString(title)+`</title>
<style>
`+style+`</style>
</head>
<body>
<main>
`+body+`</main>
</body>
</html>
`)
	return err
}

// markup builds a part of a page. Each text is masked, made safe to print, and escaped.
//
// html/template would do it too, but calls methods by names that only a template knows, so that
// the linker can leave out none: without it the module of cmd/page is a quarter smaller.
type markup struct {
	strings.Builder
	mask *Mask
}

func (m *markup) say(text string) string { return safe(m.mask.Text(text)) }

func (m *markup) text(text string) { m.WriteString(html.EscapeString(m.say(text))) }

// element adds an element that holds a text. What begins it has no text of anybody's in it, as in
// `p class="lead"`.
func (m *markup) element(begin, text string) {
	name, _, _ := strings.Cut(begin, " ")
	m.WriteString("<" + begin + ">")
	m.text(text)
	m.WriteString("</" + name + ">")
}

func (m *markup) line(begin, text string) {
	if text != "" {
		m.element(begin, text)
		m.WriteString("\n")
	}
}

// code adds a value to copy, or a place, as a paragraph.
func (m *markup) code(text string) {
	m.WriteString("<p>")
	m.element("code", text)
	m.WriteString("</p>\n")
}

func (m *markup) section(heading string, content func()) {
	m.WriteString("<section class=\"story\">\n")
	m.line("h2", heading)
	content()
	m.WriteString("</section>\n")
}

func (m *markup) list(kind string, n int, item func(i int)) {
	if n == 0 {
		return
	}
	m.WriteString("<" + kind + ">")
	for i := range n {
		m.WriteString("<li>")
		item(i)
		m.WriteString("</li>")
	}
	m.WriteString("</" + kind + ">\n")
}

// facts adds a list of terms; where they are values to copy, as code.
func (m *markup) facts(rows []Row, code bool) {
	m.WriteString("<dl>")
	for _, row := range rows {
		m.element("dt", row.Label)
		if code {
			m.WriteString("<dd>")
			m.element("code", row.Text)
			m.WriteString("</dd>")
			continue
		}
		m.element("dd", row.Text)
	}
	m.WriteString("</dl>\n")
}

func (m *markup) source(line int, cut excerpt, note string) {
	m.WriteString("<pre>" + strconv.Itoa(line) + " | " +
		html.EscapeString(strings.TrimLeft(cut.before, " ")) +
		"<mark>" + html.EscapeString(cut.marked) + "</mark>" + html.EscapeString(cut.after))
	if note != "" {
		m.element(`span class="note"`, note)
	}
	m.WriteString("</pre>\n")
}

// cells are a row of a table of checks, or of claims. The class is a word of ours.
type cells struct{ Class, Sign, Name, Text, Note string }

func (m *markup) table(heading string, rows []cells) {
	if len(rows) == 0 {
		return
	}
	m.section(heading, func() {
		m.WriteString("<table class=\"checks\">\n<tbody>")
		for _, r := range rows {
			m.tableRow(r)
		}
		m.WriteString("</tbody>\n</table>\n")
	})
}

func (m *markup) tableRow(r cells) {
	m.WriteString("<tr")
	if r.Class != "" {
		m.WriteString(` class="` + r.Class + `"`)
	}
	m.WriteString(`><th scope="row">`)
	if r.Sign != "" {
		m.element(`span class="sign" aria-hidden="true"`, r.Sign)
	}
	m.text(r.Name)
	m.WriteString("</th><td>")
	m.text(r.Text)
	if r.Note != "" {
		m.WriteString("<br>")
		m.element(`span class="faint"`, r.Note)
	}
	m.WriteString("</td></tr>\n")
}

func (m *markup) next(steps []rules.Step) {
	if len(steps) == 0 {
		return
	}
	m.section("Next", func() { m.steps(steps) })
}

// steps adds a list of what to do, each with the command that does it.
func (m *markup) steps(steps []rules.Step) {
	m.list("ul", len(steps), func(i int) {
		m.text(report.Sentence(steps[i].Note))
		if steps[i].Command != "" {
			m.WriteString("<br>")
			m.element("code", steps[i].Command)
		}
	})
}

func moodClass(mood Mood) string {
	return map[Mood]string{Good: "good", Bad: "bad", Unsure: "unsure"}[mood]
}

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
	m.line(`p class="lead"`, d.lead())
	m.table("What it is", rowsOf(d.whatItIs()))
	m.table("Claims", d.memberRows("claims", d.Mask.Claims(d.Token.Claims)))
	m.table("Header", d.memberRows("header", d.Mask.Value(d.Token.Header)))
	m.notes("Worth knowing", d.Mask.notes(d.Profile.Traits))
	m.notes("Odd", d.Mask.notes(odditiesAt(d.Profile, d.At)))
	m.next(d.Next)
	return Fragment{Answer: m.say(Summary(d.Profile, d.At)), HTML: m.String()}
}

func rowsOf(rows []Row) []cells {
	return source.Each(rows, func(r Row) cells { return cells{Name: r.Label, Text: r.Text} })
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
	m.line(`p class="lead"`, v.reason())
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
