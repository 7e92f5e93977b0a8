package source

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Embedded reads what a String of a file holds in another format, such as a configuration that
// is kept as text. Its values have the places of their text in the file. If those can't be found,
// all of them have the place of the string. To change them, edit the text on its own and
// [File.Replace] the string.
//
// Every error is an [*Error].
func Embedded(f *File, v *Value, format Format) (*File, error) {
	text, ok := v.Str()
	if !ok {
		return nil, &Error{
			Pos: f.Position(0), Cause: "there is no string to read " + format.String() + " from",
		}
	}
	inner, err := ReadAs(f.Name, []byte(text), format)
	place := f.placesOf(v)
	var fault *Error
	if errors.As(err, &fault) {
		pos := f.Position(place.of(newIndex([]byte(text), false), fault.Pos))
		return nil, &Error{Pos: pos, Cause: "in this string: " + fault.Cause, Hints: fault.Hints}
	}
	for i := range inner.Problems {
		inner.Problems[i].Pos = f.Position(place.of(inner.lines, inner.Problems[i].Pos))
	}
	for _, document := range inner.Documents {
		f.move(document, place)
	}
	inner.Text, inner.lines = f.Text, f.lines
	return inner, nil
}

// Character is one character of a String, the first of which has column 1, with its place in the
// file; of one behind the end it is the last. It is the String itself where that place can't be
// found, or is in a line below.
func (f *File) Character(v *Value, column int) *Value {
	start, n := 0, 1
	for i := range v.Text {
		if start = i; n >= column {
			break
		}
		n++
	}
	_, size := utf8.DecodeRuneInString(v.Text[start:])
	one := *v
	one.Span = f.placesOf(v).span(Span{start, start + size})
	one.Pos = f.Position(one.Span.Start)
	if v.Text == "" || one.Pos.Line != v.Pos.Line {
		return v
	}
	return &one
}

// move gives a value, and all in it, the places in the file.
func (f *File) move(v *Value, p places) {
	v.Span = p.span(v.Span)
	v.Pos = f.Position(v.Span.Start)
	for _, item := range v.Items {
		f.move(item, p)
	}
	for i := range v.Members {
		m := &v.Members[i]
		m.KeySpan = p.span(m.KeySpan)
		m.KeyPos = f.Position(m.KeySpan.Start)
		f.move(m.Value, p)
	}
}

// places says where the bytes of a string's content are in the file.
type places struct {
	offsets []int // of each byte and of the end; nil if they can't be found
	whole   Span  // of the string
}

func (p places) span(s Span) Span {
	if p.offsets == nil {
		return p.whole
	}
	return Span{p.offsets[s.Start], p.offsets[s.End]}
}

// of returns where a position of the content is in the file.
func (p places) of(content *index, at Position) int {
	if p.offsets == nil || at.Line == 0 {
		return p.whole.Start
	}
	return p.offsets[content.offset(at.Line, at.Column)]
}

// placesOf walks the content of a string and its text in the file side by side. It passes over
// white space in both, because a block of YAML is indented, and a folded line ends where its
// content has a space.
func (f *File) placesOf(v *Value) places {
	p := places{whole: v.Span}
	u := unquoter{text: f.Text[:v.Span.End], format: f.Format}
	at := u.open(v.Span.Start)
	offsets := make([]int, 0, len(v.Text)+1)
	for _, want := range v.Text {
		size := 0
		if !isYAMLSpace(want) {
			var found rune
			for found, size = u.next(at); size > 0 && isYAMLSpace(found); {
				at += size
				found, size = u.next(at)
			}
			if found != want {
				return p
			}
		}
		for range utf8.RuneLen(want) {
			offsets = append(offsets, at)
		}
		at += size
	}
	p.offsets = append(offsets, at)
	return p
}

// unquoter reads the characters of a string as it is written in a file.
type unquoter struct {
	text   []byte
	format Format
	quote  byte // " or ', or 0
}

// open returns the offset of the first character after a quote, or after the line that starts a
// block.
func (u *unquoter) open(at int) int {
	if at == len(u.text) {
		return at
	}
	switch c := u.text[at]; {
	case c == '"', c == '\'' && u.format == YAML:
		u.quote = c
		return at + 1
	case u.format == YAML && (c == '|' || c == '>'), u.format == HCL:
		if i := bytes.IndexAny(u.text[at:], "\r\n"); i >= 0 {
			return at + i
		}
	}
	return at
}

// next returns the character that is written at an offset, and in how many bytes.
func (u *unquoter) next(at int) (rune, int) {
	rest := u.text[at:]
	switch {
	case u.quote == '"' && bytes.HasPrefix(rest, []byte(`\`)):
		return unescape(rest)
	case u.quote == '\'' && bytes.HasPrefix(rest, []byte("''")):
		return '\'', 2
	case u.format == HCL &&
		(bytes.HasPrefix(rest, []byte("$${")) || bytes.HasPrefix(rest, []byte("%%{"))):
		return rune(rest[0]), 2
	}
	r, size := utf8.DecodeRune(rest)
	return r, size
}

// unescape reads an escape of JSON, of YAML or of HCL.
func unescape(text []byte) (rune, int) {
	if len(text) < 2 {
		return utf8.RuneError, len(text)
	}
	switch c := text[1]; c {
	case 'b', 'f', 'a', 'v', 'e', '0':
		return utf8.RuneError, 2 // no character of JSON outside of its strings
	case 'n', 't', 'r':
		return ' ', 2
	case 'x':
		return hexadecimal(text, 2)
	case 'U':
		return hexadecimal(text, 8)
	case 'u':
		r, size := hexadecimal(text, 4)
		if utf16.IsSurrogate(r) && bytes.HasPrefix(text[size:], []byte(`\u`)) {
			low, more := hexadecimal(text[size:], 4)
			return utf16.DecodeRune(r, low), size + more
		}
		return r, size
	}
	r, size := utf8.DecodeRune(text[1:])
	return r, 1 + size
}

// hexadecimal reads the digits of an escape after its backslash and its letter.
func hexadecimal(text []byte, digits int) (rune, int) {
	if len(text) < 2+digits {
		return utf8.RuneError, len(text)
	}
	code, err := strconv.ParseUint(string(text[2:2+digits]), 16, 32)
	if err != nil {
		return utf8.RuneError, 2 + digits
	}
	return rune(code), 2 + digits
}
