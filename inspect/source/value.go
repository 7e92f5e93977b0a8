// Package source reads configuration files and parts of tokens into values that know their place.
//
// One reader serves policies, manifests, the environments file and the claims of a token. Whatever
// the format, JSON, YAML or HCL, the result is a tree of [Value]s, each with its position, its
// byte span and its text as it was written. Numbers keep every digit. Duplicate members are kept
// and reported. What the file alone does not say (a Terraform variable, a template) is [Unknown],
// not empty. Edits are made by span, so every byte outside the edit stays as it was, and each edit
// is proved: the edited text is read again.
//
// This is the ground floor: nothing here knows what a policy, a claim or a key means, and nothing
// here opens a file.
package source

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Position is a place in a file. Line and Column count from 1, columns in characters. The zero
// Position is not a place.
type Position struct {
	File   string
	Line   int
	Column int
}

// String returns the position as file:line:column, the form that editors and terminals link. In a
// text that is not a file and has no lines, such as an expression, it is the column alone.
func (p Position) String() string {
	switch {
	case p.Line > 0:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	case p.File == "" && p.Column > 0:
		return fmt.Sprintf("column %d", p.Column)
	}
	return p.File
}

// Span is a half-open range of byte offsets, [Start, End), in the text of a file.
type Span struct{ Start, End int }

// Kind says what a Value is.
type Kind uint8

// The kinds of a value. Unknown is a value that the file alone does not tell: a variable, a
// reference, a template.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Object
	Unknown
)

// String returns the kind in the words of a message: "a string", "an object".
func (k Kind) String() string {
	return [...]string{
		"null", "a boolean", "a number", "a string", "a list", "an object", "an unknown value",
	}[k]
}

// Value is one value of a file, with its place. A nil Value stands for one that is absent: every
// method may be called on it.
type Value struct {
	Kind Kind

	// Present says of an Unknown that it is surely there and not null; its content is not known.
	Present bool

	// Conflict says of an Unknown that its name appears twice in its object, with different
	// values.
	Conflict bool

	// Unread says of an Unknown that the file has it and it was not read: see [ReadResources].
	Unread bool

	// Text is the content of a String, a Number as it was written, "true" or "false" of a Bool, or
	// the source text of an Unknown.
	Text string

	Items   []*Value // of a List
	Members []Member // of an Object, in the file's order, duplicates kept
	Labels  []string // of a block of HCL, which is an Object: the type and the name of a resource
	Pos     Position // of the value's first character
	Span    Span     // of the value's text in its file
}

// NewString is a text that no file has.
func NewString(text string) *Value { return &Value{Kind: String, Text: text} }

// NewStrings are texts that no file has.
func NewStrings(texts ...string) []*Value {
	all, made := make([]*Value, len(texts)), make([]Value, len(texts))
	for i, text := range texts {
		made[i] = Value{Kind: String, Text: text}
		all[i] = &made[i]
	}
	return all
}

// NewList is a list of texts that no file has.
func NewList(texts ...string) *Value { return &Value{Kind: List, Items: NewStrings(texts...)} }

// NewBool is a truth value that no file has.
func NewBool(is bool) *Value { return &Value{Kind: Bool, Text: strconv.FormatBool(is)} }

// Member is one name and value of an object.
type Member struct {
	Key     string
	KeyPos  Position
	KeySpan Span
	Value   *Value

	// Conflict says that an earlier member has the same name and another value, and that it is not
	// known which of them counts in such a file.
	Conflict bool
}

// Member returns the value of the member with this name, or nil. If there are several, it returns
// the last, as most readers of JSON do, or where they conflict, an Unknown in its place.
func (v *Value) Member(name string) *Value {
	return v.Find(name).Known()
}

// Known returns the member's value, or where it conflicts with another one, an Unknown in its
// place. It may be called on a nil Member.
func (m *Member) Known() *Value {
	switch {
	case m == nil:
		return nil
	case m.Conflict:
		last := m.Value
		return &Value{
			Kind: Unknown, Conflict: true, Text: last.JSON(), Pos: last.Pos, Span: last.Span,
		}
	}
	return m.Value
}

// Find returns the last member with this name, or nil.
func (v *Value) Find(name string) *Member {
	if v == nil {
		return nil
	}
	if i := lastMember(v.Members, name); i >= 0 {
		return &v.Members[i]
	}
	return nil
}

// At returns the value at the end of a path of member names, or nil.
func (v *Value) At(path ...string) *Value {
	for _, name := range path {
		v = v.Member(name)
	}
	return v
}

// NotJSON is the first value below this one, or itself, that JSON does not have; nil where there
// is none.
func (v *Value) NotJSON() *Value {
	for inside := range v.All {
		if inside.Kind == Unknown && isEndless(inside.Text) {
			return inside
		}
	}
	return nil
}

// All visits the value, and every one inside it behind the one that it is in.
func (v *Value) All(yield func(*Value) bool) { v.each(yield) }

// each is All, and reports whether all were visited.
func (v *Value) each(yield func(*Value) bool) bool {
	switch {
	case v == nil:
		return true
	case !yield(v):
		return false
	}
	for _, item := range v.Items {
		if !item.each(yield) {
			return false
		}
	}
	for i := range v.Members {
		if !v.Members[i].Value.each(yield) {
			return false
		}
	}
	return true
}

