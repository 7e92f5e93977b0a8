package inspect

import (
	"strings"
	"unicode/utf8"
)

// strip takes off white space, quotes and an authentication scheme, however they nest.
func strip(text string) *paste {
	p := &paste{from: "the text"}
	p.text = p.visible(fromUTF16(text))
	schemes := 0
	for range 10 {
		before := p.text
		p.text = strings.Trim(p.text, " \t\r\n\f\v")
		p.text = trimQuotes(p.text)
		if rest, ok := cutPrefixFold(p.text, "authorization:"); ok {
			p.text, p.from = rest, "the Authorization header"
		}
		if rest, ok := cutPrefixFold(p.text, "bearer "); ok {
			p.text, p.from = rest, "the Authorization header"
			schemes++
		}
		if p.text == before {
			break
		}
	}
	if schemes > 1 {
		p.note("scheme-twice", `"Bearer" stands twice: a gateway that gets it so takes the second one for the token and rejects the request`)
	}
	return p
}

// visible removes byte order marks, zero-width and other invisible characters, which chat and mail programs add.
func (p *paste) visible(text string) string {
	if strings.IndexFunc(text, invisible) < 0 {
		return text
	}
	p.note("invisible-character", "the text has invisible characters, as chat and mail programs add them; they were left out here; a gateway that gets them may reject the token")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\u202f' || r == '\u3000':
			return ' '
		case invisible(r):
			return -1
		}
		return r
	}, text)
}

func invisible(r rune) bool { return r >= 0x7f && r != utf8.RuneError && unsafe(r) }

// trimQuotes removes one pair of quotes of any kind, or one that was left without its partner.
func trimQuotes(text string) string {
	for _, pair := range [...][2]string{{`"`, `"`}, {"'", "'"}, {"`", "`"}, {"“", "”"}, {"‘", "’"}, {"„", "“"}, {"«", "»"}, {`\"`, `\"`}} {
		if rest, ok := strings.CutPrefix(text, pair[0]); ok {
			return strings.TrimSuffix(rest, pair[1])
		}
		if rest, ok := strings.CutSuffix(text, pair[1]); ok && !strings.Contains(rest, pair[0]) {
			return rest
		}
	}
	return text
}

// cutPrefixFold is strings.CutPrefix without regard to case; prefix is lower case ASCII.
func cutPrefixFold(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return text[len(prefix):], true
}
