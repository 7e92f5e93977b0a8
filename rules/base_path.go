package rules

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// behindBase reports whether an expression perhaps matches a path once the base path of the API
// stands before it. A gateway may hold the whole path against the expression, or only what is
// behind the base path, and a user may write either.
func behindBase(expression, path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !strings.HasPrefix(path, "/") || first == "" {
		return false
	}
	return behindNamedBase(expression, path) || endsWith(expression, path, len("/"+first))
}

// behindNamedBase reports whether an expression begins with what can only be a base path, such as
// /api/v1, and matches the path behind it.
func behindNamedBase(expression, path string) bool {
	whole, err := regexp.Compile("^(?:" + expression + ")$")
	start, err2 := regexp.Compile(strings.TrimPrefix(expression, "^"))
	if err != nil || err2 != nil {
		return false
	}
	base := regexp.MustCompile(`^(?:api|v[0-9]+)$`)
	if first, _, _ := strings.Cut(path[1:], "/"); base.MatchString(first) {
		return false // it has a base path
	}
	literal, _ := start.LiteralPrefix()
	for end, c := range literal {
		if c != '/' || end == 0 {
			continue
		}
		segment := literal[strings.LastIndex(literal[:end], "/")+1 : end]
		if base.MatchString(segment) && whole.MatchString(literal[:end]+path) {
			return true
		}
	}
	return false
}

// endsWith reports whether an expression matches some text that ends with the path, and names the
// first segment of the path: a wildcard in its place would match whatever the path is.
func endsWith(expression, path string, segment int) bool {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return false
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return false
	}
	if len(program.Inst) > mostPathInstructions {
		return true // beyond what is looked at here
	}
	search := &pathSearch{insts: program.Inst, marks: make([]int, len(program.Inst))}
	states := search.afterAnything(uint32(program.Start))
	for i, c := range path {
		var next []uint32
		for _, pc := range search.closure(states, 0) {
			inst := &program.Inst[pc]
			if isRune(inst) && inst.MatchRune(c) && (i >= segment || !isWildcard(inst)) {
				next = append(next, inst.Out)
			}
		}
		states = next
	}
	for _, pc := range search.closure(states, syntax.EmptyEndText|syntax.EmptyEndLine) {
		if program.Inst[pc].Op == syntax.InstMatch {
			return true
		}
	}
	return false
}

// isWildcard reports whether an instruction matches any letter.
func isWildcard(inst *syntax.Inst) bool { return inst.MatchRune('a') && inst.MatchRune('z') }

// afterAnything is where a program may be after one or more characters.
func (s *pathSearch) afterAnything(start uint32) []uint32 {
	const begin = syntax.EmptyBeginText | syntax.EmptyBeginLine
	var after []uint32
	seen := make([]bool, len(s.insts))
	from := []uint32{start}
	for flags := syntax.EmptyOp(begin); len(from) > 0; flags = 0 {
		var next []uint32
		for _, pc := range s.closure(from, flags) {
			out := s.insts[pc].Out
			if isRune(&s.insts[pc]) && !seen[out] {
				seen[out] = true
				next = append(next, out)
			}
		}
		after, from = append(after, next...), next
	}
	return after
}
