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

// uncompiled is the first part of the expression that the gateway can't resolve, or does not have: whether it
// runs the rest then is not known, even where a branch with that part is not taken.
func (e *Expr) uncompiled() *Construct {
	for n := range e.Root.All() {
		switch c := n.ready.refused; {
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

// isMuleOnly reports whether the node is something that PEL doesn't have: Flex Gateway's documentation excludes
// objects and do, the parser that compiles PEL (docs.rs/crate/dw-parser) knows none of the others.
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

// functionConstruct says why a function isn't run.
func (n *Node) functionConstruct(d Dialect) (Construct, bool) {
	f, found := lookup(n.Name)
	if found && (d == Mule || f.flex) {
		return Construct{}, false
	}
	c := Construct{Name: fmt.Sprintf("the function %q", n.Name), Column: n.Column}
	_, inStrings := lookupStrings(stringsModule + n.Name)
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

// isFlexFunction reports whether Flex Gateway has a function that this package doesn't evaluate: its value is
// random or binary, or not described (docs.mulesoft.com/gateway/1.11/policies-flex-dataweave-support and
// docs.rs/crate/dw-parser, src/dw2pel.rs).
func isFlexFunction(name string) bool {
	switch name {
	case "uuid", "--", "dw::core::Binaries::toBase64", "dw::core::Binaries::fromBase64",
		"dw::util::Coercions::toString", "dw::util::Coercions::toBinary":
		return true
	}
	return false
}
