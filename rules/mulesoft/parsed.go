package mulesoft

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// parsedTexts are expressions that were parsed before, of any policy.
type parsedTexts struct {
	rules.Compiled[parsedText, *dataweave.Expr]
}

type parsedText struct {
	text    string
	dialect dataweave.Dialect
}

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
	parse := func() (*dataweave.Expr, error) { return dataweave.Parse(text, d) }
	if p == nil {
		return parse()
	}
	return p.Of(parsedText{text, d}, text, parse)
}
