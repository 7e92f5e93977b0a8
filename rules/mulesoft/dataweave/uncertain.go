package dataweave

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// Ambiguity is a place where parentheses are missing, so that the gateway reads the text otherwise
// than most people mean it.
type Ambiguity struct {
	Column    int    // of the operator or function in question, characters from 1
	Reads     string // the whole expression as the documentation reads it, with parentheses
	Write     string // the whole expression as it was most likely meant, with parentheses
	Undecided bool   // the documentation does not settle the reading; evaluation gives unknown
}

// Ambiguities returns the places where parentheses are missing, in the order of the text. Infix
// functions and default bind loosest (docs.mulesoft.com/dataweave, Precedence in DataWeave), so
// that
//
//	a contains 'x' or b contains 'y'
//
// reads as (a contains ('x' or b)) contains 'y'. That page does not name contains, and has errors.
// We take what it names (default, not) as decided for Mule, and the rest as open. It has default
// and infix functions on one level, so that the default in "a default [] contains 'x'" comes first
// there, as everybody who writes that means it.
func (e *Expr) Ambiguities() []Ambiguity {
	if len(e.ambiguities) == 0 {
		return nil
	}
	e.spelled.Do(func() {
		e.reading = Ambiguity{Reads: explicit(e.Root).String(), Write: e.meant(e.text)}
	})
	all := slices.Clone(e.ambiguities)
	for i := range all {
		all[i].Reads, all[i].Write = e.reading.Reads, e.reading.Write
	}
	return all
}

// Undecided reports whether the documentation leaves a reading of the expression open.
func (e *Expr) Undecided() bool {
	return slices.ContainsFunc(e.ambiguities, func(a Ambiguity) bool { return a.Undecided })
}

// findAmbiguities keeps the ambiguities, and marks the nodes that have no certain value.
func (e *Expr) findAmbiguities() {
	f := ambiguityFinder{dialect: e.Dialect}
	f.markSegment(e.Root)
	slices.SortStableFunc(f.found, func(a, b Ambiguity) int { return a.Column - b.Column })
	e.ambiguities = f.found
}

// meant prints the expression as if infix functions bound tighter than comparisons and "and". It
// is empty where the text cannot be read that way, and where a $ may be of either operand.
func (e *Expr) meant(text string) string {
	p := newParser(text, e.Dialect)
	p.asMeant = true
	root, err := p.parse()
	if err != nil || root.Kind == Unsupported || root.hasDollar() {
		return ""
	}
	return explicit(root).String()
}

type ambiguityFinder struct {
	dialect Dialect
	found   []Ambiguity
}

// markSegment searches a part of the tree that no bracket divides. One undecided place leaves the
// whole segment without a certain value.
func (f *ambiguityFinder) markSegment(root *Node) { root.prepared.ambiguous = f.search(root, nil) }

func (f *ambiguityFinder) search(n, parent *Node) (undecided bool) {
	if found, open := f.doubt(n, parent); found {
		f.found = append(f.found, Ambiguity{Column: n.Column, Undecided: open})
		undecided = open
	}
	for i, arg := range n.Args {
		if n.encloses(i) {
			f.markSegment(arg)
		} else if f.search(arg, n) {
			undecided = true
		}
	}
	return undecided
}

