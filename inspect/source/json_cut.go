package source

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Of a list of resources in JSON only those that somebody wants are read. The text is valid where
// this is asked: what is not wanted is skipped by its brackets and quotes.

// cuts reports whether parts of the items of a list are left out: the document itself, or its
// items as Kubernetes names them.
func (r *jsonReader) cuts(where *place) bool {
	return r.file.selects() && r.tokens.dec == nil &&
		(where == nil || where.parent == nil && where.key == "items")
}

// nextPart is what is wanted of the value that comes next.
func (r *jsonReader) nextPart() *part {
	start := r.next()
	if r.file.Text[start] != '{' {
		return everything()
	}
	version, kind := "", ""
	end := eachMember(r.file.Text, start, func(name string, value Span) {
		switch name {
		case "apiVersion":
			version = r.stringAt(value)
		case "kind":
			kind = r.stringAt(value)
		}
	})
	return r.file.partOf(version, kind, r.file.Text[start:end])
}

// stringAt is a string without its quotes; empty where it is not one, or has escapes.
func (r *jsonReader) stringAt(s Span) string {
	text := r.file.Text[s.Start:s.End]
	for _, c := range text {
		if c == '\\' {
			return ""
		}
	}
	if text[0] != '"' {
		return ""
	}
	return string(text[1 : len(text)-1])
}

// leaveOut skips the next value.
func (r *jsonReader) leaveOut() (*Value, error) {
	start := r.next()
	end := skipJSON(r.file.Text, start)
	r.tokens.at = end - r.base
	return r.file.leftOut(Span{start, end}), r.add(start, len(r.open))
}

// eachMember goes over the members of an object, and returns the offset behind it.
func eachMember(text []byte, at int, member func(name string, value Span)) int {
	at = skipSpace(text, at+1)
	for text[at] != '}' {
		name := at
		at = skipJSON(text, at)
		key := string(text[name+1 : at-1])
		start := skipSpace(text, skipSpace(text, at)+1) // behind the colon
		at = skipJSON(text, start)
		member(key, Span{start, at})
		if at = skipSpace(text, at); text[at] == ',' {
			at = skipSpace(text, at+1)
		}
	}
	return at + 1
}

// skipJSON returns the offset behind the value that begins at at.
func skipJSON(text []byte, at int) int {
	for open := 0; ; {
		switch text[at] {
		case '{', '[':
			open++
			at++
		case '}', ']':
			open--
			at++
		case '"':
			at = skipJSONString(text, at)
		case ' ', '\t', '\r', '\n', ',', ':':
			at++
			continue
		default:
			for at < len(text) && (isOfNumber(text[at]) || text[at] >= 'a' && text[at] <= 'z') {
				at++ // a number, true, false or null
			}
		}
		if open == 0 {
			return at
		}
	}
}

func skipJSONString(text []byte, at int) int {
	for at++; text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// jsonTokens gives the tokens of a JSON text, one after the other, and says where each of them
// ends. Of valid text it finds them by itself, which is quicker; of any other, encoding/json says
// what is wrong.
type jsonTokens struct {
	text []byte
	at   int           // behind the last token
	dec  *json.Decoder // of what is not valid; else nil
}

func tokensOf(text []byte) jsonTokens {
	t := jsonTokens{text: text}
	if !json.Valid(text) {
		t.dec = json.NewDecoder(bytes.NewReader(text))
		t.dec.UseNumber()
	}
	return t
}

// offset is that behind the last token.
func (t *jsonTokens) offset() int {
	if t.dec != nil {
		return int(t.dec.InputOffset())
	}
	return t.at
}

// more reports whether the list or object that is open has something more in it.
func (t *jsonTokens) more() bool {
	if t.dec != nil {
		return t.dec.More()
	}
	t.skip()
	return t.text[t.at] != ']' && t.text[t.at] != '}'
}

// skip goes on to the next token. Of valid text nothing else than these stands between two.
func (t *jsonTokens) skip() {
	for t.at < len(t.text) {
		switch t.text[t.at] {
		case ' ', '\t', '\r', '\n', ',', ':':
			t.at++
		default:
			return
		}
	}
}

// next reads the next token.
func (t *jsonTokens) next() (json.Token, error) {
	if t.dec != nil {
		return t.dec.Token()
	}
	t.skip()
	start := t.at
	switch c := t.text[start]; c {
	case '{', '}', '[', ']':
		t.at++
		return json.Delim(c), nil
	case '"':
		return t.string(start), nil
	case 't':
		t.at += len("true")
		return true, nil
	case 'f':
		t.at += len("false")
		return false, nil
	case 'n':
		t.at += len("null")
		return nil, nil
	}
	for t.at < len(t.text) && isOfNumber(t.text[t.at]) {
		t.at++
	}
	return json.Number(t.text[start:t.at]), nil
}

func isOfNumber(c byte) bool {
	return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

// string reads a string. One with escapes, or that is not UTF-8, is left to encoding/json.
func (t *jsonTokens) string(start int) string {
	end, plain := start+1, true
	for t.text[end] != '"' {
		if t.text[end] == '\\' {
			plain = false
			end++
		}
		end++
	}
	t.at = end + 1
	if inside := t.text[start+1 : end]; plain && utf8.Valid(inside) {
		return string(inside)
	}
	var text string
	_ = json.Unmarshal(t.text[start:t.at], &text) // it is a part of what is valid
	return text
}
