package dataweave

import (
	"fmt"
	"strings"
)

// unexpected fails at a token that can't stand here: an error where no DataWeave parser accepts it, else a
// construct that isn't supported.
func (p *parser) unexpected(wanted string) {
	if construct := p.constructOf(p.tok); construct != "" {
		p.refuse(construct, p.tok.start)
		return
	}
	cause, hint := fmt.Sprintf("%s stands where %s is expected", p.tok.describe(), wanted), ""
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
		cause = "#[ stands inside the expression, or is not closed by ]"
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

// constructOf names the construct that an operator belongs to where this package doesn't read it.
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
	case "@", "^", "&", "|", "~", "%", ";", "{", "...", "---", "?", "\\", "<~", "=>", "++", "--", "+", ".", "..", "<<", ">>", "::":
		return t.text + " at this place"
	case "&&", "||":
		if p.dialect == Flex {
			return t.text
		}
	}
	return ""
}
