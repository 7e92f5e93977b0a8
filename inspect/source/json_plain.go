package source

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// ReadPlainObject is [ReadPart] for the text that nearly every part of a token has, at a third of
// the cost: one object on one line, without anything that is to be reported. It gives the same
// values. Of any other text, valid or not, it says nothing, and ReadPart has to be asked.
func ReadPlainObject(name string, text []byte) (*Value, bool) {
	if len(text) > mostPlain || len(text) == 0 || text[0] != '{' {
		return nil, false
	}
	r := &plainReader{name: name, text: string(text)}
	// each value but the first follows one of these
	values := 1 + strings.Count(r.text, ",") + strings.Count(r.text, "{") + strings.Count(r.text, "[")
	r.made = make([]Value, min(values, mostMade))
	v := r.newValue()
	if !r.value(v, 0) || skipSpace(text, r.at) < len(text) {
		return nil, false
	}
	return v, true
}

// What is plain: Entra ID's tokens are far below.
const (
	mostPlain        = 64 << 10 // bytes
	mostPlainValues  = 4096
	mostPlainMembers = 64 // of one object
	mostPlainDepth   = 16
)

// How many values are made at once: at first as many as there probably are.
const (
	mostMade = 64
	moreMade = 16
)

// plainReader reads valid JSON (RFC 8259) on one line.
type plainReader struct {
	name   string
	text   string
	at     int     // the next byte
	wide   int     // how many bytes before it do not begin a character
	values int     // how many were read
	made   []Value // those that are still to be used
}

// newValue makes values many at a time.
func (r *plainReader) newValue() *Value {
	if len(r.made) == 0 {
		r.made = make([]Value, moreMade)
	}
	v := &r.made[0]
	r.made = r.made[1:]
	r.values++
	return v
}

// position is the place of the next byte.
func (r *plainReader) position() Position {
	return Position{File: r.name, Line: 1, Column: r.at - r.wide + 1}
}

// next is the next byte that is no space; 0 at the end of the line.
func (r *plainReader) next() byte {
	for r.at < len(r.text) && r.text[r.at] == ' ' {
		r.at++
	}
	if r.at == len(r.text) {
		return 0
	}
	return r.text[r.at]
}

// value reads the next value. It reports whether that is plain.
func (r *plainReader) value(v *Value, depth int) bool {
	c := r.next()
	v.Pos, v.Span.Start = r.position(), r.at
	ok := false
	switch {
	case r.values > mostPlainValues:
	case c == '"':
		v.Kind = String
		v.Text, ok = r.string()
	case c == '{':
		v.Kind, ok = Object, depth < mostPlainDepth && r.members(v, depth)
	case c == '[':
		v.Kind, ok = List, depth < mostPlainDepth && r.items(v, depth)
	case c == '-' || isDigit(c):
		v.Kind = Number
		v.Text, ok = r.number()
	case c == 't':
		v.Kind, v.Text, ok = Bool, "true", r.word("true")
	case c == 'f':
		v.Kind, v.Text, ok = Bool, "false", r.word("false")
	case c == 'n':
		ok = r.word("null")
	}
	v.Span.End = r.at
	return ok
}

func (r *plainReader) word(word string) bool {
	if len(r.text)-r.at < len(word) || r.text[r.at:r.at+len(word)] != word {
		return false
	}
	r.at += len(word)
	return true
}

// members reads an object. One in which a name appears twice is not plain.
func (r *plainReader) members(v *Value, depth int) bool {
	r.at++
	if r.next() == '}' {
		r.at++
		return true
	}
	v.Members = make([]Member, 0, max(min(len(r.made), 4*usualMembers), 1))
	for len(v.Members) < mostPlainMembers {
		if r.next() != '"' {
			return false
		}
		m := Member{KeyPos: r.position(), KeySpan: Span{Start: r.at}}
		var ok bool
		if m.Key, ok = r.string(); !ok {
			return false
		}
		m.KeySpan.End = r.at
		for i := range v.Members {
			if v.Members[i].Key == m.Key {
				return false
			}
		}
		if r.next() != ':' {
			return false
		}
		r.at++
		m.Value = r.newValue()
		if !r.value(m.Value, depth+1) {
			return false
		}
		v.Members = append(v.Members, m)
		switch r.next() {
		case ',':
			r.at++
		case '}':
			r.at++
			return true
		default:
			return false
		}
	}
	return false
}

func (r *plainReader) items(v *Value, depth int) bool {
	r.at++
	if r.next() == ']' {
		r.at++
		return true
	}
	for {
		item := r.newValue()
		if !r.value(item, depth+1) {
			return false
		}
		v.Items = append(v.Items, item)
		switch r.next() {
		case ',':
			r.at++
		case ']':
			r.at++
			return true
		default:
			return false
		}
	}
}

// string reads a string, which is a part of the text unless it has escapes.
func (r *plainReader) string() (string, bool) {
	start, escaped, ascii := r.at, false, true
	for i := start + 1; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c == '"':
			r.at = i + 1
			return r.content(start, escaped, ascii)
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			return "", false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return "", false
}

// content is what the string between an offset and the next byte holds.
func (r *plainReader) content(start int, escaped, ascii bool) (string, bool) {
	written := r.text[start:r.at]
	if !ascii {
		if !utf8.ValidString(written) {
			return "", false
		}
		r.wide += len(written) - utf8.RuneCountInString(written)
	}
	if !escaped {
		return written[1 : len(written)-1], true
	}
	var text string
	err := json.Unmarshal([]byte(written), &text)
	return text, err == nil
}

// number reads a number (RFC 8259, section 6).
func (r *plainReader) number() (string, bool) {
	start := r.at
	r.skipByte('-')
	switch digits := r.digits(); {
	case digits == 0, digits > 1 && r.text[r.at-digits] == '0':
		return "", false
	}
	if r.skipByte('.') && r.digits() == 0 {
		return "", false
	}
	if r.skipByte('e') || r.skipByte('E') {
		if !r.skipByte('+') {
			r.skipByte('-')
		}
		if r.digits() == 0 {
			return "", false
		}
	}
	return r.text[start:r.at], true
}

func (r *plainReader) skipByte(c byte) bool {
	if r.at == len(r.text) || r.text[r.at] != c {
		return false
	}
	r.at++
	return true
}

// digits skips digits, and says how many.
func (r *plainReader) digits() int {
	start := r.at
	for r.at < len(r.text) && isDigit(r.text[r.at]) {
		r.at++
	}
	return r.at - start
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
