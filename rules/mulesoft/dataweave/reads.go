package dataweave

import (
	"slices"
	"strings"
)

// Reads returns the paths that the expression reads, each once, in the order of the text: vars.claimSet.roles,
// attributes.headers.authorization, vars.claimSet['http://x/y']. Header names are in lower case. A path ends
// where its next step is computed: vars.claimSet[attributes.method] reads vars.claimSet.
func (e *Expr) Reads() []string {
	var all []string
	for _, path := range e.paths() {
		var b strings.Builder
		b.WriteString(path[0])
		for _, name := range path[1:] {
			b.WriteString(selector(name))
		}
		if !slices.Contains(all, b.String()) {
			all = append(all, b.String())
		}
	}
	return all
}

// Claims returns the names of the claims that the expression reads, each once, in the order of the text, from
// vars.claimSet and from authentication.properties.claims. The name "*" stands for all of them, where the
// expression reads the set itself.
func (e *Expr) Claims() []string {
	var all []string
	for _, path := range e.paths() {
		name, ok := claimOf(path)
		if ok && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// claimSets lists the paths of the objects that hold a token's claims.
func claimSets() [][]string {
	return [][]string{{"vars", "claimSet"}, {"authentication", "properties", "claims"}}
}

func claimOf(path []string) (name string, ok bool) {
	for _, set := range claimSets() {
		switch {
		case len(path) > len(set) && slices.Equal(path[:len(set)], set):
			return path[len(set)], true
		case len(path) <= len(set) && slices.Equal(path, set[:len(path)]):
			return "*", true
		}
	}
	return "", false
}

func (e *Expr) paths() [][]string {
	var all [][]string
	collectPaths(e.Root, &all)
	return all
}

func collectPaths(n *Node, all *[][]string) {
	if path := n.Path(); path != nil {
		*all = append(*all, foldHeader(path))
		return
	}
	for _, arg := range n.Args {
		collectPaths(arg, all)
	}
	if n.Kind == Unsupported || n.Kind == Script {
		scanPaths(n.Text, all)
	}
}

// foldHeader writes a header's name in lower case: HTTP knows no difference (RFC 9110, section 5.1).
func foldHeader(path []string) []string {
	if isHeader(path) {
		path[2] = strings.ToLower(path[2])
	}
	return path
}

func isHeader(path []string) bool {
	return len(path) > 2 && path[0] == "attributes" && path[1] == "headers"
}

// scanPaths collects the paths in source text that wasn't parsed.
func scanPaths(text string, all *[][]string) {
	s := scanner{text: text}
	for s.pos < len(text) {
		t, err := s.next()
		switch {
		case err != nil:
			s.pos = max(s.pos, t.start+1)
		case t.kind == tokenName && isVariable(t.text):
			*all = append(*all, foldHeader(s.path(t.text)))
		}
	}
}

// path reads the selectors behind a variable.
func (s *scanner) path(root string) []string {
	path := []string{root}
	for {
		rewind := s.pos
		dot, err := s.next()
		if err != nil || !dot.is(".") && !dot.is("[") {
			s.pos = rewind
			return path
		}
		name, err := s.next()
		if err != nil || name.kind != tokenString && (name.kind != tokenName || dot.is("[")) {
			s.pos = rewind + 1
			return path
		}
		path = append(path, name.text)
		if dot.is("[") {
			s.skipRunes(func(r rune) bool { return r == ']' })
		}
	}
}

// isVariable reports whether the name is one of the variables that a policy's expressions read.
func isVariable(name string) bool {
	switch name {
	case "vars", "attributes", "authentication", "payload":
		return true
	}
	return false
}
