// Package dataweave reads and evaluates the expressions that MuleSoft policies write as #[ … ]. It
// knows two dialects: DataWeave 2 as a Mule runtime runs it, and PEL, the subset that Flex Gateway
// runs.
//
// [Template] finds the expression in a field's text. [Parse] reads it for one [Dialect].
// [Expr.Eval] gives the value that the gateway would get, or says why we cannot know it.
//
// The package covers what people write in policies: selectors (.a, ."a-b", ['a'], [0], [0 to 1],
// .a?), literals, lists, == != ~= < > <= >=, and, or, not, !, if else, default, ++, as, lambdas,
// and the functions in [Table]. Whatever else DataWeave has (declarations, an object literal, a
// date, …) becomes a node of kind [Unsupported]: the expression is not at fault, its value is
// unknown. Only what no DataWeave parser accepts is an error.
//
// What the documentation leaves open stays open here: a text that can be read in two ways, a
// difference between versions of the runtime, a coercion that no page describes. Such an
// expression evaluates to unknown, with the reason, the column and, where there is one, the form
// to write instead. [Table] has a row for every rule that we use, with its evidence and reference,
// and the tests run each row.
//
// The package must not know policies, tokens or requests: an expression reads an [Env], and the
// adapter fills it. It must not guess, and it must not change what it is given.
package dataweave

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// The limits of what we parse: bytes of text, and levels of brackets and prefix operators.
const (
	maxText  = 32 << 10
	maxDepth = 250
)

// Expr is a parsed expression. It is immutable, so several goroutines may evaluate it.
type Expr struct {
	Root    *Node
	Dialect Dialect

	reads, claims []string    // paths, and names
	ambiguities   []Ambiguity // without their readings
	uncompilable  *Construct  // what may keep the gateway from running any of it, or nil

	text    string
	spelled sync.Once
	reading Ambiguity // what all of them have in common

	once  sync.Once
	parts *claimParts // for Parts; nil where there are none
}

// Template finds the expression in the text of a field. A text that begins with #[ and ends with
// ], apart from white space around it, is an expression: expr is the text between them, and offset
// is the number of characters before expr, to be added to the columns that Parse gives. Any other
// text is a literal.
//
// A text that begins with #[ and is not closed comes back whole, as an expression: Parse says what
// is wrong with it.
func Template(text string) (expr string, offset int, isExpression bool) {
	trimmed := strings.TrimSpace(text)
	if !strings.HasPrefix(trimmed, "#[") {
		return text, 0, false
	}
	start := strings.Index(text, "#[")
	if !strings.HasSuffix(trimmed, "]") {
		return trimmed, utf8.RuneCountInString(text[:start]), true
	}
	inner := trimmed[2 : len(trimmed)-1]
	return inner, utf8.RuneCountInString(text[:start]) + 2, true
}

// Parse reads an expression without its #[ ]. The error, if any, is a *source.Error whose position
// is the column, in characters of the text. It means that the gateway refuses the text too, or,
// where Limit is set, that the text goes beyond the limits of this package.
//
// A text that uses more of DataWeave than we, or the dialect, support is not an error: its tree
// has Unsupported nodes, and Expr.Unsupported lists them.
func Parse(text string, d Dialect) (*Expr, error) {
	if len(text) > maxText {
		cause := fmt.Sprintf("the expression is longer than %d bytes", maxText)
		return nil, limitError(1, cause, "is this one expression?")
	}
	if !utf8.ValidString(text) {
		return nil, limitError(1, "the expression is not UTF-8 text", "")
	}
	root, err := newParser(text, d).parse()
	if err != nil {
		return nil, err
	}
	e := &Expr{Root: root, Dialect: d, text: text}
	e.findAmbiguities()
	prepare(root, d)
	e.uncompilable = e.findUncompilable()
	e.findReads()
	return e, nil
}

// errorAt is an error at a column of the text. Until the parser returns it, that is a byte offset.
func errorAt(column int, cause, hint string) *source.Error {
	place := source.Position{Column: column}
	return &source.Error{Pos: place, Cause: cause, Hints: source.Hints(hint)}
}

// limitError is an error about the limits of this package: it says nothing about the gateway.
func limitError(column int, cause, hint string) *source.Error {
	err := errorAt(column, cause, hint)
	err.Limit = true
	return err
}

// unsupported ends the parsing of a text at a construct that the parser recognises but cannot step
// over. Its column is a byte offset at first, as that of errorAt.
type unsupported struct {
	Name   string
	Column int
}

func (u *unsupported) Error() string {
	return fmt.Sprintf("column %d: %s is not supported", u.Column, u.Name)
}

