package mulesoft

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// lintRules lists the rules that only this vendor's configurations can break.
func lintRules() []rules.Rule {
	return []rules.Rule{
		unknownFieldRule(),
		wrongTypeRule(),
		valueNotAllowedRule(),
		placeholderValue(),
		expressionNotParseable(),
		expressionNotBoolean(),
		expressionNotSupported(),
		expressionAmbiguous(),
		arrayEqualityOnClaims(),
		keyCachingTime(),
		contractsInLocalMode(),
		policyNotOnGateway(),
		policyOrder(),
	}
}

// since is the version that has all rules of the first catalogue.
const since = "0.1.0"

// configured is the entry of a policy, with the gateway that it was compiled for.
type configured struct {
	compiler
	policy *rules.Policy
}

// eachEntry makes findings of the entries of a subject's policies that are in force.
func eachEntry(s *rules.Subject, look func(configured) []rules.Finding) []rules.Finding {
	var all []rules.Finding
	for _, policy := range s.Policies {
		e, ours := policy.Entry.(*entry)
		if ours && !policy.When.Disabled && (e.config == nil || e.config.Is(source.Object)) {
			all = append(all, look(configure(policy, e))...)
		}
	}
	return all
}

// configure prepares the entry of a policy to be looked into.
func configure(policy *rules.Policy, e *entry) configured {
	c := compiler{entry: e, variant: policy.Variant, fields: fieldsOf(e.asset)}
	return configured{c, policy}
}

// finding is one at a value of the entry's configuration.
func (c configured) finding(field string, v *source.Value, message string) rules.Finding {
	f := rules.Finding{Field: field, Message: message, Policy: c.policy}
	f.Pos, f.Span = place(v)
	return f
}

// fieldsOf describes the fields of a policy kind that is modelled; nothing for any other.
func fieldsOf(asset string) []field {
	switch asset {
	case jwtValidation:
		return jwtFields()
	case openIDConnect, openAM, pingFederate:
		return oidcFields()
	case externalOAuth2:
		return externalFields()
	case tokenIntrospection:
		return introspectionFields()
	}
	return nil
}

// setting is a field's value as it counts, where the policy kind has that field.
func (c configured) setting(name string) setting {
	if c.custom || fieldIndex(c.fields, name) < 0 {
		return setting{}
	}
	return c.get(name)
}

// claimItem is one custom claim as the configuration lists it.
type claimItem struct {
	list, key string
	value     *source.Value
}

// claimItems lists the custom claims that the policy checks: none where their check is switched
// off.
func (c configured) claimItems() []claimItem {
	if c.asset != jwtValidation || c.custom || !c.setting("validateCustomClaim").on() {
		return nil
	}
	var all []claimItem
	for _, list := range []string{"mandatoryCustomClaims", "nonMandatoryCustomClaims"} {
		value := c.config.Member(list)
		if !value.Is(source.List) {
			continue
		}
		for _, item := range value.Items {
			key, _ := item.Member("key").Str()
			if v := item.Member("value"); v != nil {
				all = append(all, claimItem{list, key, v})
			}
		}
	}
	return all
}

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
func eachExpression(
	s *rules.Subject, look func(c configured, e expressionField) []rules.Finding,
) []rules.Finding {
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
		all = c.appendExpression(
			all, "clientIdExpression", c.config.Member("clientIdExpression"), false,
		)
	}
	if c.setting("jwtOrigin").is(customOrigin) {
		all = c.appendExpression(all, "jwtExpression", c.config.Member("jwtExpression"), false)
	}
	return all
}

func (c configured) appendExpression(
	all []expressionField, name string, v *source.Value, test bool,
) []expressionField {
	text, ok := v.Str()
	code, offset, isExpression := dataweave.Template(text)
	if !ok || !isExpression || templated(v) {
		return all
	}
	e := expressionField{name: name, value: v, code: code, test: test, offset: offset}
	e.expr, e.fault = dataweave.Parse(code, c.dialect())
	return append(all, e)
}
