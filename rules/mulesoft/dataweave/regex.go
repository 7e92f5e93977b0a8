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
		return passedOn(r, true)
	case f.name != "contains" && f.name != "matches":
		return unknown(pattern, n.Name+" with a regular expression is not supported")
	case isNull(r.Value) && f.name == "contains":
		return v.sinceNull(n, boolean(false))
	case !r.Value.Is(source.String):
		return unknown(n, "what "+n.Name+" makes of "+r.Value.Kind.String()+" is not documented")
	case !ascii(r.Value.Text) || !v.spend(len(r.Value.Text)*len(pattern.Text)):
		return unknown(n, "this text is matched only by the gateway itself")
	}
	if n.ready.pattern == nil {
		return unknown(pattern, "Java may read this regular expression otherwise than this tool")
	}
	return value(boolean(n.ready.pattern.MatchString(r.Value.Text)))
}

// compiled returns the regular expression of a call, where it has one that can be run.
func (n *Node) compiled() *regexp.Regexp {
	if len(n.Args) != 2 || n.Args[1].Bare().Kind != Regex {
		return nil
	}
	return compile(n.Args[1].Bare().Text, n.ready.function.name == "matches")
}

// compile builds a pattern that is plain enough to mean the same in Java and in Go: no look-around, no
// back-reference, no possessive quantifier, no class inside a class, no escape but a few.
// It is nil for any other.
func compile(pattern string, whole bool) *regexp.Regexp {
	if !isPlain(pattern) {
		return nil
	}
	if whole {
		pattern = "^(?:" + pattern + ")$"
	}
	expression, err := regexp.Compile(pattern)
	if err != nil {
		return nil
	}
	return expression
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
