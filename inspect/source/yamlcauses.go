package source

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// badStart is about a value that starts with a character that YAML keeps for itself.
func (f *yamlFault) badStart() (offset int, cause, hint string) {
	text := f.text(f.opened)
	for i, r := range text {
		before := strings.TrimRight(text[:i], " ")
		if strings.ContainsRune("@`%", r) && (before == "" || strings.ContainsAny(before[len(before)-1:], ":-,[{?")) {
			return f.at(f.opened, i), "a value must not start with " + string(r), quoteIt
		}
	}
	return f.first(f.opened), "this line starts with a character that YAML keeps for itself", quoteIt
}

// secondColon is about a name and a value where there can't be one.
func (f *yamlFault) secondColon() (offset int, cause, hint string) {
	text := f.text(f.opened)
	first := strings.Index(text, ": ")
	if first >= 0 {
		if second := strings.Index(text[first+1:], ": "); second >= 0 {
			return f.at(f.opened, first+1+second), "a second colon stands on this line", "a value with a colon and a space in it needs quotes"
		}
	}
	return f.first(f.opened), "this line is indented as if it belonged to the line before, which has a value already", alignIt
}

// noColon is about a line that ought to have a name and a value.
func (f *yamlFault) noColon() (offset int, cause, hint string) {
	text := f.text(f.opened)
	if i := strings.IndexByte(text, ':'); i >= 0 {
		return f.at(f.opened, i), "a space is missing behind the colon", ""
	}
	return f.first(f.opened), "a colon is missing behind " + told(strings.TrimSpace(text)), ""
}

// bracket is about lists and objects in brackets.
func (f *yamlFault) bracket() (offset int, cause, hint string) {
	opening, kind := "[", "a list"
	if strings.HasSuffix(f.problem, "'}'") {
		opening, kind = "{", "an object"
	}
	text := f.text(f.opened)
	if strings.Contains(f.problem, "node content") {
		if i := strings.IndexAny(text, "]},"); i >= 0 {
			return f.at(f.opened, i), string(text[i]) + " stands where a value must be", quoteIt + ", or remove it"
		}
		return f.first(f.opened), "the text ends inside a list or an object in brackets", "was it cut off while copying?"
	}
	return f.at(f.opened, strings.LastIndex(text, opening)), kind + " that opens on this line is not closed, or a comma is missing in it", ""
}

// structure is about lines that do not fit the lines before them.
func (f *yamlFault) structure() (offset int, cause, hint string) {
	text := strings.TrimSpace(f.text(f.line))
	switch {
	case strings.HasPrefix(text, "]"), strings.HasPrefix(text, "}"):
		return f.first(f.line), text[:1] + " closes nothing", ""
	case f.unclosedLine() > 0:
		line := f.unclosedLine()
		return f.at(line, strings.IndexAny(f.text(line), `"'`)), "a string that starts on this line is not closed on it", ""
	case f.behindQuote() > 0:
		return f.at(f.line, f.behindQuote()), "text stands behind the closing quote", "a quote inside quotes is doubled in '…' and written \\\" in \"…\""
	case strings.Contains(f.problem, "document start"):
		return f.first(f.line), "more text follows the end of the value", "is this file YAML?"
	case strings.Contains(f.problem, "'-'"):
		return f.first(f.line), "this line stands among the items of a list, and does not start with a dash", ""
	case strings.HasPrefix(text, "- "):
		return f.first(f.line), "a list item stands among the members of an object", "the dashes of a list are indented at least as far as the name above them"
	}
	return f.first(f.line), "the indentation of this line fits no line above it", alignIt
}

// unclosedLine returns the line of a string that starts before the failing line and ends at the first quote
// there, which was meant to open another one; or 0.
func (f *yamlFault) unclosedLine() int {
	for line := f.opened; line < f.line; line++ {
		text := f.text(line)
		start := strings.IndexAny(text, `"'`)
		if start < 1 || text[start-1] != ' ' || strings.Count(text, text[start:start+1]) != 1 {
			continue
		}
		end := line + 1
		for end < f.line && !strings.Contains(f.text(end), text[start:start+1]) {
			end++
		}
		if end == f.line && strings.Contains(f.text(end), text[start:start+1]) {
			return line
		}
	}
	return 0
}

// behindQuote returns the index of text behind a string in quotes on the failing line, or 0.
func (f *yamlFault) behindQuote() int {
	text := f.text(f.line)
	start := strings.IndexAny(text, `"'`)
	if start < 0 {
		return 0
	}
	end := strings.IndexByte(text[start+1:], text[start]) + start + 2
	rest := strings.TrimLeft(text[end:], " ")
	if end == start+1 || rest == "" || strings.ContainsAny(rest[:1], "#:,]}") {
		return 0
	}
	return len(text) - len(rest)
}

// escape is about a backslash in double quotes.
func (f *yamlFault) escape() (offset int, cause, hint string) {
	text := f.text(f.line)
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		if next, _ := utf8.DecodeRuneInString(text[i+1:]); !strings.ContainsRune("0abt\tnvfre \"'/\\N_LPxuU", next) {
			return f.at(f.line, i), "\\" + printable(string(next)) + " is no escape of YAML", `write \\ for a backslash, or use single quotes`
		}
		i++
	}
	return f.first(f.line), "an escape on this line can't be read", `write \\ for a backslash, or use single quotes`
}

func (f *yamlFault) anchor() (offset int, cause, hint string) {
	_, name, _ := strings.Cut(f.problem, "'")
	name, _, _ = strings.Cut(name, "'")
	place := max(strings.Index(f.text(f.line), "*"+name), 0)
	return f.at(f.line, place), "*" + told(name) + " refers to an anchor &" + told(name) + " that does not stand before it",
		"a value that starts with * needs quotes"
}

func (f *yamlFault) control() (offset int, cause, hint string) {
	for i, r := range string(f.reader.lines.text) {
		if unicode.IsControl(r) && !isYAMLSpace(r) || r == '\ufffe' || r == '\uffff' {
			return f.reader.base + i, "a control character stands here", "remove it, or write it as an escape in double quotes"
		}
	}
	return f.first(f.line), "a control character stands on this line", ""
}
