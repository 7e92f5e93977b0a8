package dataweave

import (
	"regexp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// callRegex evaluates contains and matches with a regular expression: a Java pattern, of which only what Java
// and Go read alike is run, on ASCII text.
func (v *evaluator) callRegex(n *Node, f function) Result {
	pattern := n.Args[1].Bare()
	if v.flex() {
		return v.eval(pattern)
	}
	r := v.eval(n.Args[0])
	switch {
	case r.Value == nil:
		return r
	case f.name != "contains" && f.name != "matches":
		return unknown(pattern, n.Name+" with a regular expression is not supported")
	case isNull(r.Value) && f.name == "contains":
		return v.sinceNull(n, boolean(false))
	case !r.Value.Is(source.String):
		return unknown(n, "what "+n.Name+" makes of "+r.Value.Kind.String()+" is not documented")
	case !ascii(r.Value.Text) || !v.spend(len(r.Value.Text)*len(pattern.Text)):
		return unknown(n, "this text is matched only by the gateway itself")
	}
	expression, ok := compile(pattern.Text, f.name == "matches")
	if !ok {
		return unknown(pattern, "Java may read this regular expression otherwise than this tool")
	}
	return value(boolean(expression.MatchString(r.Value.Text)))
}

// compile builds a pattern that is plain enough to mean the same in Java and in Go: no look-around, no
// back-reference, no possessive quantifier, no class inside a class, no escape but a few.
func compile(pattern string, whole bool) (*regexp.Regexp, bool) {
	if !isPlain(pattern) {
		return nil, false
	}
	if whole {
		pattern = "^(?:" + pattern + ")$"
	}
	expression, err := regexp.Compile(pattern)
	return expression, err == nil
}

func isPlain(pattern string) bool {
	inClass := false
	for i := 0; i < len(pattern); i++ {
		rest := pattern[i+1:]
		switch c := pattern[i]; {
		case c < ' ' || c > '~':
			return false
		case c == '\\':
			if rest == "" || strings.IndexByte(`dwDW.-/\+*?()[]{}|^$:@_`, rest[0]) < 0 {
				return false
			}
			i++
		case c == '[' && inClass, c == '&' && inClass:
			return false
		case c == '[':
			inClass = true
		case c == ']':
			inClass = false
		case c == '(' && !inClass && strings.HasPrefix(rest, "?") && !strings.HasPrefix(rest, "?:"):
			return false
		case c == '+' && !inClass && i > 0 && strings.IndexByte("+*?}", pattern[i-1]) >= 0:
			return false
		}
	}
	return !inClass
}
