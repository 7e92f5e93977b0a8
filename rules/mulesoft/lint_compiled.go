package mulesoft

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The rules in this file are found while a configuration is compiled: see inspectFields.

func unknownFieldRule() rules.Rule {
	return rules.Rule{
		Name:       "unknown-field",
		Title:      "the policy has no such field",
		Why:        "The gateway does not look at it: what it was meant to switch on is off, or has its default.",
		Fix:        "Write the field's name as the policy has it.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docJWTPage, "mulesoft/terraform-provider-anypoint, known policy schemas"},
	}
}

func wrongTypeRule() rules.Rule {
	return rules.Rule{
		Name:       "wrong-type",
		Title:      "the value has another type than the field",
		Why:        "What the gateway makes of it is not documented: it may refuse the policy, or take the default. supportedAudiences, for one, is a text with commas, not a list.",
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

// locate gives a finding of the file's reader the name of the field that it is about, where there is one.
func locate(file *source.File, f rules.Finding) rules.Finding {
	for _, document := range file.Documents {
		if m := memberAt(document, f.Pos); m != nil {
			f.Pos, f.Span, f.Field = m.KeyPos, m.KeySpan, m.Key
			return f
		}
	}
	f.Span.End = min(len("\ufeff"), len(file.Text)) // a byte order mark
	return f
}

// memberAt returns the member of v, or of what is in it, whose name is at this place, or whose value is missing there.
func memberAt(v *source.Value, pos source.Position) *source.Member {
	for _, item := range v.Items {
		if m := memberAt(item, pos); m != nil {
			return m
		}
	}
	for i := range v.Members {
		m := &v.Members[i]
		if m.KeyPos == pos || m.Value.Is(source.Null) && m.KeyPos.Line == pos.Line {
			return m
		}
		if inside := memberAt(m.Value, pos); inside != nil {
			return inside
		}
	}
	return nil
}
