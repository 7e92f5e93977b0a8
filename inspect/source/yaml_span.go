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
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 && start < len(r.text):
		end, _ := quotedEnd(r.text, start)
		return end
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return r.blockEnd(start, n.Value)
	}
	return r.matchEnd(start, n.Value)
}

// quotedEnd returns the offset behind a string in quotes that starts at start. It is not closed
// where there is none.
func quotedEnd(text []byte, start int) (end int, closed bool) {
	quote := text[start]
	for i := start + 1; i < len(text); i++ {
		switch {
		case quote == '"' && text[i] == '\\':
			i++
		case text[i] != quote:
		case quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		default:
			return i + 1, true
		}
	}
	return len(text), false
}

// matchEnd returns the offset after the last character of a plain scalar. YAML folds the white
// space of such a scalar and leaves everything else as it is. So the scalar ends where the last
// character other than white space is found.
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

// blockEnd returns the offset after a literal or folded scalar, without its last line break.
func (r *yamlReader) blockEnd(start int, value string) int {
	at := r.lineEnd(start)
	content := strings.TrimRightFunc(value, isYAMLSpace)
	rest := value[len(content):]
	if content != "" {
		at = r.matchEnd(at, content)
	}
	breaks := strings.Count(rest, "\n") + strings.Count(rest, "\u2028") +
		strings.Count(rest, "\u2029")
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

// skipProperties returns the offset behind the anchor and the tag of a node that starts at at.
func (r *yamlReader) skipProperties(at int, n *yaml.Node) int {
	left := 0
	if n.Anchor != "" {
		left++
	}
	if n.Style&yaml.TaggedStyle != 0 {
		left++
	}
	for ; left > 0 && at < len(r.text) && (r.text[at] == '&' || r.text[at] == '!'); left-- {
		for at < len(r.text) && bytes.IndexByte([]byte(" \t\r\n,]}"), r.text[at]) < 0 {
			at++
		}
		if left > 1 || !isEmptyNode(n) {
			at = r.skipBlank(at)
		}
	}
	return at
}

// skipBlank returns the offset of the first character from at on that is neither white space nor
// in a comment. No word may go on at at.
func (r *yamlReader) skipBlank(at int) int {
	for {
		next := skipYAMLSpace(r.text, at)
		if next == len(r.text) || r.text[next] != '#' {
			return next
		}
		at = r.lineEnd(next)
	}
}

// closeFlow puts the end of a flow list or object behind its closing bracket. A pair inside a flow
// list needs none: [a: b].
func (r *yamlReader) closeFlow(v *Value, n *yaml.Node) {
	start := v.Span.Start
	if n.Style&yaml.FlowStyle == 0 || start == len(r.text) ||
		r.text[start] != '[' && r.text[start] != '{' {
		return
	}
	if v.Kind == Object && r.text[start] == '[' {
		return
	}
	v.Span.End = max(v.Span.End, start+1)
	at := v.Span.End
	for {
		at = r.skipBlank(at)
		if at == len(r.text) {
			return
		}
		at++
		if r.text[at-1] == ']' || r.text[at-1] == '}' {
			v.Span.End = at
			return
		}
	}
}
