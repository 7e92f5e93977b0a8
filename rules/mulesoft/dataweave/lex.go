package dataweave

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokenEnd  tokenKind = iota
	tokenName           // an identifier, also one with its module: dw::core::Strings::trim
	tokenNumber
	tokenString // text is the content
	tokenOperator
)

type token struct {
	kind       tokenKind
	text       string
	start, end int  // byte offsets
	spaced     bool // white space comes before it
}

func (t token) is(operator string) bool { return t.kind == tokenOperator && t.text == operator }

func (t token) isName(name string) bool { return t.kind == tokenName && t.text == name }

// The operators of more than one character, longer ones first. DataWeave has no && and no ||: we
// read them to say what to write instead.
var longOperators = [...]string{
	"---", "...", "++", "--", "->", "<~", "=>", "==", "!=", "~=", "<=", ">=", "<<", ">>", "..",
	"&&", "||",
}

// scanner cuts a text into tokens when the parser asks for the next one, because the parser
// decides what a slash means.
type scanner struct {
	text    string
	pos     int
	comment int // the offset of the first comment, plus 1
}

// next returns the next token. Its error is a *source.Error or an *unsupported, with a byte offset
// in the place of the column.
func (s *scanner) next() (token, error) {
	t := token{spaced: s.skipSpace(), start: s.pos}
	if s.pos == len(s.text) {
		t.end = s.pos
		return t, nil
	}
	var err error
	r, _ := utf8.DecodeRuneInString(s.text[s.pos:])
	switch {
	case unicode.IsLetter(r):
		t.kind, t.text = tokenName, s.name()
	case isDigit(r):
		t.kind = tokenNumber
		t.text, err = s.number()
	case r == '\'' || r == '"':
		t.kind = tokenString
		t.text, err = s.quoted(byte(r))
	default:
		t.kind = tokenOperator
		t.text, err = s.operator()
	}
	t.end = s.pos
	return t, err
}

// skipSpace passes white space and comments and reports whether there was any. A comment that
// nothing closes runs to the end.
func (s *scanner) skipSpace() bool {
	start := s.pos
	for s.pos < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.pos:])
		switch {
		case isSpace(r):
			s.pos += size
		case strings.HasPrefix(s.text[s.pos:], "//"):
			s.skipComment("\n")
		case strings.HasPrefix(s.text[s.pos:], "/*"):
			s.skipComment("*/")
		default:
			return s.pos > start
		}
	}
	return s.pos > start
}

func (s *scanner) skipComment(end string) {
	if s.comment == 0 {
		s.comment = s.pos + 1
	}
	_, rest, found := strings.Cut(s.text[s.pos:], end)
	if !found {
		rest = ""
	}
	s.pos = len(s.text) - len(rest)
}

func (s *scanner) skipRunes(part func(rune) bool) {
	rest := strings.TrimLeftFunc(s.text[s.pos:], part)
	s.pos = len(s.text) - len(rest)
}

// isSpace reports whether DataWeave takes a character for white space. It does so for fewer
// characters than Unicode (mulesoft-labs/data-weave-intellij-plugin, _WeaveLexer.flex).
func isSpace(r rune) bool { return strings.ContainsRune(" \t\f\r\n", r) }

