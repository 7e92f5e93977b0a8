package mulesoft

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
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
	text   string
	expr   *dataweave.Expr // nil where the text is a literal or can't be read
	claims []string        // the names of the claims that it reads
	fault  *rules.Unknown  // why the text can't be read
}

// exact reports whether the expression's tree is what the gateway runs, without a doubt.
func (e expression) exact() bool {
	return e.expr != nil && len(e.expr.Unsupported()) == 0 &&
		!slices.ContainsFunc(
			e.expr.Ambiguities(), func(a dataweave.Ambiguity) bool { return a.Undecided },
		)
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
	e.expr, e.claims = expr, expr.Claims()
	return e
}

// plainText is why nothing is known of a field that should hold an expression and holds a text.
func plainText() *rules.Unknown {
	return &rules.Unknown{
		Why: "it is no expression, and how the gateway takes a plain text here is not documented",
	}
}

// opaque is the input that evaluates the expression as a whole.
func (c *compiler) opaque(e expression) rules.Input {
	in := rules.Input{Source: rules.FromExpression, Opaque: &rules.Opaque{Text: e.text}}
	if e.expr == nil {
		in.Opaque.Eval = func(*rules.Request) rules.Reading {
			return rules.Reading{Unknown: e.fault}
		}
		return in
	}
	in.Opaque.Reads, in.Opaque.Compares = reads(e), e.expr.Compares
	in.Opaque.Eval = func(r *rules.Request) rules.Reading {
		got := reading(e.run(r, c.runtime, ""))
		return c.dependsOnRuntime(askingForHeader(got, in.Opaque.Reads, r), e, r)
	}
	return in
}

// dependsOnRuntime says so where the version of the runtime would decide what an expression gives.
func (c *compiler) dependsOnRuntime(
	got rules.Reading, e expression, r *rules.Request,
) rules.Reading {
	if got.Unknown == nil || c.runtime.Known() {
		return got
	}
	since24 := dataweave.Version{Major: 4, Minor: 4}
	if e.run(r, since24, "").Unknown == nil {
		got.Unknown.Need = rules.Need{
			Input: source.NeedRuntime, For: "the version of the Mule runtime, on which this " +
				"expression depends",
		}
	}
	return got
}

// reads lists what an expression reads.
func reads(e expression) []rules.Input {
	var all []rules.Input
	for _, claim := range e.claims {
		all = append(all, rules.Claim(claim))
	}
	for _, path := range e.expr.Reads() {
		if name := memberOf("attributes.headers", path); name != "" {
			all = append(all, rules.Input{Source: rules.FromHTTP, Name: name})
		}
		if name := memberOf("attributes.queryParams", path); name != "" {
			all = append(all, rules.Input{Source: rules.FromQuery, Name: name})
		}
	}
	return all
}

// memberOf is the name that a path selects of an object, as Expr.Reads writes it: .name or
// ['a-name']; empty where it selects none.
func memberOf(object, path string) string {
	selector, ok := strings.CutPrefix(path, object)
	if !ok {
		return ""
	}
	if name, dotted := strings.CutPrefix(selector, "."); dotted {
		return name
	}
	name, _ := strings.CutPrefix(selector, "['")
	return strings.TrimSuffix(name, "']")
}

// askingForHeader says which header to pass, where an expression can't be evaluated without it.
func askingForHeader(got rules.Reading, reads []rules.Input, r *rules.Request) rules.Reading {
	if got.Unknown == nil {
		return got
	}
	for _, in := range reads {
		if in.Source == rules.FromHTTP && r.Read(in).Value == nil {
			got.Unknown.Need = rules.Need{
				Input: source.NeedHeader, Name: in.Name,
				For: fmt.Sprintf(
					`what the client sends in it; "%s:" where it sends none`, in.Name,
				),
			}
			return got
		}
	}
	return got
}

