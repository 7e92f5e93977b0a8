package cel

// kind says what a node is.
type kind uint8

// The kinds of nodes, with what name, value and args hold. What is not said here is empty.
const (
	literal    kind = iota // value
	ident                  // name, with a dot before it where it is written so
	member                 // args[0].name
	index                  // args[0][args[1]]
	present                // has(args[0].name)
	function               // name(args…)
	method                 // args[0].name(args[1:]…)
	list                   // args are the items
	mapping                // args are the keys and the values in turn
	message                // name{…}: args are the values of its fields
	and                    // two args or more
	or                     // two args or more
	not                    // !args[0]
	negate                 // -args[0]
	choice                 // args[0] ? args[1] : args[2]
	comparison             // args[0] name args[1]: == != < <= > >=
	within                 // args[0] in args[1]
	arithmetic             // args[0] name args[1]: + - * / %
	macro                  // args[0].name(args[1:]…), where name is all, exists, map, …
)

// node is one node of the syntax tree. Parentheses leave no trace.
type node struct {
	kind       kind
	name       string
	value      value
	args       []*node
	start, end int // byte offsets of its text; both 0 where it has none
}

// each visits the node and everything below it.
func (n *node) each(visit func(*node)) {
	visit(n)
	for _, arg := range n.args {
		arg.each(visit)
	}
}

// text is a literal string.
func (n *node) text() (string, bool) {
	return n.value.text, n.kind == literal && n.value.kind == textValue
}

// path is the way to an attribute: the name of a variable, then those of members, written .a or
// ['a']. It is nil for a node that is anything else.
func (n *node) path() []string {
	switch n.kind {
	case ident:
		return []string{n.name}
	case member:
		if path := n.args[0].path(); path != nil {
			return append(path, n.name)
		}
	case index:
		path := n.args[0].path()
		if key, ok := n.args[1].text(); ok && path != nil {
			return append(path, key)
		}
	}
	return nil
}

// replaced is the node with another one in the place of one of its descendants. It copies only the
// way there.
func (n *node) replaced(old, with *node) *node {
	if n == old {
		return with
	}
	for i, arg := range n.args {
		if changed := arg.replaced(old, with); changed != arg {
			copied := *n
			copied.args = append([]*node{}, n.args...)
			copied.args[i] = changed
			return &copied
		}
	}
	return n
}
