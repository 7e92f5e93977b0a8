package source

import (
	"fmt"
	"strings"
)

func (v *Value) writeJSON(b *strings.Builder) {
	if v == nil {
		b.WriteString("null")
		return
	}
	switch v.Kind {
	case List:
		v.writeItems(b)
	case Object:
		v.writeMembers(b)
	case String, Unknown:
		writeString(b, v.Text)
	case Null:
		b.WriteString("null")
	case Bool, Number:
		b.WriteString(v.Text)
	}
}

func (v *Value) writeItems(b *strings.Builder) {
	b.WriteByte('[')
	for i, item := range v.Items {
		if i > 0 {
			b.WriteByte(',')
		}
		item.writeJSON(b)
	}
	b.WriteByte(']')
}

func (v *Value) writeMembers(b *strings.Builder) {
	b.WriteByte('{')
	for i := range v.Members {
		if i > 0 {
			b.WriteByte(',')
		}
		writeString(b, v.Members[i].Key)
		b.WriteByte(':')
		v.Members[i].Value.writeJSON(b)
	}
	b.WriteByte('}')
}

// quoteJSON returns text as a JSON string, with no more escapes than RFC 8259, section 7 asks for, so that
// URLs and expressions stay legible.
func quoteJSON(text string) string {
	var b strings.Builder
	writeString(&b, text)
	return b.String()
}

func writeString(b *strings.Builder, text string) {
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ':
			b.WriteString(escapeControl(r))
		default:
			b.WriteRune(r) // U+FFFD for what is no UTF-8
		}
	}
	b.WriteByte('"')
}

func escapeControl(r rune) string {
	switch r {
	case '\b':
		return `\b`
	case '\f':
		return `\f`
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	return fmt.Sprintf(`\u%04x`, r)
}
