// Package cel reads the expressions that a SecurityPolicy of Envoy Gateway has in cel, and turns
// them into predicates.
//
// [Parse] accepts what Envoy Gateway accepts: it parses with cel-go, and does not check types. A
// text that it refuses makes the whole policy invalid. [Expr.Predicate] is data where the
// expression compares an attribute with a literal: ==, !=, in, has, startsWith, endsWith, contains
// and matches, joined by &&, ||, ! and ? :. What is left is opaque: it is evaluated on its own,
// and it is unknown where Envoy does something that this package does not work out. Nothing is
// guessed.
//
// The proxy takes a result that is not the boolean true for a rule that does not match: false, any
// other value, and every error. CEL's && and || do not care about the order of their operands, and
// an operand that decides hides the error of another one. So each part is lowered twice, into what
// makes it true and into what makes it false; an error is neither. No predicate of this package
// comes out as an error.
//
// Envoy evaluates with cel-cpp, and this package is held against recorded answers of cel-go: what
// Envoy does is inferred from both, from the list of its attributes, and from the options that it
// sets: comprehensions, the concatenation of texts and lists, and string conversion are switched
// off, and the program of a pattern has at most 100 instructions
// (source/extensions/filters/common/expr).
package cel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// The limits of what we parse: bytes of text, as many as the 4096 characters of the CRD may take,
// and levels of nesting. The latter is less than half of what Envoy Gateway's parser takes.
const (
	maxText  = 4 * 4096
	maxDepth = 100
)

// Expr is a parsed expression. It is immutable, so several goroutines may use it.
type Expr struct {
	text string
	root *node
}

// Parse reads an expression. The error, if any, is a *source.Error whose position is the column,
// in characters of the text. It means that Envoy Gateway refuses the text too, or, where Limit is
// set, that the text goes beyond the limits of this package.
func Parse(text string) (*Expr, error) {
	switch {
	case len(text) > maxText:
		cause := fmt.Sprintf("the expression is longer than %d bytes", maxText)
		return nil, &source.Error{Pos: source.Position{Column: 1}, Cause: cause, Limit: true}
	case !utf8.ValidString(text):
		const cause = "the expression is not UTF-8 text"
		return nil, &source.Error{Pos: source.Position{Column: 1}, Cause: cause, Limit: true}
	}
	all, err := tokens(text)
	p := parser{text: text, tokens: all, err: err}
	root := p.whole()
	if p.err != nil {
		p.err.Pos.Column = utf8.RuneCountInString(text[:p.err.Pos.Column]) + 1
		return nil, p.err
	}
	return &Expr{text: text, root: root}, nil
}

// errorAt is an error at a byte offset, which [Parse] turns into a column.
func errorAt(offset int, cause, hint string) *source.Error {
	return &source.Error{
		Pos: source.Position{Column: offset}, Cause: cause, Hints: source.Hints(hint),
	}
}

type parser struct {
	text   string
	tokens []token
	next   int // the token to be read
	depth  int
	err    *source.Error // the first one; after it the parser sees the end of the text
}

func (p *parser) peek() token { return p.ahead(0) }

func (p *parser) ahead(n int) token {
	if p.err != nil || p.next+n >= len(p.tokens) {
		return token{start: len(p.text), end: len(p.text)}
	}
	return p.tokens[p.next+n]
}

func (p *parser) take() token {
	t := p.peek()
	p.next++
	return t
}

func (p *parser) accept(operator string) bool {
	if !p.peek().is(operator) {
		return false
	}
	p.next++
	return true
}

func (p *parser) expect(operator string) {
	if !p.accept(operator) {
		p.unexpected(operator)
	}
}

// unexpected is the error that something else is needed at the next token.
func (p *parser) unexpected(wanted string) {
	t := p.peek()
	p.fail(t.start, fmt.Sprintf("%s where %s is expected", t.shown(p.text), wanted), "")
}

