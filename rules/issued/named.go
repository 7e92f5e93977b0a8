package issued

import (
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// clientsNamedBy lists the clients that checks name: by their id, by a part of it or by a regular
// expression, as a text of its own or in a list in a text. For a part it makes up an id that has
// it, unless a known id does. A text that is not an application id is left out: no token of Entra
// ID has it.
func clientsNamedBy(checks []asking, known func(part string) bool) []string {
	var all []string
	seen := map[string]bool{}
	for i := range checks {
		if checks[i].off || !checks[i].readsClaim("appid", "azp") {
			continue
		}
		for _, part := range onlyIDs(partsIn(checks[i].about("appid", "azp"))) {
			if seen[part] {
				continue
			}
			seen[part] = true
			if known == nil || !known(part) {
				all = append(all, idsWith(part)...)
			}
		}
	}
	return compact(all)
}

// compact keeps the first of equal texts.
func compact(all []string) []string {
	seen := map[string]bool{}
	return source.Without(all, func(text string) bool {
		again := seen[text]
		seen[text] = true
		return again
	})
}

// anyDigit is a place of an id that a regular expression leaves open.
const anyDigit = '?'

// mostParts limits how many parts of ids are taken from one regular expression.
const mostParts = 64

// partsIn lists what parts of a check may find in an id: of their texts, and of their regular
// expressions.
func partsIn(compared []comparison) []string {
	var all []string
	for _, part := range compared {
		for _, text := range part.texts {
			all = append(all, strings.FieldsFunc(text, func(c rune) bool {
				return strings.ContainsRune(",;|"+spaces, c)
			})...)
		}
		var patterns []string
		if part.Input.Opaque != nil {
			patterns = betweenSlashes(part.Input.Opaque.Text)
		}
		if part.Op == rules.Matches && part.Predicate.Texts != nil {
			for _, pattern := range part.Predicate.Texts.Patterns {
				patterns = append(patterns, pattern.String())
			}
		}
		for _, pattern := range patterns {
			if parsed, err := syntax.Parse(pattern, syntax.Perl); err == nil {
				all = append(all, matching(parsed)...)
			}
		}
	}
	return all
}

// onlyIDs keeps what may be an application's or an object's id or a part of one, in lower case.
func onlyIDs(all []string) []string {
	for i := range all {
		all[i] = strings.ToLower(all[i])
	}
	return source.Without(all, func(part string) bool {
		return len(part) > len(strangerID) || !strings.ContainsAny(part, "0123456789abcdef") ||
			strings.Trim(part, "0123456789abcdef-?") != ""
	})
}

// betweenSlashes lists what an expression has between slashes, outside of its texts.
func betweenSlashes(expression string) []string {
	var all []string
	for {
		i := strings.IndexAny(expression, `'"/`)
		if i < 0 {
			return all
		}
		text, rest, closed := strings.Cut(expression[i+1:], expression[i:i+1])
		if !closed {
			return all
		}
		if expression[i] == '/' {
			all = append(all, text)
		}
		expression = rest
	}
}

// matching lists short texts that a regular expression matches: one for each alternative.
func matching(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{string(re.Rune)}
	case syntax.OpCharClass:
		return []string{ofClass(re.Rune)}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return []string{string(anyDigit)}
	case syntax.OpCapture, syntax.OpPlus:
		return matching(re.Sub[0])
	case syntax.OpRepeat:
		return product(slices.Repeat(re.Sub, min(re.Min, len(strangerID))))
	case syntax.OpConcat:
		return product(re.Sub)
	case syntax.OpAlternate:
		all := source.Flat(re.Sub, matching)
		return all[:min(len(all), mostParts)]
	}
	return []string{""} // what may match nothing
}

// product lists what a sequence of expressions matches.
func product(parts []*syntax.Regexp) []string {
	all := []string{""}
	for _, part := range parts {
		var longer []string
		for _, start := range all {
			for _, end := range matching(part) {
				longer = append(longer, start+end)
			}
		}
		all = longer[:min(len(longer), mostParts)]
	}
	return all
}

// ofClass is a character of a class, given by its ranges: open where the class has digits and the
// hyphen.
func ofClass(ranges []rune) string {
	has := func(c rune) bool {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= c && c <= ranges[i+1] {
				return true
			}
		}
		return false
	}
	if has('-') && has('0') {
		return string(anyDigit)
	}
	for _, c := range "-0123456789abcdef" {
		if has(c) {
			return string(c)
		}
	}
	return string(ranges[:min(1, len(ranges))])
}

// idsWith lists ids that have a part where a check may look for it: at the start of one of the
// groups of digits, or at the end.
func idsWith(part string) []string {
	if entra.IsGUID(part) {
		return []string{part}
	}
	var all []string
	for _, at := range []int{0, 9, 14, 19, 24, len(strangerID) - len(part)} {
		if id, ok := overlay(strangerID, part, at); ok && id != strangerID {
			all = append(all, id)
		}
	}
	return all
}

// overlay writes a part over an id. It fails where that leaves no id.
func overlay(id, part string, at int) (string, bool) {
	if at+len(part) > len(id) {
		return "", false
	}
	text := []byte(id)
	for i := range len(part) {
		switch c := part[i]; {
		case c == anyDigit:
		case (c == '-') != (text[at+i] == '-'):
			return "", false
		default:
			text[at+i] = c
		}
	}
	return string(text), true
}

// shortest is the number of characters from which a part names one client: to get an id that has a
// shorter one, somebody only needs to register clients for long enough.
const shortest = 8

// namesOne returns what tells whether a part is one of an id that is known.
func namesOne(ids map[string]bool) func(part string) bool {
	return func(part string) bool {
		if ids[part] {
			return true
		}
		if len(strings.ReplaceAll(part, string(anyDigit), "")) < shortest || entra.IsGUID(part) {
			return false
		}
		for id := range ids {
			for at := range len(id) {
				if same, ok := overlay(id, part, at); ok && same == id {
					return true
				}
			}
		}
		return false
	}
}
