package dataweave

import (
	"strings"
	"unicode/utf8"
)

// Template finds the expression in the text of a field. A text that begins with #[ and ends with ], white space
// around it aside, is an expression: expr is what stands between, and offset the number of characters before
// it, to be added to the columns that Parse gives. Any other text is a literal.
//
// A text that begins with #[ and isn't closed comes back whole, as an expression: Parse says what is wrong.
func Template(text string) (expr string, offset int, isExpression bool) {
	trimmed := strings.TrimSpace(text)
	if !strings.HasPrefix(trimmed, "#[") {
		return text, 0, false
	}
	start := strings.Index(text, "#[")
	if !strings.HasSuffix(trimmed, "]") {
		return trimmed, utf8.RuneCountInString(text[:start]), true
	}
	inner := trimmed[2 : len(trimmed)-1]
	return inner, utf8.RuneCountInString(text[:start]) + 2, true
}
