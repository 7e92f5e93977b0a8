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
		Title: "the policy has no such field",
		Why: "The gateway does not look at it: what it was meant to switch on is off, or has " +
			"its default.",
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
		Title: "the value has another type than the field",
		Why: "What the gateway makes of it is not documented: it may refuse the policy, or take " +
			"the default. supportedAudiences, for one, is a text with commas, not a list.",
		Fix:        "Write the value with the field's own type.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docJWTPage, tfCommunity},
	}
}

func valueNotAllowedRule() rules.Rule {
	return rules.Rule{
		Name:       "value-not-allowed",
		Title:      "the value is none of those that the field may have",
		Why:        "What the gateway makes of it is not documented.",
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
	message := fmt.Sprintf("%s is no field of %s", member.Key, policyName(c.asset))
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
	if v.Kind == source.Null || templated(v) {
		return
	}
	finding := rules.Finding{Severity: rules.Warning, Field: f.name}
	finding.Pos, finding.Span = memberPlace(member)
	switch {
	case !f.fits(v):
		finding.Rule = "wrong-type"
		finding.Message = fmt.Sprintf("%s must be %s, and this is %s", f.name, f.kind, v.Kind)
	case !f.allows(v):
		finding.Rule = "value-not-allowed"
		finding.Message = fmt.Sprintf(
			"%s may be %s, and this is %s", f.name, strings.Join(f.allowed, ", "), v.Text,
		)
	default:
		return
	}
	c.find(finding)
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