func (p *parser) fail(offset int, cause, hint string) {
	if p.err == nil {
		p.err = errorAt(offset, cause, hint)
	}
}

// made gives a node its place: from the token where it begins to the last one that was read.
func (p *parser) made(from int, n node) *node {
	if p.err == nil && p.next > from {
		n.start, n.end = p.tokens[from].start, p.tokens[p.next-1].end
	}
	return &n
}

// deeper counts levels of nesting, and reports whether there may be another one.
func (p *parser) deeper(levels int) bool {
	p.depth += levels
	if p.depth > maxDepth && p.err == nil {
		p.fail(p.peek().start, fmt.Sprintf("the expression is nested more than %d levels deep, "+
			"the most that gatewhy reads", maxDepth), "")
		p.err.Limit = true
	}
	return p.err == nil
}

func (p *parser) whole() *node {
	root := p.expression()
	if p.err == nil && p.peek().kind != tokenEnd {
		p.unexpected("an operator or the end")
	}
	return root
}

func (p *parser) expression() *node {
	if !p.deeper(1) {
		return &node{}
	}
	defer p.deeper(-1)
	from := p.next
	condition := p.joined("||", or, func() *node { return p.joined("&&", and, p.relation) })
	if !p.accept("?") {
		return condition
	}
	then := p.joined("||", or, func() *node { return p.joined("&&", and, p.relation) })
	p.expect(":")
	otherwise := p.expression()
	return p.made(from, node{kind: choice, args: []*node{condition, then, otherwise}})
}

// joined reads operands that && or || joins: they are one node, however many there are.
func (p *parser) joined(operator string, k kind, operand func() *node) *node {
	from := p.next
	all := []*node{operand()}
	for p.accept(operator) {
		all = append(all, operand())
	}
	if len(all) == 1 {
		return all[0]
	}
	return p.made(from, node{kind: k, args: all})
}

func (p *parser) relation() *node {
	return p.leftToRight(p.sum, func(t token) kind {
		switch {
		case t.isKeyword("in"):
			return within
		case t.kind == tokenOperator && strings.Contains(" < <= >= > == != ", " "+t.text+" "):
			return comparison
		}
		return literal
	})
}

func (p *parser) sum() *node {
	return p.leftToRight(p.product, func(t token) kind {
		if t.is("+") || t.is("-") {
			return arithmetic
		}
		return literal
	})
}

func (p *parser) product() *node {
	return p.leftToRight(p.unary, func(t token) kind {
		if t.is("*") || t.is("/") || t.is("%") {
			return arithmetic
		}
		return literal
	})
}

// leftToRight reads operands and the operators between them. What is not an operator of these is a
// literal.
func (p *parser) leftToRight(operand func() *node, of func(token) kind) *node {
	from, depth := p.next, p.depth
	left := operand()
	for {
		k := of(p.peek())
		if k == literal || !p.deeper(1) {
			break
		}
		operator := p.take()
		args := []*node{left, operand()}
		left = p.made(from, node{kind: k, name: operator.text, args: args})
	}
	p.depth = depth
	return left
}

// unary reads ! or - before a member. Two of them are none.
func (p *parser) unary() *node {
	from := p.next
	k, operator := not, "!"
	switch t := p.peek(); {
	case t.is("-") && !p.signed():
		k, operator = negate, "-"
	case !t.is("!"):
		return p.member()
	}
	n := 0
	for p.accept(operator) {
		n++
	}
	operand := p.member()
	if n%2 == 0 {
		return operand
	}
	return p.made(from, node{kind: k, args: []*node{operand}})
}

// signed reports whether a number with its sign comes next.
func (p *parser) signed() bool {
	number := p.ahead(1).kind
	return p.peek().is("-") && (number == tokenInt || number == tokenFloat)
}

