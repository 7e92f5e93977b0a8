package source

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// PlainReader reads the text that nearly every part of a token has, at a fraction of the cost of
// [ReadPart]: one object on one line, without anything that is to be reported. It gives the same
// values. It reads one text after the other over the same memory. A zero one is ready.
type PlainReader struct {
	name string
	text string
	at   int // the next byte
	wide int // how many bytes before it do not begin a character

	values []Value  // of this text, in their order, as far as they fit
	outer  []Member // of the outermost object
	more   int      // how many values did not fit
}

// What is plain: Entra ID's tokens are far below.
const (
	mostPlain        = 64 << 10 // bytes
	mostPlainValues  = 4096
	mostPlainMembers = 64 // of one object
	mostPlainDepth   = 16
	mostPlainNumber  = 200 // bytes: with an exponent of two digits a float64 holds it
)

// mostMade is how many values are made at once.
const mostMade = 64

// Object reads an object, over the one that was read before. Of a text that is not plain, valid or
// not, it says nothing, and ReadPart has to be asked.
func (r *PlainReader) Object(name string, text []byte) (*Value, bool) {
	if len(text) > mostPlain || len(text) == 0 || text[0] != '{' {
		return nil, false
	}
	r.name, r.text, r.at, r.wide, r.more = name, string(text), 0, 0, 0
	// each value but the first follows one of these
	values := 1 + strings.Count(r.text, ",")
	values += strings.Count(r.text, "{") + strings.Count(r.text, "[")
	if values = min(values, mostMade); values > cap(r.values) {
		r.values = make([]Value, 0, values)
		r.outer = make([]Member, 0, values)
	}
	clear(r.values)
	r.values = r.values[:0]
	v := r.newValue()
	v.Members = r.outer[:0]
	ok := r.value(v, 0) && skipSpace(text, r.at) == len(text)
	if r.outer = v.Members; len(v.Members) == 0 {
		v.Members = nil
	}
	return v, ok
}

// newValue makes a value, of which many fit into one piece of memory.
func (r *PlainReader) newValue() *Value {
	if len(r.values) == cap(r.values) {
		r.more++
		return new(Value)
	}
	r.values = r.values[:len(r.values)+1]
	return &r.values[len(r.values)-1]
}

// position is the place of the next byte.
func (r *PlainReader) position() Position {
	return Position{File: r.name, Line: 1, Column: r.at - r.wide + 1}
}

// next is the next byte that is no space; 0 at the end of the line.
func (r *PlainReader) next() byte {
	for r.at < len(r.text) && r.text[r.at] == ' ' {
		r.at++
	}
	if r.at == len(r.text) {
		return 0
	}
	return r.text[r.at]
}

// value reads the next value. It reports whether that is plain.
func (r *PlainReader) value(v *Value, depth int) bool {
	c := r.next()
	v.Pos, v.Span.Start = r.position(), r.at
	ok := false
	switch {
	case len(r.values)+r.more > mostPlainValues:
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

func (r *PlainReader) word(word string) bool {
	if len(r.text)-r.at < len(word) || r.text[r.at:r.at+len(word)] != word {
		return false
	}
	r.at += len(word)
	return true
}

// members reads an object. One in which a name appears twice is not plain.
func (r *PlainReader) members(v *Value, depth int) bool {
	r.at++
	if r.next() == '}' {
		r.at++
		return true
	}
	if depth > 0 {
		v.Members = make([]Member, 0, usualMembers)
	}
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

func (r *PlainReader) items(v *Value, depth int) bool {
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
func (r *PlainReader) string() (string, bool) {
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
func (r *PlainReader) content(start int, escaped, ascii bool) (string, bool) {
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
	odd := strings.ContainsAny(text, "\x00\ufffd") // an escape of no character reads as U+FFFD
	return text, err == nil && !odd
}

// number reads a number. One of three digits in its exponent may be out of range: it is not plain.
func (r *PlainReader) number() (string, bool) {
	start := r.at
	for r.at < len(r.text) && isOfNumber(r.text[r.at]) {
		r.at++
	}
	text := r.text[start:r.at]
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	return text, len(text) <= mostPlainNumber && IsNumber(text) &&
		len(strings.TrimLeft(exponent, "+-")) <= 2
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
