package mulesoft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// field describes one field of a policy's configuration: its type, and what the gateway takes
// where it is absent.
type field struct {
	name    string
	kind    source.Kind
	absent  string   // the default, as text
	allowed []string // the values that it may have; empty where it may have any
	spaced  bool     // it is a list, with spaces between its elements
}

// setting is a field's value as it counts: from the configuration, else the default. Where it is
// unknown, so is every check that needs the field.
type setting struct {
	value   *source.Value // nil where absent
	text    string
	unknown *rules.Unknown
}

// ofClaim settles the test of a check where the setting says whether a claim must be there: if it
// is a variable, only a token without the claim is judged by it. What is no boolean nobody knows.
func (s setting) ofClaim(check *rules.Check, has, test rules.Predicate) {
	switch {
	case s.unknown == nil:
	case s.unknown.Need.Input == source.NeedPolicy:
		absent := rules.Both(rules.Negate(has), rules.Undecided(s.unknown))
		check.Test = rules.Either(absent, test)
	default:
		check.Unknown = s.unknown
	}
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
	}
	if _, why := f.refusal(v, "this file has"); why != "" {
		return setting{value: v, unknown: &rules.Unknown{Why: why}}
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

// refusal says which rule a value of the field breaks, and why; it is empty where the field may
// have it. This begins what is said of the value: "this file has", or where a reader is shown the
// value, "this is".
func (f field) refusal(v *source.Value, this string) (rule, why string) {
	switch {
	case !f.fits(v):
		return "wrong-type", fmt.Sprintf("%s must be %s, but %s %s", f.name, f.kind, this, v.Kind)
	case f.hasExpression(v):
		return "value-not-allowed", f.name + " is an expression, and it is not documented that " +
			"the gateway evaluates one there"
	case f.spaced && strings.Contains(v.Text, ","):
		return "value-not-allowed", f.name + " has a comma, and only spaces are documented " +
			"between its elements"
	case len(f.allowed) > 0 && !slices.Contains(f.allowed, v.Text):
		return "value-not-allowed", fmt.Sprintf("%s must be %s, but %s %s", f.name,
			strings.Join(f.allowed, " or "), this, inspect.InSentence(v.Text))
	}
	return "", ""
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
	return isMarkName(text) && !dataweave.IsVariable(root)
}

func isCapitalName(text string) bool {
	return len(text) > 2 && isMarkName(text) && text == strings.ToUpper(text)
}

// find reports what is odd at a place of the entry.
func (c *compiler) find(rule string, at rules.Place, message string) {
	f := findingAt(at, message)
	f.Rule, f.Severity = rule, rules.Warning
	if rule == "value-not-known" || rule == "kind-not-known" {
		f.Severity = rules.Note
	}
	c.findings = append(c.findings, f)
}

// The next three rules have no check of their own: inspectFields finds what breaks them while a
// configuration is compiled.

func unknownFieldRule() rules.Rule {
	return rules.Rule{
		Name:  "unknown-field",
		Title: "the policy does not have this field",
		Why: "The gateway ignores it: what it was meant to switch on is off, or " +
			"has its default.",
		Fix:      "Write the field's name as the policy has it.",
		Severity: rules.Warning,
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
		References: []string{docJWTPage, tfCommunity},
	}
}

func valueNotAllowedRule() rules.Rule {
	return rules.Rule{
		Name:       "value-not-allowed",
		Title:      "the value is not one that the field allows",
		Why:        "How the gateway handles it is not documented.",
		Fix:        "Write one of the values that the message lists, or the form that it names.",
		Severity:   rules.Warning,
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
		"%s is not a field of %s", inspect.InSentence(member.Key), policyName(c.asset))
	if near := nearest(member.Key, c.fields); near != "" {
		message += "; the nearest is " + near
	}
	c.find("unknown-field", keyPlace(&member), message)
}

func (c *compiler) inspectValue(f field, member *source.Member) {
	v := member.Value
	if c.shownAsText {
		v = f.asString(v)
	}
	if hidden := firstTemplated(v); hidden != nil {
		why := hidden.Doubt(f.name)
		if hidden != member.Value {
			why = "a part of " + why
		}
		c.find("value-not-known", memberPlace(member), why)
		return
	}
	if v.Kind == source.Null {
		return
	}
	if rule, why := f.refusal(v, "this is"); rule != "" {
		c.find(rule, memberPlace(member), why)
	}
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
// change. A secret is not meant for a field that is shown.
func nearest(name string, fields []field) string {
	var names []string
	for _, f := range fields {
		if namesSecret(f.name) == namesSecret(name) {
			names = append(names, f.name)
		}
	}
	return inspect.Nearest(name, names, len(name)/2)
}

func namesSecret(field string) bool { return strings.Contains(strings.ToLower(field), "secret") }
