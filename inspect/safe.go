package inspect

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe returns s fit for a terminal: every character that could move the cursor, reorder the line, or hide is
// written as an escape. These are the controls (C0, DEL, C1), the format characters (bidirectional, zero-width,
// tags), line and paragraph separators, variation selectors and fillers, and spaces that are no U+0020. They come out
// as \u202e, above U+FFFF as \U000e0001; line feed, carriage return and tab as \n, \r and \t; bytes that are
// no UTF-8 as \xff. A backslash stays as it is. Text that needs no escape is returned without an allocation.
func Safe(s string) string { return escape(s, unsafe) }

// SafeText is Safe for a text of several lines: it keeps line feeds.
func SafeText(s string) string {
	return escape(s, func(r rune) bool { return r != '\n' && unsafe(r) })
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
		b.WriteString(`\x`)
		writeHex(b, rune(raw[0]), 2)
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case r > 0xffff:
		b.WriteString(`\U`)
		writeHex(b, r, 8)
	default:
		b.WriteString(`\u`)
		writeHex(b, r, 4)
	}
}

func writeHex(b *strings.Builder, r rune, digits int) {
	hex := strconv.FormatInt(int64(r), 16)
	b.WriteString("00000000"[:digits-len(hex)])
	b.WriteString(hex)
}

// unsafe reports whether a rune is invisible, or acts on the terminal or on the order of the characters around
// it (Unicode: the categories Cc, Cf, Zl, Zp and Zs but for the space, and what is Default_Ignorable).
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

// ShortenMiddle returns s in at most limit characters, with an ellipsis for what is left out of its middle, so
// that both ends can still be compared.
func ShortenMiddle(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
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
// message can bear.
func Quoted(s string) string {
	const most = 80
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strconv.Quote(s)
}
