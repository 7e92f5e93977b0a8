package main

import (
	"strings"
)

// roff is the text of a page in the macros of man(7).
type roff struct{ strings.Builder }

// request writes a macro with its arguments in quotes.
func (p *roff) request(macro string, arguments ...string) {
	for i, argument := range arguments {
		arguments[i] = `"` + strings.ReplaceAll(escape(argument), `"`, `\(dq`) + `"`
	}
	p.line("." + macro + " " + strings.Join(arguments, " "))
}

func (p *roff) section(name string) { p.request("SH", name) }

// line writes a line that is escaped already.
func (p *roff) line(text string) { p.WriteString(text + "\n") }

// item is a tag and, below it, its text.
func (p *roff) item(tag, text string) {
	p.line(".TP")
	p.line(tag)
	p.line(escape(strings.Join(strings.Fields(text), " ")))
}

// prose writes paragraphs, which blank lines part. Lines that are indented are code.
func (p *roff) prose(text string) {
	for _, paragraph := range strings.Split(text, "\n\n") {
		paragraph = strings.Trim(strings.TrimLeft(paragraph, "#\n"), "\n")
		switch {
		case strings.TrimSpace(paragraph) == "":
		case strings.HasPrefix(paragraph, "\t"):
			p.code(strings.ReplaceAll(strings.TrimPrefix(paragraph, "\t"), "\n\t", "\n"))
		default:
			p.line(".PP")
			p.line(escape(strings.Join(strings.Fields(paragraph), " ")))
		}
	}
}

// code writes commands as they are.
func (p *roff) code(commands string) {
	p.line(".PP")
	p.line(".RS 4")
	p.line(".nf")
	for command := range strings.Lines(commands) {
		for line := range strings.Lines(continued(strings.TrimRight(command, "\n"))) {
			p.line(escape(strings.TrimRight(line, "\n")))
		}
	}
	p.line(".fi")
	p.line(".RE")
}

// continued breaks a command that is too long for a page of 80 columns into lines that a shell
// reads as one: before what it writes to, else before its flags.
func continued(command string) string {
	const width = 66
	at := " -"
	if strings.Contains(command, " > ") {
		at = " > "
	}
	var text strings.Builder
	column := 0
	for i, part := range strings.Split(command, at) {
		if i > 0 {
			part = at + part
		}
		if column+len(part)+len(` \`) > width && i > 0 {
			text.WriteString(" \\\n   ")
			column = 3
		}
		text.WriteString(part)
		column += len(part)
	}
	return text.String()
}

func bold(text string) string { return `\fB` + escape(text) + `\fR` }

// escape writes a line so that it is read as text: a terminal shows each of these characters as it
// is, and not as the one that typesetters prefer.
func escape(line string) string {
	line = strings.NewReplacer(
		`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`,
	).Replace(line)
	if strings.HasPrefix(line, ".") {
		return `\&` + line
	}
	return line
}
