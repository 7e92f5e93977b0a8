package mulesoft

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// expressionField is a field with an expression that counts, as it was read.
type expressionField struct {
	name   string
	value  *source.Value
	code   string // the text between #[ and ]
	test   bool   // it has to give a boolean
	expr   *dataweave.Expr
	fault  error
	offset int // characters before the code
}

// eachExpression makes findings of the expressions that count in a subject's policies.
func eachExpression(s *rules.Subject, look func(c configured, e expressionField) []rules.Finding) []rules.Finding {
	return eachEntry(s, func(c configured) []rules.Finding {
		var all []rules.Finding
		for _, e := range c.expressions() {
			all = append(all, look(c, e)...)
		}
		return all
	})
}

func (c configured) expressions() []expressionField {
	var all []expressionField
	for _, item := range c.claimItems() {
		all = c.appendExpression(all, item.list, item.value, true)
	}
	if c.asset != jwtValidation || c.custom {
		return all
	}
	if !c.setting("skipClientIdValidation").on() {
		all = c.appendExpression(all, "clientIdExpression", c.config.Member("clientIdExpression"), false)
	}
	if c.setting("jwtOrigin").is(customOrigin) {
		all = c.appendExpression(all, "jwtExpression", c.config.Member("jwtExpression"), false)
	}
	return all
}

func (c configured) appendExpression(all []expressionField, name string, v *source.Value, test bool) []expressionField {
	text, ok := v.Str()
	code, offset, isExpression := dataweave.Template(text)
	if !ok || !isExpression || templated(v) {
		return all
	}
	e := expressionField{name: name, value: v, code: code, test: test, offset: offset}
	e.expr, e.fault = dataweave.Parse(code, c.dialect())
	return append(all, e)
}
