package mulesoft

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

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
	in.Opaque.Eval = func(r *rules.Request) rules.Reading { return j.tokenFrom(e, r, sentIn) }
	return rules.Has(in)
}

func (j *jwtCompiler) tokenFrom(e expression, r *rules.Request, sentIn string) rules.Reading {
	if r.Token == nil {
		return rules.Reading{}
	}
	got := reading(e.run(r, j.runtime, sentIn))
	if got.Value != nil && got.Value.Kind != source.Null && got.Value.Text != tokenStandIn {
		return rules.Reading{Unknown: &rules.Unknown{Why: "the expression gives something else than the token"}}
	}
	return got
}
