package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// SchemaVersion is the version of every JSON output. We raise it if something in an output
// changes its meaning.
const SchemaVersion = 1

// JSON writes a value as indented JSON. Inside strings it masks tokens, and it escapes control,
// bidirectional and other invisible characters, such as \u202e, which gives the same JSON. It
// leaves <, > and & as they are.
func JSON(w io.Writer, value any) error { return encodeJSON(jsonWriter{w, nil}, value) }

func encodeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// jsonWriter makes JSON safe to print. It is written to once, as encoding/json does.
type jsonWriter struct {
	w    io.Writer
	mask *Mask
}

// Write writes a whole JSON text.
func (j jsonWriter) Write(text []byte) (int, error) {
	if _, err := j.w.Write(escapeJSON(j.mask.strings(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// escapeJSON escapes what is not safe to print. Outside its strings JSON is ASCII, and
// encoding/json has already escaped the controls below U+0020.
func escapeJSON(text []byte) []byte {
	if bytes.Contains(text, []byte("##")) {
		text = []byte(inspect.SafeCommand(string(text)))
	}
	if !slices.ContainsFunc(text, func(b byte) bool { return b >= 0x7f }) {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r < 0x7f:
			out = append(out, text[i])
		case r == utf8.RuneError, inspect.Safe(string(r)) != string(r):
			if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
				out = fmt.Appendf(out, `\u%04x\u%04x`, high, low) // RFC 8259, section 7
			} else {
				out = fmt.Appendf(out, `\u%04x`, r)
			}
		default:
			out = utf8.AppendRune(out, r)
		}
		i += size
	}
	return out
}

// known is nil, which JSON shows as null, for a value that is not there.
func known[T comparable](value T) *T {
	var none T
	if value == none {
		return nil
	}
	return &value
}

// listOf is a list with an element for each value. If there is none, JSON shows it as [].
func listOf[V, E any](values []V, element func(*V) E) []E {
	list := make([]E, len(values))
	for i := range values {
		list[i] = element(&values[i])
	}
	return list
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

type nextJSON struct {
	Text    string `json:"text"`
	Command string `json:"command,omitempty"`
}

func nextOf(steps []rules.Step) []nextJSON {
	return listOf(steps, func(s *rules.Step) nextJSON { return nextJSON{s.Note, s.Command} })
}

// longList is a list in a JSON text that has so many elements that their texts are not kept. It
// hands one after the other, which indented has made, to what adds them; an element may come in
// parts.
type (
	longList struct {
		name     string
		indent   string // of the elements
		elements func(indent string, add addElement) error
	}
	addElement func(parts ...[]byte) error
)

// longJSON writes a value in which some lists are empty, with their elements in place. The lists
// are in the order of the text.
func longJSON(w io.Writer, value any, lists ...longList) error {
	var text bytes.Buffer
	if err := JSON(&text, value); err != nil {
		return err
	}
	out, rest := bufio.NewWriterSize(w, 1<<16), text.String() // it keeps the first error
	for _, list := range lists {
		begin := `"` + list.name + `": [`
		before, after, _ := strings.Cut(rest, begin+"]")
		_, _ = out.WriteString(before + begin)
		end := ""
		err := list.elements(list.indent, func(parts ...[]byte) error {
			_, err := out.WriteString(end + "\n" + list.indent)
			for _, part := range parts {
				_, err = out.Write(part)
			}
			end = ","
			return err
		})
		if err != nil {
			return err
		}
		if end != "" {
			_, _ = out.WriteString("\n" + list.indent[2:])
		}
		rest = "]" + after
	}
	_, _ = out.WriteString(rest)
	return out.Flush()
}

// indented is a value as JSON that is safe to print, without a line's end.
func indented(value any, indent string) ([]byte, error) {
	var text bytes.Buffer
	if err := JSON(&text, value); err != nil {
		return nil, err
	}
	lines := bytes.TrimSuffix(text.Bytes(), []byte("\n"))
	return bytes.ReplaceAll(lines, []byte("\n"), []byte("\n"+indent)), nil
}
