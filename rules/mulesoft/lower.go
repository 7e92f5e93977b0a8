package mulesoft

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/dataweave"
)

// dialect is the expression language of the gateway that the entry is compiled for.
func (c *compiler) dialect() dataweave.Dialect {
	if c.variant == Flex {
		return dataweave.Flex
	}
	return dataweave.Mule
}

// expression is a field's text as the gateway takes it.
type expression struct {
	text  string
	expr  *dataweave.Expr // nil where the text is a literal or can't be read
	fault *rules.Unknown  // why the text can't be read
}

// exact reports whether the expression's tree is what the gateway runs, without a doubt.
func (e expression) exact() bool {
	return e.expr != nil && len(e.expr.Unsupported()) == 0 &&
		!slices.ContainsFunc(e.expr.Ambiguities(), func(a dataweave.Ambiguity) bool { return a.Undecided })
}

func (c *compiler) parse(field string) expression {
	code, offset, isExpression := dataweave.Template(field)
	e := expression{text: strings.TrimSpace(field)}
	if !isExpression {
		return e
	}
	expr, err := dataweave.Parse(code, c.dialect())
	if err != nil {
		e.fault = unreadable(offset, err)
		return e
	}
	e.expr = expr
	return e
}

// claimTest is what a custom claim's value asks of it: to equal a literal, or an expression to give true.
func (c *compiler) claimTest(claim, field string) rules.Predicate {
	e := c.parse(field)
	if e.expr == nil && e.fault == nil {
		return rules.Predicate{Op: rules.Equals, Input: rules.Claim(claim), Values: rules.Literals(field), Loose: true}
	}
	if e.exact() {
		if p, ok := lower(e.expr.Root, true); ok {
			return p
		}
	}
	return rules.Predicate{Op: rules.True, Input: c.opaque(e)}
}

// input is what a client id expression reads: a claim where that is all it does.
func (c *compiler) input(field string) rules.Input {
	e := c.parse(field)
	if e.expr == nil && e.fault == nil {
		e.fault = plainText()
	}
	if e.exact() {
		if claim, ok := claimPath(e.expr.Root); ok {
			return rules.Claim(claim)
		}
	}
	return c.opaque(e)
}

// plainText is why nothing is known of a field that should hold an expression and holds a text.
func plainText() *rules.Unknown {
	return &rules.Unknown{Why: "it is no expression, and how the gateway takes a plain text here is not documented"}
}

// claimPath is the claim that a node selects, where it does nothing else.
func claimPath(n *dataweave.Node) (string, bool) {
	if path := n.Path(); len(path) == 3 && path[0] == "vars" && path[1] == "claimSet" {
		return path[2], true
	}
	return "", false
}

// lower turns a boolean expression into predicates where they mean exactly the same. Positive says that the expression is true only
// where this part is: a part that is null or an error is as good as false then.
func lower(n *dataweave.Node, positive bool) (rules.Predicate, bool) {
	switch n = n.Bare(); n.Kind {
	case dataweave.And:
		return lowerAll(rules.And, n.Args, positive)
	case dataweave.Or:
		return lowerAll(rules.Or, n.Args, false)
	case dataweave.Not:
		p, ok := lower(n.Args[0], false)
		return rules.Negate(p), ok
	case dataweave.Compare:
		return lowerCompare(n)
	case dataweave.Call:
		return lowerContains(n, positive)
	}
	return rules.Predicate{}, false
}

func lowerAll(op rules.Op, args []*dataweave.Node, positive bool) (rules.Predicate, bool) {
	p := rules.Predicate{Op: op}
	for _, arg := range args {
		part, ok := lower(arg, positive)
		if !ok {
			return p, false
		}
		p.Of = append(p.Of, part)
	}
	return p, true
}

// lowerCompare lowers the comparison of a claim with a string or null.
func lowerCompare(n *dataweave.Node) (rules.Predicate, bool) {
	claim, ok := claimPath(n.Args[0])
	literal, isLiteral := n.Args[1].Literal()
	if !ok {
		claim, ok = claimPath(n.Args[1])
		literal, isLiteral = n.Args[0].Literal()
	}
	if !ok || !isLiteral || n.Name != "==" && n.Name != "!=" {
		return rules.Predicate{}, false
	}
	var p rules.Predicate
	switch literal.Kind {
	case source.String:
		p = rules.Predicate{Op: rules.Equals, Input: rules.Claim(claim), Values: []*source.Value{literal}}
	case source.Null:
		p = rules.Negate(rules.Found(rules.Claim(claim)))
	default:
		return p, false
	}
	if n.Name == "!=" {
		p = rules.Negate(p)
	}
	return p, true
}

// lowerContains lowers "claim contains 'x'". Of a claim that is absent it is false or an error, by the gateway and its version: the same
// only where the whole is not true then.
func lowerContains(n *dataweave.Node, positive bool) (rules.Predicate, bool) {
	if n.Name != "contains" || len(n.Args) != 2 || !positive {
		return rules.Predicate{}, false
	}
	claim, ok := claimPath(n.Args[0])
	literal, isLiteral := n.Args[1].Literal()
	if !ok || !isLiteral || literal.Kind != source.String {
		return rules.Predicate{}, false
	}
	return rules.Predicate{Op: rules.Contains, Input: rules.Claim(claim), Values: []*source.Value{literal}}, true
}

