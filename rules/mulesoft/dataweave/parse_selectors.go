package dataweave

import "strings"

// selection reads the selectors behind an operand.
func (p *parser) selection(n *Node) *Node {
	for {
		switch {
		case p.tok.is("."):
			n = p.member(n)
		case p.tok.is("["):
			n = p.index(n)
		case p.tok.is(".."):
			n = p.descendants(n)
		case p.tok.is("?"):
			n = p.suffix(n, keyPresent)
		case p.tok.is("!"):
			n = p.suffix(n, assertPresent)
		case p.tok.is("(") && n != nil && isCallee(n.Kind):
			n = p.callValue(n)
		default:
			return n
		}
	}
}

func (p *parser) member(target *Node) *Node {
	dot := p.tok
	p.advance()
	n := p.node(Member, p.tok.start, target)
	n.Text = p.tok.text
	switch {
	case p.tok.kind == tokenString:
	case p.tok.kind == tokenName && !strings.Contains(n.Text, "::") && !isReserved(n.Text):
	case p.tok.kind == tokenName:
		p.fail(&unsupported{Name: "a selector without quotes whose name is a word of the language", Column: p.tok.start})
		return nil
	case p.tok.is("*"), p.tok.is("@"), p.tok.is("&"), p.tok.is("^"), p.tok.is("#"):
		return p.marked(target, dot)
	default:
		p.unexpected("a name")
		return nil
	}
	p.advance()
	return n
}

// index reads [ … ]; with a string in it, it is a member.
func (p *parser) index(target *Node) *Node {
	open := p.tok
	if p.opensFilter() {
		return p.bracketSuffix(target, open)
	}
	p.advance()
	key := p.expression()
	end := p.tok.end
	p.close(open, "]")
	switch {
	case p.err != nil:
		return nil
	case key.Kind == String:
		return &Node{Kind: Member, Text: key.Text, Args: []*Node{target}, Column: key.Column}
	case key.Kind == Call && key.Infix && key.Name == "to":
		return after(target, p.raw("a range selector", open.start, end), "")
	default:
		return p.node(Index, open.start, target, key)
	}
}
