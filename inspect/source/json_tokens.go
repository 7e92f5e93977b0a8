package source

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

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
