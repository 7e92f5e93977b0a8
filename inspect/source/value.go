package source

import (
	"fmt"
	"strconv"
	"strings"
)

// Position is a place in a file. Line and Column count from 1, columns in characters; the zero Position is
// no place.
type Position struct {
	File   string
	Line   int
	Column int
}

// String returns the position as file:line:column, the form that editors and terminals link. In a
// text that is no file and has no lines, such as an expression, it is the column alone.
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

// The kinds of a value. Unknown is a value that the file alone does not tell: a variable, a reference, a
// template.
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
	return [...]string{"null", "a boolean", "a number", "a string", "a list", "an object", "an unknown value"}[k]
}

// Value is one value of a file, with its place. A nil Value stands for one that is absent: every method may
// be called on it.
type Value struct {
	Kind    Kind
	Present bool     // of an Unknown: it is surely there, and not null; what it holds is not known
	Text    string   // the string's content; the number as it was written; "true" or "false"; the source text of an Unknown
	Items   []*Value // of a List
	Members []Member // of an Object, in the file's order, duplicates kept
	Labels  []string // of a block of HCL, which is an Object: the type and the name of a resource
	Pos     Position // of the value's first character
	Span    Span     // of the value's text in its file
}

// Member is one name and value of an object.
type Member struct {
	Key     string
	KeyPos  Position
	KeySpan Span
	Value   *Value
}

// Member returns the value of the member with this name, or nil. Of duplicates it returns the last, as most
// readers of JSON do.
func (v *Value) Member(name string) *Value {
	if m := v.Find(name); m != nil {
		return m.Value
	}
	return nil
}

// Find returns the last member with this name, or nil.
func (v *Value) Find(name string) *Member {
	if v == nil {
		return nil
	}
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Key == name {
			return &v.Members[i]
		}
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

// Is reports whether the value is there and of this kind.
func (v *Value) Is(kind Kind) bool { return v != nil && v.Kind == kind }

// Str returns the content of a String.
func (v *Value) Str() (string, bool) {
	if !v.Is(String) {
		return "", false
	}
	return v.Text, true
}

// Strings returns the strings of a List of nothing but strings, or the one of a String.
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

// JSON returns the value as compact JSON, members in the file's order and numbers as they were written. An
// Unknown is written as its source text in quotes.
func (v *Value) JSON() string {
	var b strings.Builder
	v.writeJSON(&b)
	return b.String()
}
