package source

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// inString is about what stands inside double quotes.
func (d *diagnosis) inString() (cause, hint string) {
	if d.text[d.at] != '"' {
		return "", ""
	}
	opened := d.at
	for i := d.at + 1; i < len(d.text); i++ {
		switch c := d.text[i]; {
		case c == '\n' || c == '\r':
			return "the string that starts here is not closed on its line", `a closing " is missing, or a line break must be written as \n`
		case c < ' ':
			d.at = i
			return fmt.Sprintf("a control character, U+%04X, stands in a string", c), fmt.Sprintf("write it as %s", escapeControl(rune(c)))
		case c == '\\' && !isEscape(d.text[i:]):
			d.at = i
			next, _ := utf8.DecodeRune(d.text[i+1:])
			return `\` + printable(string(next)) + " is no escape of JSON", `a backslash itself is written \\`
		case c == '\\':
			i++
		case c == '"':
			return "", ""
		}
	}
	d.at = opened
	return "the text ends inside a string that starts here", "was it cut off while copying?"
}

func isEscape(text []byte) bool {
	if len(text) < 2 {
		return false
	}
	if text[1] != 'u' {
		return bytes.IndexByte([]byte(`"\/bfnrt`), text[1]) >= 0
	}
	if len(text) < 6 {
		return false
	}
	_, err := strconv.ParseUint(string(text[2:6]), 16, 32)
	return err == nil
}

// word is about bare words.
func (d *diagnosis) word() (cause, hint string) {
	word := d.shownWord()
	switch strings.ToLower(word) {
	case "":
		return "", ""
	case "true", "false", "null":
		return fmt.Sprintf("%s must be written %s", word, strings.ToLower(word)), ""
	case "none", "nil", "undefined", "nan", "infinity":
		return word + " is no value of JSON", "write null, or leave the member out"
	}
	return word + " needs double quotes", ""
}

// number is about numbers in a form that JSON does not have (RFC 8259, section 6).
func (d *diagnosis) number() (cause, hint string) {
	c := d.text[d.at]
	if c != '-' && c != '+' && c != '.' && (c < '0' || c > '9') {
		return "", ""
	}
	return d.shown() + " is no number of JSON", "put it in double quotes if it is text"
}

// shown returns what stands where reading stopped, for a message.
func (d *diagnosis) shown() string {
	rest := d.text[d.at:]
	end := bytes.IndexAny(rest, ",:{}[] \t\r\n")
	if len(rest) > 0 && rest[0] == '"' {
		end = bytes.IndexAny(rest[1:], "\"\r\n") + 2
	}
	if end < 1 {
		_, end = utf8.DecodeRune(rest)
	}
	return d.told(rest[:end])
}

// told is a piece of the text for a message.
func (d *diagnosis) told(text []byte) string {
	if d.file.unshown {
		return "this text"
	}
	return told(string(text))
}

// shownWord returns the word that starts where reading stopped.
func (d *diagnosis) shownWord() string {
	rest := d.text[d.at:]
	end := bytes.IndexFunc(rest, func(r rune) bool { return !isWordRune(r) })
	if end < 0 {
		end = len(rest)
	}
	if end > 0 && rest[0] >= '0' && rest[0] <= '9' {
		return ""
	}
	if end == 0 {
		return ""
	}
	return d.told(rest[:end])
}

func isWordRune(r rune) bool {
	return r == '_' || r == '$' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// printable escapes what a terminal would act on.
func printable(text string) string {
	quoted := strconv.Quote(text)
	return strings.ReplaceAll(strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`), `\\`, `\`)
}
