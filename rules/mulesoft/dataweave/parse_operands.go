package dataweave

import (
	"fmt"
	"slices"
	"strings"
)

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
	rangeSelector   = "a range selector"
)

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
		n := p.node(List, p.tok.start)
		n.Args = p.arguments("]")
		return n
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

// variable reads a variable, or a call where a bracket follows the name.
func (p *parser) variable() *Node {
	name := p.tok
	n := p.node(Root, name.start)
	n.Name = name.text
	p.advance()
	if p.tok.kind == tokenName {
		switch name.text { // a declaration in a script's header
		case "var", "fun", "import", "input", "output", "ns", "type", "annotation":
			p.refuse("a declaration ("+name.text+")", name.start)
			return nil
		}
	}
	if p.tok.is("(") {
		n.Kind = Call
		n.Args = p.arguments(")")
	}
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

// group reads ( … ), or a lambda where the parentheses hold its parameters.
func (p *parser) group() *Node {
	open := p.tok
	end := balanced(p.scan.text, open.start)
	if end > 0 && strings.HasPrefix(strings.TrimSpace(p.scan.text[end:]), "->") {
		return p.lambda()
	}
	p.advance()
	n := p.node(Group, open.start, p.expression())
	p.close(open, ")")
	return n
}

// lambda reads a lambda whose parameters are names alone, and passes any other. Its body runs to
// the end of the bracket that it is in.
func (p *parser) lambda() *Node {
	text := p.scan.text
	end := balanced(text, p.tok.start)
	names := strings.Split(text[p.tok.start+1:end-1], ",")
	plain := true
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
		plain = plain && isIdentifier(names[i]) && !IsVariable(names[i]) &&
			!slices.Contains(names[:i], names[i])
	}
	if plain {
		n := p.node(Lambda, p.tok.start)
		n.Name = strings.Join(names, parameterComma)
		start := p.tok.start
		p.scan.pos = end + strings.Index(text[end:], "->") + len("->")
		p.advance()
		n.Args = []*Node{p.expression()}
		n.Text = strings.TrimSpace(text[start:p.tok.start])
		return n
	}
	for pos := p.tok.start; pos < len(text); {
		switch text[pos] {
		case ')', ']', '}', ',':
			return p.unsupported(lambda, p.tok.start, pos)
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
	return p.unsupported(lambda, p.tok.start, len(text))
}

// arguments reads the bracket here, with expressions and commas in it, up to its closing bracket.
func (p *parser) arguments(closing string) []*Node {
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
	if closing == "]" && p.tok.isName("if") {
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
		hint := "add " + closing + ", or remove the opening bracket"
		p.fail(errorAt(open.start, open.text+" is not closed", hint))
		return
	}
	p.unexpected(closing)
}

// regex reads a regular expression. The slash that begins it is the token here.
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

// negative reads a number with its sign. We do not support the negation of anything else.
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

// dollar passes $ and $$, the parameters of a lambda without a parameter list.
func (p *parser) dollar() *Node {
	if strings.HasPrefix(p.scan.text[p.tok.start:], "${") {
		p.refuse("a property placeholder (${…})", p.tok.start)
		return nil
	}
	end := p.tok.end
	for end < len(p.scan.text) && p.scan.text[end] == '$' {
		end++
	}
	return p.unsupported(lambdaParameter, p.tok.start, end)
}

// date passes a date or time between bars.
func (p *parser) date() *Node {
	length := strings.IndexByte(p.scan.text[p.tok.end:], '|')
	if length < 0 {
		p.refuse("a date", p.tok.start)
		return nil
	}
	return p.unsupported("a date", p.tok.start, p.tok.end+length+1)
}

// selection reads the selectors behind an operand.
func (p *parser) selection(n *Node) *Node {
	for {
		switch {
		case p.tok.is("."):
			n = p.member(n)
		case p.tok.is("["):
			n = p.index(n)
		case p.tok.is(".."):
			n = p.markedSelector(n, p.tok, descendants)
		case p.tok.is("?") && n != nil && n.Kind == Member:
			n = p.node(KeyPresent, p.tok.start, n)
			p.advance()
		case p.tok.is("?"):
			n = behind(n, "", p.unsupported(keyPresent, p.tok.start, p.tok.end))
		case p.tok.is("!"):
			n = behind(n, "", p.unsupported(assertPresent, p.tok.start, p.tok.end))
		case p.tok.is("(") && n.isValue():
			const construct = "a call of something that is not a function name"
			n = behind(n, "", p.bracketed(construct, p.tok.start))
		default:
			return n
		}
	}
}

// isValue reports whether the node is a value that was selected or computed, which nothing can
// call.
func (n *Node) isValue() bool {
	if n == nil {
		return false
	}
	switch n.Kind {
	case Member, Index, Call, Group:
		return true
	default:
		return false
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
		const construct = "a selector without quotes whose name is a word of the language"
		p.refuse(construct, p.tok.start)
		return nil
	case p.tok.is("*"), p.tok.is("@"), p.tok.is("&"), p.tok.is("^"), p.tok.is("#"):
		return p.markedSelector(target, dot, "the selector ."+p.tok.text)
	default:
		p.unexpected("a name")
		return nil
	}
	p.advance()
	return n
}

// markedSelector passes the selectors .*name .@name .&name .^name .# .. ..name and ..*name, from
// their dots on. The token here is the last character before the name.
func (p *parser) markedSelector(target *Node, dots token, construct string) *Node {
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
	return behind(target, "", p.unsupported(construct, dots.start, end))
}

// index reads [ … ]. With a string in it, it is a member.
func (p *parser) index(target *Node) *Node {
	open := p.tok
	inner := strings.TrimSpace(p.scan.text[open.end:])
	if inner != "" && strings.IndexByte("?@&^*", inner[0]) >= 0 {
		const construct = "a selector in brackets other than [n] and ['name']"
		return behind(target, "", p.bracketed(construct, open.start))
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
	case key.isRange():
		return p.node(Range, open.start, append([]*Node{target}, key.Args...)...)
	case key.Kind == Call && key.Infix && key.Name == "to":
		return behind(target, "", p.unsupported(rangeSelector, open.start, end))
	default:
		return p.node(Index, open.start, target, key)
	}
}

// isRange reports whether a node is two numbers with "to" between them.
func (n *Node) isRange() bool {
	return n.Kind == Call && n.Infix && n.Name == "to" &&
		n.Args[0].Kind == Number && n.Args[1].Kind == Number
}

// typed reads "as" with a type that values can be coerced to here, and passes any other type, and
// "is".
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
	end, kind := p.tok.end, p.tok.text
	p.advance()
	if _, ok := coercion(kind); ok && construct == typeCoercion && !p.tok.is("{") {
		n := p.node(As, word.start, target)
		n.Name = kind
		return n
	}
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
	return behind(target, " ", p.unsupported(construct, word.start, end))
}

// patterns passes "match" or "update" with the cases behind it. Without a brace, match is a
// function.
func (p *parser) patterns(target *Node, operand func() *Node) *Node {
	word := p.tok
	rest := strings.TrimSpace(p.scan.text[word.end:])
	if !strings.HasPrefix(rest, "{") {
		return p.infixCall(target, operand)
	}
	p.advance()
	return behind(target, " ", p.bracketed("pattern matching ("+word.text+")", word.start))
}

// bracketed passes the bracket here and all that is in it as one Unsupported node. The node begins
// at start, which may be before the bracket.
func (p *parser) bracketed(construct string, start int) *Node {
	end := balanced(p.scan.text, p.tok.start)
	if end == 0 {
		p.fail(errorAt(p.tok.start, p.tok.text+" is not closed", "check the brackets"))
		return nil
	}
	return p.unsupported(construct, start, end)
}

// unsupported makes one Unsupported node of the text between two offsets, and reads on behind it.
func (p *parser) unsupported(construct string, start, end int) *Node {
	n := p.node(Unsupported, start)
	n.Name, n.Text = construct, p.scan.text[start:end]
	p.scan.pos = end
	p.advance()
	return n
}

// behind makes a target the operand of an Unsupported node, which may be nil.
func behind(target *Node, space string, n *Node) *Node {
	if n != nil {
		n.Text = space + n.Text
		n.Args = []*Node{target}
	}
	return n
}
