package render

import (
	"bytes"
	"encoding/json"
	"io"
)

// JSON writes a value as JSON does, with what must not be shown replaced in every string.
func (m *Mask) JSON(w io.Writer, value any) error {
	if m == nil {
		m = &Mask{}
	}
	return encodeJSON(jsonWriter{w, m}, value)
}

// strings masks the strings of a JSON text, and leaves everything else as it is.
func (m *Mask) strings(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		start := bytes.IndexByte(text, '"')
		if start < 0 {
			break
		}
		end := endOfString(text, start)
		out = append(out, text[:start]...)
		out = m.appendString(out, text[start:end])
		text = text[end:]
	}
	return append(out, text...)
}

// endOfString returns the offset behind the string that starts at an offset.
func endOfString(text []byte, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// appendString appends a string of JSON, in its own spelling where nothing in it is masked.
func (m *Mask) appendString(out, quoted []byte) []byte {
	var plain string
	if json.Unmarshal(quoted, &plain) != nil {
		return append(out, quoted...)
	}
	shown := m.Text(plain)
	if shown == plain {
		return append(out, quoted...)
	}
	var text bytes.Buffer
	if encodeJSON(&text, shown) != nil {
		return append(out, `""`...)
	}
	return append(out, bytes.TrimSuffix(text.Bytes(), []byte("\n"))...)
}
