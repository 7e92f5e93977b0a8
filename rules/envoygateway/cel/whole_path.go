package cel

import "regexp/syntax"

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
