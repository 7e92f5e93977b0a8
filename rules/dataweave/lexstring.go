package dataweave

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// quoted passes a string in these quotes and returns its content.
func (s *scanner) quoted(quote byte) (string, error) {
	start := s.pos
	s.pos++
	var content strings.Builder
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; c {
		case quote:
			s.pos++
			return content.String(), nil
		case '\\':
			if err := s.escape(&content); err != nil {
				return "", err
			}
		case '$':
			if construct := s.interpolation(); construct != "" {
				return "", &unsupported{Name: construct, Column: s.pos}
			}
			fallthrough
		default:
			content.WriteByte(c)
			s.pos++
		}
	}
	return "", errorAt(start, "the string is not closed", "end it with "+string(quote))
}

// interpolation names what the dollar sign here begins, if anything: "$(now())" and "$name" are DataWeave's,
// "${name}" is a property that Mule puts in before it reads the expression.
func (s *scanner) interpolation() string {
	r, _ := utf8.DecodeRuneInString(s.text[s.pos+1:])
	switch {
	case r == '{':
		return "a property placeholder (${…})"
	case r == '(' || r == '$' || unicode.IsLetter(r):
		return "an expression inside a string"
	default:
		return ""
	}
}

// escape resolves the escape sequence at the backslash here.
func (s *scanner) escape(content *strings.Builder) error {
	rest := s.text[s.pos+1:]
	if rest == "" {
		s.pos++
		return nil
	}
	if i := strings.IndexByte(`ntr"'\$`+"`", rest[0]); i >= 0 {
		content.WriteByte("\n\t\r\"'\\$`"[i])
		s.pos += 2
		return nil
	}
	if rest[0] == 'u' && len(rest) >= 5 {
		code, err := strconv.ParseUint(rest[1:5], 16, 16)
		if err == nil && utf8.ValidRune(rune(code)) {
			content.WriteRune(rune(code))
			s.pos += 6
			return nil
		}
	}
	return &unsupported{Name: "an escape sequence other than \\n \\t \\r \\\" \\' \\\\ \\$ \\u0041", Column: s.pos}
}

// quote writes a string as a literal.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range text {
		writeRune(&b, r)
	}
	b.WriteByte('\'')
	return b.String()
}

func writeRune(b *strings.Builder, r rune) {
	if i := strings.IndexRune("\n\t\r'\\$", r); i >= 0 {
		b.WriteByte('\\')
		b.WriteByte(`ntr'\$`[i])
		return
	}
	if r <= 0xFFFF && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
		b.WriteString(`\u`)
		hex := strconv.FormatInt(int64(r), 16)
		b.WriteString(strings.Repeat("0", 4-len(hex)) + hex)
		return
	}
	b.WriteRune(r)
}
