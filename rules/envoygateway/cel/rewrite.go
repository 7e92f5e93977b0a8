package cel

import (
	"regexp/syntax"
	"slices"
	"strings"
)

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
func (e *Expr) rewritten(
	with func(*node) (*node, string), looked func(*node) bool,
) string {
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
