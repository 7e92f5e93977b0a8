package evaluator

import (
	"strconv"
	"strings"
)

// The nodes of an expression.
type (
	node      any
	literal   struct{ value any }
	list      struct{ items []node }
	name      struct{ text string }
	selection struct {
		of  node
		key any // a string or an int
	}
	call struct {
		name string
		args []node
	}
	binary struct {
		op          string
		left, right node
	}
	negation struct{ of node }
	presence struct {
		of  node
		key any
	}
	choice    struct{ condition, then, otherwise node }
	ambiguous struct{ one, other node } // grouped in one of two ways
	unsure    struct{}                  // grouped in a way that is not sure
)

// feature is a part of the language that not every gateway has.
type feature int

const (
	coercingEquality feature = iota // ~=
	startsWithCall
	presenceSelector // .name?
	nullLiteral
	isEmptyCall
	unresolved // a name that nothing defines
	gluedNot   // "not(" without a blank, which is reported not to work
)

// functions are the known functions, with the number of their operands.
var functions = map[string]int{
	"contains": 2, "splitBy": 2, "startsWith": 2, "sizeOf": 1, "isEmpty": 1, "lower": 1,
	"upper": 1,
}

// parse reads an expression of the subset that is sure: what is outside of it, or may be grouped
// in two ways, is no tree. Infix functions bind more loosely than one would think, and the table
// of precedence has errors (mulesoft.md 5.2), so they are read only where parentheses leave no
// choice.
func parse(text string) (tree node, features map[feature]bool) {
	p := parser{features: map[feature]bool{}}
	if !p.split(text) {
		return nil, nil
	}
	tree = p.level()
	if p.lost || p.at < len(p.tokens) {
		return nil, nil
	}
	return tree, p.features
}

type parser struct {
	tokens   []string
	at       int
	lost     bool // what was read is not of the subset
	features map[feature]bool
}

// split cuts the text into tokens, of which texts keep a quote in front as their mark. White space
// is what DataWeave takes for it.
func (p *parser) split(text string) bool {
	for text != "" {
		size := tokenSize(text)
		switch {
		case strings.ContainsRune(" \t\f\r\n", rune(text[0])):
			text = text[1:]
			continue
		case size == 0:
			return false
		}
		p.features[gluedNot] = p.features[gluedNot] || strings.HasPrefix(text, "not(")
		token := text[:size]
		text = text[size:]
		if token[0] == '\'' || token[0] == '"' {
			if strings.ContainsAny(token, "\\$") {
				return false
			}
			token = "'" + token[1:len(token)-1]
		}
		p.tokens = append(p.tokens, token)
	}
	return len(p.tokens) > 0
}

func tokenSize(text string) int {
	for _, symbol := range [...]string{
		"==", "!=", "++", "~=", ">=", "<=", "(", ")", "[", "]", ".", ",", ">", "<", "!", "?",
	} {
		if strings.HasPrefix(text, symbol) {
			return len(symbol)
		}
	}
	if text[0] == '\'' || text[0] == '"' {
		if end := strings.IndexByte(text[1:], text[0]); end >= 0 {
			return end + 2
		}
		return 0
	}
	size := 0
	for size < len(text) &&
		(letter(text[size]) || digit(text[size]) || size == 0 && text[0] == '-') {
		size++
	}
	return size
}

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }

func (p *parser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return ""
}

func (p *parser) take() string {
	token := p.peek()
	p.at++
	return token
}

func (p *parser) want(token string) {
	if p.take() != token {
		p.lost = true
	}
}

// The operators of one level. Infix functions of the first list are read from the left; beside
// other operators, how they are grouped is not sure.
var (
	infix       = []string{"contains", "splitBy", "startsWith"}
	loose       = []string{"default", "++"}
	comparisons = []string{"==", "!=", "~=", ">", "<", ">=", "<="}
	logical     = []string{"and", "or"}
)

func oneOf(all []string, token string) bool {
	for _, one := range all {
		if one == token {
			return true
		}
	}
	return false
}

// level reads what stands between two parentheses.
func (p *parser) level() node {
	n := p.operators(p.operand())
	for oneOf(infix, p.peek()) || oneOf(loose, p.peek()) || oneOf(comparisons, p.peek()) ||
		oneOf(logical, p.peek()) {
		p.take()
		p.primary()
		n = unsure{}
	}
	return n
}

// operand is a part between operators; a not in front of it applies to all that follows (5.2).
func (p *parser) operand() node {
	if p.peek() != "not" {
		return p.primary()
	}
	p.take()
	return negation{p.level()}
}

