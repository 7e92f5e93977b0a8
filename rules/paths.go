package rules

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// Limits of the search for paths.
const (
	mostPathStates = 4096
	longestPath    = 200
)

// pathSamples is a path for each group of paths that the expressions treat alike. It finds every
// group within the limits, since it runs the automata of all expressions side by side.
func pathSamples(expressions []string, known string) []sample {
	if known != "" {
		return []sample{sampleOf(known, expressions, matchRoute)}
	}
	var all []sample
	search := pathSearch{alphabet: pathAlphabet}
	for _, expression := range expressions {
		search.add(expression)
	}
	search.run(
		"/", func(path string) { all = addSample(all, sampleOf(path, expressions, coveredBy)) },
	)
	for _, expression := range expressions {
		if slices.ContainsFunc(all, func(s sample) bool { return s.says(expression) != No }) {
			continue
		}
		// It matches no path that begins with a slash: whatever the gateway holds it against,
		// some do.
		alone := pathSearch{alphabet: pathAlphabet}
		alone.add(expression)
		alone.run(pathAlphabet, func(path string) {
			if s := sampleOf(path, expressions, coveredBy); s.says(expression) == Yes {
				all = addSample(all, s)
			}
		})
	}
	return all
}

// pathAlphabet is the characters that paths have, those that read well first (RFC 3986, section
// 3.3).
const pathAlphabet = "/abcdefghijklmnopqrstuvwxyz0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ" +
	".~:@!$&'()*+,;=%{}"

// pathSearch runs the automata of several expressions side by side, shortest paths first.
type pathSearch struct {
	alphabet string
	programs []*syntax.Prog
}

// add adds the automaton of an expression. An expression that can't be read says the same of every
// path.
func (s *pathSearch) add(expression string) {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return
	}
	if program, err := syntax.Compile(parsed.Simplify()); err == nil {
		s.programs = append(s.programs, program)
	}
}

// node is a path, and the states of each program after it.
type node struct {
	path   string
	states [][]uint32
}

// run visits the shortest path to every combination of the programs' states. The path begins with
// one of these letters.
func (s *pathSearch) run(first string, visit func(path string)) {
	start := node{states: make([][]uint32, len(s.programs))}
	for i, program := range s.programs {
		start.states[i] = []uint32{uint32(program.Start)}
	}
	seen := map[string]bool{}
	letters := s.letters()
	var queue []node
	for _, letter := range letters {
		if strings.ContainsRune(first, letter) {
			queue = append(queue, s.step(start, letter))
		}
	}
	for ; len(queue) > 0 && len(seen) < mostPathStates; queue = queue[1:] {
		at := queue[0]
		key := at.key()
		if seen[key] || len(at.path) > longestPath {
			continue
		}
		seen[key] = true
		visit(at.path)
		for _, letter := range letters {
			queue = append(queue, s.step(at, letter))
		}
	}
}

// letters keeps one of several characters that all programs treat alike.
func (s *pathSearch) letters() []rune {
	var kept []rune
	seen := map[string]bool{}
	for _, r := range s.alphabet {
		var b strings.Builder
		for _, program := range s.programs {
			for i := range program.Inst {
				if inst := &program.Inst[i]; isRune(inst) && inst.MatchRune(r) {
					b.WriteByte('1')
				} else {
					b.WriteByte('0')
				}
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

// step reads one more character.
func (s *pathSearch) step(from node, r rune) node {
	next := node{path: from.path + string(r), states: make([][]uint32, len(s.programs))}
	flags := syntax.EmptyOp(0)
	if from.path == "" {
		flags = syntax.EmptyBeginText | syntax.EmptyBeginLine
	}
	for i, program := range s.programs {
		for _, pc := range closure(program, from.states[i], flags) {
			if inst := &program.Inst[pc]; isRune(inst) && inst.MatchRune(r) {
				next.states[i] = append(next.states[i], inst.Out)
			}
		}
		slices.Sort(next.states[i])
		next.states[i] = slices.Compact(next.states[i])
	}
	return next
}

// closure adds the instructions that are reached without reading anything.
func closure(program *syntax.Prog, from []uint32, flags syntax.EmptyOp) []uint32 {
	all := slices.Clone(from)
	for i := 0; i < len(all); i++ {
		add := func(pc uint32) {
			if !slices.Contains(all, pc) {
				all = append(all, pc)
			}
		}
		switch inst := &program.Inst[all[i]]; inst.Op {
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
	var b strings.Builder
	for _, states := range n.states {
		for _, pc := range states {
			b.WriteByte(byte(pc >> 8))
			b.WriteByte(byte(pc))
		}
		b.WriteString("\xff\xff")
	}
	return b.String()
}
