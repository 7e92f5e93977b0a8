package source

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// scalarEnd returns the offset behind a scalar that starts at start.
func (r *yamlReader) scalarEnd(n *yaml.Node, start int) int {
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return r.quotedEnd(start, '"')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return r.quotedEnd(start, '\'')
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return r.blockEnd(start, n.Value)
	}
	return r.matchEnd(start, n.Value)
}

func (r *yamlReader) quotedEnd(start int, quote byte) int {
	for i := start + 1; i < len(r.text); i++ {
		switch {
		case quote == '"' && r.text[i] == '\\':
			i++
		case r.text[i] != quote:
		case quote == '\'' && i+1 < len(r.text) && r.text[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(r.text)
}

// matchEnd returns the offset behind the last character of a plain scalar. YAML folds the white space of
// such a scalar, and leaves everything else as it is: so the end is where the last character that is no
// white space was found.
func (r *yamlReader) matchEnd(at int, value string) int {
	for _, c := range value {
		if isYAMLSpace(c) {
			continue
		}
		at = skipYAMLSpace(r.text, at)
		at = min(at+utf8.RuneLen(c), len(r.text))
	}
	return at
}

func skipYAMLSpace(text []byte, at int) int {
	for at < len(text) {
		c, size := utf8.DecodeRune(text[at:])
		if !isYAMLSpace(c) {
			break
		}
		at += size
	}
	return at
}

// isYAMLSpace reports whether r is white space or a line break of YAML 1.1.
func isYAMLSpace(r rune) bool {
	switch r {
	case ' ', '\t', '\r', '\n', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// blockEnd returns the offset behind a literal or folded scalar, without its last line break.
func (r *yamlReader) blockEnd(start int, value string) int {
	at := r.lineEnd(start)
	content := strings.TrimRightFunc(value, isYAMLSpace)
	rest := value[len(content):]
	if content != "" {
		at = r.matchEnd(at, content)
	}
	breaks := countBreaks(rest)
	if breaks == 0 {
		return min(at+len(rest), len(r.text))
	}
	if content == "" {
		breaks++
	}
	for ; breaks > 1; breaks-- {
		at = r.nextLine(r.lineEnd(at))
	}
	return r.lineEnd(at)
}

func countBreaks(text string) int {
	return strings.Count(text, "\n") + strings.Count(text, "\u2028") + strings.Count(text, "\u2029")
}

// lineEnd returns the offset of the line break behind at, or of the end of the text.
func (r *yamlReader) lineEnd(at int) int {
	if i := bytes.IndexAny(r.text[at:], "\r\n\u0085\u2028\u2029"); i >= 0 {
		return at + i
	}
	return len(r.text)
}

// nextLine returns the offset behind the line break at at.
func (r *yamlReader) nextLine(at int) int {
	if bytes.HasPrefix(r.text[at:], []byte("\r\n")) {
		return at + 2
	}
	_, size := utf8.DecodeRune(r.text[at:])
	return at + size
}