func reading(result dataweave.Result) rules.Reading {
	switch {
	case result.Failure != nil:
		return rules.Reading{Fault: result.Failure.Why}
	case result.Unknown != nil:
		u := result.Unknown.Unknown
		u.Why = unknownWords(result.Unknown)
		return rules.Reading{Unknown: &u}
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

// unreadable says why an expression can't be read. Columns count from the beginning of the field's
// text.
func unreadable(offset int, err error) *rules.Unknown {
	var fault *source.Error
	if !errors.As(err, &fault) {
		return &rules.Unknown{Why: "the expression can't be read: " + err.Error(), MayErr: true}
	}
	const why = "the expression can't be read: column %d: %s"
	u := &rules.Unknown{Why: fmt.Sprintf(why, offset+fault.Pos.Column, fault.Cause), MayErr: true}
	if len(fault.Hints) > 0 {
		u.Need = rules.Need{For: fault.Hints[0].Text}
	}
	return u
}

// tokenStandIn stands for the token in what expressions read, so that no message about an
// expression can show the token.
const tokenStandIn = "(token)"

// run evaluates the expression over a request. What is not known of the request is unknown in it
// too. sentIn names the header that the token is taken to be sent in.
func (e expression) run(
	r *rules.Request, runtime dataweave.Version, sentIn string,
) dataweave.Result {
	vars := object(source.Member{Key: "claimSet", Value: claimSet(r, e.claims)})
	vars.Members = append(vars.Members, dataweave.Rest("what other policies have put into vars"))
	return e.expr.Eval(
		dataweave.Env{Runtime: runtime, Vars: vars, Attributes: attributes(r, sentIn)},
	)
}

// headerValue is a header as an expression sees it. An empty one stands for a header that is known
// not to be sent.
func headerValue(r *rules.Request, value string) *source.Value {
	if value == "" {
		return &source.Value{Kind: source.Null}
	}
	if r.Token != nil && r.Token.Compact() != "" { // one that lint has made up has no text
		value = strings.ReplaceAll(value, r.Token.Compact(), tokenStandIn)
	}
	return text(value)
}

// claimSet is the token's claims with these names as an expression sees them; "*" stands for all
// of them. A claim that the request can't tell is unknown.
func claimSet(r *rules.Request, names []string) *source.Value {
	if r.Token == nil {
		return object()
	}
	if r.Token.Claims == nil {
		return notKnown("the token can't be read")
	}
	if slices.Contains(names, "*") {
		names = namesOf(r.Token.Claims)
	}
	claims := object()
	for _, name := range names {
		switch reading := r.Read(rules.Claim(name)); {
		case reading.Unknown != nil:
			unknown := notKnown(reading.Unknown.Why)
			unknown.Present = reading.Unknown.Present
			claims.Members = append(claims.Members, source.Member{Key: name, Value: unknown})
		case reading.Value != nil:
			claims.Members = append(claims.Members, source.Member{Key: name, Value: reading.Value})
		}
	}
	return claims
}

// namesOf lists the names of an object's members, each once.
func namesOf(v *source.Value) []string {
	names := make([]string, 0, len(v.Members))
	seen := make(map[string]bool, len(v.Members))
	for _, m := range v.Members {
		if !seen[m.Key] {
			names = append(names, m.Key)
		}
		seen[m.Key] = true
	}
	return names
}

// attributes is the HTTP request as an expression sees it, as far as it was given. The token is in
// the Authorization header, and in the header that it is taken to be sent in.
func attributes(r *rules.Request, sentIn string) *source.Value {
	headers := object()
	for name, value := range r.Headers {
		headers.Members = append(
			headers.Members,
			source.Member{Key: strings.ToLower(name), Value: headerValue(r, value)},
		)
	}
	if headers.Member("authorization") == nil && r.Token != nil {
		headers.Members = append(
			headers.Members,
			source.Member{Key: "authorization", Value: text("Bearer " + tokenStandIn)},
		)
	}
	if sentIn != "" && headers.Member(sentIn) == nil {
		headers.Members = append(
			headers.Members, source.Member{Key: sentIn, Value: text(tokenStandIn)},
		)
	}
	if !r.HeadersWhole {
		headers.Members = append(
			headers.Members, dataweave.Rest("the request's other headers were not given"),
		)
	}
	all := object(source.Member{Key: "headers", Value: headers})
	if r.Query != nil || r.QueryWhole {
		all.Members = append(all.Members, source.Member{Key: "queryParams", Value: queryParams(r)})
	}
	if r.Method != "" {
		all.Members = append(all.Members, source.Member{Key: "method", Value: text(r.Method)})
	}
	all.Members = append(all.Members, dataweave.Rest("the rest of the request was not given"))
	return all
}

func queryParams(r *rules.Request) *source.Value {
	params := object()
	for name, value := range r.Query {
		params.Members = append(params.Members, source.Member{Key: name, Value: text(value)})
	}
	if !r.QueryWhole {
		params.Members = append(
			params.Members, dataweave.Rest("the request's other parameters were not given"),
		)
	}
	return params
}

// expressions lists the rules of a gateway's dialect.
func expressions(variant string) []rules.Expression {
	dialect := dataweave.Mule
	if variant == Flex {
		dialect = dataweave.Flex
	}
	var all []rules.Expression
	for _, row := range dataweave.Table() {
		if slices.Contains(row.Dialects, dialect) {
			all = append(all, rules.Expression{
				Rule: row.Rule, Expression: row.Expression, Runtime: row.Runtime,
				Input: row.Input, Result: row.Result,
				Evidence: rules.Evidence{
					Level: rules.Level(row.Evidence), Reference: row.Reference,
				},
			})
		}
	}
	return all
}
