package source

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// hclWriter writes values as expressions of HCL.
type hclWriter struct{ layout }

// expression returns a value as an expression. Objects go over several lines where they are told to; lists
// do where objects are in them. All lines but the first are indented.
func (w hclWriter) expression(v *Value, indent string, spread bool) string {
	switch v.Kind {
	case List:
		return w.list(v, indent, spread)
	case Object:
		return w.object(v, indent, spread)
	case String:
		return quoteHCL(v.Text)
	case Null:
		return "null"
	case Bool, Number, Unknown:
	}
	return v.Text
}

func (w hclWriter) list(v *Value, indent string, spread bool) string {
	var parts []string
	lines := false
	for _, item := range v.Items {
		lines = lines || spread && !isInline(item)
	}
	for _, item := range v.Items {
		inside := indent
		if lines {
			inside += w.unit
		}
		parts = append(parts, w.expression(item, inside, spread))
	}
	if lines {
		gap := w.newline + indent + w.unit
		return "[" + gap + strings.Join(parts, ","+gap) + w.newline + indent + "]"
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (w hclWriter) object(v *Value, indent string, spread bool) string {
	switch {
	case len(v.Members) == 0:
		return "{}"
	case !spread:
		return "{ " + strings.Join(w.assignments(v, indent, false), ", ") + " }"
	}
	gap := w.newline + indent + w.unit
	return "{" + gap + strings.Join(w.assignments(v, indent+w.unit, true), gap) + w.newline + indent + "}"
}

func (w hclWriter) assignments(v *Value, indent string, spread bool) []string {
	var all []string
	for _, m := range v.Members {
		all = append(all, w.assignment(m.Key, m.Value, indent, spread))
	}
	return all
}

func (w hclWriter) assignment(key string, v *Value, indent string, spread bool) string {
	return w.name(key) + " = " + w.expression(v, indent, spread)
}

// name returns a name, in quotes where it needs them: a word of the language does too.
func (w hclWriter) name(key string) string {
	switch key {
	case "for", "if", "in", "true", "false", "null":
		return quoteHCL(key)
	}
	if hclsyntax.ValidIdentifier(key) {
		return key
	}
	return quoteHCL(key)
}

// quoteHCL returns text as a string of HCL in which nothing is interpolated.
func quoteHCL(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case (r == '$' || r == '%') && strings.HasPrefix(text[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteString(escapeControl(r))
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
