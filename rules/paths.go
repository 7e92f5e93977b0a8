package rules

import (
	"cmp"
	"encoding/binary"
	"fmt"
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
func pathSamples(expressions []string, known string) (all []sample, beyond string) {
	matchers := compiled(expressions)
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
