package dataweave

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Reads returns the paths that the expression reads, each once, in the order of the text:
// vars.claimSet.roles, attributes.headers.authorization, vars.claimSet['http://x/y']. Header names
// are in lower case. A path ends where the expression computes its next step:
// vars.claimSet[attributes.method] reads vars.claimSet.
func (e *Expr) Reads() []string { return slices.Clip(e.reads) }

// Claims returns the names of the claims that the expression reads, each once, in the order of the
// text, from vars.claimSet and from authentication.properties.claims. Where the expression reads
// the set itself, the name is "*".
func (e *Expr) Claims() []string { return slices.Clip(e.claims) }

// findReads notes what the expression reads: it is asked for again and again.
func (e *Expr) findReads() {
	reads, claims := map[string]bool{}, map[string]bool{}
	for _, path := range e.paths() {
		var b strings.Builder
		b.WriteString(path[0])
		for _, name := range path[1:] {
			b.WriteString(selector(name))
		}
		if read := b.String(); !reads[read] {
			reads[read], e.reads = true, append(e.reads, read)
		}
		if name, ok := claimOf(path); ok && !claims[name] {
			claims[name], e.claims = true, append(e.claims, name)
		}
	}
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
	for _, path := range all {
		if len(path) > 2 && path[0] == "attributes" && path[1] == "headers" {
			path[2] = strings.ToLower(path[2]) // HTTP knows no difference (RFC 9110, section 5.1)
		}
	}
	return all
}

func collectPaths(n *Node, all *[][]string) {
	if path := n.Path(); path != nil {
		*all = append(*all, path)
		return
	}
	for _, arg := range n.Args {
		collectPaths(arg, all)
	}
	if isUnread(n) {
		scanPaths(n.Text, all)
	}
}