// isStraySpace reports whether a character looks like a plain space and is not one.
func isStraySpace(r rune) bool { return r != ' ' && unicode.Is(unicode.Zs, r) }

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isNamePart(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// name passes an identifier, together with the modules before it.
func (s *scanner) name() string {
	start := s.pos
	for {
		s.skipRunes(isNamePart)
		after, found := strings.CutPrefix(s.text[s.pos:], "::")
		r, _ := utf8.DecodeRuneInString(after)
		if !found || !unicode.IsLetter(r) {
			return s.text[start:s.pos]
		}
		s.pos += len("::")
	}
}

// number passes digits, a fraction and an exponent.
func (s *scanner) number() (string, error) {
	start := s.pos
	s.skipRunes(isDigit)
	after, found := strings.CutPrefix(s.text[s.pos:], ".")
	if found && after != "" && isDigit(rune(after[0])) {
		s.pos++
		s.skipRunes(isDigit)
	}
	s.exponent()
	text := s.text[start:s.pos]
	r, _ := utf8.DecodeRuneInString(s.text[s.pos:])
	if isNamePart(r) || len(text) > 1 && text[0] == '0' && isDigit(rune(text[1])) {
		return "", &unsupported{Name: "a number written this way", Column: start}
	}
	return text, nil
}

func (s *scanner) exponent() {
	rest := s.text[s.pos:]
	if rest == "" || rest[0] != 'e' && rest[0] != 'E' {
		return
	}
	digits := rest[1:]
	if digits != "" && strings.IndexByte("+-", digits[0]) >= 0 {
		digits = digits[1:]
	}
	if digits != "" && isDigit(rune(digits[0])) {
		s.pos = len(s.text) - len(digits)
		s.skipRunes(isDigit)
	}
}

func (s *scanner) operator() (string, error) {
	for _, long := range longOperators {
		if strings.HasPrefix(s.text[s.pos:], long) {
			s.pos += len(long)
			return long, nil
		}
	}
	r, size := utf8.DecodeRuneInString(s.text[s.pos:])
	if err := s.foreign(r); err != nil {
		return "", err
	}
	text := s.text[s.pos : s.pos+size]
	s.pos += size
	return text, nil
}

// foreign says what is wrong with a character that no token begins with.
func (s *scanner) foreign(r rune) error {
	switch {
	case isStraySpace(r):
		return straySpaceError(s.pos, r)
	case strings.ContainsRune("‘’‚“”„«»", r):
		const replaced = "write ' or \"; word processors and chat programs replace them"
		return errorAt(s.pos, "a typographic quotation mark doesn't begin a string", replaced)
	case r == '`':
		return &unsupported{Name: "a string in backticks", Column: s.pos}
	case r == '_':
		return &unsupported{Name: "a name that begins with an underscore", Column: s.pos}
	case r == utf8.RuneError || !strings.ContainsRune("()[]{},:.?!<>=+-*/%@^&|#$~;\\", r):
		return &unsupported{Name: "a character outside the language", Column: s.pos}
	}
	return nil
}

func straySpaceError(column int, r rune) error {
	name := fmt.Sprintf("the space U+%04X", r)
	if r == '\u00a0' {
		name = "a no-break space (U+00A0)"
	}
	const replaced = "put a plain space in its place; text from web pages has other ones"
	return errorAt(column, name+" is not white space in an expression", replaced)
}

// findStraySpace finds a stray space in a text, also where the parser stepped over it. Strings and
// comments may have one, and so may a regular expression: a slash may begin one, so that we search
// no further.
func findStraySpace(text string) (offset int, r rune, found bool) {
	for pos := 0; pos < len(text); {
		rest := text[pos:]
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case isStraySpace(r):
			return pos, r, true
		case strings.ContainsRune("'\"`", r):
			pos = stringEnd(text, pos)
		case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "/*"):
			s := scanner{text: text, pos: pos}
			s.skipSpace()
			pos = s.pos
		case r == '/':
			return 0, 0, false
		default:
			pos += size
		}
	}
	return 0, 0, false
}

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

// interpolation names what the dollar sign here begins, if anything: "$(now())" and "$name" are
// DataWeave's, and Mule replaces the property "${name}" before it reads the expression.
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
	const name = `an escape sequence other than \n \t \r \" \' \\ \$ \u0041`
	return &unsupported{Name: name, Column: s.pos}
}

// stringEnd returns the offset behind the string that begins at start.
func stringEnd(text string, start int) int {
	for pos := start + 1; pos < len(text); pos++ {
		switch text[pos] {
		case '\\':
			pos++
		case text[start]:
			return pos + 1
		}
	}
	return len(text)
}

// balanced returns the offset behind the bracket that closes the one at start, or 0.
func balanced(text string, start int) int {
	var awaited []byte // the closing brackets, the innermost last
	for pos := start; pos < len(text); {
		switch c := text[pos]; c {
		case '\'', '"', '`':
			pos = stringEnd(text, pos)
			continue
		case '(':
			awaited = append(awaited, ')')
		case '[':
			awaited = append(awaited, ']')
		case '{':
			awaited = append(awaited, '}')
		case ')', ']', '}':
			if awaited[len(awaited)-1] != c {
				return 0
			}
			awaited = awaited[:len(awaited)-1]
		}
		pos++
		if len(awaited) == 0 {
			return pos
		}
	}
	return 0
}
