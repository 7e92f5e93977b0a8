package dataweave

import (
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
	spaced     bool // white space stands before it
}

func (t token) is(operator string) bool { return t.kind == tokenOperator && t.text == operator }

func (t token) isName(name string) bool { return t.kind == tokenName && t.text == name }

// The operators of more than one character, longer ones first. && || and = are none, but are recognised to say so.
var longOperators = [...]string{
	"---", "...", "++", "--", "->", "<~", "=>", "==", "!=", "~=", "<=", ">=", "<<", ">>", "..", "&&", "||",
}

// scanner cuts a text into tokens, on demand: what a slash means depends on what the parser expects.
type scanner struct {
	text    string
	pos     int
	comment int // the offset of the first comment, plus 1
}

// skipSpace passes white space and comments and reports whether there was any. A comment that isn't closed
// runs to the end.
func (s *scanner) skipSpace() bool {
	start := s.pos
	for s.pos < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.pos:])
		switch {
		case unicode.IsSpace(r):
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

// next returns the next token. Its error is a *source.Error or an *unsupported, with a byte offset
// for a column.
func (s *scanner) next() (token, error) {
	spaced := s.skipSpace()
	t := token{start: s.pos, spaced: spaced}
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

func (s *scanner) skipRunes(part func(rune) bool) {
	rest := strings.TrimLeftFunc(s.text[s.pos:], part)
	s.pos = len(s.text) - len(rest)
}

// number passes digits, a fraction and an exponent.
func (s *scanner) number() (string, error) {
	start := s.pos
	s.skipRunes(isDigit)
	if after, found := strings.CutPrefix(s.text[s.pos:], "."); found && after != "" && isDigit(rune(after[0])) {
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
	digits := strings.TrimLeft(strings.TrimLeft(rest, "eE"), "+-")
	lead := len(rest) - len(digits)
	if lead == 0 || lead > 2 || rest[0] != 'e' && rest[0] != 'E' || digits == "" || !isDigit(rune(digits[0])) {
		return
	}
	s.pos += lead
	s.skipRunes(isDigit)
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

// foreign says what is wrong with a character that begins no token.
func (s *scanner) foreign(r rune) error {
	switch {
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
