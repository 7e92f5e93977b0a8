package mulesoft

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// memberPlace is the place of a member's value, or of its name where the value is a block: one
// that begins on a later line, or a block of HCL.
func memberPlace(m *source.Member) rules.Place {
	v := m.Value
	onLaterLine := v.Pos.Line > m.KeyPos.Line
	if (v.Is(source.List) || v.Is(source.Object)) && (onLaterLine || v.Labels != nil) {
		return keyPlace(m)
	}
	return place(m.Key, v)
}

// keyPlace is the place of a member's name.
func keyPlace(m *source.Member) rules.Place {
	return rules.Place{Field: m.Key, Pos: m.KeyPos, Span: m.KeySpan}
}

// place is where the value of a field begins, and the part of it that is shown to a reader: all of
// a scalar, the first character of anything else.
func place(field string, v *source.Value) rules.Place {
	span := v.Span
	if v.Kind == source.List || v.Kind == source.Object {
		span.End = min(span.End, span.Start+1)
	}
	return rules.Place{Field: field, Pos: v.Pos, Span: span}
}

// findingAt is a finding about what is at a place.
func findingAt(at rules.Place, message string) rules.Finding {
	return rules.Finding{Field: at.Field, Pos: at.Pos, Span: at.Span, Message: message}
}

// firstPresent is the first value that is there and not null; nil where none is.
func firstPresent(values ...*source.Value) *source.Value {
	for _, v := range values {
		if v.IsSet() {
			return v
		}
	}
	return nil
}

// label is the text of a string or a number; empty for any other value.
func label(v *source.Value) string {
	if v.Is(source.String) || v.Is(source.Number) {
		return v.Text
	}
	return ""
}

// on reports whether a member holds true.
func on(config *source.Value, name string) bool {
	is, _ := config.Member(name).Bool()
	return is
}

// kindOf names the kind of a value that may be absent.
func kindOf(v *source.Value) string {
	if v == nil {
		return "absent"
	}
	return v.Kind.String()
}

func object(members ...source.Member) *source.Value {
	return &source.Value{Kind: source.Object, Members: members}
}

func notKnown(why string) *source.Value { return &source.Value{Kind: source.Unknown, Text: why} }

// valueAt is the value at a place, v or one inside it; nil where there is none.
func valueAt(v *source.Value, pos source.Position) *source.Value {
	for inside := range v.All {
		if inside.Pos == pos {
			return inside
		}
	}
	return nil
}

// memberAt is the member of v, or of a value inside it, whose name is at this place, or whose
// value is missing there; nil where there is none.
func memberAt(v *source.Value, pos source.Position) *source.Member {
	for _, item := range v.Items {
		if m := memberAt(item, pos); m != nil {
			return m
		}
	}
	for i := range v.Members {
		m := &v.Members[i]
		if m.KeyPos == pos || m.Value.Is(source.Null) && m.KeyPos.Line == pos.Line {
			return m
		}
		if inside := memberAt(m.Value, pos); inside != nil {
			return inside
		}
	}
	return nil
}

// replaced is a file in which one value is replaced.
func replaced(file *source.File, at *source.Value, with any) (*source.File, error) {
	change, err := file.Replace(at, with)
	if err != nil {
		return nil, err
	}
	return file.Edited(change)
}