type parser struct {
	scan    scanner
	dialect Dialect
	columns []int // the column of each byte; nil where each character is one byte
	asMeant bool  // infix functions bind tighter than comparisons, as people expect
	tok     token
	depth   int
	err     error // the first one; after it the parser sees the end of the text
}

func newParser(text string, d Dialect) *parser {
	return &parser{scan: scanner{text: text}, dialect: d, columns: columns(text)}
}

// columns returns the column, in characters from 1, of every byte of a text that is not plain
// ASCII.
func columns(text string) []int {
	if utf8.RuneCountInString(text) == len(text) {
		return nil
	}
	table := make([]int, 0, len(text)+1)
	column := 0
	for i := range len(text) {
		if utf8.RuneStart(text[i]) {
			column++
		}
		table = append(table, max(column, 1))
	}
	return append(table, column+1)
}

func (p *parser) column(offset int) int {
	if p.columns == nil {
		return offset + 1
	}
	return p.columns[offset]
}

// parse reads the whole text. A construct that the parser cannot step over makes one Unsupported
// node of the whole text.
func (p *parser) parse() (*Node, error) {
	root := p.script()
	var u *unsupported
	switch {
	case errors.As(p.err, &u):
		root = &Node{Kind: Unsupported, Name: u.Name, Text: p.scan.text, Column: u.Column}
	case p.err != nil:
		return nil, p.err
	}
	if offset, r, found := findStraySpace(p.scan.text); found {
		return nil, straySpaceError(p.column(offset), r)
	}
	return root, nil
}

// script reads a body with or without a header before it.
func (p *parser) script() *Node {
	text := p.scan.text
	end := headerEnd(text)
	header := strings.TrimSpace(text[:end])
	if end > 0 {
		p.scan.pos = end
		n := p.node(Script, end-len(header), p.body())
		n.Text = header
		return n
	}
	if start := strings.Index(text, "%dw"); start >= 0 && strings.TrimSpace(text[:start]) == "" {
		p.refuse("a script header (%dw …)", start)
		return nil
	}
	return p.body()
}

// headerEnd returns the offset behind the --- that ends a script's header, or 0.
func headerEnd(text string) int {
	for pos := 0; pos < len(text); {
		switch {
		case strings.HasPrefix(text[pos:], "---"):
			return pos + 3
		case strings.IndexByte(`'"`, text[pos]) >= 0:
			pos = stringEnd(text, pos)
		case strings.IndexByte("([{", text[pos]) >= 0:
			if pos = balanced(text, pos); pos == 0 {
				return 0
			}
		default:
			pos++
		}
	}
	return 0
}

func (p *parser) body() *Node {
	p.advance()
	if p.tok.kind == tokenEnd {
		p.refuse("an empty expression", p.tok.start)
		return nil
	}
	n := p.expression()
	if p.tok.kind != tokenEnd {
		p.unexpected("an operator or the end of the expression")
	}
	if p.dialect == Flex && p.scan.comment > 0 {
		p.refuse("a comment", p.scan.comment-1)
	}
	return n
}

// advance reads the next token.
func (p *parser) advance() {
	if p.err != nil {
		return
	}
	t, err := p.scan.next()
	if err != nil {
		p.fail(err)
		return
	}
	p.tok = t
}

// fail keeps the first error, turns its byte offset into a column, and lets the parser see the
// end.
func (p *parser) fail(err error) {
	if p.err != nil {
		return
	}
	var e *source.Error
	var u *unsupported
	switch {
	case errors.As(err, &e):
		e.Pos.Column = p.column(e.Pos.Column)
	case errors.As(err, &u):
		u.Column = p.column(u.Column)
	}
	p.err = err
	p.tok = token{start: len(p.scan.text), end: len(p.scan.text)}
}

// refuse ends the parsing at a construct that DataWeave has and this package does not read.
func (p *parser) refuse(construct string, offset int) {
	p.fail(&unsupported{Name: construct, Column: offset})
}

// unexpected fails at a token that cannot stand here. Where no DataWeave parser accepts it, that
// is an error, else a construct that we do not support.
func (p *parser) unexpected(wanted string) {
	if construct := p.constructOf(p.tok); construct != "" {
		p.refuse(construct, p.tok.start)
		return
	}
	cause, hint := fmt.Sprintf("there is %s where %s is expected", p.tok.describe(), wanted), ""
	if p.tok.kind == tokenEnd {
		cause = fmt.Sprintf("the expression ends where %s is expected", wanted)
	}
	switch p.tok.text {
	case "=":
		hint = "equality is written =="
	case "&&":
		hint = `write "and"`
	case "||":
		hint = `write "or"`
	}
	if p.tok.is("#") {
		cause = "#[ is inside the expression, or is not closed by ]"
		hint = "one #[ … ] goes around the whole expression"
	}
	p.fail(errorAt(p.tok.start, cause, hint))
}

