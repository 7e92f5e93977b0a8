package render

import (
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// markdown lays out a block to paste into a ticket. Its values are code, so that nothing in
// them is markup.
type markdown struct {
	b    strings.Builder
	mask *Mask
}

func (m *markdown) writeTo(w io.Writer) error {
	_, err := io.WriteString(w, m.b.String())
	return err
}

func (m *markdown) heading(title string) {
	m.b.WriteString("### " + m.plain(title) + "\n\n")
}

func (m *markdown) para(text string) {
	m.b.WriteString(m.plain(text) + "\n\n")
}

// plain is a text without markup. What must not be shown is masked.
func (m *markdown) plain(text string) string { return escapeMarkdown(m.mask.Text(text)) }

// code is a value in a code span. What must not be shown is masked.
func (m *markdown) code(value string) string { return code(m.mask.Text(value)) }

func (m *markdown) cells(texts ...string) {
	for _, text := range texts {
		m.b.WriteString("| " + m.plain(text) + " ")
	}
	m.b.WriteString("|\n")
}

// row adds a line of a table of two columns, unless its value is empty.
func (m *markdown) row(label, value string) {
	if value == "" {
		return
	}
	cell := strings.ReplaceAll(m.code(value), "|", `\|`) // or the bar cuts it
	m.b.WriteString("| " + m.plain(label) + " | " + cell + " |\n")
}

func (m *markdown) table(columns ...string) {
	m.b.WriteString("| " + strings.Join(columns, " | ") + " |\n|" +
		strings.Repeat(" --- |", len(columns)) + "\n")
}

// escapeMarkdown makes a text plain: no markup, no HTML, nothing invisible, one line. Some of what
// GitHub, Azure DevOps and Jira add to Markdown has no escape by a backslash: formulas between $,
// ~~struck~~ text, macros in {braces}, http, https and ftp addresses, names behind @.
func escapeMarkdown(text string) string {
	return blockStart(strings.NewReplacer(
		"&", "&amp;", `\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", "&lt;", ">", "&gt;",
		"|", `\|`, "[", `\[`, "]", `\]`, "#", `\#`, "!", `\!`, "@", "&#64;", "~", "&#126;",
		"$", "&#36;", "{", "&#123;", "}", "&#125;", "p://", "p&#58;//", "P://", "P&#58;//",
		"s://", "s&#58;//", "S://", "S&#58;//", "www.", "www&#46;", "WWW.", "WWW&#46;",
		"mailto:", "mailto&#58;",
	).Replace(safe(text)))
}

// blockStart escapes what begins a list, a rule or the line under a heading.
func blockStart(text string) string {
	rest := strings.TrimLeft(text, " 0123456789")
	before := text[:len(text)-len(rest)]
	switch {
	case rest == "":
		return text
	case before == "" && strings.ContainsRune("-+=", rune(rest[0])),
		before != "" && strings.ContainsRune(".)", rune(rest[0])):
		return before + `\` + rest
	}
	return text
}

// code shows a value as it is, in a code span. No backtick in the value ends the span.
func code(value string) string {
	if value == "" {
		return ""
	}
	value = safe(value)
	fence := "`"
	for strings.Contains(value, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		value = " " + value + " "
	}
	return fence + value + fence
}

func (m *markdown) tokenRows(t *inspect.Token, p inspect.Profile) {
	for _, row := range identity(t, p) {
		m.row(row.Label, row.Text)
	}
}

// item adds a line of a list; a detail is below the item before it. The text may have markup.
func (m *markdown) item(text string)   { m.b.WriteString("- " + text + "\n") }
func (m *markdown) detail(text string) { m.b.WriteString("  - " + text + "\n") }

func (m *markdown) rows(title string, rows []Row) {
	if len(rows) == 0 {
		return
	}
	m.b.WriteString("\n" + title + ":\n\n")
	for _, r := range rows {
		m.item(m.plain(r.Label) + ": " + m.plain(r.Text))
	}
}

// wayOn is the last list of a block: what to do now.
func (m *markdown) wayOn(steps []rules.Step) {
	if len(steps) > 0 {
		m.b.WriteString("\nNext:\n\n")
	}
	for _, step := range steps {
		m.item(m.plain(report.Sentence(step.Note)))
		m.command(step.Command)
	}
}

// command adds a command below an item, as a block: a bar in it does not end a cell.
func (m *markdown) command(command string) {
	if command == "" {
		return
	}
	fence := "```"
	for strings.Contains(command, fence) {
		fence += "`"
	}
	shown := safe(m.mask.Text(command))
	m.b.WriteString("\n  " + fence + "sh\n  " + shown + "\n  " + fence + "\n\n")
}
