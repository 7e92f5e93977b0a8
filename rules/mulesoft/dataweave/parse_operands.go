package dataweave

import (
	"fmt"
	"strings"
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
