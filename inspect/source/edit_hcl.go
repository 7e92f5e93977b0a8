package source

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// hclEditor writes changes of Terraform files: attributes of blocks, one a line, and members of
// object expressions.
type hclEditor struct{ hclWriter }

func (e hclEditor) replace(at site, with *Value) Edit {
	old := at.value
	indent := e.indentOf(old.Span.Start)
	switch {
	case at.parent() == nil:
		return Edit{
			Span: old.Span,
			Text: strings.Join(e.assignments(with, "", true), e.newline) + e.newline,
		}
	case e.isBlock(at) && with.Kind == Object:
		return Edit{Span: old.Span, Text: e.object(with, indent, true)}
	}
	return Edit{Span: old.Span, Text: e.expression(with, indent, e.spreads(at))}
}

// isBlock reports whether an object is a block: there is no equals sign and no colon between its
// name and its brace.
func (e hclEditor) isBlock(at site) bool {
	if at.key == nil {
		return false
	}
	gap := strings.TrimSpace(e.slice(at.key.KeySpan.End, at.value.Span.Start))
	return !strings.HasPrefix(gap, "=") && !strings.HasPrefix(gap, ":")
}

// spreads reports whether the new value goes over several lines: as the old one did, or, if the
// old one could not, as its parent does.
func (e hclEditor) spreads(at site) bool {
	old := at.value
	if isInline(old) {
		old = at.parent()
	}
	return breaksLine(e.slice(old.Span.Start, old.Span.End))
}

// spans returns the text of the items of a list, or of the members of an object, with the
// parentheses that close after them.
func (e hclEditor) spans(v *Value) []Span {
	spans := v.children()
	from := v.Span.Start
	for i := range spans {
		value := v.child(i)
		if len(v.Members) > 0 {
			from = v.Members[i].KeySpan.End
		}
		for range strings.Count(e.slice(min(from, value.Span.Start), value.Span.Start), "(") {
			next := skipSpace(e.text, spans[i].End)
			if next < len(e.text) && e.text[next] == ')' {
				spans[i].End = next + 1
			}
		}
		from = spans[i].End
	}
	return spans
}

// child returns an item of a list, or the value of a member of an object.
func (v *Value) child(i int) *Value {
	if v.Kind == List {
		return v.Items[i]
	}
	return v.Members[i].Value
}

func (e hclEditor) add(at site, key string, with *Value) Edit {
	spans := e.spans(at.value)
	last := spans[len(spans)-1]
	if !e.leads(last.Start) {
		return Edit{
			Span: Span{last.End, last.End}, Text: ", " + e.assignment(key, with, "", false),
		}
	}
	indent := e.indentOf(last.Start)
	end := e.lineEnd(last.End)
	comma := ""
	if strings.HasPrefix(strings.TrimSpace(e.slice(last.End, end)), ",") {
		comma = ","
	}
	return Edit{
		Span: Span{end, end},
		Text: e.newline + indent + e.assignment(key, with, indent, true) + comma,
	}
}

func (e hclEditor) remove(at site, member int) Edit {
	spans := e.spans(at.value)
	span := spans[member]
	behind := strings.TrimLeft(e.slice(span.End, e.lineEnd(span.End)), ", \t")
	if e.leads(span.Start) && (behind == "" || HasAnyPrefix(behind, "#", "//")) {
		return Edit{Span: Span{e.lineStart(span.Start), e.nextLine(span.End)}}
	}
	return removed(spans, member)
}

func (e hclEditor) rename(m *Member, to string) Edit {
	return Edit{Span: m.KeySpan, Text: e.name(to)}
}

func (e hclEditor) insert(at site, index int, with *Value) Edit {
	list := at.value
	n, spans := max(index-1, 0), e.spans(list)
	model := list.Items[n]
	gap := e.separator(spans, n)
	w := e.hclWriter
	spread := breaksLine(gap)
	if model.Kind == Object && len(model.Members) > 0 {
		spread = breaksLine(e.slice(model.Span.Start, model.Span.End))
		w.model = model
	}
	text := w.expression(with, e.indentOf(spans[n].Start), spread)
	return e.insertAmong(spans, index, gap, text)
}

// hclWriter writes values as expressions of HCL.
type hclWriter struct {
	layout
	model *Value // an object whose way of writing members is taken over; nil for none
}

// expression returns a value as an expression. Objects go over several lines if they are told to,
// and so do lists with objects in them. All lines but the first are indented.
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
		pad := " "
		if w.model != nil {
			pad = w.padOf(w.model)
		}
		return "{" + pad + strings.Join(w.assignments(v, indent, false), ", ") + pad + "}"
	}
	gap := w.newline + indent + w.unit
	return "{" + gap + strings.Join(w.assignments(v, indent+w.unit, true), gap) + w.newline +
		indent + "}"
}

func (w hclWriter) assignments(v *Value, indent string, spread bool) []string {
	return Each(v.Members, func(m Member) string {
		return w.assignment(m.Key, m.Value, indent, spread)
	})
}

func (w hclWriter) assignment(key string, v *Value, indent string, spread bool) string {
	name, equals := w.nameLike(key)
	w.model = nil
	return name + equals + w.expression(v, indent, spread)
}

// nameLike returns a name and what is between it and its value, as the model has them.
func (w hclWriter) nameLike(key string) (name, equals string) {
	name, equals = w.name(key), " = "
	if w.model == nil {
		return name, equals
	}
	m := &w.model.Members[0]
	if i := lastMember(w.model.Members, key); i >= 0 {
		m = &w.model.Members[i]
	}
	if w.slice(m.KeySpan.Start, m.KeySpan.Start+1) == `"` {
		name = quoteHCL(key)
	}
	between := w.slice(m.KeySpan.End, max(m.Value.Span.Start, m.KeySpan.End))
	if sign := strings.TrimSpace(between); (sign == "=" || sign == ":") && !breaksLine(between) {
		equals = between
	}
	return name, equals
}

// name returns a name, in quotes if it needs them. A word of the language does too.
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