func (p *parser) operators(left node) node {
	switch op := p.peek(); {
	case op == "default":
		p.take()
		return p.defaulted(left)
	case op == "++":
		p.take()
		return binary{op, left, p.primary()}
	case oneOf(infix, op):
		for oneOf(infix, p.peek()) {
			name := p.take()
			left = p.applied(name, []node{left, p.primary()})
		}
		return left
	}
	return p.or(left)
}

// defaulted reads what follows a default: a comparison, "and" or "or" behind it may take the whole
// as its left side, or be the default's right side.
func (p *parser) defaulted(left node) node {
	right := p.primary()
	if !oneOf(comparisons, p.peek()) && p.peek() != "and" && p.peek() != "or" {
		return binary{"default", left, right}
	}
	start := p.at
	one := p.or(binary{"default", left, right})
	p.at = start
	return ambiguous{one, binary{"default", left, p.or(right)}}
}

// or: and binds tighter than or, and a comparison tighter than both.
func (p *parser) or(first node) node {
	left := p.and(first)
	for p.peek() == "or" {
		p.take()
		left = binary{"or", left, p.and(p.operand())}
	}
	return left
}

func (p *parser) and(first node) node {
	left := p.comparison(first)
	for p.peek() == "and" {
		p.take()
		left = binary{"and", left, p.comparison(p.operand())}
	}
	return left
}

func (p *parser) comparison(left node) node {
	if !oneOf(comparisons, p.peek()) {
		return left
	}
	op := p.take()
	p.features[coercingEquality] = p.features[coercingEquality] || op == "~="
	return binary{op, left, p.primary()}
}

func (p *parser) primary() node {
	token := p.take()
	var n node
	switch {
	case token == "":
		p.lost = true
	case token == "!": // since Mule 4.2; Mule 4.1 ended in November 2022
		return negation{p.primary()}
	case token == "(":
		n = p.level()
		p.want(")")
	case token == "[":
		return list{p.items("]")}
	case token == "if":
		return p.choice()
	case token[0] == '\'':
		return literal{token[1:]}
	case digit(token[0]):
		number, err := strconv.Atoi(token)
		p.lost = p.lost || err != nil
		return literal{float64(number)}
	case token == "true", token == "false":
		return literal{token == "true"}
	case token == "null":
		p.features[nullLiteral] = true
		return literal{nil}
	case functions[token] > 0 && p.peek() == "(":
		n = p.call(token)
	case oneOf([]string{"vars", "attributes", "payload", "authentication"}, token):
		n = name{token}
	case letter(token[0]) && p.peek() != "(" &&
		!oneOf([]string{"not", "and", "or", "else", "default"}, token):
		p.features[unresolved] = true
		n = name{token}
	default:
		p.lost = true
	}
	return p.selections(n)
}

func (p *parser) call(name string) node {
	p.take()
	args := p.items(")")
	p.lost = p.lost || len(args) != functions[name]
	return p.applied(name, args)
}

func (p *parser) applied(name string, args []node) node {
	p.features[isEmptyCall] = p.features[isEmptyCall] || name == "isEmpty"
	p.features[startsWithCall] = p.features[startsWithCall] || name == "startsWith"
	return call{name, args}
}

func (p *parser) items(end string) []node {
	var items []node
	for p.peek() != end && !p.lost {
		items = append(items, p.level())
		if p.peek() != end {
			p.want(",")
		}
	}
	p.want(end)
	return items
}

func (p *parser) choice() node {
	p.want("(")
	condition := p.level()
	p.want(")")
	then := p.primary()
	p.want("else")
	return choice{condition, then, p.level()} // else takes all that follows
}

func (p *parser) selections(n node) node {
	for !p.lost {
		switch p.peek() {
		case ".":
			p.take()
			key := p.take()
			switch {
			case key == "":
				p.lost = true
			case key[0] == '\'':
				key = key[1:]
			case !letter(key[0]):
				p.lost = true
			}
			n = selection{n, key}
		case "[":
			p.take()
			n = selection{n, p.index()}
			p.want("]")
		case "?":
			p.take()
			p.features[presenceSelector] = true
			of, isSelection := n.(selection)
			p.lost = p.lost || !isSelection
			return presence(of)
		default:
			return n
		}
	}
	return n
}

func (p *parser) index() any {
	token := p.take()
	if token != "" && token[0] == '\'' {
		return token[1:]
	}
	number, err := strconv.Atoi(token)
	p.lost = p.lost || err != nil
	return number
}
