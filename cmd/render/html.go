package render

import (
	_ "embed"
	"html"
	"io"
	"strconv"
	"strings"
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

// markup builds a part of a page. Each text is escaped.
//
// html/template would do it too, but calls methods by names that only a template knows, so that
// the linker can leave out none: without it the module of cmd/page is a quarter smaller.
type markup struct{ strings.Builder }

// text adds a text.
func (m *markup) text(text string) { m.WriteString(html.EscapeString(text)) }

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
func (m *markup) source(line int, before, marked, after, note string) {
	m.WriteString("<pre>" + strconv.Itoa(line) + " | ")
	m.text(before)
	m.element("mark", marked)
	m.text(after)
	if note != "" {
		m.element(`span class="note"`, note)
	}
	m.WriteString("</pre>\n")
}

// cells are a row of a table of checks, or of claims. The class is a word of ours.
type cells struct{ Class, Sign, Name, Text, Note string }

func (m *markup) rows(rows []cells) {
	m.WriteString("<table class=\"checks\">\n<tbody>")
	for _, r := range rows {
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
	m.WriteString("</tbody>\n</table>\n")
}

// next adds what to do now.
func (m *markup) next(rows []Row) {
	if len(rows) == 0 {
		return
	}
	m.section("Next", func() {
		m.list("ul", len(rows), func(i int) { m.step(rows[i]) })
	})
}

// step adds what to do, and the command that does it.
func (m *markup) step(row Row) {
	m.text(row.Label)
	if row.Text != "" {
		m.WriteString("<br>")
		m.element("code", row.Text)
	}
}
