package dataweave

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// The limits of what is parsed: bytes of text, and levels of brackets and prefix operators.
const (
	maxText  = 32 << 10
	maxDepth = 250
)

// Expr is a parsed expression. It is immutable and may be evaluated from several goroutines.
type Expr struct {
	Root    *Node
	Dialect Dialect

	unclear []Ambiguity
	refused *Construct // what keeps the whole from being compiled, perhaps; nil for nothing
}

// Parse reads an expression, without its #[ ]. The error, if any, is a *source.Error whose position is
// the column, in characters of the text: the gateway refuses the text too, or, where Limit is set, the
// text goes beyond the limits of this package. A text that uses more of DataWeave than this package, or the
// dialect, supports is no error: its tree holds Unsupported nodes, which Expr.Unsupported lists.
func Parse(text string, d Dialect) (*Expr, error) {
	if len(text) > maxText {
		cause := fmt.Sprintf("the expression is longer than %d bytes", maxText)
		return nil, beyond(1, cause, "is this one expression?")
	}
	if !utf8.ValidString(text) {
		return nil, beyond(1, "the expression is not UTF-8 text", "")
	}
	root, err := newParser(text, d).parse()
	if err != nil {
		return nil, err
	}
	e := &Expr{Root: root, Dialect: d}
	e.findAmbiguities(text)
	prepare(root, d)
	e.refused = e.uncompiled()
	return e, nil
}

type parser struct {
	scan    scanner
	dialect Dialect
	columns []int // of each byte; nil where all characters are bytes
	tight   bool  // infix functions bind tighter than comparisons: what people mean, not what DataWeave does
	tok     token
	depth   int
	err     error // the first one; from then on the parser sees the end of the text
}

func newParser(text string, d Dialect) *parser {
	return &parser{scan: scanner{text: text}, dialect: d, columns: columns(text)}
}

// parse reads the whole text. What the parser recognises but can't step over makes one Unsupported node of it.
func (p *parser) parse() (*Node, error) {
	root := p.script()
	var u *unsupported
	switch {
	case p.err == nil:
		return root, nil
	case errors.As(p.err, &u):
		return &Node{Kind: Unsupported, Name: u.Name, Text: p.scan.text, Column: u.Column}, nil
	default:
		return nil, p.err
	}
}

// script reads a body with or without a header before it.
func (p *parser) script() *Node {
	text := p.scan.text
	if end := headerEnd(text); end > 0 {
		start := len(text) - len(strings.TrimSpace(text[:end])) - len(text[end:])
		p.scan.pos = end
		body := p.body()
		return &Node{Kind: Script, Text: strings.TrimSpace(text[:end]), Args: []*Node{body}, Column: p.column(start)}
	}
	if start := strings.Index(text, "%dw"); start >= 0 && strings.TrimSpace(text[:start]) == "" {
		p.refuse("a script header (%dw …)", start)
		return nil
	}
	return p.body()
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

// fail keeps the first error, with its byte offset turned into a column, and lets the parser see the end.
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

// refuse ends the parsing at a construct that is part of DataWeave, but not of what this package reads.
func (p *parser) refuse(construct string, offset int) {
	p.fail(&unsupported{Name: construct, Column: offset})
}

func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxDepth {
		cause := fmt.Sprintf("the expression is nested more than %d levels deep", maxDepth)
		p.fail(beyond(p.tok.start, cause, "is this an expression, or generated text?"))
	}
	return p.err == nil
}

func (p *parser) leave() { p.depth-- }

func (p *parser) node(kind Kind, offset int, args ...*Node) *Node {
	return &Node{Kind: kind, Args: args, Column: p.column(offset)}
}

// columns returns the column, in characters from 1, of every byte of a text that isn't plain ASCII.
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
