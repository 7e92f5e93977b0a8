package inspect

import "strings"

// maskedToken stands for a token in text that is shared.
const maskedToken = "(token)"

// MaskTokens returns a text with everything replaced that has the shape of a token or of a secret that comes with one:
// what starts as a token's part does, refresh tokens, client secrets, and what follows Bearer.
func MaskTokens(text string) string {
	var b strings.Builder
	rest := text
	for at := 0; at < len(rest); {
		n := token68(rest[at:])
		if n == 0 {
			at++
			continue
		}
		if start, ok := secretIn(rest[:at], rest[at:at+n]); ok {
			b.WriteString(rest[:at+start])
			b.WriteString(maskedToken)
			rest = rest[at+n:]
			at = 0
			continue
		}
		at += n
	}
	if b.Len() == 0 {
		return text
	}
	b.WriteString(rest)
	return b.String()
}

// secretIn returns where in a run of token characters a secret begins.
func secretIn(before, run string) (start int, ok bool) {
	if len(run) < minOpaque {
		return 0, false
	}
	if start := strings.Index(run, jsonStart); start >= 0 && len(run)-start >= minOpaque {
		return start, true
	}
	if isClientSecret(run) || isRefreshToken(run) {
		return 0, true
	}
	return 0, labelBefore(before).phrase != ""
}
