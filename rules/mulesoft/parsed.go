package mulesoft

import (
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// parsedTexts are expressions that were parsed before: most files of an estate have the same ones,
// and more than one reader of a file asks. Any number of goroutines may ask at once. A nil one
// keeps nothing.
type parsedTexts struct {
	mutex sync.Mutex
	known map[parsedText]*dataweave.Expr
}

type parsedText struct {
	text    string
	dialect dataweave.Dialect
}

// What is kept: so many texts, none of which is longer.
const (
	mostParsed    = 256
	longestParsed = 1 << 10 // bytes
)

// read reads files, and remembers the expressions of their policies when they are parsed.
func (p *parsedTexts) read(
	files []*source.File, options rules.Options,
) (*rules.Configuration, error) {
	c, err := readFiles(files, options)
	if err != nil {
		return nil, err
	}
	for _, e := range entriesOf(c) {
		e.parsed = p
	}
	return c, nil
}

// parse is [dataweave.Parse].
func (p *parsedTexts) parse(text string, d dataweave.Dialect) (*dataweave.Expr, error) {
	if p == nil || len(text) > longestParsed {
		return dataweave.Parse(text, d)
	}
	p.mutex.Lock()
	expr := p.known[parsedText{text, d}]
	p.mutex.Unlock()
	if expr != nil {
		return expr, nil
	}
	expr, err := dataweave.Parse(text, d)
	if err == nil {
		p.keep(parsedText{text, d}, expr)
	}
	return expr, err
}

func (p *parsedTexts) keep(text parsedText, expr *dataweave.Expr) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.known == nil || len(p.known) == mostParsed {
		p.known = map[parsedText]*dataweave.Expr{}
	}
	p.known[text] = expr
}
