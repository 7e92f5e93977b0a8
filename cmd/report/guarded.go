package report

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// leastGuarded is how many characters a name has to have to be taken for a token by its looks
// alone. Names of files that are made by programs stay under it.
const leastGuarded = 40

// Guarded returns a text as it may stand on standard error: without anything that acts on the
// terminal, and without a token that slipped into the place of a file's name, a host or a word.
// Each part of a path or a URL is looked at by itself.
func Guarded(text string) string {
	text = inspect.MaskTokens(text)
	var b strings.Builder
	for text != "" {
		n := strings.IndexFunc(text, isNotNamed)
		if n < 0 {
			n = len(text)
		}
		if name := text[:n]; n >= leastGuarded && source.LooksSecret(name) {
			b.WriteString("(token)")
		} else {
			b.WriteString(name)
		}
		end := len(text)
		isNamed := func(r rune) bool { return !isNotNamed(r) }
		if next := strings.IndexFunc(text[n:], isNamed); next >= 0 {
			end = n + next
		}
		b.WriteString(text[n:end])
		text = text[end:]
	}
	return inspect.Safe(b.String())
}

// isNotNamed reports whether a character stands in no token and in no part of a path.
func isNotNamed(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') &&
		!strings.ContainsRune("-._~+=", r)
}
