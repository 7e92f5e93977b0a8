package mulesoft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// field describes one field of a policy's configuration: its type, and what the gateway takes
// where it is absent.
type field struct {
	name    string
	kind    source.Kind
	absent  string   // the default, as text
	allowed []string // the values that it may have; empty where it may have any
}

// setting is a field's value as it counts: from the configuration, else the default. Where it is
// unknown, so is every check that needs the field.
type setting struct {
	value   *source.Value // nil where absent
	text    string
	unknown *rules.Unknown
}

func (s setting) is(text string) bool { return s.unknown == nil && s.text == text }

// on reports whether a boolean field is known to be true.
func (s setting) on() bool { return s.is("true") }

// get is the setting of a field that the policy kind has.
func (c *compiler) get(name string) setting {
	f := c.fields[fieldIndex(c.fields, name)]
	v := c.config.Member(name)
	if c.shownAsText {
		v = f.asString(v)
	}
	switch {
	case v == nil || v.Kind == source.Null:
		return setting{text: f.absent}
	case templated(v):
		return setting{value: v, unknown: &rules.Unknown{
			Why: v.Doubt(name),
			Need: rules.Need{
				Input: source.NeedPolicy,
				For:   "the configuration with its variables filled in, as the gateway has it",
			},
		}}
	case !f.fits(v):
		return setting{value: v, unknown: &rules.Unknown{
			Why: fmt.Sprintf("%s must be %s, but this file has %s", name, f.kind, v.Kind),
		}}
	case f.hasExpression(v):
		return setting{value: v, unknown: &rules.Unknown{Why: f.strayExpression()}}
	}
	if !f.allows(v) {
		return setting{value: v, unknown: &rules.Unknown{
			Why: fmt.Sprintf(
				"%s may be %s, but this file has %s", name, strings.Join(f.allowed, ", "),
				inspect.Visible(v.Text),
			),
		}}
	}
	return setting{value: v, text: v.Text}
}

// fieldIndex is the index of the field with this name; negative where there is none.
func fieldIndex(fields []field, name string) int {
	for i := range fields { // IndexFunc would copy each field
		if fields[i].name == name {
			return i
		}
	}
	return -1
}

// asString makes a string of a number or a boolean where the field is a string.
func (f field) asString(v *source.Value) *source.Value {
	if f.kind != source.String || !v.Is(source.Number) && !v.Is(source.Bool) {
		return v
	}
	text := *v
	text.Kind = source.String
	return &text
}

// fits reports whether a value has the field's type. A number may be written as a string.
func (f field) fits(v *source.Value) bool {
	if f.kind == source.Number && v.Kind == source.String {
		_, ok := v.Int()
		return ok
	}
	return v.Kind == f.kind
}

// hasExpression reports whether a value is an expression in a field that is documented as text.
func (f field) hasExpression(v *source.Value) bool {
	return f.kind == source.String && len(f.allowed) == 0 &&
		!strings.HasSuffix(f.name, "Expression") &&
		strings.HasPrefix(strings.TrimSpace(v.Text), "#[")
}

func (f field) strayExpression() string {
	return f.name + " is an expression, and it is not documented that the gateway evaluates one " +
		"there"
}

// allows reports whether a value is one of those that the field may have.
func (f field) allows(v *source.Value) bool {
	return len(f.allowed) == 0 || slices.Contains(f.allowed, v.Text)
}

// templated reports whether only a deployment knows the value: a variable, a reference, or a mark
// of a template language or of a tool that replaces tokens.
func templated(v *source.Value) bool {
	if v.Is(source.Unknown) {
		return true
	}
	if !v.Is(source.String) {
		return false
	}
	if strings.Contains(v.Text, "${") || strings.Contains(v.Text, "{{") {
		return true // no expression of DataWeave looks like these
	}
	if bare := strings.TrimSpace(v.Text); strings.HasPrefix(bare, "![") &&
		strings.HasSuffix(bare, "]") {
		return true // a secure property, encrypted
	}
	if strings.HasPrefix(strings.TrimSpace(v.Text), "#[") {
		return marked(v.Text, isForeignName)
	}
	return marked(v.Text, isMarkName)
}

// marked reports whether a text has a mark that a deployment replaces: those of the tasks of Azure
// DevOps that replace tokens, and of others in public files. Which names in $() are such a mark
// depends on the text: the strings of an expression have $() of their own.
func marked(text string, isVariable func(string) bool) bool {
	if !strings.ContainsAny(text, "#$_<{%") {
		return false // as most texts are
	}
	for _, mark := range [...]struct {
		open, end string
		names     func(string) bool // tells which texts may be inside
	}{
		{"#{", "}#", isMarkName},
		{"$(", ")", isVariable},
		{"__", "__", isMarkName},
		{"<%", "%>", func(string) bool { return true }},
		{"{%", "%}", func(string) bool { return true }},
		{"<", ">", isCapitalName},
		{"%", "%", isCapitalName}, // in small letters it may be an escaped character of a URL
	} {
		for rest := text; ; {
			_, after, found := strings.Cut(rest, mark.open)
			inside, _, ended := strings.Cut(after, mark.end)
			if !found || !ended {
				break
			}
			if mark.names(inside) {
				return true
			}
			rest = after
		}
	}
	return false
}

// isMarkName reports whether a text can be the name of a variable.
func isMarkName(text string) bool {
	for i, c := range text {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("_-. 0123456789", c)) {
			return false
		}
	}
	return text != ""
}

// isForeignName reports whether a text can be the name of a variable, and not one that a policy's
// expressions know.
func isForeignName(text string) bool {
	root, _, _ := strings.Cut(text, ".")
	known := []string{"vars", "attributes", "authentication", "payload"}
	return isMarkName(text) && !slices.Contains(known, root)
}

func isCapitalName(text string) bool {
	return len(text) > 2 && isMarkName(text) && text == strings.ToUpper(text)
}

func (c *compiler) find(finding rules.Finding) { c.findings = append(c.findings, finding) }
