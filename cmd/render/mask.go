package render

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Mask hides what must not be shown: always tokens within a text, and personal values if
// somebody asked for that. The same value gets the same label everywhere in an output. A nil
// Mask hides tokens and nothing else.
type Mask struct {
	profile   inspect.Profile
	masker    *inspect.Masker // nil where personal values are shown
	signature string          // the token's, as it is written
}

// NewMask returns the mask for an output about a token, which may be nil. With redact it hides
// personal values too.
func NewMask(token *inspect.Token, profile inspect.Profile, redact bool) *Mask {
	m := &Mask{profile: profile}
	if redact {
		m.masker = &inspect.Masker{}
	}
	if token != nil {
		m.Learn(token.Claims)
		m.signature = base64.RawURLEncoding.EncodeToString(token.Signature)
	}
	return m
}

// Learn takes note of the personal values in claims, so that they are found in sentences too.
func (m *Mask) Learn(claims *source.Value) {
	if m.masker != nil {
		m.masker.Learn(&m.profile, claims)
	}
}

// personal returns what hides personal values, or nil.
func (m *Mask) personal() *inspect.Masker {
	if m == nil {
		return nil
	}
	return m.masker
}

// Claims returns claims with what must not be shown replaced.
func (m *Mask) Claims(claims *source.Value) *source.Value {
	if masker := m.personal(); masker != nil {
		return masker.Claims(&m.profile, claims)
	}
	return m.Value(claims)
}

// Value returns a value with what must not be shown replaced in its strings.
func (m *Mask) Value(v *source.Value) *source.Value {
	if v == nil {
		return nil
	}
	shown := mapped(v, m.Value)
	if !v.Is(source.String) {
		return shown
	}
	if text := m.Text(v.Text); text != v.Text {
		shown = unshared(shown, v)
		shown.Text = text
	}
	return shown
}

// mapped returns a value with each value directly in it replaced. If nothing changes it is the
// same value, since a token may have very many.
func mapped(v *source.Value, replace func(*source.Value) *source.Value) *source.Value {
	out := v
	for i, item := range v.Items {
		if other := replace(item); other != item {
			out = unshared(out, v)
			out.Items[i] = other
		}
	}
	for i := range v.Members {
		if other := replace(v.Members[i].Value); other != v.Members[i].Value {
			out = unshared(out, v)
			out.Members[i].Value = other
		}
	}
	return out
}

// unshared returns a copy of a value that may be changed, if it is not one already.
func unshared(out, v *source.Value) *source.Value {
	if out != v {
		return out
	}
	own := *v
	own.Items, own.Members = slices.Clone(v.Items), slices.Clone(v.Members)
	return &own
}

// Text returns a text with what must not be shown replaced.
func (m *Mask) Text(text string) string {
	if masker := m.personal(); masker != nil {
		text = masker.Text(text)
	}
	return inspect.MaskTokens(m.unsigned(text))
}

// leastOfSignature is how many characters of a signature in a row are masked.
const leastOfSignature = 16

// unsigned hides the token's signature, whole or a part of it: an expression of a policy can cut
// it out of the token.
func (m *Mask) unsigned(text string) string {
	if m == nil || len(m.signature) < leastOfSignature || len(text) < leastOfSignature {
		return text
	}
	isOther := func(r rune) bool {
		return !source.IsAlphanumeric(r) && r != '-' && r != '_'
	}
	for word := range strings.FieldsFuncSeq(text, isOther) {
		if len(word) >= leastOfSignature && strings.Contains(m.signature, word) {
			text = strings.ReplaceAll(text, word, "(signature)")
		}
	}
	return text
}

// Message returns what an observation says, with what must not be shown replaced.
func (m *Mask) Message(o inspect.Observation) string {
	if masker := m.personal(); masker != nil {
		o = masker.Observation(&m.profile, o)
	}
	return inspect.MaskTokens(o.Message)
}

// notes are observations as notes, with what must not be shown replaced.
func (m *Mask) notes(all []inspect.Observation) []keys.Note {
	return source.Each(all, func(o inspect.Observation) keys.Note {
		return keys.Note{ID: o.ID, Message: m.Message(o)}
	})
}

// painted is Text for a text with colours in it. The codes of colours would hide where words
// end.
func (m *Mask) painted(text string) string {
	if !strings.Contains(text, "\x1b[") {
		return m.Text(text)
	}
	var b strings.Builder
	for text != "" {
		plain, rest, found := strings.Cut(text, "\x1b[")
		b.WriteString(m.Text(plain))
		if !found {
			break
		}
		colour, after, _ := strings.Cut(rest, "m")
		b.WriteString("\x1b[" + colour + "m")
		text = after
	}
	return b.String()
}

// safe makes a text of the input fit to be shown in any output: without tokens, and without
// anything that acts on a terminal. All of this package goes through it, JSON aside, whose strings
// are masked as a whole.
func safe(text string) string { return safeStart(inspect.Safe(inspect.MaskTokens(text))) }

// safeText is safe for a text of several lines: it keeps line feeds.
func safeText(text string) string {
	var b strings.Builder
	for line := range strings.Lines(inspect.SafeText(inspect.MaskTokens(text))) {
		b.WriteString(safeStart(line))
	}
	return b.String()
}

// safeStart makes the start of a line of a log safe. A line that starts with :: is a command to
// GitHub Actions, white space aside.
func safeStart(line string) string {
	text := strings.TrimLeft(line, " \t")
	if !strings.HasPrefix(text, "::") {
		return line
	}
	return line[:len(line)-len(text)] + `\u003a` + text[1:]
}

// JSON writes a value as JSON does, with what must not be shown replaced in every string.
func (m *Mask) JSON(w io.Writer, value any) error {
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
		if name := text[start:end]; isOwnName(name, text[end:]) {
			out = append(out, name...)
		} else {
			out = m.appendString(out, name)
		}
		text = text[end:]
	}
	return append(out, text...)
}

// isOwnName reports whether a string of JSON is the name of a member as the schemas have them.
func isOwnName(quoted, behind []byte) bool {
	return bytes.HasPrefix(behind, []byte(":")) &&
		len(bytes.Trim(quoted, `"_abcdefghijklmnopqrstuvwxyz`)) == 0
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

// leastMasked is how long a string in JSON is at least that can hold a part of a token: most are
// shorter, and need not be taken apart.
const leastMasked = len(`"eyJhbGci"`)

// appendString appends a string of JSON. If nothing in it is masked, it stays as it is spelt.
func (m *Mask) appendString(out, quoted []byte) []byte {
	if len(quoted) < leastMasked && m.personal() == nil {
		return append(out, quoted...)
	}
	plain := string(bytes.Trim(quoted, `"`))
	if bytes.IndexByte(quoted, '\\') >= 0 && json.Unmarshal(quoted, &plain) != nil {
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
