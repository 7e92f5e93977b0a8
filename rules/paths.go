package rules

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// Limits of the search for paths that tell expressions apart: instructions of the automata, states
// that are visited, and steps. A second is enough for some hundred million steps.
const (
	mostPathInstructions = 1 << 16
	mostPathStates       = 4096
	mostPathWork         = 1 << 26
)

// pathSamples is a path for each group of paths that the expressions treat alike. It finds every
// group, since it runs the automata of all expressions side by side. Where that takes too much, it
// names the limit.
func pathSamples(
	expressions []string, compiled func() matchers, known string,
) (all []sample, beyond string) {
	matchers := compiled()
	if known != "" {
		return []sample{matchers.path(known, expressions)}, ""
	}
	work := 0
	search := newPathSearch(expressions, &work)
	if search.beyond != "" {
		return nil, search.beyond
	}
	visit := func(path string, wanted func(sample) bool) {
		work += len(search.insts)/4 + len(expressions)*(8+len(path)+2*len(all))
		if work > mostPathWork {
			return
		}
		if s := sampleOf(path, expressions, matchers.covers); wanted(s) {
			all = addSample(all, s)
		}
	}
	search.run("/", func(path string) { visit(path, func(sample) bool { return true }) })
	for _, expression := range expressions {
		if slices.ContainsFunc(all, func(s sample) bool { return s.says(expression) != No }) {
			continue
		}
		// It matches no path that begins with a slash: whatever the gateway holds it against, some
		// do.
		alone := newPathSearch([]string{expression}, &work)
		alone.run(pathAlphabet, func(path string) {
			visit(path, func(s sample) bool { return s.says(expression) == Yes })
		})
		search.beyond = cmp.Or(search.beyond, alone.beyond)
	}
	for i := range all {
		all[i] = matchers.path(all[i].text, expressions)
	}
	return all, cmp.Or(search.beyond, beyondWork(work))
}

// pathAlphabet is the characters that paths have, those that read well first (RFC 3986, section
// 3.3). A slash comes after them: some gateways answer a path that has two in a row by themselves.
const pathAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ/" +
	".~:@!$&'()*+,;=%{}"

// pathSearch runs the automata of several expressions side by side, as one, shortest paths first.
type pathSearch struct {
	insts  []syntax.Inst // of all programs, one behind the other
	starts []uint32
	marks  []int // when each instruction was last reached, in steps
	step   int

	work   *int   // what all searches together have done
	beyond string // the limit at which it was given up
}

// beyondWork names the limit of steps where that is passed.
func beyondWork(work int) string {
	if work > mostPathWork {
		return fmt.Sprintf("more than %d steps", mostPathWork)
	}
	return ""
}

// newPathSearch takes the automata of expressions. One that can't be read says the same of every
// path.
func newPathSearch(expressions []string, work *int) *pathSearch {
	s := &pathSearch{work: work}
	for _, expression := range expressions {
		parsed, err := syntax.Parse(expression, syntax.Perl)
		if err != nil {
			continue
		}
		program, err := syntax.Compile(parsed.Simplify())
		if err != nil {
			continue
		}
		*work += len(pathAlphabet) * len(program.Inst)
		s.beyond = beyondWork(*work)
		if len(s.insts)+len(program.Inst) > mostPathInstructions {
			s.beyond = fmt.Sprintf("more than %d instructions of regular expressions",
				mostPathInstructions)
		}
		if s.beyond != "" {
			break
		}
		s.add(program)
	}
	s.marks = make([]int, len(s.insts))
	return s
}

func (s *pathSearch) add(program *syntax.Prog) {
	before := uint32(len(s.insts))
	s.starts = append(s.starts, before+uint32(program.Start))
	for _, inst := range program.Inst {
		inst.Out += before
		if inst.Op == syntax.InstAlt || inst.Op == syntax.InstAltMatch {
			inst.Arg += before
		}
		s.insts = append(s.insts, inst)
	}
}

// node is a path, and the states of the programs after it.
type node struct {
	path   string
	states []uint32
}

// run visits the shortest path to every combination of the programs' states. The path begins with
// one of these letters.
func (s *pathSearch) run(first string, visit func(path string)) {
	if s.beyond != "" {
		return
	}
	start := node{states: s.starts}
	seen := map[string]bool{}
	letters := s.letters()
	var queue []node
	for _, letter := range first {
		queue = append(queue, s.read(start, letter))
	}
	for ; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		key := at.key()
		if seen[key] {
			continue
		}
		s.beyond = beyondWork(*s.work)
		if len(seen) == mostPathStates {
			s.beyond = fmt.Sprintf("more than %d groups of paths", mostPathStates)
		}
		if s.beyond != "" {
			return
		}
		seen[key] = true
		visit(at.path)
		for _, letter := range letters {
			queue = append(queue, s.read(at, letter))
		}
	}
}

// letters keeps one of several characters that all programs treat alike.
func (s *pathSearch) letters() []rune {
	var kept []rune
	seen := map[string]bool{}
	for _, r := range pathAlphabet {
		var b strings.Builder
		for i := range s.insts {
			if inst := &s.insts[i]; isRune(inst) && inst.MatchRune(r) {
				b.WriteByte('1')
			} else {
				b.WriteByte('0')
			}
		}
		if !seen[b.String()] {
			seen[b.String()] = true
			kept = append(kept, r)
		}
	}
	return kept
}

func isRune(inst *syntax.Inst) bool {
	switch inst.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}

// read reads one more character.
func (s *pathSearch) read(from node, r rune) node {
	next := node{path: from.path + string(r)}
	flags := syntax.EmptyOp(0)
	if from.path == "" {
		flags = syntax.EmptyBeginText | syntax.EmptyBeginLine
	}
	reached := s.closure(from.states, flags)
	*s.work += 8 + len(reached)
	for _, pc := range reached {
		if inst := &s.insts[pc]; isRune(inst) && inst.MatchRune(r) {
			next.states = append(next.states, inst.Out)
		}
	}
	slices.Sort(next.states)
	next.states = slices.Compact(next.states)
	return next
}

// closure adds the instructions that are reached without reading anything.
func (s *pathSearch) closure(from []uint32, flags syntax.EmptyOp) []uint32 {
	s.step++
	all := make([]uint32, 0, len(from))
	add := func(pc uint32) {
		if s.marks[pc] != s.step {
			s.marks[pc] = s.step
			all = append(all, pc)
		}
	}
	for _, pc := range from {
		add(pc)
	}
	for i := 0; i < len(all); i++ {
		switch inst := &s.insts[all[i]]; inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			add(inst.Out)
			add(inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			add(inst.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&^flags == 0 {
				add(inst.Out)
			}
		}
	}
	return all
}

func (n *node) key() string {
	key := make([]byte, 0, 4*len(n.states))
	for _, pc := range n.states {
		key = binary.BigEndian.AppendUint32(key, pc)
	}
	return string(key)
}

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
	states = search.closure(states, syntax.EmptyEndText|syntax.EmptyEndLine)
	return slices.ContainsFunc(states, func(pc uint32) bool {
		return program.Inst[pc].Op == syntax.InstMatch
	})
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
