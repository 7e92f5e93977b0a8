package dataweave

import "strings"

// The constructs that a dialect may lack, in the words of a message.
const (
	objectLiteral   = "an object literal"
	localScope      = "a local scope (do)"
	lambda          = "a lambda"
	lambdaParameter = "a lambda ($)"
	typeCoercion    = "a type coercion (as)"
	typeTest        = "a type test (is)"
	keyPresent      = "the selector ? (key present)"
	assertPresent   = "the selector ! (assert present)"
	descendants     = "the selector .. (descendants)"
)

// bracketed passes a bracket and all that is in it as one Unsupported node, which begins at start.
func (p *parser) bracketed(construct string, start int) *Node {
	end := balanced(p.scan.text, p.tok.start)
	if end == 0 {
		p.fail(errorAt(p.tok.start, p.tok.text+" is not closed", "check the brackets"))
		return nil
	}
	return p.raw(construct, start, end)
}

// raw makes one Unsupported node of the text between two offsets.
func (p *parser) raw(construct string, start, end int) *Node {
	n := p.node(Unsupported, start)
	n.Name, n.Text = construct, p.scan.text[start:end]
	p.scan.pos = end
	p.advance()
	return n
}

// after puts an operand before what raw made.
func after(target, n *Node, space string) *Node {
	if n != nil {
		n.Text = space + n.Text
		n.Args = []*Node{target}
	}
	return n
}

func (p *parser) suffix(target *Node, construct string) *Node {
	return after(target, p.raw(construct, p.tok.start, p.tok.end), "")
}

func (p *parser) bracketSuffix(target *Node, open token) *Node {
	return after(target, p.bracketed("a selector in brackets other than [n] and ['name']", open.start), "")
}

// opensFilter reports whether the bracket here begins [?( )], [@ ], [& ], [^ ] or [* ].
func (p *parser) opensFilter() bool {
	rest := strings.TrimSpace(p.scan.text[p.tok.end:])
	return rest != "" && strings.IndexByte("?@&^*", rest[0]) >= 0
}

// marked passes the selectors .*name .@name .&name .^name and .#.
func (p *parser) marked(target *Node, dot token) *Node {
	construct := "the selector ." + p.tok.text
	end := p.tok.end
	p.advance()
	for p.tok.is("@") || p.tok.is("*") {
		end = p.tok.end
		p.advance()
	}
	if p.tok.kind == tokenName && !isReserved(p.tok.text) || p.tok.kind == tokenString {
		end = p.tok.end
	}
	if p.err != nil {
		return nil
	}
	return after(target, p.raw(construct, dot.start, end), "")
}

// descendants passes the selectors .. ..name and ..*name.
func (p *parser) descendants(target *Node) *Node {
	n := p.marked(target, p.tok)
	if n != nil {
		n.Name = descendants
	}
	return n
}

// isCallee reports whether what stands before a bracket is called: only a name can be.
func isCallee(kind Kind) bool {
	switch kind {
	case Member, Index, Call, Group:
		return true
	default:
		return false
	}
}

func (p *parser) callValue(target *Node) *Node {
	return after(target, p.bracketed("a call of something that is no function name", p.tok.start), "")
}

// typed passes "as" or "is" with the type behind it.
func (p *parser) typed(target *Node) *Node {
	word, construct := p.tok, typeCoercion
	if word.text == "is" {
		construct = typeTest
	}
	p.advance()
	if p.tok.kind != tokenName {
		p.refuse("a type", p.tok.start)
		return nil
	}
	end := p.tok.end
	p.advance()
	if p.tok.is("<") && !p.tok.spaced {
		p.refuse("a type with parameters", word.start)
	}
	if p.tok.is("{") {
		end = balanced(p.scan.text, p.tok.start)
	}
	if p.err != nil || end == 0 {
		p.refuse("a type", word.start)
		return nil
	}
	return after(target, p.raw(construct, word.start, end), " ")
}

// patterns passes "match" or "update" with the cases behind it. Without a brace, match is a function.
func (p *parser) patterns(target *Node, operand func() *Node) *Node {
	word := p.tok
	rest := strings.TrimSpace(p.scan.text[word.end:])
	if !strings.HasPrefix(rest, "{") {
		return p.infixCall(target, operand)
	}
	p.advance()
	return after(target, p.bracketed("pattern matching ("+word.text+")", word.start), " ")
}

// scope passes do { … }.
func (p *parser) scope() *Node {
	word := p.tok
	p.advance()
	if !p.tok.is("{") {
		p.refuse(localScope, word.start)
		return nil
	}
	return p.bracketed(localScope, word.start)
}

// dollar passes $ and $$, the parameters of a lambda that isn't written out.
func (p *parser) dollar() *Node {
	if strings.HasPrefix(p.scan.text[p.tok.start:], "${") {
		p.refuse("a property placeholder (${…})", p.tok.start)
		return nil
	}
	end := p.tok.end
	for end < len(p.scan.text) && p.scan.text[end] == '$' {
		end++
	}
	return p.raw(lambdaParameter, p.tok.start, end)
}

// date passes a date or time between bars.
func (p *parser) date() *Node {
	length := strings.IndexByte(p.scan.text[p.tok.end:], '|')
	if length < 0 {
		p.refuse("a date", p.tok.start)
		return nil
	}
	return p.raw("a date", p.tok.start, p.tok.end+length+1)
}

// opensLambda reports whether the parenthesis here holds the parameters of a lambda.
func (p *parser) opensLambda() bool {
	end := balanced(p.scan.text, p.tok.start)
	return end > 0 && strings.HasPrefix(strings.TrimSpace(p.scan.text[end:]), "->")
}

// lambda passes a lambda; its body runs to the end of the bracket it stands in.
func (p *parser) lambda() *Node {
	text := p.scan.text
	for pos := p.tok.start; pos < len(text); {
		switch text[pos] {
		case ')', ']', '}', ',':
			return p.raw(lambda, p.tok.start, pos)
		case '(', '[', '{':
			end := balanced(text, pos)
			if end == 0 {
				p.fail(errorAt(pos, text[pos:pos+1]+" is not closed", "check the brackets"))
				return nil
			}
			pos = end
		case '\'', '"', '`':
			pos = stringEnd(text, pos)
		default:
			pos++
		}
	}
	return p.raw(lambda, p.tok.start, len(text))
}