// Mapped is a copy of the value with others in the place of its items and of its members' values.
func (v *Value) Mapped(other func(*Value) *Value) *Value {
	made := *v
	made.Items, made.Members = slices.Clone(v.Items), slices.Clone(v.Members)
	for i, item := range made.Items {
		made.Items[i] = other(item)
	}
	for i := range made.Members {
		made.Members[i].Value = other(made.Members[i].Value)
	}
	return &made
}

// Doubt says why an Unknown under this name is not known.
func (v *Value) Doubt(name string) string {
	if v.Conflict {
		return name + " appears twice in this file, with different values: it is not documented " +
			"which of them counts"
	}
	if v.Unread {
		return name + " is not read in a file as large as this one"
	}
	if isEndless(v.Text) {
		return name + " is " + v.Text + " in this file, which JSON does not have: what reads " +
			"the file as JSON refuses it"
	}
	if v.secretText(name) {
		return name + " has a placeholder in this file that only its deployment replaces"
	}
	return name + " is " + v.Text + " in this file, and only its deployment knows the value"
}

// secretText reports whether the text of a value under this name may hold a secret, beside what a
// deployment puts into it. A reference alone holds none.
func (v *Value) secretText(name string) bool {
	if v.Kind == Unknown && !strings.ContainsAny(v.Text, "\"'") {
		return false
	}
	return isSecret(name) || holdsSecret(v.Text)
}

// Is reports whether the value is there and of this kind.
func (v *Value) Is(kind Kind) bool { return v != nil && v.Kind == kind }

// IsSet reports whether the value is there and not null.
func (v *Value) IsSet() bool { return v != nil && v.Kind != Null }

// List returns the items of a List, and none of anything else.
func (v *Value) List() []*Value {
	if !v.Is(List) {
		return nil
	}
	return v.Items
}

// Str returns the content of a String.
func (v *Value) Str() (string, bool) {
	if !v.Is(String) {
		return "", false
	}
	return v.Text, true
}

// TextAt returns the text of the String at the end of a path of member names; empty where there is
// none.
func (v *Value) TextAt(path ...string) string {
	text, _ := v.At(path...).Str()
	return text
}

// Strings returns the strings of a List of nothing but strings, or the one string of a String.
func (v *Value) Strings() ([]string, bool) {
	if s, ok := v.Str(); ok {
		return []string{s}, true
	}
	if !v.Is(List) {
		return nil, false
	}
	all := make([]string, 0, len(v.Items))
	for _, item := range v.Items {
		s, ok := item.Str()
		if !ok {
			return nil, false
		}
		all = append(all, s)
	}
	return all, true
}

// Bool returns a Bool's value, or that of a String that reads "true" or "false".
func (v *Value) Bool() (value, ok bool) {
	if !v.Is(Bool) && !v.Is(String) {
		return false, false
	}
	return v.Text == "true", v.Text == "true" || v.Text == "false"
}

// Int returns a whole Number, or a String that is written as one.
func (v *Value) Int() (int64, bool) {
	if !v.Is(Number) && !v.Is(String) {
		return 0, false
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	return n, err == nil
}

// JSON returns the value as compact JSON, members in the file's order and numbers as they were
// written. An Unknown is written as its source text in quotes.
func (v *Value) JSON() string {
	var b strings.Builder
	v.writeJSON(&b)
	return b.String()
}

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

// quoteJSON returns text as a JSON string, with no more escapes than RFC 8259, section 7 asks for,
// so that URLs and expressions stay legible.
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

// Counterpart finds a value inside v, and returns the value at the same place of other, which has
// the same shape; nil where v does not contain it.
func (v *Value) Counterpart(other, wanted *Value) *Value {
	if v == wanted {
		return other
	}
	for i, item := range v.Items {
		if found := item.Counterpart(other.Items[i], wanted); found != nil {
			return found
		}
	}
	for i := range v.Members {
		if found := v.Members[i].Value.Counterpart(other.Members[i].Value, wanted); found != nil {
			return found
		}
	}
	return nil
}

// Continued is the member that says that an answer's list goes on in another answer: a link to the
// next page, a mark to ask for it with, or a count larger than the list. It is nil if nothing says
// so.
func (v *Value) Continued() *Member {
	if !v.Is(Object) {
		return nil
	}
	for i := range v.Members {
		m := &v.Members[i]
		switch {
		case m.Key == "nextLink", m.Key == "@odata.nextLink", m.Key == "odata.nextLink":
			if m.says() {
				return m
			}
		case m.Key == "metadata":
			for _, name := range []string{"continue", "remainingItemCount"} {
				if mark := m.Value.Find(name); mark.says() {
					return mark
				}
			}
		case m.Key == "total", m.Key == "count", m.Key == "@odata.count":
			if v.fewerThan(m) {
				return m
			}
		}
	}
	if enveloped := v.Find("value"); enveloped != nil {
		return enveloped.Value.Continued()
	}
	return nil
}

// says reports whether a link or a mark is there. Answers that are whole may have an empty one.
func (m *Member) says() bool {
	known := m.Known()
	return known != nil && !known.Is(Null) && known.JSON() != `""` && known.Text != "0"
}

// fewerThan reports whether the longest list of the object has fewer items than a member counts. A
// count that is not a number may be of more.
func (v *Value) fewerThan(count *Member) bool {
	longest := -1
	for _, m := range v.Members {
		if m.Value.Is(List) {
			longest = max(longest, len(m.Value.Items))
		}
	}
	known := count.Known()
	n, ok := known.Int()
	return longest >= 0 && !known.Is(Null) && (!ok || n > int64(longest))
}