// scanPaths collects the paths in source text that was not parsed.
func scanPaths(text string, all *[][]string) {
	s := scanner{text: text}
	for s.pos < len(text) {
		t, err := s.next()
		switch {
		case err != nil:
			s.pos = max(s.pos, t.start+1)
		case t.kind == tokenName && IsVariable(t.text):
			*all = append(*all, s.path(t.text))
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

// IsVariable reports whether a policy's expressions have a variable of this name.
func IsVariable(name string) bool {
	switch name {
	case "vars", "attributes", "authentication", "payload":
		return true
	}
	return false
}

// Compares lists the texts that the expression compares some claims with. It is ok only where the
// expression does nothing else with these claims but to compare them with texts, or to return one
// as it is: two values of such a claim that are none of the texts then give the same result, or
// each itself.
func (e *Expr) Compares(claims ...string) (texts []string, ok bool) {
	c := comparedClaims{claims: claims}
	if len(e.Unsupported()) > 0 || e.Undecided() {
		return nil, false
	}
	_, ok = c.returned(e.Root)
	return c.texts, ok
}

// Parts lists the largest parts of the expression that read one claim and nothing else. It is ok
// only where the expression reads the claim in such parts alone: what it gives then depends on the
// claim by nothing but what the parts give.
func (e *Expr) Parts(claim string) (parts []*Expr, ok bool) {
	e.once.Do(e.findParts)
	if e.parts == nil || e.parts.mixed[claim] {
		return nil, false
	}
	for _, n := range e.parts.nodes[claim] {
		part := &Expr{Root: n, Dialect: e.Dialect}
		part.findReads()
		parts = append(parts, part)
	}
	return parts, true
}

// findParts finds the parts of all claims in one pass: an expression may read hundreds. There are
// none where it is not known what the expression reads, or where it reads the set of all claims.
func (e *Expr) findParts() {
	if len(e.Unsupported()) > 0 || e.Undecided() {
		return
	}
	p := claimParts{
		in: map[*Node]nodeReads{}, nodes: map[string][]*Node{}, mixed: map[string]bool{},
	}
	if !p.note(e.Root).all && !isUnread(e.Root) {
		p.find(e.Root)
		e.parts = &p
	}
}

// isUnread reports whether a node is source text that was not parsed.
func isUnread(n *Node) bool { return n.Kind == Unsupported || n.Kind == Script }

// claimParts is the parts of an expression, by claim.
type claimParts struct {
	in    map[*Node]nodeReads
	nodes map[string][]*Node // the largest that read the claim and nothing else
	mixed map[string]bool    // the claims that are read by themselves and with others at once
}

// nodeReads is what a node reads.
type nodeReads struct {
	paths int
	claim string // the one that all paths are of; empty where they are of others too
	all   bool   // the set of all claims
}

func (r *nodeReads) add(of nodeReads) {
	switch {
	case of.paths == 0:
		return
	case r.paths == 0:
		r.claim = of.claim
	case r.claim != of.claim:
		r.claim = ""
	}
	r.paths, r.all = r.paths+of.paths, r.all || of.all
}

// note notes what a node and those in it read.
func (p *claimParts) note(n *Node) nodeReads {
	var in nodeReads
	for _, path := range ownPaths(n) {
		name, _ := claimOf(path)
		in.add(nodeReads{1, name, name == "*"})
	}
	if n.Path() == nil {
		for _, arg := range n.Args {
			in.add(p.note(arg))
		}
	}
	p.in[n] = in
	return in
}

// ownPaths are the paths that a node reads but for those of its arguments.
func ownPaths(n *Node) (paths [][]string) {
	if path := n.Path(); path != nil {
		paths = append(paths, path)
	}
	if isUnread(n) {
		scanPaths(n.Text, &paths)
	}
	return paths
}

// find looks through a node for parts.
func (p *claimParts) find(n *Node) {
	switch in := p.in[n]; {
	case isUnread(n):
		p.mix(n)
	case in.paths == 0:
	case in.claim != "":
		p.nodes[in.claim] = append(p.nodes[in.claim], n)
	case n.hasLambda(): // its lambda has no value by itself
		p.find(n.Args[0])
		p.mix(n.Args[1])
	case slices.ContainsFunc(n.Args, isUnread):
		p.mix(n)
	default:
		for _, arg := range n.Args {
			p.find(arg)
		}
	}
}

// mix notes the claims that a node reads as mixed with others.
func (p *claimParts) mix(n *Node) {
	for _, path := range ownPaths(n) {
		if name, isClaim := claimOf(path); isClaim {
			p.mixed[name] = true
		}
	}
	if n.Path() == nil {
		for _, arg := range n.Args {
			p.mix(arg)
		}
	}
}

// comparedClaims collects the texts that some claims are compared with.
type comparedClaims struct {
	claims []string
	texts  []string
}

// returned reports whether a node's value may be one of the claims as it is. It is not ok where
// the node makes something else of a claim.
func (c *comparedClaims) returned(n *Node) (claim, ok bool) {
	if path := n.Path(); path != nil {
		return c.returnedPath(path)
	}
	switch n.Kind {
	case Group, Default:
		return c.anyReturned(n.Args)
	case If:
		if !c.noneReturned(n.Args[:1]) {
			return false, false
		}
		return c.anyReturned(n.Args[1:])
	case Compare:
		if (n.Name == "==" || n.Name == "!=") &&
			(c.compared(n.Args[0], n.Args[1]) || c.compared(n.Args[1], n.Args[0])) {
			return false, true
		}
	case Call:
		if n.Name == "contains" && len(n.Args) == 2 && n.Args[0].Bare().Kind == List &&
			c.compared(n.Args[1], n.Args[0]) {
			return false, true
		}
	case Unsupported, Script:
		return false, false
	}
	return false, c.noneReturned(n.Args)
}

// returnedPath knows a claim itself from what is selected in it, and from the whole set.
func (c *comparedClaims) returnedPath(path []string) (claim, ok bool) {
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

func (c *comparedClaims) anyReturned(nodes []*Node) (claim, ok bool) {
	for _, n := range nodes {
		one, ok := c.returned(n)
		if !ok {
			return false, false
		}
		claim = claim || one
	}
	return claim, true
}

func (c *comparedClaims) noneReturned(nodes []*Node) bool {
	claim, ok := c.anyReturned(nodes)
	return ok && !claim
}

// compared notes the texts of a literal where the other operand is a claim.
func (c *comparedClaims) compared(operand, with *Node) bool {
	literal, ok := with.Literal()
	if !ok {
		return false
	}
	if claim, ok := c.returned(operand); !claim || !ok {
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

// Boolean says whether the value of the node is a boolean, as far as its text alone shows: Yes
// where it can be nothing else, No where it never is one, Maybe where it depends on the input, as
// with vars.claimSet.admin.
func (n *Node) Boolean() rules.Truth {
	switch n.Kind {
	case Bool, And, Or, Not, Compare, KeyPresent:
		return rules.Yes
	case Null, Number, String, Regex, List, Arithmetic:
		return rules.No
	case Group:
		return n.Args[0].Boolean()
	case Default:
		return agreed(n.Args[0].Boolean(), n.Args[1].Boolean())
	case If:
		return agreed(n.Args[1].Boolean(), n.Args[2].Boolean())
	case Call:
		return functionBoolean(n.prepared.module + n.Name)
	case As:
		return rules.TruthOf(n.Name == "Boolean")
	case Script, Lambda:
		return n.Args[0].Boolean()
	default:
		return rules.Maybe
	}
}

// agreed is what both alternatives agree on.
func agreed(a, b rules.Truth) rules.Truth {
	if a == b {
		return a
	}
	return rules.Maybe
}

func functionBoolean(name string) rules.Truth {
	f, ok := lookup(name)
	switch {
	case !ok:
		return rules.Maybe
	case f.predicate:
		return rules.Yes
	default:
		return rules.No
	}
}