// member reads a primary and what follows it: selectors, indexes and calls.
func (p *parser) member() *node {
	from, depth := p.next, p.depth
	n := p.primary()
	for p.err == nil && (p.peek().is(".") || p.peek().is("[")) && p.deeper(1) {
		if p.accept("[") {
			p.refuseOptional()
			args := []*node{n, p.expression()}
			p.expect("]")
			n = p.made(from, node{kind: index, args: args})
			continue
		}
		p.take()
		p.refuseOptional()
		name := p.take()
		switch {
		case name.kind == tokenName && p.peek().is("("):
			n = p.call(from, method, name, n)
		case name.kind == tokenName, name.kind == tokenQuoted:
			n = p.made(from, node{kind: member, name: name.text, args: []*node{n}})
		default:
			p.next--
			p.unexpected("a name")
		}
	}
	p.depth = depth
	return n
}

// refuseOptional refuses the ? of optional syntax, which Envoy Gateway does not switch on.
func (p *parser) refuseOptional() {
	if p.peek().is("?") {
		p.fail(p.peek().start, "optional syntax (.? and [?) is not switched on",
			"write has(a.b) && a.b == …")
	}
}

func (p *parser) primary() *node {
	from := p.next
	t := p.take()
	switch {
	case t.is("."), t.kind == tokenName:
		return p.named(from, t)
	case t.is("("):
		n := p.expression()
		p.expect(")")
		return n
	case t.is("["):
		return p.made(from, node{kind: list, args: p.items("]", p.item)})
	case t.is("{"):
		return p.made(from, node{kind: mapping, args: p.items("}", p.entry)})
	}
	p.next--
	return p.literal()
}

// named reads what begins with a name: a variable, a call, or a message.
func (p *parser) named(from int, t token) *node {
	dot := ""
	if t.is(".") {
		dot = "."
		t = p.take()
	}
	if t.kind != tokenName {
		p.next--
		p.unexpected("a name")
		return &node{}
	}
	if n := p.message(from, dot+t.text); n != nil {
		return n
	}
	if isReserved(t.text) {
		p.fail(t.start, t.text+" is a reserved word, and not the name of anything", "")
	}
	t.text = dot + t.text
	if p.peek().is("(") {
		return p.call(from, function, t)
	}
	return p.made(from, node{kind: ident, name: t.text})
}

// message reads a message from behind its first name; nil where none is written.
func (p *parser) message(from int, name string) *node {
	n := 0
	for p.ahead(n).is(".") && p.ahead(n+1).kind == tokenName {
		name += "." + p.ahead(n+1).text
		n += 2
	}
	if !p.ahead(n).is("{") {
		return nil
	}
	p.next += n + 1
	return p.made(from, node{kind: message, name: name, args: p.items("}", p.field)})
}

// items reads what commas separate, up to the closing bracket. A comma may come before it.
func (p *parser) items(closing string, item func() []*node) []*node {
	var all []*node
	for p.err == nil && !p.peek().is(closing) && !p.peek().is(",") {
		all = append(all, item()...)
		if p.peek().is(closing) || !p.peek().is(",") {
			break
		}
		if p.ahead(1).is(closing) {
			break
		}
		p.take()
	}
	p.accept(",")
	p.expect(closing)
	return all
}

func (p *parser) item() []*node {
	p.refuseOptional()
	return []*node{p.expression()}
}

func (p *parser) entry() []*node {
	p.refuseOptional()
	key := p.expression()
	p.expect(":")
	return []*node{key, p.expression()}
}

func (p *parser) field() []*node {
	p.refuseOptional()
	if t := p.take(); t.kind != tokenName && t.kind != tokenQuoted {
		p.next--
		p.unexpected("a field's name")
	}
	p.expect(":")
	return []*node{p.expression()}
}

