package cel

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostInstructions is how many instructions the program of a pattern may have
// (regex_max_program_size in Envoy's evaluator.cc). A match with a longer one is an error.
const mostInstructions = 100

// patternOf compiles a pattern of matches(), which looks for it anywhere in a text. It is nil
// where it can't be read; why says that nobody knows whether Envoy takes it.
func patternOf(expression string) (pattern *regexp.Regexp, why string) {
	if strings.Contains(expression, `\C`) {
		return nil, `gatewhy does not match \C, a single byte`
	}
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil, ""
	}
	if instructions(parsed.Simplify()) > mostInstructions {
		return nil, "the pattern may be too long for Envoy, which fails on one of more than 100 " +
			"instructions"
	}
	pattern, err = regexp.Compile(expression)
	if err != nil {
		return nil, ""
	}
	return pattern, ""
}

// instructions is at least as many instructions as RE2 makes of a pattern, which matches bytes.
func instructions(re *syntax.Regexp) int {
	n := 2
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			n += max(utf8.RuneLen(r), 1)
			if re.Flags&syntax.FoldCase != 0 && unicode.SimpleFold(r) != r {
				n += 4
			}
		}
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			n += 2
			if re.Rune[i+1] >= utf8.RuneSelf {
				n += 12
			}
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		n += 12
	}
	for _, sub := range re.Sub {
		n += instructions(sub)
	}
	return n
}

// anywhere is a pattern for a whole text, which matches where the expression does anywhere in it.
func anywhere(expression string) string {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	before, behind := "(?s:.*)", "(?s:.*)"
	if err == nil && parsed.Op == syntax.OpConcat {
		if parsed.Sub[0].Op == syntax.OpBeginText {
			before = ""
		}
		if parsed.Sub[len(parsed.Sub)-1].Op == syntax.OpEndText {
			behind = ""
		}
	}
	return before + "(?:" + expression + ")" + behind
}
