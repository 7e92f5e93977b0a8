package inspect

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Safe returns s fit for a terminal: every character that could move the cursor, reorder the line,
// or hide is written as an escape. These are the controls (C0, DEL, C1), the format characters
// (bidirectional, zero-width, tags), line and paragraph separators, variation selectors and
// fillers, and spaces other than U+0020. They come out as \u202e, above U+FFFF as \U000e0001; line
// feed, carriage return and tab as \n, \r and \t; bytes that are no UTF-8 as \xff. A backslash
// stays as it is. So does all else, but for what build agents take for a command wherever it is in
// a line: see [SafeCommand]. Text that needs no escape is returned without an allocation.
func Safe(s string) string { return SafeCommand(escape(s, unsafe)) }

// SafeCommand breaks the commands of build agents that are taken from anywhere in a line of a log:
// ##vso[task.setvariable …] of Azure Pipelines, ##[add-path] of GitHub Actions' first form
// (microsoft/azure-pipelines-agent, src/Agent.Worker/WorkerCommandManager.cs; actions/runner,
// src/Runner.Worker/ActionCommandManager.cs). The second # becomes an escape, in JSON too.
func SafeCommand(s string) string {
	if !strings.Contains(s, "##") {
		return s
	}
	return strings.NewReplacer("##[", `#\u0023[`, "##vso[", `#\u0023vso[`).Replace(s)
}

// SafeText is Safe for a text of several lines: it keeps line feeds.
func SafeText(s string) string {
	return SafeCommand(escape(s, func(r rune) bool { return r != '\n' && unsafe(r) }))
}

// escape replaces the runes that are refused, and bytes that are no UTF-8.
func escape(s string, refused func(rune) bool) string {
	i := firstUnsafe(s, refused)
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i < len(s) {
		b.WriteString(s[:i])
		r, size := utf8.DecodeRuneInString(s[i:])
		writeEscape(&b, r, s[i:i+size])
		s = s[i+size:]
		i = firstUnsafe(s, refused)
	}
	b.WriteString(s)
	return b.String()
}

// firstUnsafe returns the index of the first refused rune or invalid byte, or the length of s.
func firstUnsafe(s string, refused func(rune) bool) int {
	for i, r := range s {
		if r >= ' ' && r <= '~' {
			continue
		}
		if refused(r) || r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd") {
			return i
		}
	}
	return len(s)
}

func writeEscape(b *strings.Builder, r rune, raw string) {
	switch {
	case r == utf8.RuneError:
		fmt.Fprintf(b, `\x%02x`, raw[0])
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case r > 0xffff:
		fmt.Fprintf(b, `\U%08x`, r)
	default:
		fmt.Fprintf(b, `\u%04x`, r)
	}
}

// unsafe reports whether a rune is invisible, or acts on the terminal or on the order of the
// characters around it (Unicode: the categories Cc, Cf, Zl, Zp and Zs but for the space, and what
// is Default_Ignorable).
func unsafe(r rune) bool {
	switch {
	case r < ' ' || r >= 0x7f && r <= 0xa0 || r == 0xad:
		return true
	case r < 0x300:
		return false
	case r == 0x2800: // the braille pattern without dots, a symbol that shows nothing
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Zs,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// ShortenMiddle returns s in at most limit characters, with an ellipsis for what is left out of
// its middle, so that both ends can still be compared. A token in what is cut is masked first:
// half of one looks like any other text.
func ShortenMiddle(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	s = MaskTokens(s)
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	limit = max(limit, 1)
	head, tail := limit/2, limit-1-limit/2
	from, to := 0, len(s)
	for range head {
		_, size := utf8.DecodeRuneInString(s[from:])
		from += size
	}
	for range tail {
		_, size := utf8.DecodeLastRuneInString(s[:to])
		to -= size
	}
	return s[:from] + "…" + s[to:]
}

// Quoted returns a text of the input for a message: in quotes, escaped, and no longer than a
// message can bear. A token in it is masked.
func Quoted(s string) string {
	const most = 80
	s = MaskTokens(s)
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strconv.Quote(s)
}

// Visible returns a text as a sentence can show it: in quotes where there is nothing in it to see,
// or blanks at its ends.
func Visible(s string) string {
	if s == "" || strings.TrimSpace(s) != s {
		return strconv.Quote(s)
	}
	return s
}

// InSentence returns a value as a sentence can show it: in quotes where it is empty or has blanks,
// with which it would run into the sentence.
func InSentence(s string) string {
	if s == "" || strings.ContainsFunc(s, unicode.IsSpace) {
		return strconv.Quote(s)
	}
	return s
}

// MostListed is how many values a sentence lists.
const MostListed = 5

// OneOf lists values where one is enough: up to three with an "or" between them, and of more of
// them at most so many.
func OneOf(values []string, most int) string { return listed(values, " or ", "one of ", most) }

// AllOf lists values that are all wanted, in the same way.
func AllOf(values []string, most int) string { return listed(values, " and ", "all of ", most) }

func listed(values []string, glue, before string, most int) string {
	switch more := len(values) - most; {
	case len(values) == 0:
		return "nothing"
	case len(values) <= 3:
		return strings.Join(values, glue)
	case more <= 0:
		return before + strings.Join(values, ", ")
	default:
		return before + Few(values, most)
	}
}

// MostNames is how many names a message lists where the reader looks for one of them.
const MostNames = 20

// Few lists names, and of more than so many the first ones and how many more there are.
func Few(names []string, most int) string {
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

// Nearest returns the candidate with the fewest edits to a word, the first of several. It returns
// nothing if none is within that many edits. Case does not count.
func Nearest(word string, candidates []string, edits int) string {
	near, best := "", edits+1
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < best {
			near, best = c, d
		}
	}
	return near
}

// FewEdits is how many edits away from a mistyped word another one may be to be meant. Two edits
// leave nothing of a short word.
func FewEdits(word string) int {
	switch n := len(word); {
	case n < 2:
		return 0
	case n < 5:
		return 1
	}
	return 2
}

// distance is the number of bytes to insert, delete or replace, and of neighbours to exchange, to
// make one word the other (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			replaced := last[j]
			if a[i] != b[j] {
				replaced++
			}
			row[j+1] = min(replaced, row[j]+1, last[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}

// UTF8 returns a text as UTF-8 without a byte order mark. It converts UTF-16, which Windows
// PowerShell writes. Any other text is returned as it is.
func UTF8(text string) string { return strings.TrimPrefix(fromUTF16(text), "\ufeff") }

func fromUTF16(text string) string {
	order, mark := source.UTF16Order(text)
	if order == nil {
		return text
	}
	units := make([]uint16, 0, len(text)/2)
	for i := mark; i+1 < len(text); i += 2 {
		units = append(units, order.Uint16([]byte(text[i:i+2])))
	}
	return string(utf16.Decode(units))
}
