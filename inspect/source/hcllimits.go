package source

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

const (
	maxHCL       = 256 << 10 // bytes
	maxHCLDepth  = 500       // levels of brackets; the parser's stack takes some 20 KiB for each
	maxOperators = 20_000    // signs in one file that the parser descends for
	maxMelded    = 256 << 20 // bytes that the parser copies to put strings together
)

// checkSize refuses text that the parser of HCL, which knows no limit, would use up the stack for.
func (r *hclReader) checkSize(text []byte) error {
	if len(text) > maxHCL {
		return r.file.errorAt(r.base, fmt.Sprintf("the text has more than %d KiB", maxHCL>>10), wrongFile)
	}
	tokens, _ := hclsyntax.LexConfig(text, r.file.Name, hcl.InitialPos)
	var cost hclCost
	for _, token := range tokens {
		cost.add(token)
		if excess := cost.excess(); excess != "" {
			return r.file.errorAt(r.base+token.Range.Start.Byte, excess, wrongFile)
		}
	}
	return nil
}

// hclCost is what parsing costs.
type hclCost struct {
	depth     int // of open brackets
	operators int
	text      int // bytes of the string that is being read
	melded    int // bytes copied for strings: each line is added to a copy of all lines before it
}

func (c *hclCost) add(token hclsyntax.Token) {
	c.depth += nesting(token.Type)
	if descends(token.Type) {
		c.operators++
	}
	c.text += len(token.Bytes)
	if token.Type != hclsyntax.TokenStringLit && token.Type != hclsyntax.TokenQuotedLit {
		c.text = 0
	}
	c.melded += c.text
}

// excess returns what is too much, or nothing.
func (c *hclCost) excess() string {
	switch {
	case c.depth > maxHCLDepth:
		return fmt.Sprintf("values are nested more than %d levels deep", maxHCLDepth)
	case c.operators > maxOperators:
		return fmt.Sprintf("the file has more than %d operators", maxOperators)
	case c.melded > maxMelded:
		return "a string of the file has too many lines"
	}
	return ""
}

// nesting returns by how many levels a token goes down or up.
func nesting(token hclsyntax.TokenType) int {
	switch token {
	case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc,
		hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		return 1
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc,
		hclsyntax.TokenTemplateSeqEnd:
		return -1
	}
	return 0
}

// descends reports whether the parser goes down a level for an operator, with no bracket to show for it.
func descends(token hclsyntax.TokenType) bool {
	switch token {
	case hclsyntax.TokenBang, hclsyntax.TokenMinus, hclsyntax.TokenQuestion, hclsyntax.TokenStar, hclsyntax.TokenTemplateControl:
		return true
	}
	return false
}
