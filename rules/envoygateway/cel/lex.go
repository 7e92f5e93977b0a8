package cel

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
)

type tokenKind uint8

const (
	tokenEnd     tokenKind = iota
	tokenName              // an identifier, reserved words among them
	tokenQuoted            // an identifier in backticks; text is what is between them
	tokenInt               // text as written
	tokenUint              // text as written, with its u
	tokenFloat             // text as written
	tokenString            // text is the content
	tokenBytes             // text is the content
	tokenKeyword           // true, false, null, in
	tokenOperator
)

type token struct {
	kind       tokenKind
	text       string
	start, end int // byte offsets
}

func (t token) is(operator string) bool { return t.kind == tokenOperator && t.text == operator }

func (t token) isKeyword(word string) bool { return t.kind == tokenKeyword && t.text == word }

// shown is the token as a message names it.
func (t token) shown(text string) string {
	if t.kind == tokenEnd {
		return "the end of the expression"
	}
	return text[t.start:t.end]
}

// scanner cuts a text into tokens.
type scanner struct {
	text string
	pos  int
}

// tokens are all tokens of a text, the end among them. The column of an error is a byte offset.
func tokens(text string) ([]token, *source.Error) {
	s := scanner{text: text}
	var all []token
	for {
		s.skipSpace()
		t := token{start: s.pos}
		err := s.next(&t)
		t.end = s.pos
		all = append(all, t)
		if err != nil || t.kind == tokenEnd {
			return all, err
		}
	}
}

func (s *scanner) rest() string { return s.text[s.pos:] }

