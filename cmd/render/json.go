package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect"
)

// SchemaVersion is the version of every JSON output, raised when something in it changes its meaning.
const SchemaVersion = 1

// JSON writes a value as indented JSON. Control, bidirectional and other invisible characters inside strings
// are escaped as \u202e, which is the same JSON; <, > and & are left as they are.
func JSON(w io.Writer, value any) error {
	text, err := encodeJSON(value)
	if err != nil {
		return err
	}
	_, err = w.Write(escapeJSON(text))
	return err
}

func encodeJSON(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(value)
	return b.Bytes(), err
}

// escapeJSON escapes what is not safe to print. Outside its strings JSON is ASCII, and encoding/json has
// already escaped the controls below U+0020.
func escapeJSON(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r < 0x7f:
			out = append(out, text[i])
		case r == utf8.RuneError, inspect.Safe(string(r)) != string(r):
			out = appendEscape(out, r)
		default:
			out = utf8.AppendRune(out, r)
		}
		i += size
	}
	return out
}

// appendEscape appends \uXXXX, twice for a character above U+FFFF (RFC 8259, section 7).
func appendEscape(out []byte, r rune) []byte {
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return fmt.Appendf(out, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(out, `\u%04x`, r)
}
