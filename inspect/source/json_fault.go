package source

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// want is what had to come next when the JSON could not be read on.
type want uint8

const (
	wantValue       want = iota // the document
	wantItem                    // an item, or the end of the list
	wantMember                  // a name, or the end of the object
	wantMemberValue             // a colon and a value
	wantEnd                     // nothing
)

// fault explains why the JSON can't be read on. encoding/json names a character and a state of its
// own, but a person wants to know what to type.
func (r *jsonReader) fault(wanted want) error {
	d := &diagnosis{text: r.file.Text, wanted: wanted, file: r.file}
	d.at = skipSpace(d.text, r.end())
	d.behind = bytes.TrimRight(d.text[:d.at], " \t\r\n")
	if len(r.open) > 0 {
		d.open = r.open[len(r.open)-1]
		d.nested = true
	}
	cause, hint := d.explain()
	if hint == "" {
		hint = "a program does not write JSON like that; was it edited by hand?"
	}
	return r.file.errorAt(d.at, "not JSON: "+cause, hint)
}

// diagnosis looks at the place where reading stopped.
type diagnosis struct {
	file   *File
	text   []byte
	at     int    // of the first character that can't be read
	behind []byte // the text before it, without white space at its end
	open   int    // of the innermost open bracket
	nested bool   // one is open
	wanted want
}

func (d *diagnosis) explain() (cause, hint string) {
	for _, look := range [...]func(*diagnosis) (string, string){
		(*diagnosis).end, (*diagnosis).separator, (*diagnosis).foreign, (*diagnosis).missing,
		(*diagnosis).inString, (*diagnosis).word, (*diagnosis).number,
	} {
		if cause, hint := look(d); cause != "" {
			return cause, hint
		}
	}
	return d.shown() + " does not belong here", ""
}

// end is about text that stops, or goes on, where it must not.
func (d *diagnosis) end() (cause, hint string) {
	switch {
	case d.wanted == wantEnd && (d.text[d.at] == '{' || d.text[d.at] == '['):
		return "a second value follows the first", "a file holds one JSON value; put several " +
			"into a list"
	case d.wanted == wantEnd:
		return "more text follows the end of the JSON: " + d.shown(), ""
	case d.at < len(d.text):
		return "", ""
	case d.nested:
		return "the text ends inside " + d.opened(), "was it cut off while copying?"
	}
	return "the text is empty", ""
}

// opened names the innermost open bracket.
func (d *diagnosis) opened() string {
	kind := "an object"
	if d.text[d.open] == '[' {
		kind = "a list"
	}
	return fmt.Sprintf("%s that opened at line %d", kind, d.file.Position(d.open).Line)
}

// separator is about commas, colons and brackets.
func (d *diagnosis) separator() (cause, hint string) {
	c, comma := d.text[d.at], bytes.HasSuffix(d.behind, []byte{','})
	switch {
	case (c == '}' || c == ']') && comma:
		d.at = len(d.behind) - 1
		return "there is a comma before " + string(c), "remove the comma"
	case (c == '}' || c == ']') && d.wanted == wantMemberValue:
		return "a value is missing before " + string(c), ""
	case c == '}' || c == ']':
		if d.nested {
			return d.opened() + " is closed by " + string(c), ""
		}
		return string(c) + " has no opening bracket", ""
	case c == ',' && comma:
		return "there are two commas in a row", ""
	case c == ',':
		return "there is a comma where a value is expected", ""
	case c == ':' && d.wanted == wantItem:
		return "there is a colon inside a list",
			"was this list meant to be an object, with { and }?"
	}
	return "", ""
}

// foreign is about text that other languages allow and JSON does not.
func (d *diagnosis) foreign() (cause, hint string) {
	rest := d.text[d.at:]
	switch {
	case HasAnyPrefix(rest, "//", "/*", "#"):
		return "there is a comment here, and JSON does not allow comments", "remove it"
	case HasAnyPrefix(rest, "'"):
		return "there are single quotes here", `JSON needs double quotes: "`
	case HasAnyPrefix(rest, "“", "”", "„", "‘", "’", "«"):
		return "there are typographic quotes here, as word processors and chat programs insert " +
				"them",
			`replace them with plain double quotes: "`
	case HasAnyPrefix(rest, "{{", "${", "{%", "<%") ||
		d.wanted == wantMember && HasAnyPrefix(rest, "{"):
		return "there is a template expression here",
			"use the file that the template produces, or put the expression in double quotes"
	case HasAnyPrefix(rest, "<"):
		return "there is markup here", ""
	case HasAnyPrefix(rest, "..."), HasAnyPrefix(rest, "…"):
		return "there is an ellipsis here: something was left out", "use the whole text"
	}
	return "", ""
}

