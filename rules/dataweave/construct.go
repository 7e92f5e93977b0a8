package dataweave

import (
	"fmt"
	"slices"
	"strings"
)

// Unsupported lists the constructs of the expression that this package, or the dialect, doesn't run, in the
// order of the text. Without any, and without an undecided Ambiguity, the expression can be evaluated.
func (e *Expr) Unsupported() []Construct {
	var all []Construct
	for n := range e.Root.All() {
		if n.ready.refused != nil {
			all = append(all, *n.ready.refused)
		}
	}
	slices.SortStableFunc(all, func(a, b Construct) int { return a.Column - b.Column })
	return all
}

// construct reports whether the node itself is something that isn't run.
func (n *Node) construct(d Dialect) (Construct, bool) {
	c := Construct{Column: n.Column}
	switch {
	case n.Kind == Call:
		c.Name, c.Why, c.Write = functionConstruct(n.Name, d)
	case d == Flex && n.Kind == Null:
		c.Name, c.Why = n.describe(), "Flex Gateway has the literal null only in newer versions: its documentation up to 1.10 excludes it"
	case d == Flex && n.isMuleOnly():
		c.Name, c.Why, c.Write = n.describe(), "Flex Gateway does not have "+n.describe(), n.rewrite()
	case n.Kind == Unsupported || n.Kind == Script || n.Kind == Arithmetic:
		c.Name, c.Why = n.describe(), n.describe()+" is not supported"
		c.Write = n.rewrite()
	}
	return c, c.Name != ""
}

func (n *Node) isMuleOnly() bool {
	return n.Kind == Regex || n.Kind == Compare && n.Name == "~=" || n.Kind == Arithmetic
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

// rewrite returns what was meant by a form that people take over from other languages: a name with a hyphen
// and no quotes, which reads as a subtraction, and a function called as a method.
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

// functionConstruct says why a function isn't run, or nothing for one that is.
func functionConstruct(name string, d Dialect) (construct, why, write string) {
	f, found := lookup(name)
	if found && (d == Mule || f.flex) {
		return "", "", ""
	}
	construct = fmt.Sprintf("the function %q", name)
	if _, inStrings := lookupStrings(stringsModule + name); inStrings {
		return construct, construct + " has to be imported or called with its module", stringsModule + name
	}
	switch {
	case !found:
		why = construct + " is not supported"
	case f.name == "isEmpty":
		why = "Flex Gateway's documentation does not list " + construct + ", only the code of newer versions has it"
	default:
		why = "Flex Gateway does not have " + construct
	}
	return construct, why, ""
}
