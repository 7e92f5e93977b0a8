package dataweave

import "strings"

// String prints the expression in canonical form: one space around operators, selectors with a dot where the
// name allows it, strings in single quotes. Parsing it again gives the same tree.
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
		b.WriteString(quote(n.Text))
	case Regex:
		b.WriteString("/" + n.Text + "/")
	case Root:
		b.WriteString(n.Name)
	case List:
		printArgs(b, "[", n.Args, "]")
	case Group:
		printArgs(b, "(", n.Args, ")")
	default:
		n.printCompound(b)
	}
}

func (n *Node) printCompound(b *strings.Builder) {
	switch n.Kind {
	case Member:
		n.Args[0].print(b)
		printSuffix(b, selector(n.Text))
	case Index:
		n.Args[0].print(b)
		printArgs(b, "[", n.Args[1:], "]")
	case Call:
		n.printCall(b)
	case And:
		printJoined(b, n.Args, "and")
	case Or:
		printJoined(b, n.Args, "or")
	case Default:
		printJoined(b, n.Args, "default")
	case Compare, Arithmetic:
		printJoined(b, n.Args, n.Name)
	case Not:
		n.printNot(b)
	case If:
		printArgs(b, "if (", n.Args[:1], ") ")
		printJoined(b, n.Args[1:], "else")
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

func (n *Node) printCall(b *strings.Builder) {
	if n.Infix {
		printJoined(b, n.Args, n.Name)
		return
	}
	printArgs(b, n.Name+"(", n.Args, ")")
}

func (n *Node) printNot(b *strings.Builder) {
	b.WriteString(n.Name)
	if n.Name == "not" && n.Text == "" {
		b.WriteByte(' ')
	}
	n.Args[0].print(b)
}

// printSuffix writes what follows an operand, apart from dots before it: .. and . are not the same as ...
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

// selector writes a member's name as a selector: .name, or ['name'] where the name is no identifier.
func selector(name string) string {
	if isIdentifier(name) {
		return "." + name
	}
	return "[" + quote(name) + "]"
}

func isIdentifier(name string) bool {
	s := scanner{text: name}
	t, err := s.next()
	return err == nil && t.kind == tokenName && t.text == name && !strings.Contains(name, "::") && !isReserved(name)
}
