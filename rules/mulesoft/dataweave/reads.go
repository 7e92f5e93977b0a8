package dataweave

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Reads returns the paths that the expression reads, each once, in the order of the text:
// vars.claimSet.roles, attributes.headers.authorization, vars.claimSet['http://x/y']. Header names
// are in lower case. A path ends where its next step is computed: vars.claimSet[attributes.method]
// reads vars.claimSet.
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

// Claims returns the names of the claims that the expression reads, each once, in the order of the
// text, from vars.claimSet and from authentication.properties.claims. The name "*" stands for all
// of them, where the expression reads the set itself.
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

// foldHeader writes a header's name in lower case: HTTP knows no difference (RFC 9110, section
// 5.1).
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

// Compares tells that the expression makes nothing of some claims but to compare them with texts,
// which it lists, or to hand one on as its result: of two values of such a claim that are none of
// these texts, it gives the same, or each itself. It is not ok where that is not so, or can't be
// told.
func (e *Expr) Compares(claims ...string) (texts []string, ok bool) {
	c := comparing{claims: claims}
	undecided := func(a Ambiguity) bool { return a.Undecided }
	if len(e.Unsupported()) > 0 || slices.ContainsFunc(e.ambiguities, undecided) {
		return nil, false
	}
	_, ok = c.hands(e.Root)
	return c.texts, ok
}

// comparing looks through an expression for what it makes of some claims.
type comparing struct {
	claims []string
	texts  []string
}

// hands tells whether a node's value may be one of the claims as it is. It is not ok where
// something else is made of one.
func (c *comparing) hands(n *Node) (on, ok bool) {
	if path := n.Path(); path != nil {
		return c.path(path)
	}
	switch n.Kind {
	case Group:
		return c.hands(n.Args[0])
	case Default:
		return c.any(n.Args)
	case If:
		if on, ok := c.hands(n.Args[0]); on || !ok {
			return false, false
		}
		return c.any(n.Args[1:])
	case Compare:
		return false, c.comparison(n)
	case Call:
		return false, c.call(n)
	case Unsupported, Script:
		return false, false
	}
	return false, c.none(n.Args)
}

// path tells a claim itself from what is selected in it, and from the whole set.
func (c *comparing) path(path []string) (on, ok bool) {
	name, isClaim := claimOf(path)
	if !isClaim || name != "*" && !slices.Contains(c.claims, name) {
		return false, true
	}
	for _, set := range claimSets() {
		if len(path) == len(set)+1 && slices.Equal(path[:len(set)], set) {
			return true, true
		}
	}
	return false, false
}

func (c *comparing) any(nodes []*Node) (on, ok bool) {
	for _, n := range nodes {
		one, ok := c.hands(n)
		if !ok {
			return false, false
		}
		on = on || one
	}
	return on, true
}

func (c *comparing) none(nodes []*Node) bool {
	on, ok := c.any(nodes)
	return ok && !on
}

// comparison takes == and != of a claim and a literal.
func (c *comparing) comparison(n *Node) bool {
	if n.Name != "==" && n.Name != "!=" {
		return c.none(n.Args)
	}
	return c.against(n.Args[0], n.Args[1]) || c.against(n.Args[1], n.Args[0]) || c.none(n.Args)
}

// call takes contains of a list of literals and a claim.
func (c *comparing) call(n *Node) bool {
	if n.Name == "contains" && len(n.Args) == 2 && n.Args[0].Bare().Kind == List && c.against(n.Args[1], n.Args[0]) {
		return true
	}
	return c.none(n.Args)
}

// against notes the texts that a claim is compared with.
func (c *comparing) against(value, with *Node) bool {
	literal, ok := with.Literal()
	if !ok {
		return false
	}
	if on, ok := c.hands(value); !on || !ok {
		return false
	}
	if literal.Kind != source.List {
		c.texts = append(c.texts, literal.Text)
	}
	for _, item := range literal.Items {
		c.texts = append(c.texts, item.Text)
	}
	return true
}

// Boolean says whether the value of the expression is a boolean, as far as its text alone tells:
// Yes where it can be nothing else, No where it never is one, Maybe where it depends on the input,
// as with vars.claimSet.admin.
func (e *Expr) Boolean() Answer { return e.Root.Boolean() }

// Boolean says whether the value of the node is a boolean, as far as its text alone tells.
func (n *Node) Boolean() Answer {
	switch n.Kind {
	case Bool, And, Or, Not, Compare:
		return Yes
	case Null, Number, String, Regex, List, Arithmetic:
		return No
	case Group:
		return n.Args[0].Boolean()
	case Default:
		return n.Args[0].Boolean().and(n.Args[1].Boolean())
	case If:
		return n.Args[1].Boolean().and(n.Args[2].Boolean())
	case Call:
		return functionBoolean(n.Name)
	default:
		return Maybe
	}
}

// and keeps what both alternatives agree on.
func (a Answer) and(b Answer) Answer {
	if a == b {
		return a
	}
	return Maybe
}

func functionBoolean(name string) Answer {
	f, ok := lookup(name)
	switch {
	case !ok:
		return Maybe
	case f.predicate:
		return Yes
	default:
		return No
	}
}