// call reads the arguments of a call. Some names are macros.
func (p *parser) call(from int, k kind, name token, target ...*node) *node {
	args := target
	p.expect("(")
	for p.err == nil && !p.peek().is(")") {
		args = append(args, p.expression())
		if !p.peek().is(",") {
			break
		}
		p.take()
		if p.peek().is(")") {
			p.unexpected("another argument")
		}
	}
	p.expect(")")
	n := p.made(from, node{kind: k, name: name.text, args: args})
	if p.err == nil {
		p.expand(n, name)
	}
	return n
}

// expand makes a macro of a call that is one.
func (p *parser) expand(n *node, name token) {
	switch {
	case n.kind == function && n.name == "has" && len(n.args) == 1:
		of := n.args[0]
		if of.kind != member && of.kind != present {
			p.fail(name.start, "has() takes a member that is selected with a dot",
				"write has(a.b), or 'b' in a")
			return
		}
		n.kind, n.name, n.args = present, of.name, of.args
	case n.kind == method && isMacro(n.name, len(n.args)-1):
		variable := n.args[1]
		if variable.kind != ident || variable.name == "__result__" {
			p.fail(variable.start, "the first argument of "+n.name+"() is the name of a variable",
				"")
			return
		}
		n.kind = macro
	}
}

// isMacro reports whether a method with so many arguments is a macro.
func isMacro(name string, args int) bool {
	switch name {
	case "all", "exists", "exists_one", "existsOne", "filter":
		return args == 2
	case "map":
		return args == 2 || args == 3
	}
	return false
}

func isReserved(name string) bool {
	return slices.Contains([]string{
		"as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
		"loop", "package", "namespace", "return", "var", "void", "while",
	}, name)
}

// literal reads a number with its sign, a string, bytes, true, false or null.
func (p *parser) literal() *node {
	from := p.next
	sign := ""
	if p.signed() {
		sign = p.take().text
	}
	t := p.take()
	var v value
	var err error
	switch t.kind {
	case tokenInt:
		digits, base := radix(t.text)
		v.kind = intValue
		v.int, err = strconv.ParseInt(sign+digits, base, 64)
	case tokenUint:
		digits, base := radix(t.text[:len(t.text)-1])
		v.kind = uintValue
		v.uint, err = strconv.ParseUint(digits, base, 64)
	case tokenFloat:
		v.kind = doubleValue
		v.double, err = strconv.ParseFloat(sign+t.text, 64)
	case tokenString:
		v = textOf(t.text)
	case tokenBytes:
		v = value{kind: bytesValue, text: t.text}
	case tokenKeyword:
		if t.text == "in" {
			p.next--
			p.unexpected("a value")
		} else if t.text != "null" {
			v = boolOf(t.text == "true")
		}
	default:
		p.next--
		p.unexpected("a value")
	}
	if err != nil {
		p.fail(t.start, "the number "+t.text+" is out of range", "")
	}
	return p.made(from, node{kind: literal, value: v})
}

func radix(text string) (digits string, base int) {
	if hex, found := strings.CutPrefix(text, "0x"); found {
		return hex, 16
	}
	return text, 10
}

// Refused is why Envoy refuses the configuration that has this expression, though Envoy Gateway
// takes it; nil where it does not. Its position is the column.
func (e *Expr) Refused() *source.Error {
	var refused *source.Error
	e.root.each(func(n *node) {
		if refused == nil && n.isRefused() {
			column := utf8.RuneCountInString(e.text[:n.start]) + 1
			refused = errorAt(column, constructs(n), "")
		}
	})
	return refused
}

// isRefused reports whether Envoy has no such function, or has it switched off.
func (n *node) isRefused() bool {
	switch n.kind {
	case macro:
		return true
	case function, method:
		return !isFunction(n)
	}
	return false
}

// isFunction reports whether Envoy has a function of this name.
func isFunction(n *node) bool {
	switch n.name {
	case "size", "startsWith", "endsWith", "contains", "matches", "int", "uint", "double", "bytes",
		"bool", "dyn", "type", "timestamp", "duration":
		return true
	}
	return n.kind == method && strings.HasPrefix(n.name, "get")
}
