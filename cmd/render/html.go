package render

import (
	_ "embed"
	"html"
	"io"
	"strconv"
	"strings"

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

// say makes a text fit to be shown.
func (m *markup) say(text string) string { return safe(m.mask.Text(text)) }

// text adds a text.
func (m *markup) text(text string) { m.WriteString(html.EscapeString(m.say(text))) }

// element adds an element that holds a text. What begins it has no text of anybody's in it, as in
// `p class="lead"`.
func (m *markup) element(begin, text string) {
	name, _, _ := strings.Cut(begin, " ")
	m.WriteString("<" + begin + ">")
	m.text(text)
	m.WriteString("</" + name + ">")
}

// line adds an element on a line of its own, unless its text is empty.
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

// section adds a part of the page under a heading.
func (m *markup) section(heading string, content func()) {
	m.WriteString("<section class=\"story\">\n")
	m.line("h2", heading)
	content()
	m.WriteString("</section>\n")
}

// list adds a list with an item for each number up to n.
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

// source adds the line of a file that something is about.
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

// table adds a table under a heading, unless it is empty.
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

// next adds what to do now.
func (m *markup) next(steps []rules.Step) {
	if len(steps) == 0 {
		return
	}
	m.section("Next", func() { m.steps(steps) })
}

// steps adds a list of what to do, each with the command that does it.
func (m *markup) steps(steps []rules.Step) {
	m.list("ul", len(steps), func(i int) {
		m.text(sentence(steps[i].Note))
		if steps[i].Command != "" {
			m.WriteString("<br>")
			m.element("code", steps[i].Command)
		}
	})
}

// moodClass is the class of a text of this mood.
func moodClass(mood Mood) string {
	return map[Mood]string{Good: "good", Bad: "bad", Unsure: "unsure"}[mood]
}
