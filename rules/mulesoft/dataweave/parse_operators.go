package dataweave

// The levels of precedence, loosest first (facts: DataWeave's order of compilation, levels 10 to 2):
//
//	if else · default and infix functions · or · and · == != ~= · < > <= >= is · + - << >> · * / · as · ! selectors
//
// "not" stands before an operand but takes everything up to an infix function with it.

// expression reads a whole expression: that of a bracket, an argument, a branch.
func (p *parser) expression() *Node {
	defer p.leave()
	if !p.enter() {
		return nil
	}
	if p.tight {
		return p.or()
	}
	return p.infix(p.or)
}

// infix reads a chain of infix functions and defaults; it is processed from left to right.
func (p *parser) infix(operand func() *Node) *Node {
	left := operand()
	for {
		switch {
		case p.tok.isName("default"):
			left = p.binary(Default, left, operand)
		case p.tok.isName("match"), p.tok.isName("update"):
			left = p.patterns(left, operand)
		case p.isInfixFunction():
			left = p.infixCall(left, operand)
		default:
			return left
		}
	}
}

func (p *parser) isInfixFunction() bool {
	return p.tok.is("++") || p.tok.is("--") || p.tok.kind == tokenName && !isReserved(p.tok.text)
}

func (p *parser) infixCall(left *Node, operand func() *Node) *Node {
	n := p.binary(Call, left, operand)
	n.Infix = true
	return n
}

// binary reads an operator or name and its right operand.
func (p *parser) binary(kind Kind, left *Node, operand func() *Node) *Node {
	n := p.node(kind, p.tok.start, left)
	if kind != Default {
		n.Name = p.tok.text
	}
	p.advance()
	if p.tok.kind == tokenEnd {
		p.unexpected("an operand")
	}
	n.Args = append(n.Args, operand())
	return n
}

// chain reads operands joined by one keyword into one node.
func (p *parser) chain(kind Kind, keyword string, operand func() *Node) *Node {
	first := operand()
	if !p.tok.isName(keyword) {
		return first
	}
	n := p.node(kind, p.tok.start, first)
	for p.tok.isName(keyword) {
		p.advance()
		n.Args = append(n.Args, operand())
	}
	return n
}

func (p *parser) or() *Node  { return p.chain(Or, "or", p.and) }
func (p *parser) and() *Node { return p.chain(And, "and", p.equality) }

// leftToRight reads operands joined by any of some operators, from left to right.
func (p *parser) leftToRight(kind Kind, operand func() *Node, operators ...string) *Node {
	left := operand()
	for p.isAny(operators) {
		left = p.binary(kind, left, operand)
	}
	return left
}

func (p *parser) isAny(operators []string) bool {
	for _, operator := range operators {
		if p.tok.is(operator) {
			return true
		}
	}
	return false
}

func (p *parser) equality() *Node {
	return p.leftToRight(Compare, p.relation, "==", "!=", "~=")
}

func (p *parser) relation() *Node {
	left := p.term()
	for {
		switch {
		case p.isAny([]string{"<", ">", "<=", ">="}):
			left = p.binary(Compare, left, p.term)
		case p.tok.isName("is"):
			left = p.typed(left)
		default:
			return left
		}
	}
}

// term reads what a comparison compares.
func (p *parser) term() *Node {
	if p.tight {
		return p.infix(p.sum)
	}
	return p.sum()
}

func (p *parser) sum() *Node {
	return p.leftToRight(Arithmetic, p.product, "+", "-", "<<", ">>")
}

func (p *parser) product() *Node {
	return p.leftToRight(Arithmetic, p.coercion, "*", "/")
}

func (p *parser) coercion() *Node {
	left := p.unary()
	for p.tok.isName("as") {
		left = p.typed(left)
	}
	return left
}

func (p *parser) unary() *Node {
	switch {
	case p.tok.isName("not"):
		return p.not()
	case p.tok.is("!"):
		return p.bang()
	}
	return p.selection(p.primary())
}

// not takes the whole following expression: not true or true is not (true or true).
func (p *parser) not() *Node {
	n := p.node(Not, p.tok.start)
	n.Name = "not"
	p.advance()
	if p.tok.is("(") && !p.tok.spaced {
		n.Text = "("
	}
	operand := p.or
	if p.tight {
		n.Text, operand = "", p.equality
	}
	return p.negated(n, operand)
}

// bang takes the next term: !true or true is (!true) or true.
func (p *parser) bang() *Node {
	n := p.node(Not, p.tok.start)
	n.Name = "!"
	p.advance()
	operand := p.unary
	if p.tight {
		operand = func() *Node { return p.infix(p.unary) }
	}
	return p.negated(n, operand)
}

func (p *parser) negated(n *Node, operand func() *Node) *Node {
	defer p.leave()
	if p.enter() {
		n.Args = []*Node{operand()}
	}
	return n
}

// isReserved reports whether a name is a word of the language, which names no infix function. The list is the
// keywords of MuleSoft's own grammar for editors (mulesoft-labs/data-weave-intellij-plugin, _WeaveLexer.flex).
func isReserved(name string) bool {
	switch name {
	case "and", "or", "not", "if", "else", "unless", "using", "as", "is", "do", "default", "match", "update",
		"null", "true", "false", "case", "at":
		return true
	}
	return false
}