func (t token) describe() string {
	switch t.kind {
	case tokenString:
		return "a string"
	case tokenNumber:
		return "the number " + t.text
	case tokenName:
		return "the name " + t.text
	default:
		return t.text
	}
}

// constructOf names the construct that an operator belongs to where this package does not read it.
func (p *parser) constructOf(t token) string {
	if t.kind != tokenOperator {
		return ""
	}
	switch t.text {
	case ":":
		return "an object without braces"
	case "->":
		return lambda
	case "#":
		if strings.HasPrefix(p.scan.text[t.start:], "#[") {
			return ""
		}
		return "a namespace"
	case "@", "^", "&", "|", "~", "%", ";", "{", "?", "\\", ".", "+",
		"...", "---", "<~", "=>", "++", "--", "..", "<<", ">>", "::":
		return t.text + " at this place"
	case "&&", "||":
		if p.dialect == Flex {
			return t.text
		}
	}
	return ""
}

func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxDepth {
		cause := fmt.Sprintf("the expression is nested more than %d levels deep", maxDepth)
		p.fail(limitError(p.tok.start, cause, "is this an expression, or generated text?"))
	}
	return p.err == nil
}

func (p *parser) leave() { p.depth-- }

func (p *parser) node(kind Kind, offset int, args ...*Node) *Node {
	return &Node{Kind: kind, Args: args, Column: p.column(offset)}
}

// The levels of precedence, loosest first (docs.mulesoft.com/dataweave, Precedence in DataWeave,
// levels 10 to 2). Each has a function below:
//
//	if else, default and infix functions
//	or
//	and
//	== != ~=
//	< > <= >= is
//	+ - << >>
//	* /
//	as
//	! and selectors
//
// "not" comes before an operand, but takes everything up to an infix function with it.

// expression reads a whole expression: the content of a bracket, an argument, a branch.
func (p *parser) expression() *Node {
	defer p.leave()
	if !p.enter() {
		return nil
	}
	if p.asMeant {
		return p.or()
	}
	return p.infix(p.or)
}

// infix reads a chain of infix functions and defaults, which runs from left to right.
func (p *parser) infix(operand func() *Node) *Node {
	left := operand()
	for {
		switch {
		case p.tok.isName("default"):
			left = p.binary(Default, left, operand)
		case p.tok.isName("match"), p.tok.isName("update"):
			left = p.patterns(left, operand)
		case p.tok.is("++"), p.tok.is("--"), p.tok.kind == tokenName && !isReserved(p.tok.text):
			left = p.infixCall(left, operand)
		default:
			return left
		}
	}
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

func (p *parser) or() *Node  { return p.chain(Or, "or", p.and) }
func (p *parser) and() *Node { return p.chain(And, "and", p.equality) }

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

func (p *parser) equality() *Node {
	return p.leftToRight(Compare, p.relation, "==", "!=", "~=")
}

func (p *parser) relation() *Node {
	operators := []string{"<", ">", "<=", ">="}
	left := p.term()
	for {
		switch {
		case slices.ContainsFunc(operators, p.tok.is):
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
	if p.asMeant {
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

// leftToRight reads operands joined by any of some operators, from left to right.
func (p *parser) leftToRight(kind Kind, operand func() *Node, operators ...string) *Node {
	left := operand()
	for slices.ContainsFunc(operators, p.tok.is) {
		left = p.binary(kind, left, operand)
	}
	return left
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
		return p.exclamation()
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
	if p.asMeant {
		n.Text, operand = "", p.equality
	}
	return p.negated(n, operand)
}

// exclamation takes the next term: !true or true is (!true) or true.
func (p *parser) exclamation() *Node {
	n := p.node(Not, p.tok.start)
	n.Name = "!"
	p.advance()
	operand := p.unary
	if p.asMeant {
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

// isReserved reports whether a name is a word of the language, which cannot name an infix
// function. The list is the keywords of MuleSoft's own grammar for editors
// (mulesoft-labs/data-weave-intellij-plugin, _WeaveLexer.flex).
func isReserved(name string) bool {
	switch name {
	case "and", "or", "not", "if", "else", "unless", "using", "as", "is", "do", "default", "match",
		"update", "null", "true", "false", "case", "at":
		return true
	}
	return false
}
