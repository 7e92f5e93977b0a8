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
func (c *compiler) dialect() dataweave.Dialect { return dialectOf(c.variant) }

func dialectOf(variant string) dataweave.Dialect {
	if variant == Flex {
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

	claimless  bool // the policy has no claims in vars.claimSet
	propagated bool // an earlier policy has left the claims in authentication.properties.claims
}

// exact reports whether the gateway surely runs the expression as its tree says.
func (e expression) exact() bool {
	return e.expr != nil && len(e.expr.Unsupported()) == 0 && !e.expr.Undecided()
}

// parse reads a field's text, in the dialect of the gateway.
func (c *compiler) parse(field string) expression {
	code, offset, isExpression := dataweave.Template(field)
	e := expression{text: strings.TrimSpace(field)}
	switch {
	case !isExpression && strings.Contains(field, "#["):
		e.fault = &rules.Unknown{
			Why:    textAround,
			Need:   rules.Need{For: "one expression that puts the text together, with ++"},
			MayErr: true,
		}
		return e
	case !isExpression:
		return e
	case e.text != field:
		e.fault = blanksAround(field)
		return e
	}
	expr, err := c.parsed.parse(code, c.dialect())
	if err != nil {
		e.fault = unreadable(offset, err)
		return e
	}
	e.expr, e.claims = expr, expr.Claims()
	isPropagated := func(path string) bool { return strings.HasPrefix(path, propagatedClaims) }
	e.propagated = c.propagated != nil && slices.ContainsFunc(expr.Reads(), isPropagated) &&
		c.propagated()
	return e
}

// parseOnly reads a field in which a plain text is no value: how the gateway treats one there is
// not documented.
func (c *compiler) parseOnly(field string) expression {
	e := c.parse(field)
	if e.expr == nil && e.fault == nil {
		e.fault = &rules.Unknown{
			Why: "it is not an expression, and how the gateway treats plain text here is not " +
				"documented",
		}
	}
	return e
}

// blanksAround is why a field is unknown that has an expression with more around it.
func blanksAround(field string) *rules.Unknown {
	around, without := aroundExpression(field)
	return &rules.Unknown{
		Why: around + ", and it is not documented whether the gateway reads that as an " +
			"expression or as plain text",
		Need:   rules.Need{For: without},
		MayErr: true,
	}
}

// aroundExpression says what stands around an expression, and how to write it without. A block of
// lines ends with the end of a line, which nobody sees.
func aroundExpression(field string) (around, without string) {
	if rest := strings.TrimSpace(field); strings.Trim(field[len(rest):], "\r\n") == "" &&
		strings.HasPrefix(field, rest) {
		return "the end of a line follows #[ ]", "the expression without it: in YAML |- instead " +
			"of | (>- of >), in Terraform quotes instead of <<"
	}
	return "there are spaces around #[ ]", "the expression without the spaces"
}

// opaque is the input that evaluates the expression as a whole.
func (c *compiler) opaque(e expression) rules.Input {
	in := rules.Input{Source: rules.FromExpression, Opaque: &rules.Opaque{
		Text: e.text, Language: c.variant,
	}}
	if c.runtime.Known() {
		in.Opaque.Language += " " + c.runtime.String()
	}
	if e.expr == nil {
		in.Opaque.Eval = func(*rules.Request) rules.Reading {
			return rules.Reading{Unknown: e.fault}
		}
		return in
	}
	in.Opaque.Reads, in.Opaque.Size = reads(e), e.expr.Size()
	if !e.claimless {
		in.Opaque.Compares = e.expr.Compares
		in.Opaque.Parts = func(claim string) ([]*rules.Opaque, bool) { return c.parts(e, claim) }
	}
	in.Opaque.Eval = func(r *rules.Request) rules.Reading {
		got := reading(e.run(r, c.runtime, ""))
		return c.dependsOnRuntime(askingForHeader(got, in.Opaque.Reads, r), e, r)
	}
	return in
}

// parts are the parts of an expression that read one claim and nothing else.
func (c *compiler) parts(e expression, claim string) ([]*rules.Opaque, bool) {
	found, ok := e.expr.Parts(claim)
	var all []*rules.Opaque
	for _, expr := range found {
		part := expression{text: expr.String(), expr: expr, claims: []string{claim}}
		all = append(all, c.opaque(part).Opaque)
	}
	return all, ok
}

// dependsOnRuntime asks for the version of the runtime where that would decide what an expression
// gives.
func (c *compiler) dependsOnRuntime(
	got rules.Reading, e expression, r *rules.Request,
) rules.Reading {
	if got.Unknown == nil || c.runtime.Known() || r.Brief {
		return got
	}
	recent := dataweave.Version{Major: 4, Minor: 4}
	if e.run(r, recent, "").Unknown == nil {
		got.Unknown.Need = rules.Need{
			Input: source.NeedRuntime,
			For:   "the version of the Mule runtime, on which this expression depends",
		}
	}
	return got
}

// reads lists what an expression reads.
func reads(e expression) []rules.Input {
	all := source.Each(e.claims, rules.Claim)
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

// memberOf is the name of the object's member that a path selects; empty where it selects none.
// The path is written as Expr.Reads writes it: .name or ['a-name'].
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

// askingForHeader asks for a header where an expression can't be evaluated without it.
func askingForHeader(got rules.Reading, reads []rules.Input, r *rules.Request) rules.Reading {
	if got.Unknown == nil {
		return got
	}
	for _, in := range reads {
		if in.Source == rules.FromHTTP && r.Read(in).Value == nil {
			got.Unknown.Need = rules.Need{
				Input: source.NeedHeader, Name: in.Name,
				For: `what the client sends in it; "` + in.Name + `:" where it sends none`,
			}
			return got
		}
	}
	return got
}

// reading is the result of an expression as an input of a check.
func reading(result dataweave.Result) rules.Reading {
	switch {
	case result.Failure != nil:
		return rules.Reading{Fault: result.Failure.Why}
	case result.Unknown != nil:
		of, u := result.Unknown, result.Unknown.Unknown
		if of.Construct != "" && !strings.Contains(u.Why, of.Construct) {
			u.Why = of.Construct + ": " + u.Why
		}
		if of.Write != "" {
			u.Why += "; write " + of.Write
		}
		return rules.Reading{Unknown: &u}
	}
	return rules.Reading{Value: result.Value}
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
	switch {
	case len(fault.Hints) == 0:
	case fault.Limit: // it asks, and nothing can be passed
		u.Why += "; " + fault.Hints[0].Text
	default:
		u.Need = rules.Need{For: fault.Hints[0].Text}
	}
	return u
}

// tokenStandIn takes the token's place in what expressions give, so that no message about an
// expression can show the token.
const tokenStandIn = "(token)"

// madeUpToken has the form of a token's text. It is the text of a token that lint makes up.
const madeUpToken = "eyJhbGciOiJSUzI1NiJ9.eyJ2ZXIiOiIxLjAifQ.c2lnbmF0dXJl"

// partOfToken is why a result is not known that would show a part of the token.
const partOfToken = "the expression gives a part of the token, or another form of it"

// run evaluates the expression over a request. What we do not know of the request is unknown to
// the expression too. The token is taken to be sent in the header that sentIn names. An expression
// may look into the token's text, and so runs over that; a text that it gives comes back with the
// stand-in for the token.
func (e expression) run(
	r *rules.Request, runtime dataweave.Version, sentIn string,
) dataweave.Result {
	text, isMadeUp := tokenText(r)
	real, readsRequest := e.runAs(text, r, runtime, sentIn)
	isText := !real.Value.Is(source.Bool) && !real.Value.Is(source.Number)
	if !readsRequest || !isMadeUp && (real.Value == nil || !isText) {
		return real
	}
	hidden, _ := e.runAs(tokenStandIn, r, runtime, sentIn)
	if real.Value == nil && hidden.Value == nil || real.Value != nil && hidden.Value != nil &&
		strings.ReplaceAll(real.Value.JSON(), text, tokenStandIn) == hidden.Value.JSON() {
		return hidden
	}
	return dataweave.Result{Unknown: &dataweave.Unknown{
		Unknown: rules.Unknown{Why: partOfToken}, Column: 1,
	}}
}

// tokenText is the text of a request's token, or one in its place.
func tokenText(r *rules.Request) (text string, isMadeUp bool) {
	switch {
	case r.Token == nil:
		return tokenStandIn, false
	case r.Token.Compact() == "":
		return madeUpToken, true
	}
	return r.Token.Compact(), false
}

// runAs evaluates the expression over a request whose token has this text. It also reports whether
// the expression reads the request.
func (e expression) runAs(
	text string, r *rules.Request, runtime dataweave.Version, sentIn string,
) (result dataweave.Result, readsRequest bool) {
	vars := make([]source.Member, 1, 2)
	vars[0] = dataweave.Rest("what other policies have put into vars")
	if !e.claimless {
		vars = append(vars, source.Member{Key: "claimSet", Value: claimSet(r, e.claims)})
	}
	sent := sending{r, text, sentIn}
	result = e.expr.Eval(dataweave.Env{
		Runtime: runtime, Vars: object(vars...), Authentication: e.authentication(r),
		Attributes: func() *source.Value {
			readsRequest = true
			return sent.attributes()
		},
	})
	return result, readsRequest
}

// authentication is what earlier policies have found out about the caller, as far as it is known.
func (e expression) authentication(r *rules.Request) *source.Value {
	if !e.propagated {
		return notKnown("what earlier policies have put into authentication is not known")
	}
	rest := dataweave.Rest("what else earlier policies have put into authentication")
	claims := source.Member{Key: "claims", Value: claimSet(r, e.claims)}
	return object(source.Member{Key: "properties", Value: object(claims, rest)}, rest)
}

// sending is a request whose token has a text, and is taken to be sent in a header too.
type sending struct {
	*rules.Request
	text   string
	sentIn string
}

// header is a header that was given, or that an earlier policy changes.
func (s sending) header(name string) *source.Value {
	value, _, doubt := s.Sent(name)
	if doubt != nil {
		return notKnown(doubt.Why)
	}
	if value == "" { // it is known not to be sent
		return &source.Value{Kind: source.Null}
	}
	return s.value(value)
}

// value is a header or parameter as an expression sees it.
func (s sending) value(given string) *source.Value {
	if s.Token != nil && s.Token.Compact() != "" { // a token that lint makes up has no text
		given = strings.ReplaceAll(given, s.Token.Compact(), s.text)
	}
	return source.NewString(given)
}

// taken is a header that was not given, and that is taken to carry the token, unless an earlier
// policy changes it, or the request shows the token in another place.
func (s sending) taken(name, value string) *source.Value {
	switch _, known, doubt := s.Sent(name); {
	case known || doubt != nil:
		return s.header(name)
	case s.ShowsToken():
		return notKnown("the request has the token elsewhere, and it was not said whether the " +
			name + " header has it too")
	}
	return source.NewString(value)
}

// claimSet holds the token's claims with these names as an expression sees them; the name "*"
// stands for all claims. A claim that we can't know of the request is unknown.
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
	claims := object(make([]source.Member, 0, len(names))...)
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
func (s sending) attributes() *source.Value {
	headers := object()
	add := func(name string, value *source.Value) {
		headers.Members = append(headers.Members, source.Member{Key: name, Value: value})
	}
	names, whole := s.SentNames()
	for _, name := range names {
		add(strings.ToLower(name), s.header(name))
	}
	if headers.Member("authorization") == nil && s.Token != nil {
		add("authorization", s.taken("authorization", "Bearer "+s.text))
	}
	if s.sentIn != "" && headers.Member(s.sentIn) == nil {
		add(s.sentIn, s.taken(s.sentIn, s.text))
	}
	if !whole {
		rest := dataweave.Rest("the request's other headers were not given")
		headers.Members = append(headers.Members, rest)
	}
	all := object(source.Member{Key: "headers", Value: headers})
	if s.Query != nil || s.QueryWhole {
		all.Members = append(
			all.Members, source.Member{Key: "queryParams", Value: s.queryParams()},
		)
	}
	if s.Method != "" {
		method := source.NewString(s.Method)
		all.Members = append(all.Members, source.Member{Key: "method", Value: method})
	}
	all.Members = append(all.Members, dataweave.Rest("the rest of the request was not given"))
	return all
}

func (s sending) queryParams() *source.Value {
	params := object()
	for name, text := range s.Query {
		value := s.value(text)
		params.Members = append(params.Members, source.Member{Key: name, Value: value})
	}
	if !s.QueryWhole {
		rest := dataweave.Rest("the request's other parameters were not given")
		params.Members = append(params.Members, rest)
	}
	return params
}

// Expressions lists the rules of a gateway's dialect; none for a gateway that has none.
func Expressions(variant string) []rules.Expression {
	if product(variant) == "" {
		return nil
	}
	return dataweave.Table(dialectOf(variant))
}

// parsedTexts are expressions that were parsed before, of any policy.
type parsedTexts struct {
	rules.Compiled[parsedText, *dataweave.Expr]
}

type parsedText struct {
	text    string
	dialect dataweave.Dialect
}

// parse is [dataweave.Parse].
func (p *parsedTexts) parse(text string, d dataweave.Dialect) (*dataweave.Expr, error) {
	parse := func() (*dataweave.Expr, error) { return dataweave.Parse(text, d) }
	if p == nil {
		return parse()
	}
	return p.Of(parsedText{text, d}, text, parse)
}