// opaque is the input that evaluates the expression as a whole.
func (c *compiler) opaque(e expression) rules.Input {
	in := rules.Input{Source: rules.FromExpression, Opaque: &rules.Opaque{Text: e.text}}
	if e.expr == nil {
		in.Opaque.Eval = func(*rules.Request) rules.Reading { return rules.Reading{Unknown: e.fault} }
		return in
	}
	in.Opaque.Reads = reads(e.expr)
	in.Opaque.Eval = func(r *rules.Request) rules.Reading {
		got := reading(e.expr.Eval(environment(r, c.runtime, "")))
		return c.dependsOnRuntime(asking(got, in.Opaque.Reads, r), e.expr, r)
	}
	return in
}

// dependsOnRuntime says so where the version of the runtime would decide what an expression gives.
func (c *compiler) dependsOnRuntime(got rules.Reading, expr *dataweave.Expr, r *rules.Request) rules.Reading {
	if got.Unknown == nil || c.runtime.Known() {
		return got
	}
	since24 := dataweave.Version{Major: 4, Minor: 4}
	if expr.Eval(environment(r, since24, "")).Unknown == nil {
		got.Unknown.Ask = "--runtime VERSION: the version of the Mule runtime, on which this expression depends"
	}
	return got
}

// reads lists what an expression reads.
func reads(expr *dataweave.Expr) []rules.Input {
	var all []rules.Input
	for _, claim := range expr.Claims() {
		all = append(all, rules.Claim(claim))
	}
	for _, path := range expr.Reads() {
		if name, ok := strings.CutPrefix(path, "attributes.headers."); ok {
			all = append(all, rules.Input{Source: rules.FromHTTP, Name: name})
		}
	}
	return all
}

// asking says which header to pass, where an expression can't be evaluated without it.
func asking(got rules.Reading, reads []rules.Input, r *rules.Request) rules.Reading {
	if got.Unknown == nil {
		return got
	}
	for _, in := range reads {
		if in.Source == rules.FromHTTP && r.Read(in).Value == nil {
			got.Unknown.Ask = fmt.Sprintf(`-H "%[1]s: …": what the client sends in it; "%[1]s:" where it sends none`, in.Name)
			return got
		}
	}
	return got
}

func reading(result dataweave.Result) rules.Reading {
	switch {
	case result.Failure != nil:
		return rules.Reading{Fault: result.Failure.Why}
	case result.Unknown != nil && result.Unknown.NeverTrue:
		return rules.Reading{Value: &source.Value{Kind: source.Bool, Text: "false"}}
	case result.Unknown != nil:
		return rules.Reading{Unknown: &rules.Unknown{Why: unknownWords(result.Unknown)}}
	}
	return rules.Reading{Value: result.Value}
}

func unknownWords(u *dataweave.Unknown) string {
	why := u.Why
	if u.Construct != "" && !strings.Contains(why, u.Construct) {
		why = u.Construct + ": " + why
	}
	if u.Write != "" {
		why += "; write " + u.Write
	}
	return why
}

// unreadable says why an expression can't be read. Columns count from the beginning of the field's text.
func unreadable(offset int, err error) *rules.Unknown {
	var fault *dataweave.Error
	if errors.As(err, &fault) {
		return &rules.Unknown{Why: fmt.Sprintf("the expression can't be read: column %d: %s", offset+fault.Column, fault.Cause), Ask: fault.Hint}
	}
	return &rules.Unknown{Why: "the expression can't be read: " + err.Error()}
}

// tokenExpression is the check that the policy's expression gives the token. The token is taken to be sent in the header that the expression
// reads, where nothing else is known of it.
func (j *jwtCompiler) tokenExpression(field setting) rules.Predicate {
	e := j.parse(field.text)
	if e.expr == nil && e.fault == nil {
		e.fault = plainText()
	}
	in := j.opaque(e)
	if e.expr == nil {
		return rules.Has(in)
	}
	sentIn := ""
	if path := e.expr.Root.Path(); len(path) == 3 && path[0] == "attributes" && path[1] == "headers" {
		sentIn = strings.ToLower(path[2])
	}
	in.Opaque.Eval = func(r *rules.Request) rules.Reading { return j.tokenFrom(e.expr, r, sentIn) }
	return rules.Has(in)
}

func (j *jwtCompiler) tokenFrom(expr *dataweave.Expr, r *rules.Request, sentIn string) rules.Reading {
	if r.Token == nil {
		return rules.Reading{}
	}
	got := reading(expr.Eval(environment(r, j.runtime, sentIn)))
	if got.Value != nil && got.Value.Kind != source.Null && got.Value.Text != tokenStandIn {
		return rules.Reading{Unknown: &rules.Unknown{Why: "the expression gives something else than the token"}}
	}
	return got
}
