package mulesoft

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// tokenStandIn stands for the token in what expressions read, so that no message about an expression can
// show the token.
const tokenStandIn = "(token)"

// run evaluates the expression over a request. What is not known of the request is unknown in it too. sentIn
// names the header that the token is taken to be sent in.
func (e expression) run(r *rules.Request, runtime dataweave.Version, sentIn string) dataweave.Result {
	vars := object(source.Member{Key: "claimSet", Value: claimSet(r, e.claims)})
	vars.Members = append(vars.Members, dataweave.Rest("what other policies have put into vars"))
	return e.expr.Eval(dataweave.Env{Runtime: runtime, Vars: vars, Attributes: attributes(r, sentIn)})
}

func object(members ...source.Member) *source.Value {
	return &source.Value{Kind: source.Object, Members: members}
}

func text(s string) *source.Value { return &source.Value{Kind: source.String, Text: s} }

func notKnown(why string) *source.Value { return &source.Value{Kind: source.Unknown, Text: why} }

// headerValue is a header as an expression sees it. An empty one stands for a header that is known not to be sent.
func headerValue(r *rules.Request, value string) *source.Value {
	if value == "" {
		return &source.Value{Kind: source.Null}
	}
	if r.Token != nil && r.Token.Compact() != "" { // one that lint has made up has no text
		value = strings.ReplaceAll(value, r.Token.Compact(), tokenStandIn)
	}
	return text(value)
}

// claimSet is the token's claims with these names as an expression sees them; "*" stands for all of them. A
// claim that the request can't tell is unknown.
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

// attributes is the HTTP request as an expression sees it, as far as it was given. The token is in the Authorization header, and in the
// header that it is taken to be sent in.
func attributes(r *rules.Request, sentIn string) *source.Value {
	headers := object()
	for name, value := range r.Headers {
		headers.Members = append(headers.Members, source.Member{Key: strings.ToLower(name), Value: headerValue(r, value)})
	}
	if headers.Member("authorization") == nil && r.Token != nil {
		headers.Members = append(headers.Members, source.Member{Key: "authorization", Value: text("Bearer " + tokenStandIn)})
	}
	if sentIn != "" && headers.Member(sentIn) == nil {
		headers.Members = append(headers.Members, source.Member{Key: sentIn, Value: text(tokenStandIn)})
	}
	if !r.HeadersWhole {
		headers.Members = append(headers.Members, dataweave.Rest("the request's other headers were not given"))
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
		params.Members = append(params.Members, dataweave.Rest("the request's other parameters were not given"))
	}
	return params
}
