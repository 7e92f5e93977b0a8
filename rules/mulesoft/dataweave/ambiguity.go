package dataweave

import "slices"

// Ambiguity is a place where a text without parentheses is read otherwise than most people mean it.
type Ambiguity struct {
	Column    int    // of the operator or function in question, characters from 1
	Reads     string // the whole expression as the gateway's documentation reads it, with parentheses
	Write     string // the whole expression as it was most likely meant, with parentheses
	Undecided bool   // the documentation doesn't settle the reading; evaluation gives unknown
}

// Ambiguities returns the places where parentheses are missing, in the order of the text. Infix functions and
// default bind loosest (docs.mulesoft.com/dataweave, Precedence in DataWeave), so that
//
//	a contains 'x' or b contains 'y'
//
// reads as (a contains ('x' or b)) contains 'y'. That page doesn't name contains, and has errors: what it names
// (default, not) is taken as decided for Mule, the rest is not.
func (e *Expr) Ambiguities() []Ambiguity { return slices.Clone(e.unclear) }

// findAmbiguities keeps the ambiguities, with both readings, and marks the nodes that have no certain value.
func (e *Expr) findAmbiguities(text string) {
	f := ambiguityFinder{dialect: e.Dialect}
	f.segment(e.Root)
	if len(f.found) == 0 {
		return
	}
	slices.SortFunc(f.found, func(a, b Ambiguity) int { return a.Column - b.Column })
	reads, write := explicit(e.Root).String(), e.meant(text)
	for i := range f.found {
		f.found[i].Reads, f.found[i].Write = reads, write
	}
	e.unclear = f.found
}

// meant prints the expression as if infix functions bound tighter than comparisons and "and".
func (e *Expr) meant(text string) string {
	p := newParser(text, e.Dialect)
	p.tight = true
	root, err := p.parse()
	if err != nil || root.Kind == Unsupported {
		return ""
	}
	return explicit(root).String()
}

type ambiguityFinder struct {
	dialect Dialect
	found   []Ambiguity
}

// segment looks through a part of the tree that no bracket divides. One undecided place leaves the whole
// segment without a certain value.
func (f *ambiguityFinder) segment(root *Node) { root.ready.unclear = f.look(root, nil) }

func (f *ambiguityFinder) look(n, parent *Node) (undecided bool) {
	if found, open := f.doubt(n, parent); found {
		f.found = append(f.found, Ambiguity{Column: n.Column, Undecided: open})
		undecided = open
	}
	for i, arg := range n.Args {
		if n.encloses(i) {
			f.segment(arg)
		} else if f.look(arg, n) {
			undecided = true
		}
	}
	return undecided
}

// doubt reports whether this node is read otherwise than most people mean it, and whether even the
// documentation leaves its reading open.
func (f *ambiguityFinder) doubt(n, parent *Node) (found, open bool) {
	switch {
	case n.Kind == Call && n.Infix:
		found = slices.ContainsFunc(n.Args, isLogic) || n.Args[0].Kind == Default
		return found, found
	case n.Kind == Default:
		return slices.ContainsFunc(n.Args, isLogic), f.dialect == Flex
	case n.Kind == Not && n.Text == "(":
		return true, true // "not(true) does not work" without a space (dw-operators, note on not)
	case n.Kind == Not && n.Name == "not":
		operand := n.Args[0].Kind
		return operand == And || operand == Or, parent != nil || f.dialect == Flex
	}
	return false, false
}

func isLogic(n *Node) bool {
	return n.Kind == And || n.Kind == Or || n.Kind == Compare || n.Kind == Not
}

func isLoose(n *Node) bool { return n.Kind == Default || n.Kind == Call && n.Infix }

// encloses reports whether brackets or keywords keep this argument apart from what stands around the node.
func (n *Node) encloses(arg int) bool {
	switch n.Kind {
	case Group, List, If, Script, Unsupported:
		return true
	case Call:
		return !n.Infix
	case Index:
		return arg == 1
	default:
		return false
	}
}

// explicit returns the tree with parentheses wherever a reader could take it otherwise.
func explicit(n *Node) *Node {
	c := *n
	c.Args = make([]*Node, len(n.Args))
	for i, arg := range n.Args {
		c.Args[i] = explicit(arg)
		if !n.encloses(i) && needsGroup(n, arg) {
			c.Args[i] = &Node{Kind: Group, Args: []*Node{c.Args[i]}, Column: arg.Column}
		}
	}
	if c.Kind == Not {
		c.Text = ""
	}
	return &c
}

func needsGroup(n, arg *Node) bool {
	switch {
	case arg.Kind == If:
		return true
	case isLoose(n):
		return isLogic(arg) || isLoose(arg) && (arg.Kind != n.Kind || arg.Name != n.Name || n.Name == "contains")
	case n.Kind == Not:
		return isLoose(arg) || isLogic(arg)
	case n.Kind == Member || n.Kind == Index:
		return false
	default:
		return isLoose(arg) || arg.Kind == Not && arg.Name == "not"
	}
}
