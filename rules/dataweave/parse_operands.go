package dataweave

import "fmt"

// primary reads an operand without its selectors.
func (p *parser) primary() *Node {
	switch p.tok.kind {
	case tokenName:
		return p.named()
	case tokenNumber:
		return p.literal(Number, p.tok.text)
	case tokenString:
		return p.literal(String, p.tok.text)
	case tokenEnd:
		p.unexpected("an operand")
		return nil
	}
	switch p.tok.text {
	case "(":
		return p.group()
	case "[":
		return p.list()
	case "{":
		return p.bracketed(objectLiteral, p.tok.start)
	case "/":
		return p.regex()
	case "-":
		return p.negative()
	case "$":
		return p.dollar()
	case "|":
		return p.date()
	}
	p.unexpected("an operand")
	return nil
}

func (p *parser) literal(kind Kind, text string) *Node {
	n := p.node(kind, p.tok.start)
	n.Text = text
	p.advance()
	return n
}

// named reads what begins with a name: a literal, a variable, a call, a construct of the language.
func (p *parser) named() *Node {
	switch name := p.tok.text; name {
	case "true", "false":
		return p.literal(Bool, name)
	case "null":
		return p.literal(Null, "")
	case "if":
		return p.conditional()
	case "do":
		return p.scope()
	case "using", "unless":
		p.refuse(fmt.Sprintf("%q", name), p.tok.start)
		return nil
	}
	if isReserved(p.tok.text) {
		p.unexpected("an operand")
		return nil
	}
	return p.variable()
}

func (p *parser) variable() *Node {
	name := p.tok
	n := p.node(Root, name.start)
	n.Name = name.text
	p.advance()
	if isDirective(name.text) && p.tok.kind == tokenName {
		p.refuse("a declaration ("+name.text+")", name.start)
		return nil
	}
	if p.tok.is("(") {
		n.Kind = Call
		n.Args = p.arguments("(", ")")
	}
	return n
}

// isDirective reports whether a name opens a declaration in a script's header.
func isDirective(name string) bool {
	switch name {
	case "var", "fun", "import", "input", "output", "ns", "type", "annotation":
		return true
	}
	return false
}

func (p *parser) group() *Node {
	if p.opensLambda() {
		return p.lambda()
	}
	open := p.tok
	p.advance()
	n := p.node(Group, open.start, p.expression())
	p.close(open, ")")
	return n
}

func (p *parser) list() *Node {
	n := p.node(List, p.tok.start)
	n.Args = p.arguments("[", "]")
	return n
}

// arguments reads expressions between brackets, with commas between them.
func (p *parser) arguments(opening, closing string) []*Node {
	open := p.tok
	p.advance()
	var args []*Node
	for !p.tok.is(closing) && p.err == nil {
		args = append(args, p.expression())
		if !p.tok.is(",") {
			break
		}
		p.advance()
		if p.tok.is(closing) {
			p.refuse("a comma before "+closing, p.tok.start)
		}
	}
	if opening == "[" && p.tok.isName("if") {
		p.refuse("a conditional element", p.tok.start)
	}
	p.close(open, closing)
	return args
}

// close passes a closing bracket.
func (p *parser) close(open token, closing string) {
	if p.tok.is(closing) {
		p.advance()
		return
	}
	if p.tok.kind == tokenEnd {
		hint := "add " + closing + ", or take the opening bracket away"
		p.fail(errorAt(open.start, open.text+" is not closed", hint))
		return
	}
	p.unexpected(closing)
}

// regex reads a regular expression; the slash before it has been read.
func (p *parser) regex() *Node {
	start := p.tok.start
	text := p.scan.text
	for end := start + 1; end < len(text) && text[end] != '\n'; end++ {
		switch text[end] {
		case '\\':
			end++
		case '/':
			p.scan.pos = end + 1
			return p.literal(Regex, text[start+1:end])
		}
	}
	p.fail(errorAt(start, "the regular expression is not closed", "end it with /"))
	return nil
}

// negative reads a number with its sign; the negation of anything else isn't supported.
func (p *parser) negative() *Node {
	start := p.tok.start
	p.advance()
	if p.tok.kind != tokenNumber {
		p.refuse("the negation of a number", start)
		return nil
	}
	n := p.literal(Number, "-"+p.tok.text)
	n.Column = p.column(start)
	return n
}

func (p *parser) conditional() *Node {
	n := p.node(If, p.tok.start)
	p.advance()
	if !p.tok.is("(") {
		p.refuse("a condition without parentheses", p.tok.start)
		return nil
	}
	open := p.tok
	p.advance()
	condition := p.expression()
	p.close(open, ")")
	yes := p.expression()
	if !p.tok.isName("else") {
		p.unexpected("else")
		return nil
	}
	p.advance()
	n.Args = []*Node{condition, yes, p.expression()}
	return n
}
