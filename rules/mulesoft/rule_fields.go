package mulesoft

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The rules of this file have no check of their own: inspectFields finds what breaks them while a
// configuration is compiled.

func unknownFieldRule() rules.Rule {
	return rules.Rule{
		Name:  "unknown-field",
		Title: "the policy does not have this field",
		Why: "The gateway ignores it: what it was meant to switch on is off, or " +
			"has its default.",
		Fix:      "Write the field's name as the policy has it.",
		Severity: rules.Warning,
		Since:    since,
		References: []string{
			docJWTPage, "mulesoft/terraform-provider-anypoint, known policy schemas",
		},
	}
}

func wrongTypeRule() rules.Rule {
	return rules.Rule{
		Name:  "wrong-type",
		Title: "the value has the wrong type for the field",
		Why: "How the gateway handles it is not documented: it may refuse the policy, or use " +
			"the default. For example, supportedAudiences is a text with commas, not a list.",
		Fix:        "Write the value with the field's own type.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docJWTPage, tfCommunity},
	}
}

func valueNotAllowedRule() rules.Rule {
	return rules.Rule{
		Name:       "value-not-allowed",
		Title:      "the value is not one that the field allows",
		Why:        "How the gateway handles it is not documented.",
		Fix:        "Write one of the values that the message lists.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docJWTPage},
	}
}

// inspectFields reports the fields that the policy does not have, and the values that a field
// can't have.
func (c *compiler) inspectFields() {
	if c.config == nil {
		return
	}
	for _, member := range c.config.Members {
		if i := fieldIndex(c.fields, member.Key); i >= 0 {
			c.inspectValue(c.fields[i], &member)
		} else {
			c.unknownField(member)
		}
	}
}

func (c *compiler) unknownField(member source.Member) {
	message := fmt.Sprintf(
		"%s is not a field of %s", inspect.Visible(member.Key), policyName(c.asset))
	if near := nearest(member.Key, c.fields); near != "" {
		message += "; the nearest is " + near
	}
	c.find(rules.Finding{
		Rule:     "unknown-field",
		Severity: rules.Warning,
		Message:  message,
		Field:    member.Key, Pos: member.KeyPos, Span: member.KeySpan,
	})
}

func (c *compiler) inspectValue(f field, member *source.Member) {
	v := member.Value
	if c.shownAsText {
		v = f.asString(v)
	}
	if hidden := firstTemplated(v); hidden != nil {
		c.notShown(f.name, member, hidden)
		return
	}
	if v.Kind == source.Null {
		return
	}
	finding := rules.Finding{Severity: rules.Warning, Field: f.name}
	finding.Pos, finding.Span = memberPlace(member)
	switch {
	case !f.fits(v):
		finding.Rule = "wrong-type"
		finding.Message = fmt.Sprintf("%s must be %s, but this is %s", f.name, f.kind, v.Kind)
	case f.hasExpression(v):
		finding.Rule, finding.Message = "value-not-allowed", f.strayExpression()
	case !f.allows(v):
		finding.Rule = "value-not-allowed"
		finding.Message = fmt.Sprintf(
			"%s may be %s, but this is %s", f.name, strings.Join(f.allowed, ", "),
			inspect.Visible(v.Text),
		)
	default:
		return
	}
	c.find(finding)
}

// notShown reports a field of which the file does not show the value, or a part of it.
func (c *compiler) notShown(field string, member *source.Member, hidden *source.Value) {
	f := rules.Finding{
		Rule: "value-not-known", Severity: rules.Note, Field: field, Message: hidden.Doubt(field),
	}
	f.Pos, f.Span = memberPlace(member)
	if hidden != member.Value {
		f.Message = "a part of " + hidden.Doubt(field)
	}
	c.find(f)
}

// firstTemplated is the first value in v, or v itself, that only a deployment knows; nil where
// there is none.
func firstTemplated(v *source.Value) *source.Value {
	if templated(v) {
		return v
	}
	for _, item := range v.Items {
		if found := firstTemplated(item); found != nil {
			return found
		}
	}
	for i := range v.Members {
		if found := firstTemplated(v.Members[i].Known()); found != nil {
			return found
		}
	}
	return nil
}

// nearest is the field whose name is closest; empty where more than half of the name would have to
// change.
func nearest(name string, fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return inspect.Nearest(name, names, len(name)/2)
}
