package dataweave

import (
	"fmt"
	"iter"
	"strings"
	"unicode"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Kind says what a Node is.
type Kind uint8

// The kinds of nodes, with what Name, Text and Args hold. What is not said here is empty.
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
	KeyPresent       // Args[0]?, of a Member
	Range            // Args[0][Args[1] to Args[2]], two Numbers
	As               // Args[0] as Name, a type that a value is coerced to
	Lambda           // (Name) -> Args[0], Name being the parameters
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
	Column int  // of the first character that shows the kind: an operator, a name, a literal

	prepared prepared
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

// Size is how many nodes the expression has.
func (e *Expr) Size() int {
	size := 0
	for range e.Root.All() {
		size++
	}
	return size
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

// Literal returns the value of a literal: a string, a number, a boolean, null, or a list of
// literals.
func (n *Node) Literal() (*source.Value, bool) {
	switch n = n.Bare(); n.Kind {
	case Null:
		return null(), true
	case Bool:
		return &source.Value{Kind: source.Bool, Text: n.Text}, true
	case Number:
		return &source.Value{Kind: source.Number, Text: n.Text}, true
	case String:
		return source.NewString(n.Text), true
	case List:
		literal := list(nil)
		for _, arg := range n.Args {
			item, ok := arg.Literal()
			if !ok {
				return nil, false
			}
			literal.Items = append(literal.Items, item)
		}
		return literal, true
	default:
		return nil, false
	}
}

// Path returns the names on the way from a variable to a member: vars, claimSet, roles. It is nil
// for a node that is anything else.
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

// String prints the expression in canonical form: one space around operators, selectors with a dot
// where the name allows it, strings in single quotes. Parsing it again gives the same tree.
func (e *Expr) String() string { return e.Root.String() }

// String prints the node as source text.
func (n *Node) String() string {
	var b strings.Builder
	n.print(&b)
	return b.String()
}

func (n *Node) print(b *strings.Builder) {
	switch n.Kind {
	case Null:
		b.WriteString("null")
	case Bool, Number:
		b.WriteString(n.Text)
	case String:
		b.WriteString(Quote(n.Text))
	case Regex:
		b.WriteString("/" + n.Text + "/")
	case Root:
		b.WriteString(n.Name)
	case List:
		printArgs(b, "[", n.Args, "]")
	case Group:
		printArgs(b, "(", n.Args, ")")
	case Member:
		n.Args[0].print(b)
		printSuffix(b, selector(n.Text))
	case Index:
		n.Args[0].print(b)
		printArgs(b, "[", n.Args[1:], "]")
	case Call:
		if n.Infix {
			printJoined(b, n.Args, n.Name)
		} else {
			printArgs(b, n.Name+"(", n.Args, ")")
		}
	case And:
		printJoined(b, n.Args, "and")
	case Or:
		printJoined(b, n.Args, "or")
	case Default:
		printJoined(b, n.Args, "default")
	case Compare, Arithmetic:
		printJoined(b, n.Args, n.Name)
	case Not:
		b.WriteString(n.Name)
		if n.Name == "not" && n.Text == "" {
			b.WriteByte(' ')
		}
		n.Args[0].print(b)
	case If:
		printArgs(b, "if (", n.Args[:1], ") ")
		printJoined(b, n.Args[1:], "else")
	case KeyPresent:
		n.Args[0].print(b)
		b.WriteByte('?')
	case Range:
		n.Args[0].print(b)
		b.WriteString("[" + n.Args[1].Text + " to " + n.Args[2].Text + "]")
	case As:
		n.Args[0].print(b)
		b.WriteString(" as " + n.Name)
	case Lambda:
		b.WriteString("(" + n.Name + ") -> ")
		n.Args[0].print(b)
	case Script:
		b.WriteString(n.Text + " ")
		n.Args[0].print(b)
	case Unsupported:
		if len(n.Args) > 0 {
			n.Args[0].print(b)
		}
		printSuffix(b, n.Text)
	}
}

// printSuffix writes what follows an operand. It keeps dots apart, because .. and . in a row would
// read as ... otherwise.
func printSuffix(b *strings.Builder, suffix string) {
	if strings.HasSuffix(b.String(), ".") && strings.HasPrefix(suffix, ".") {
		b.WriteByte(' ')
	}
	b.WriteString(suffix)
}

func printArgs(b *strings.Builder, open string, args []*Node, closing string) {
	b.WriteString(open)
	for i, arg := range args {
		if i > 0 {
			b.WriteString(", ")
		}
		arg.print(b)
	}
	b.WriteString(closing)
}

func printJoined(b *strings.Builder, args []*Node, operator string) {
	for i, arg := range args {
		if i > 0 {
			b.WriteString(" " + operator + " ")
		}
		arg.print(b)
	}
}

// selector writes a member's name as a selector: .name, or ['name'] where the name is not an
// identifier.
func selector(name string) string {
	if isIdentifier(name) {
		return "." + name
	}
	return "[" + Quote(name) + "]"
}

func isIdentifier(name string) bool {
	s := scanner{text: name}
	t, err := s.next()
	return err == nil && t.kind == tokenName && t.text == name &&
		!strings.Contains(name, "::") && !isReserved(name)
}

// Quote writes a string as a literal.
func Quote(text string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range text {
		switch i := strings.IndexRune("\n\t\r'\\$", r); {
		case i >= 0:
			b.WriteByte('\\')
			b.WriteByte(`ntr'\$`[i])
		case r <= 0xFFFF && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}
