package source

import (
	"bytes"
	"strings"
)

// layout is how a file is written.
type layout struct {
	text    []byte
	newline string // the file's line break
	unit    string // one level of indentation
}

func newLayout(f *File) layout {
	return layout{text: f.Text, newline: newlineOf(f.Text), unit: unitOf(f.Text)}
}

// newlineOf returns the line break that a file uses first.
func newlineOf(text []byte) string {
	i := bytes.IndexAny(text, "\r\n")
	switch {
	case i < 0 || text[i] == '\n':
		return "\n"
	case bytes.HasPrefix(text[i:], []byte("\r\n")):
		return "\r\n"
	}
	return "\r"
}

// unitOf returns the indentation of the first line that has one.
func unitOf(text []byte) string {
	start := true
	for i, c := range text {
		switch {
		case c == '\n' || c == '\r':
			start = true
		case start && (c == ' ' || c == '\t'):
			if indent := indentAt(text[i:]); !isBlankLine(text[i+len(indent):]) {
				return indent
			}
			start = false
		default:
			start = false
		}
	}
	return "  "
}

func isBlankLine(rest []byte) bool {
	return len(rest) == 0 || rest[0] == '\n' || rest[0] == '\r'
}

// indentAt returns the spaces and tabs that text starts with.
func indentAt(text []byte) string {
	end := 0
	for end < len(text) && (text[end] == ' ' || text[end] == '\t') {
		end++
	}
	return string(text[:end])
}

// indentOf returns the indentation of the line that holds an offset.
func (l layout) indentOf(offset int) string {
	return indentAt(l.text[l.lineStart(offset):])
}

// lineStart returns the offset of the first byte of the line that holds an offset.
func (l layout) lineStart(offset int) int {
	return bytes.LastIndexAny(l.text[:offset], "\r\n") + 1
}

// lineEnd returns the offset of the line break behind an offset, or of the end of the text.
func (l layout) lineEnd(offset int) int {
	if i := bytes.IndexAny(l.text[offset:], "\r\n"); i >= 0 {
		return offset + i
	}
	return len(l.text)
}

// nextLine returns the offset behind the line that holds an offset, its line break included.
func (l layout) nextLine(offset int) int {
	end := l.lineEnd(offset)
	if bytes.HasPrefix(l.text[end:], []byte("\r\n")) {
		return end + 2
	}
	return min(end+1, len(l.text))
}

// slice returns the text of a span.
func (l layout) slice(start, end int) string { return string(l.text[start:end]) }

// leads reports whether nothing but white space stands before an offset on its line.
func (l layout) leads(offset int) bool {
	return l.lineStart(offset)+len(l.indentOf(offset)) == offset
}

// breaksLine reports whether text goes over several lines.
func breaksLine(text string) bool { return strings.ContainsAny(text, "\r\n") }
