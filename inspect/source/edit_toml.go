package source

import (
	"fmt"
	"strings"
)

// tomlEditor writes changes of TOML files: one name and value a line, and lists in brackets.
type tomlEditor struct{ layout }

func (e tomlEditor) replace(at site, with *Value) Edit {
	return Edit{Span: at.value.Span, Text: e.expression(with)}
}

// add puts a line behind the last one of the table, before the header of another.
func (e tomlEditor) add(at site, key string, with *Value) Edit {
	line := tomlName(key) + " = " + e.expression(with)
	last := Span{}
	for i := range at.value.Members {
		if m := &at.value.Members[i]; !m.hasHeader() {
			last = Span{m.KeySpan.Start, m.Value.Span.End}
		}
	}
	switch end := e.lineEnd(last.End); {
	case last.End == 0:
		return Edit{Span: Span{at.value.Span.Start, at.value.Span.Start}, Text: line + e.newline}
	case !e.leads(last.Start): // an inline table
		return Edit{Span: Span{last.End, last.End}, Text: ", " + line}
	default:
		return Edit{
			Span: Span{end, end}, Text: e.newline + e.indentOf(last.Start) + line,
		}
	}
}

// hasHeader reports whether a member of TOML is a table under a header, which stands for it.
func (m *Member) hasHeader() bool { return m.Value.Span == m.KeySpan }

func (e tomlEditor) remove(at site, member int) Edit {
	m := &at.value.Members[member]
	return Edit{Span: Span{e.lineStart(m.KeySpan.Start), e.nextLine(m.Value.Span.End)}}
}

func (e tomlEditor) rename(m *Member, to string) Edit {
	return Edit{Span: m.KeySpan, Text: tomlName(to)}
}

func (e tomlEditor) insert(at site, index int, with *Value) Edit {
	spans := at.value.children()
	n := max(index-1, 0)
	gap, text := e.separator(spans, n), e.expression(with)
	if index == 0 {
		return Edit{Span: Span{spans[0].Start, spans[0].Start}, Text: text + gap}
	}
	return e.putBehind(spans[n], gap, text)
}

// expression returns a value as TOML has it on one line.
func (e tomlEditor) expression(v *Value) string {
	var parts []string
	switch v.Kind {
	case List:
		for _, item := range v.Items {
			parts = append(parts, e.expression(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Object:
		for _, m := range v.Members {
			parts = append(parts, tomlName(m.Key)+" = "+e.expression(m.Value))
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	case String, Unknown:
		return quoteTOML(v.Text)
	case Null, Bool, Number:
	}
	return v.Text
}

// tomlName returns a name, in quotes if it needs them.
func tomlName(key string) string {
	for i := range len(key) {
		if !isBareKeyByte(key[i]) {
			return quoteTOML(key)
		}
	}
	if key == "" {
		return `""`
	}
	return key
}

// quoteTOML returns text as a basic string of TOML.
func quoteTOML(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
