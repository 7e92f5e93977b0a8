package source

import (
	"fmt"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// yamlWriter writes values as YAML.
type yamlWriter struct {
	layout
	indent int // of an object in an object
	item   int // of a list in an object: some files indent its dashes, others don't
}

// newYAMLWriter takes over how a file indents: as the first object and the first list below a name.
func newYAMLWriter(f *File) yamlWriter {
	w := yamlWriter{layout: newLayout(f), indent: 2}
	if columns := w.columnsBelow(f.Documents, Object); columns > 0 {
		w.indent = columns
	}
	w.item = w.indent
	if columns := w.columnsBelow(f.Documents, List); columns >= 0 {
		w.item = columns
	}
	return w
}

// columnsBelow returns by how many columns the first value of a kind that stands below its name is indented,
// or -1 where there is none.
func (w yamlWriter) columnsBelow(values []*Value, kind Kind) int {
	for _, v := range values {
		inside := v.Items
		for _, m := range v.Members {
			child := m.Value
			if child.Kind == kind && !isInline(child) && !w.isFlow(child) && w.leads(child.Span.Start) {
				return child.Pos.Column - v.Pos.Column
			}
			inside = append(inside, child)
		}
		if columns := w.columnsBelow(inside, kind); columns >= 0 {
			return columns
		}
	}
	return -1
}

// below returns the indentation of a list or an object below a name.
func (w yamlWriter) below(indent int, v *Value) int {
	if v.Kind == List {
		return indent + w.item
	}
	return indent + w.indent
}

// block returns a value in block style. Its lines but the first are indented.
func (w yamlWriter) block(v *Value, indent int) string {
	if isInline(v) {
		return w.flow(v, 0)
	}
	var lines []string
	for _, item := range v.Items {
		lines = append(lines, "- "+w.block(item, indent+2))
	}
	for i := range v.Members {
		lines = append(lines, w.member(v.Members[i].Key, v.Members[i].Value, indent))
	}
	return strings.Join(lines, w.newline+spaces(indent))
}

// member returns a name and its value, which stands below it where it is no scalar.
func (w yamlWriter) member(key string, v *Value, indent int) string {
	if isInline(v) {
		return w.scalar(key, 0) + ": " + w.flow(v, 0)
	}
	below := w.below(indent, v)
	return w.scalar(key, 0) + ":" + w.newline + spaces(below) + w.block(v, below)
}

// flow returns a value on one line, its strings in these quotes.
func (w yamlWriter) flow(v *Value, quote byte) string {
	switch v.Kind {
	case List:
		items := make([]string, len(v.Items))
		for i, item := range v.Items {
			items[i] = w.flow(item, quote)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case Object:
		members := make([]string, len(v.Members))
		for i, m := range v.Members {
			members[i] = w.scalar(m.Key, quote) + ": " + w.flow(m.Value, quote)
		}
		return "{" + strings.Join(members, ", ") + "}"
	case String:
		return w.scalar(v.Text, quote)
	case Null:
		return "null"
	case Bool, Number, Unknown:
	}
	return v.Text
}

// scalar returns a string, in quotes where it needs them, or where what it replaces had them.
func (w yamlWriter) scalar(text string, quote byte) string {
	switch {
	case quote == 0 && isPlain(text):
		return text
	case quote == '\'' && strings.IndexFunc(text, isOdd) < 0:
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	var b strings.Builder
	for _, r := range quoteJSON(text) {
		if r != '\uFFFD' && isOdd(r) {
			fmt.Fprintf(&b, `\U%08x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isOdd reports whether a character must be escaped, or is better seen.
func isOdd(r rune) bool { return !unicode.IsPrint(r) }

// isPlain reports whether text can do without quotes, anywhere in a file and for every reader of YAML 1.1
// and 1.2. Where that is not plain to see, it can't.
func isPlain(text string) bool {
	if text == "" || strings.HasSuffix(text, ":") || strings.HasSuffix(text, " ") || strings.Contains(text, ": ") {
		return false
	}
	for i, r := range text {
		letter := unicode.IsLetter(r) || r == '_' || r == '/'
		if !letter && (i == 0 || !unicode.IsDigit(r) && !strings.ContainsRune(" -.:@+=()", r)) {
			return false
		}
	}
	switch strings.ToLower(text) {
	case "y", "n", "yes", "no", "on", "off":
		return false
	}
	n := yaml.Node{Kind: yaml.ScalarNode, Value: text}
	return n.ShortTag() == "!!str"
}
