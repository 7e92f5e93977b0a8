package dataweave

import (
	"iter"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Kind says what a Node is.
type Kind uint8

// The kinds of nodes, with what Name, Text and Args hold. Kinds that name neither leave them empty.
const (
	Null        Kind = iota
	Bool             // Text "true" or "false"
	Number           // Text as written, with its sign
	String           // Text is the content, escapes resolved
	Regex            // Text is the pattern between the slashes
	List             // Args are the items
	Root             // Name is a variable: vars, attributes, …
	Member           // Args[0].Text, written .a, ."a" or ['a']
	Index            // Args[0][Args[1]]
	Call             // Name(Args…); Infix when written Args[0] Name Args[1]
	And              // two Args or more
	Or               // two Args or more
	Not              // Name is "not" or "!"; one of Args
	Compare          // Name is == != ~= < > <= >=; two Args
	Arithmetic       // Name is + - * / << >>; two Args
	Default          // Args[0] default Args[1]
	If               // if (Args[0]) Args[1] else Args[2]
	Group            // (Args[0])
	Unsupported      // Name is the construct; Text is its source, after Args[0] where there is one
	Script           // Text is the header of a script, with its ---; Args[0] is the body
)

// Node is one node of the syntax tree.
type Node struct {
	Kind   Kind
	Name   string
	Text   string
	Args   []*Node
	Infix  bool // of a Call
	Column int  // of the first character that tells the kind: an operator, a name, a literal

	ready prepared
}

// Bare returns the node inside any parentheses.
func (n *Node) Bare() *Node {
	for n.Kind == Group {
		n = n.Args[0]
	}
	return n
}

// All yields the node and everything below it, parents first.
func (n *Node) All() iter.Seq[*Node] {
	return func(yield func(*Node) bool) { n.walk(yield) }
}

func (n *Node) walk(yield func(*Node) bool) bool {
	if !yield(n) {
		return false
	}
	for _, arg := range n.Args {
		if !arg.walk(yield) {
			return false
		}
	}
	return true
}

// Literal returns the value of a literal: a string, a number, a boolean, null, or a list of literals.
func (n *Node) Literal() (*source.Value, bool) {
	switch n = n.Bare(); n.Kind {
	case Null:
		return &source.Value{Kind: source.Null}, true
	case Bool:
		return &source.Value{Kind: source.Bool, Text: n.Text}, true
	case Number:
		return &source.Value{Kind: source.Number, Text: n.Text}, true
	case String:
		return &source.Value{Kind: source.String, Text: n.Text}, true
	case List:
		return n.literalList()
	default:
		return nil, false
	}
}

func (n *Node) literalList() (*source.Value, bool) {
	list := &source.Value{Kind: source.List}
	for _, arg := range n.Args {
		item, ok := arg.Literal()
		if !ok {
			return nil, false
		}
		list.Items = append(list.Items, item)
	}
	return list, true
}

// Path returns the names on the way from a variable to a member: vars, claimSet, roles. It is nil for a node
// that is anything else.
func (n *Node) Path() []string {
	switch n = n.Bare(); n.Kind {
	case Root:
		return []string{n.Name}
	case Member:
		if path := n.Args[0].Path(); path != nil {
			return append(path, n.Text)
		}
	}
	return nil
}