// HasAnyPrefix reports whether a text begins with one of some others.
func HasAnyPrefix[T string | []byte](text T, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool {
		return len(text) >= len(prefix) && string(text[:len(prefix)]) == prefix
	})
}

// missing is about a comma or a colon that is not there.
func (d *diagnosis) missing() (cause, hint string) {
	last := byte(0)
	if len(d.behind) > 0 {
		last = d.behind[len(d.behind)-1]
	}
	switch {
	case !d.startsToken():
		return "", ""
	case last == '0' && len(d.behind) == d.at && digits(string(d.text[d.at:d.at+1])) == 1:
		return "a number must not start with 0", ""
	case d.wanted == wantMemberValue && last != ':':
		return "a colon is missing before " + d.shown(), "put a colon between a name and its value"
	case (d.wanted == wantItem || d.wanted == wantMember) && last != ',' && last != '[' &&
		last != '{':
		return "a comma is missing before " + d.shown(), "put a comma after the value before it"
	case d.wanted == wantMember && d.text[d.at] != '"':
		return "a name in double quotes is expected here, not " + d.shown(), ""
	}
	return "", ""
}

// startsToken reports whether a value, or what is meant as one, starts here.
func (d *diagnosis) startsToken() bool {
	c, _ := utf8.DecodeRune(d.text[d.at:])
	return strings.ContainsRune(`"{[-+._$`, c) || isWordRune(c)
}

// inString is about the text between double quotes.
func (d *diagnosis) inString() (cause, hint string) {
	if d.text[d.at] != '"' {
		return "", ""
	}
	opened := d.at
	for i := d.at + 1; i < len(d.text); i++ {
		switch c := d.text[i]; {
		case c == '\n' || c == '\r':
			return "the string that starts here is not closed on its line",
				`a closing " is missing, or a line break must be written as \n`
		case c < ' ':
			d.at = i
			return fmt.Sprintf("there is a control character, U+%04X, in a string", c),
				fmt.Sprintf("write it as %s", escapeControl(rune(c)))
		case c == '\\' && !isEscape(d.text[i:]):
			d.at = i
			next, _ := utf8.DecodeRune(d.text[i+1:])
			return `\` + printable(string(next)) + " is not a JSON escape",
				`a backslash itself is written \\`
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
		return word + " is not a JSON value", "write null, or leave the member out"
	}
	return word + " needs double quotes", ""
}

// number is about numbers in a form that JSON does not have (RFC 8259, section 6).
func (d *diagnosis) number() (cause, hint string) {
	c := d.text[d.at]
	if c != '-' && c != '+' && c != '.' && !isDigit(c) {
		return "", ""
	}
	return d.shown() + " is not a JSON number", "put it in double quotes if it is text"
}

// shown returns the text where reading stopped, for a message.
func (d *diagnosis) shown() string {
	rest := d.text[d.at:]
	end := bytes.IndexAny(rest, ",:{}[] \t\r\n")
	if len(rest) > 0 && rest[0] == '"' {
		end = bytes.IndexAny(rest[1:], "\"\r\n") + 2
	}
	if end < 1 {
		_, end = utf8.DecodeRune(rest)
	}
	return d.forMessage(rest[:end])
}

// forMessage returns a piece of the text for a message.
func (d *diagnosis) forMessage(text []byte) string {
	if d.file.unshown {
		return "this text"
	}
	return forMessage(string(text))
}

// shownWord returns the word that starts where reading stopped.
func (d *diagnosis) shownWord() string {
	rest := d.text[d.at:]
	end := bytes.IndexFunc(rest, func(r rune) bool { return !isWordRune(r) })
	if end < 0 {
		end = len(rest)
	}
	if end == 0 || isDigit(rest[0]) {
		return ""
	}
	return d.forMessage(rest[:end])
}

func isWordRune(r rune) bool { return r == '_' || r == '$' || IsAlphanumeric(r) }

// printable escapes what a terminal would act on.
func printable(text string) string {
	quoted := strconv.Quote(text)
	return strings.ReplaceAll(strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`), `\\`, `\`)
}
