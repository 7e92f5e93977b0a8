package dataweave

import (
	"fmt"
	"slices"
	"strings"
)

// Ambiguity is a place where a text without parentheses is read otherwise than most people mean
// it.
type Ambiguity struct {
	Column    int    // of the operator or function in question, characters from 1
	Reads     string // the whole expression as the gateway's documentation reads it, with parentheses
	Write     string // the whole expression as it was most likely meant, with parentheses
	Undecided bool   // the documentation doesn't settle the reading; evaluation gives unknown
}

// Ambiguities returns the places where parentheses are missing, in the order of the text. Infix
// functions and default bind loosest (docs.mulesoft.com/dataweave, Precedence in DataWeave), so
// that
//
//	a contains 'x' or b contains 'y'
//
// reads as (a contains ('x' or b)) contains 'y'. That page doesn't name contains, and has errors:
// what it names (default, not) is taken as decided for Mule, the rest is not.
func (e *Expr) Ambiguities() []Ambiguity { return slices.Clone(e.ambiguities) }

// findAmbiguities keeps the ambiguities, with both readings, and marks the nodes that have no
// certain value.
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
	e.ambiguities = f.found
}

// meant prints the expression as if infix functions bound tighter than comparisons and "and".
func (e *Expr) meant(text string) string {
	p := newParser(text, e.Dialect)
	p.asMeant = true
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

// segment looks through a part of the tree that no bracket divides. One undecided place leaves the
// whole segment without a certain value.
func (f *ambiguityFinder) segment(root *Node) { root.prepared.ambiguous = f.look(root, nil) }

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

// encloses reports whether brackets or keywords keep this argument apart from what stands around
// the node.
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

// Construct is a part of DataWeave that an expression uses and this package, or this dialect,
// doesn't run.
type Construct struct {
	Name    string // as a message names it: `the function "some"`, "a lambda"
	Why     string // why it isn't run: one sentence, lower case, no full stop
	Write   string // what to write in its place; may be empty
	Column  int    // characters from 1
	Missing bool   // the gateway itself doesn't have it, as far as its documentation and published code tell
}

// Unsupported lists the constructs of the expression that this package, or the dialect, doesn't
// run, in the order of the text. Without any, and without an undecided Ambiguity, the expression
// can be evaluated.
func (e *Expr) Unsupported() []Construct {
	var all []Construct
	for n := range e.Root.All() {
		if n.prepared.construct != nil {
			all = append(all, *n.prepared.construct)
		}
	}
	slices.SortStableFunc(all, func(a, b Construct) int { return a.Column - b.Column })
	return all
}

// findUncompilable finds the first part of the expression that the gateway can't resolve, or does
// not have: whether it runs the rest then is not known, even where a branch with that part is not
// taken.
func (e *Expr) findUncompilable() *Construct {
	for n := range e.Root.All() {
		switch c := n.prepared.construct; {
		case n.Kind == Root && !isVariable(n.Name) && e.Dialect == Mule: // Flex Gateway fails when it gets there
			return &Construct{Name: "the name " + n.Name, Column: n.Column, Why: unresolved(n.Name)}
		case c != nil && (c.Missing || n.Kind == Call && !isKnown(n.Name)):
			return c
		}
	}
	return nil
}

func unresolved(name string) string {
	return name + " is not a variable of a policy; a name with a hyphen or a dot in it needs quotes, as in " +
		"vars.claimSet.'a-b'"
}

// isKnown reports whether a function is one that this package, or Flex Gateway, has.
func isKnown(name string) bool {
	_, found := lookup(name)
	return found || isFlexFunction(name)
}

// construct reports whether the node itself is something that isn't run.
func (n *Node) construct(d Dialect) (Construct, bool) {
	c := Construct{Column: n.Column}
	switch {
	case n.Kind == Call:
		return n.functionConstruct(d)
	case d == Flex && n.Kind == Null:
		c.Name = n.describe()
		c.Why = "Flex Gateway has the literal null only in newer versions: its documentation up to 1.10 excludes it"
	case d == Flex && n.isMuleOnly():
		c.Name, c.Why = n.describe(), "Flex Gateway does not have "+n.describe()
		c.Missing, c.Write = true, n.rewrite()
	case n.Kind == Unsupported || n.Kind == Script || n.Kind == Arithmetic:
		c.Name, c.Why = n.describe(), n.describe()+" is not supported"
		c.Write = n.rewrite()
	}
	return c, c.Name != ""
}

// isMuleOnly reports whether the node is something that PEL doesn't have: Flex Gateway's
// documentation excludes objects and do, the parser that compiles PEL (docs.rs/crate/dw-parser)
// knows none of the others.
func (n *Node) isMuleOnly() bool {
	switch n.Kind {
	case Regex, Arithmetic:
		return true
	case Compare:
		return n.Name == "~="
	case Unsupported:
		return isMuleConstruct(n.Name)
	default:
		return false
	}
}

func isMuleConstruct(name string) bool {
	switch name {
	case objectLiteral, localScope, lambda, lambdaParameter, typeCoercion, typeTest, keyPresent, assertPresent, descendants:
		return true
	}
	return false
}

func (n *Node) describe() string {
	switch n.Kind {
	case Null:
		return "the literal null"
	case Regex:
		return "regular expressions"
	case Script:
		return "a script header (%dw … ---)"
	case Compare, Arithmetic:
		return "the operator " + n.Name
	default:
		return n.Name
	}
}

// rewrite returns what was meant by a form that people take over from other languages: a name with
// a hyphen and no quotes, which reads as a subtraction, and a function called as a method.
func (n *Node) rewrite() string {
	if len(n.Args) == 0 || n.Args[0].Kind != Member {
		return ""
	}
	left := n.Args[0]
	switch {
	case n.Kind == Arithmetic && n.Name == "-" && n.Args[1].Kind == Root:
		return left.Args[0].String() + selector(left.Text+"-"+n.Args[1].Name)
	case n.Kind == Unsupported && strings.HasPrefix(n.Text, "(") && functionBoolean(left.Text) == Yes:
		return "(" + left.Args[0].String() + " " + left.Text + " " + n.Text + ")"
	}
	return ""
}

// functionConstruct says why a function isn't run.
func (n *Node) functionConstruct(d Dialect) (Construct, bool) {
	f, found := lookup(n.Name)
	if found && (d == Mule || f.flex) {
		return Construct{}, false
	}
	c := Construct{Name: fmt.Sprintf("the function %q", n.Name), Column: n.Column}
	_, inStrings := lookup(stringsModule + n.Name)
	switch {
	case inStrings:
		c.Why = c.Name + " has to be imported or called with its module"
		c.Write = stringsModule + n.Name
	case d == Mule || isFlexFunction(n.Name):
		c.Why = c.Name + " is not supported"
	case f.name == "isEmpty":
		c.Why = "Flex Gateway's documentation does not list " + c.Name + ", only the code of newer versions has it"
	default:
		c.Why, c.Missing = "Flex Gateway does not have "+c.Name, true
	}
	return c, true
}

// isFlexFunction reports whether Flex Gateway has a function that this package doesn't evaluate:
// its value is random or binary, or not described
// (docs.mulesoft.com/gateway/1.11/policies-flex-dataweave-support and docs.rs/crate/dw-parser,
// src/dw2pel.rs).
func isFlexFunction(name string) bool {
	switch name {
	case "uuid", "--", "dw::core::Binaries::toBase64", "dw::core::Binaries::fromBase64",
		"dw::util::Coercions::toString", "dw::util::Coercions::toBinary":
		return true
	}
	return false
}
