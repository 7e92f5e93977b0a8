package cel

import (
	"regexp/syntax"
	"slices"
	"strings"
)

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

// ByPathAlone is the text of the expression with request.url_path, which has no query, in the
// place of request.path in each of its [Expr.WholePaths].
func (e *Expr) ByPathAlone() string {
	return e.rewritten(func(n *node) (*node, string) {
		if n.isPath() {
			return n, "request.url_path"
		}
		return nil, ""
	}, (*node).comparesWholePath)
}

// LookingInto is the text of the expression with a look into a claim, as a list, in the place of
// each comparison of one of these claims with a text.
func (e *Expr) LookingInto(claims ...string) string {
	return e.rewritten(func(n *node) (*node, string) {
		if n.kind != comparison || n.name != "==" && n.name != "!=" {
			return nil, ""
		}
		claim, item := n.args[0], n.args[1]
		if claim.kind == literal {
			claim, item = item, claim
		}
		path := claim.path()
		_, isText := item.text()
		if !isText || !isJWT(path) || len(path) != claimsDepth+1 ||
			!slices.Contains(claims, path[claimsDepth]) {
			return nil, ""
		}
		look := e.text[item.start:item.end] + " in " + e.text[claim.start:claim.end]
		if n.name == "!=" {
			look = "!(" + look + ")"
		}
		return n, look
	}, func(*node) bool { return true })
}

// rewritten is the text with others in the place of some nodes: of those below each node that is
// looked at.
func (e *Expr) rewritten(with func(*node) (*node, string), looked func(*node) bool) string {
	var b strings.Builder
	done := 0
	e.root.each(func(outer *node) {
		if !looked(outer) {
			return
		}
		outer.each(func(n *node) {
			if at, text := with(n); at != nil && done <= at.start {
				b.WriteString(e.text[done:at.start] + text)
				done = at.end
			}
		})
	})
	return b.String() + e.text[done:]
}

// WholePaths are the tests of the expression that look at the end of request.path, which has the
// query of the request too: of a path that is written without one, they are not met with one.
func (e *Expr) WholePaths() []string {
	var all []string
	e.root.each(func(n *node) {
		if n.comparesWholePath() {
			all = append(all, e.short(n))
		}
	})
	return all
}

func (n *node) comparesWholePath() bool {
	if len(n.args) != 2 || !n.args[0].isPath() && !(n.kind == comparison && n.args[1].isPath()) {
		return false
	}
	text, isText := n.args[1].text()
	switch {
	case n.kind == comparison:
		return n.name == "==" || n.name == "!="
	case n.kind == within:
		return n.args[1].kind == list
	case n.name == "endsWith":
		return isText
	}
	return isText && n.name == "matches" && hasEnd(text)
}

func (n *node) isPath() bool {
	path := n.path()
	return len(path) == 2 && path[0] == "request" && path[1] == "path"
}

// hasEnd reports whether a pattern ends with the end of the text.
func hasEnd(pattern string) bool {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return false
	}
	return parsed.Op == syntax.OpEndText || parsed.Op == syntax.OpConcat &&
		parsed.Sub[len(parsed.Sub)-1].Op == syntax.OpEndText
}