// doubt reports whether the gateway reads this node otherwise than most people mean it, and
// whether even the documentation leaves its reading open.
func (f *ambiguityFinder) doubt(n, parent *Node) (found, open bool) {
	switch {
	case n.Kind == Call && n.Infix:
		found = isLogic(n.Args[0]) || n.Args[0].endsInCondition() ||
			isLogic(n.Args[1]) && !n.endsInCondition() ||
			n.Args[0].Kind == Default && f.dialect == Flex
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

// endsInCondition reports whether a node is a call such as "roles filter $ == 'a'", whose lambda
// takes the whole condition, as real scripts have it, and that has no other reading.
func (n *Node) endsInCondition() bool {
	if n.Kind != Call || !n.Infix || !isLogic(n.Args[1]) || !n.Args[1].hasDollar() {
		return false
	}
	f, found := n.lookup()
	return !found || f.takesLambda()
}

func isLogic(n *Node) bool {
	return n.Kind == And || n.Kind == Or || n.Kind == Compare || n.Kind == Not
}

func isLoose(n *Node) bool { return n.Kind == Default || n.Kind == Call && n.Infix }

// encloses reports whether brackets or keywords keep this argument apart from what is around the
// node.
func (n *Node) encloses(arg int) bool {
	switch n.Kind {
	case Group, List, If, Script, Lambda, Unsupported:
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
		chain := arg.Kind == n.Kind && arg.Name == n.Name && n.Name != "contains"
		return isLogic(arg) || isLoose(arg) && !chain
	case n.Kind == Not:
		return isLoose(arg) || isLogic(arg)
	case n.Kind == Member || n.Kind == Index || n.Kind == KeyPresent || n.Kind == Range:
		return false
	default:
		return isLoose(arg) || arg.Kind == Not && arg.Name == "not"
	}
}

// Construct is a part of DataWeave that an expression uses and that this package, or this dialect,
// does not run.
type Construct struct {
	Name   string // as a message names it: `the function "some"`, "a lambda"
	Why    string // why it is not run: one sentence, lower case, no full stop
	Write  string // what to write in its place; may be empty
	Column int    // characters from 1

	// Newer says that older versions of the gateway do not have it, and may refuse the whole.
	Newer bool

	// Missing says that the gateway itself does not have it, as far as its documentation and
	// published code show.
	Missing bool
}

// Unsupported lists the constructs of the expression that this package, or the dialect, does not
// run, in the order of the text. Without any, and without an undecided Ambiguity, we can evaluate
// the expression.
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

// findUncompilable finds the first part of the expression that the gateway cannot resolve, or does
// not have. We do not know whether it runs the rest then, even if it does not take the branch with
// that part. A name that Flex Gateway cannot resolve fails only when evaluation gets there.
func (e *Expr) findUncompilable() *Construct {
	for n := range e.Root.All() {
		switch c := n.prepared.construct; {
		case n.Kind == Root && !IsVariable(n.Name) && e.Dialect == Mule:
			name := "the name " + n.Name
			return &Construct{Name: name, Why: unresolved(n.Name), Column: n.Column}
		case n.Kind == Not && n.Text == "(":
			const why = "not is reported not to work without a space after it"
			return &Construct{Name: "not(", Why: why, Column: n.Column}
		case c != nil && (c.Missing || c.Newer ||
			n.Kind == Call && !exists(n.prepared.module+n.Name)):
			return c
		}
	}
	return nil
}

func unresolved(name string) string {
	return name + " is not a variable of a policy; " +
		"a name with a hyphen or a dot in it needs quotes, as in vars.claimSet.'a-b'"
}

// exists reports whether this package, or Flex Gateway, has a function.
func exists(name string) bool {
	_, found := lookup(name)
	return found || isFlexFunction(name)
}

// construct returns what the node itself is, where that is not run.
func (n *Node) construct(d Dialect) (Construct, bool) {
	c := Construct{Column: n.Column}
	switch {
	case n.Kind == Call:
		return n.functionConstruct(d)
	case d == Flex && n.Kind == Null:
		c.Name = n.describe()
		c.Why = "Flex Gateway has the literal null only in newer versions: " +
			"its documentation up to 1.10 excludes it"
		c.Newer = true
	case d == Flex && n.isMuleOnly():
		c.Name, c.Why = n.describe(), "Flex Gateway does not have "+n.describe()
		c.Missing, c.Write = true, n.rewrite()
	case n.Kind == Script && d == Mule && n.runs():
	case n.Kind == Unsupported || n.Kind == Script || n.Kind == Arithmetic,
		n.Kind == Range && d == Flex:
		c.Name, c.Why = n.describe(), n.describe()+" is not supported"
		c.Write = n.rewrite()
	}
	return c, c.Name != ""
}

// isMuleOnly reports whether PEL does not have what the node is. Flex Gateway's documentation
// excludes objects and do, and the parser that compiles PEL (docs.rs/crate/dw-parser) knows none
// of the others.
func (n *Node) isMuleOnly() bool {
	switch n.Kind {
	case Regex, Arithmetic, KeyPresent, As:
		return true
	case Compare:
		return n.Name == "~="
	case Unsupported:
		switch n.Name {
		case objectLiteral, localScope, lambda, lambdaParameter, typeCoercion, typeTest,
			keyPresent, assertPresent, descendants: // ? behind anything but a name
			return true
		}
	}
	return false
}

func (n *Node) describe() string {
	switch n.Kind {
	case Null:
		return "the literal null"
	case Regex:
		return "regular expressions"
	case KeyPresent:
		return keyPresent
	case As:
		return typeCoercion
	case Range:
		return rangeSelector
	case Script:
		return "a script header (%dw … ---)"
	case Compare, Arithmetic:
		return "the operator " + n.Name
	default:
		return n.Name
	}
}

// rewrite returns what people mean by a form of other languages: a name with a hyphen and no
// quotes, which reads as a subtraction, or a function called as a method. It is empty for other
// nodes.
func (n *Node) rewrite() string {
	if len(n.Args) == 0 || n.Args[0].Kind != Member {
		return ""
	}
	left := n.Args[0]
	isCall := n.Kind == Unsupported && strings.HasPrefix(n.Text, "(")
	switch {
	case n.Kind == Arithmetic && n.Name == "-" && n.Args[1].Kind == Root:
		return left.Args[0].String() + selector(left.Text+"-"+n.Args[1].Name)
	case isCall && functionBoolean(left.Text) == rules.Yes:
		return "(" + left.Args[0].String() + " " + left.Text + " " + n.Text + ")"
	}
	return ""
}

// functionConstruct says why a function is not run.
func (n *Node) functionConstruct(d Dialect) (Construct, bool) {
	f, found := n.lookup()
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
		c.Why = "Flex Gateway's documentation does not list " + c.Name +
			", only the code of newer versions has it"
		c.Newer = true
	default:
		c.Why, c.Missing = "Flex Gateway does not have "+c.Name, true
	}
	return c, true
}

// isFlexFunction reports whether Flex Gateway has a function that this package does not evaluate,
// because its value is random or binary, or nobody describes it
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
