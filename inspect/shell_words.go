package inspect

import (
	"strconv"
	"strings"
)

// shellWords splits a command into words, as a shell does: bash with '…', "…", $'…' and \,
// Windows' command prompt with ^, PowerShell with ` at the end of a line. Variables stay as they
// are written. It reports false where a quote is not closed.
func shellWords(text string) ([]string, bool) {
	s := shell{text: text, prompt: strings.Contains(text, `^"`) || strings.Contains(text, "^\n") ||
		strings.Contains(text, "^\r\n")}
	for s.at < len(s.text) {
		if !s.step() {
			return nil, false
		}
	}
	s.end()
	return s.words, true
}

// shell is a command while it is split.
type shell struct {
	text   string
	at     int
	prompt bool // it was written for Windows' command prompt
	word   strings.Builder
	begun  bool // the word has begun, and may be empty
	words  []string
}

func (s *shell) end() {
	if s.begun {
		s.words = append(s.words, s.word.String())
	}
	s.word.Reset()
	s.begun = false
}

func (s *shell) add(text string) {
	s.word.WriteString(text)
	s.begun = true
}

// step reads one character, or what is between quotes.
func (s *shell) step() (closed bool) {
	rest := s.text[s.at:]
	c := rest[0]
	switch {
	case strings.ContainsRune(" \t\r\n", rune(c)):
		s.end()
		s.at++
	case lineEnd(rest, '\\') > 0 && !s.prompt:
		s.at += lineEnd(rest, '\\')
	case lineEnd(rest, '`') > 0:
		s.at += lineEnd(rest, '`')
	case s.prompt && lineEnd(rest, '^') > 0:
		s.at += lineEnd(rest, '^')
	case s.prompt && c == '^' && len(rest) > 1 && rest[1] != '"':
		s.add(rest[1:2])
		s.at += 2
	case s.prompt && strings.HasPrefix(rest, `^"`):
		s.at++
		return s.double()
	case c == '\\' && len(rest) > 1 && !s.prompt:
		s.add(rest[1:2])
		s.at += 2
	case strings.HasPrefix(rest, "$'"):
		return s.escaped()
	case c == '\'' && !s.prompt:
		return s.single()
	case c == '"':
		return s.double()
	default:
		s.add(rest[:1])
		s.at++
	}
	return true
}

// lineEnd is the length of a line break behind the character that takes its meaning away; 0 where
// there is none.
func lineEnd(text string, mark byte) int {
	switch {
	case text[0] != mark:
	case strings.HasPrefix(text[1:], "\n"):
		return 2
	case strings.HasPrefix(text[1:], "\r\n"):
		return 3
	}
	return 0
}

func (s *shell) single() bool {
	inside, _, ok := strings.Cut(s.text[s.at+1:], "'")
	s.add(inside)
	s.at += len(inside) + 2
	return ok
}

// double reads "…", in which a backslash takes the meaning of a few characters away, and a caret
// that of any at the command prompt.
func (s *shell) double() bool {
	s.begun = true
	for s.at++; s.at < len(s.text); s.at++ {
		c := s.text[s.at]
		more := s.at+1 < len(s.text)
		switch {
		case c == '"':
			s.at++
			return true
		case s.prompt && c == '^' && more:
			if s.text[s.at+1] == '"' {
				s.at += 2
				return true
			}
			s.at++
			s.add(s.text[s.at : s.at+1])
		case c == '\\' && more && strings.IndexByte("\"\\$`\n", s.text[s.at+1]) >= 0:
			if s.at++; s.text[s.at] != '\n' {
				s.add(s.text[s.at : s.at+1])
			}
		default:
			s.add(s.text[s.at : s.at+1])
		}
	}
	return false
}

// escaped reads $'…', in which a backslash begins an escape of C. Browsers write commands so.
func (s *shell) escaped() bool {
	s.begun = true
	rest := s.text[s.at+2:]
	for rest != "" && rest[0] != '\'' {
		char, _, tail, err := strconv.UnquoteChar(rest, '\'')
		if err != nil {
			char, tail = rune(rest[0]), rest[1:]
		}
		s.word.WriteRune(char)
		rest = tail
	}
	s.at = min(len(s.text), len(s.text)-len(rest)+1)
	return rest != ""
}
