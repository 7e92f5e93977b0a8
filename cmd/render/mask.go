package render

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Mask hides what must not be shown: tokens within tokens always, personal claims where that is asked for. The same
// value gets the same mask throughout one output.
type Mask struct {
	personal []string // the values to hide; nil to hide none
}

// NewMask returns the mask for a token's claims. It hides the values of personal claims if redact is set.
func NewMask(claims *source.Value, redact bool) *Mask {
	m := &Mask{}
	if !redact || claims == nil {
		return m
	}
	for _, member := range claims.Members {
		if info, ok := inspect.Claim(member.Key); ok && info.Personal {
			m.collect(member.Value)
		}
	}
	return m
}

// shortestPersonal is the length below which a value is not looked for in other text: it would hit by chance.
const shortestPersonal = 4

func (m *Mask) collect(v *source.Value) {
	for _, item := range v.Items {
		m.collect(item)
	}
	for _, member := range v.Members {
		m.collect(member.Value)
	}
	text := v.Text
	if text == "" || v.Is(source.Bool) || v.Is(source.Null) || m.index(text) >= 0 {
		return
	}
	m.personal = append(m.personal, text)
}

func (m *Mask) index(text string) int {
	for i, value := range m.personal {
		if value == text {
			return i
		}
	}
	return -1
}

// Value returns a claim's value with what must not be shown replaced.
func (m *Mask) Value(v *source.Value) *source.Value {
	if v == nil {
		return nil
	}
	shown := *v
	shown.Items, shown.Members = nil, nil
	for _, item := range v.Items {
		shown.Items = append(shown.Items, m.Value(item))
	}
	for _, member := range v.Members {
		member.Value = m.Value(member.Value)
		shown.Members = append(shown.Members, member)
	}
	if i := m.index(v.Text); i >= 0 && (v.Is(source.String) || v.Is(source.Number)) {
		shown.Kind, shown.Text = source.String, masked(i)
	} else if v.Is(source.String) {
		shown.Text = m.Text(v.Text)
	}
	return &shown
}

// Text returns a text with what must not be shown replaced.
func (m *Mask) Text(text string) string {
	for i, value := range m.personal {
		if len(value) >= shortestPersonal {
			text = strings.ReplaceAll(text, value, masked(i))
		}
	}
	return hideTokens(text)
}

// masked is what stands in the place of a personal value.
func masked(i int) string { return fmt.Sprintf("(masked %d)", i+1) }

// tokenStart is how the header and the payload of a token begin: {" in base64url.
const tokenStart = "eyJ"

// hideTokens replaces what has the shape of a signed or encrypted token, wherever it stands.
func hideTokens(text string) string {
	var b strings.Builder
	for {
		at := strings.Index(text, tokenStart)
		if at < 0 {
			break
		}
		end := at
		for end < len(text) && isTokenByte(text[end]) {
			end++
		}
		b.WriteString(text[:at])
		if word := text[at:end]; strings.Count(word, ".") >= 2 {
			b.WriteString("(a token, not shown)")
		} else {
			b.WriteString(word)
		}
		text = text[end:]
	}
	b.WriteString(text)
	return b.String()
}

func isTokenByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.=", c) >= 0
}