func (s *scanner) skipSpace() {
	for s.pos < len(s.text) {
		switch {
		case strings.IndexByte("\t \r\n\f", s.text[s.pos]) >= 0:
			s.pos++
		case strings.HasPrefix(s.rest(), "//"):
			line, _, _ := strings.Cut(s.rest(), "\n")
			s.pos += len(line)
		default:
			return
		}
	}
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// while passes the bytes that a test holds for, and returns how many those are.
func (s *scanner) while(is func(byte) bool) int {
	start := s.pos
	for s.pos < len(s.text) && is(s.text[s.pos]) {
		s.pos++
	}
	return s.pos - start
}

func (s *scanner) at(i int) byte {
	if s.pos+i < len(s.text) {
		return s.text[s.pos+i]
	}
	return 0
}

func (s *scanner) next(t *token) *source.Error {
	switch c := s.at(0); {
	case s.pos == len(s.text):
		return nil
	case isDigit(c), c == '.' && isDigit(s.at(1)):
		s.number(t)
		return nil
	case c == '`':
		return s.quotedName(t)
	case isLetter(c), c == '"', c == '\'':
		if found, err := s.quoted(t); found || err != nil {
			return err
		}
		start := s.pos
		s.while(func(c byte) bool { return isLetter(c) || isDigit(c) })
		t.kind, t.text = tokenName, s.text[start:s.pos]
		switch t.text {
		case "true", "false", "null", "in":
			t.kind = tokenKeyword
		}
		return nil
	}
	return s.operator(t)
}

func (s *scanner) operator(t *token) *source.Error {
	for _, operator := range []string{"==", "!=", "<=", ">=", "&&", "||"} {
		if strings.HasPrefix(s.rest(), operator) {
			s.pos += len(operator)
			t.kind, t.text = tokenOperator, operator
			return nil
		}
	}
	r, size := utf8.DecodeRuneInString(s.rest())
	if !strings.ContainsRune("<>[]{}().,-!?:+*/%", r) {
		return s.foreign(r)
	}
	t.kind, t.text = tokenOperator, s.text[s.pos:s.pos+size]
	s.pos += size
	return nil
}

// foreign says what is wrong with a character that no token begins with.
func (s *scanner) foreign(r rune) *source.Error {
	hint := ""
	switch {
	case r == '=':
		hint = "write == to compare"
	case r == '&', r == '|':
		hint = "write && for and, || for or"
	case strings.ContainsRune("‘’‚“”„«»", r):
		hint = "write ' or \"; word processors and chat programs replace them"
	}
	return errorAt(s.pos, "CEL has no character "+string(r), hint)
}

// number passes an integer, one with a u, or a number with a fraction or an exponent.
func (s *scanner) number(t *token) {
	start := s.pos
	t.kind = tokenInt
	if s.at(0) == '0' && s.at(1) == 'x' && isHex(s.at(2)) {
		s.pos += 2
		s.while(isHex)
	} else {
		s.while(isDigit)
		if s.at(0) == '.' && isDigit(s.at(1)) {
			t.kind = tokenFloat
			s.pos++
			s.while(isDigit)
		}
		if s.exponent() {
			t.kind = tokenFloat
		}
	}
	if t.kind == tokenInt && s.at(0)|0x20 == 'u' {
		t.kind = tokenUint
		s.pos++
	}
	t.text = s.text[start:s.pos]
}

// exponent passes an exponent, and reports whether there is one.
func (s *scanner) exponent() bool {
	if s.at(0)|0x20 != 'e' {
		return false
	}
	sign := 1
	if s.at(1) == '+' || s.at(1) == '-' {
		sign++
	}
	if !isDigit(s.at(sign)) {
		return false
	}
	s.pos += sign
	s.while(isDigit)
	return true
}

func (s *scanner) quotedName(t *token) *source.Error {
	start := s.pos
	s.pos++
	n := s.while(func(c byte) bool {
		return isLetter(c) || isDigit(c) || strings.IndexByte(".-/ ", c) >= 0
	})
	if n == 0 || s.at(0) != '`' {
		return errorAt(start, "a name in backticks is not closed, or has other characters than "+
			"letters, digits, _ . - / and spaces", "")
	}
	t.kind, t.text = tokenQuoted, s.text[start+1:s.pos]
	s.pos++
	return nil
}

// quoted passes a string or bytes, with their prefixes. It is not found where a name begins.
func (s *scanner) quoted(t *token) (found bool, err *source.Error) {
	prefix, raw := 0, false
	t.kind = tokenString
	if s.at(prefix)|0x20 == 'b' {
		t.kind = tokenBytes
		prefix++
	}
	if s.at(prefix)|0x20 == 'r' {
		raw = true
		prefix++
	}
	quote := s.at(prefix)
	if quote != '"' && quote != '\'' {
		return false, nil
	}
	start := s.pos
	s.pos += prefix
	closing := string(quote)
	if triple := strings.Repeat(closing, 3); strings.HasPrefix(s.rest(), triple) {
		closing = triple
	}
	content, ok := s.content(closing, raw)
	if !ok {
		return true, errorAt(start, "a string is not closed", "")
	}
	content = strings.ReplaceAll(strings.ReplaceAll(content, "\r\n", "\n"), "\r", "\n")
	if !raw {
		plain, bad := unescape(content, t.kind == tokenBytes)
		if bad != "" {
			return true, errorAt(start, "a string has the escape "+bad+", which CEL does not have",
				`write \\ for a backslash, or a raw string: r"…"`)
		}
		content = plain
	}
	t.text = content
	return true, nil
}

// content passes a string from its opening quote to its closing one, and returns what is between.
func (s *scanner) content(closing string, raw bool) (string, bool) {
	s.pos += len(closing)
	start := s.pos
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case strings.HasPrefix(s.rest(), closing):
			end := s.pos
			s.pos += len(closing)
			return s.text[start:end], true
		case len(closing) == 1 && (c == '\n' || c == '\r'):
			return "", false
		case c == '\\' && !raw:
			s.pos++
		}
		s.pos++
	}
	s.pos = len(s.text)
	return "", false
}

// unescape resolves the escapes of a string or of bytes. bad is an escape that there is not.
func unescape(text string, isBytes bool) (plain, bad string) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, `\`)
		b.WriteString(before)
		if !found {
			return b.String(), ""
		}
		value, behind, ok := escaped(rest, isBytes)
		switch {
		case !ok:
			return "", `\` + rest[:min(1, len(rest))]
		case isBytes:
			b.WriteByte(byte(value))
		default:
			b.WriteRune(value)
		}
		text = behind
	}
}

// escaped reads what is behind the backslash of an escape, as Go has them too, but for a few.
func escaped(text string, isBytes bool) (value rune, rest string, ok bool) {
	switch c := text[:min(1, len(text))]; {
	case c == "":
		return 0, "", false
	case strings.Contains("'\"`?", c):
		return rune(c[0]), text[1:], true
	case c == "X":
		text = "x" + text[1:]
	case isBytes && (c == "u" || c == "U"):
		return 0, "", false
	}
	value, _, rest, err := strconv.UnquoteChar(`\`+text, 0)
	return value, rest, err == nil
}
