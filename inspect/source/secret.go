package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
)

// leastSecret is the fewest characters that a text needs to be taken for a token or a secret.
const leastSecret = 20

// secretText replaces text in a message that may be a secret.
const secretText = "text that looks like a token"

// LooksSecret reports whether a run of characters without white space may be a token, a key or a
// password: it is long, and no person would write such a name. Names are made of words, of
// numbers, of words with a short number behind them, and of GUIDs.
func LooksSecret(run string) bool {
	if len(run) < leastSecret {
		return false
	}
	for run != "" {
		n := guidLength
		if !StartsWithGUID(run) {
			n = strings.IndexFunc(run, isSeparator)
			if n < 0 {
				n = len(run)
			}
			if !isReadableWord(run[:n]) {
				return true
			}
		}
		run = strings.TrimLeftFunc(run[n:], isSeparator)
	}
	return false
}

func isSeparator(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// guidLength is how many characters a GUID has.
const guidLength = 36

// StartsWithGUID reports whether a text starts with a GUID, with hyphens and in either case.
func StartsWithGUID(text string) bool {
	if len(text) < guidLength {
		return false
	}
	for i := range guidLength {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (text[i] == '-') || !hyphen && !isHex(text[i]) {
			return false
		}
	}
	return true
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }

// shortWord is how long a word may be that is any mixture of letters and digits, such as v1alpha1.
const shortWord = 8

// isReadableWord reports whether a run of letters and digits is a word, a number, or a word with a
// number of up to four digits behind it. Random letters have more capitals than the words of one
// name.
func isReadableWord(run string) bool {
	word := strings.TrimRightFunc(run, unicode.IsDigit)
	number := len(run) - len(word)
	if len(run) <= shortWord || word == "" && number <= 14 {
		return true
	}
	capitals := len(strings.Map(onlyCapitals, word))
	return number <= 4 && strings.IndexFunc(word, unicode.IsDigit) < 0 &&
		(capitals == len(word) || 3*capitals <= len(word)+3)
}

func onlyCapitals(r rune) rune {
	if unicode.IsUpper(r) {
		return r
	}
	return -1
}

// holdsSecret reports whether a run of token characters (RFC 9110, section 11.2) in a text looks
// like a secret.
func holdsSecret(text string) bool {
	for run := range strings.FieldsFuncSeq(text, func(r rune) bool { return !isToken68(r) }) {
		if LooksSecret(run) {
			return true
		}
	}
	return false
}

func isToken68(r rune) bool { return IsAlphanumeric(r) || strings.ContainsRune("-._~+/=", r) }

// forMessage returns a text of the input for a message: escaped and shortened, or nothing of it if
// it may be a secret.
func forMessage(text string) string {
	if holdsSecret(text) {
		return secretText
	}
	return printable(shorten(text))
}

// checkSecret refuses a text that is one token and nothing else, before a reader's message shows
// some of it.
func (f *File) checkSecret() error {
	content := bytes.TrimLeft(f.Text[f.body():], " \t\r\n")
	text := strings.TrimSpace(string(content[:min(len(content), maxRun)]))
	if f.unshown || strings.ContainsFunc(text, func(r rune) bool { return !isToken68(r) }) ||
		!LooksSecret(text) {
		return nil
	}
	return f.errorAt(len(f.Text)-len(content),
		"this looks like a token or a secret, not like JSON or YAML",
		"a token is passed as TOKEN, or as @FILE; is this the right file?")
}

// maxRun is how much of a text is looked at to see whether it is a token, in bytes.
const maxRun = 1 << 16

// reportDuplicates reports each member of an object whose name appears before. Gateways differ in
// which of the two they take: if the values differ, it is not known which counts.
func (f *File) reportDuplicates(object *Value, where *place) {
	if len(object.Members) < 2 {
		return
	}
	seen := make(map[string]int, len(object.Members))
	for i := range object.Members {
		m := &object.Members[i]
		first, twice := seen[m.Key]
		if twice && len(f.Problems) < maxProblems {
			f.problem("duplicate-member", m.KeySpan.Start,
				duplicate(&object.Members[first], m, where))
		}
		if twice && !f.lastCounts {
			other := &object.Members[first]
			m.Conflict = other.Conflict || other.Value.JSON() != m.Value.JSON()
		}
		seen[m.Key] = i
	}
}

func duplicate(first, second *Member, where *place) string {
	const counts = "; most readers use the last one"
	name, line := where.member(second.Key), first.KeyPos.Line
	if isSecret(second.Key) {
		return fmt.Sprintf("%s appears twice, first at line %d", name, line) + counts
	}
	return fmt.Sprintf("%s appears twice: %s at line %d, then %s", name, first.Value.brief(), line,
		second.Value.brief()) + counts
}

// brief returns the value for a message, in few characters.
func (v *Value) brief() string {
	switch v.Kind {
	case List, Object, Unknown:
		return v.Kind.String()
	case String:
		if holdsSecret(v.Text) {
			return secretText
		}
		return quoteJSON(shorten(v.Text))
	}
	return shorten(v.JSON())
}

// isSecret reports whether a member of this name holds what a message must not show: a password,
// credentials, a key, or the private half of one (RFC 7518, section 6). A member with the name key
// alone is the name in a pair of name and value.
func isSecret(name string) bool {
	switch name {
	case "d", "p", "q", "dp", "dq", "qi", "oth", "k":
		return true
	}
	name = strings.ToLower(name)
	for _, part := range []string{"secret", "password", "passphrase", "private", "authorization"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return name != "key" && strings.HasSuffix(name, "key")
}
