package mulesoft

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

func expressionWithoutBrackets() rules.Rule {
	return rules.Rule{
		Name:  "expression-without-brackets",
		Title: "an expression is written without #[ ]",
		Why: "Text that is not inside #[ ] is plain text. The value of a claim is compared with " +
			"it literally, and no token has such a text; how the gateway treats it in a field " +
			"for an expression is not documented.",
		Fix:      "Write #[vars.claimSet.appid], with the brackets.",
		Severity: rules.Error,
		Lesser: "a warning in a field for an expression, for a claim that need not be in the " +
			"token, and of a text with an expression inside",
		References: []string{docJWTPage, tfCommunity},
		Check:      eachEntry(withoutBrackets),
	}
}

// withoutBrackets looks at the fields that should hold an expression, and at the values of claims
// that look like one.
func withoutBrackets(c configured) []rules.Finding {
	var all []rules.Finding
	for _, name := range c.expressionFields() {
		v := c.config.Member(name)
		if text, ok := plain(v); ok {
			message := name + " is not an expression without #[ ], and how the gateway treats " +
				"plain text there is not documented"
			if looksLikeExpression(text) {
				message += fmt.Sprintf("; write %q", bracketed(text))
			}
			found := c.finding(name, v, message)
			found[0].Severity = rules.Warning
			all = append(all, found...)
		}
	}
	for _, item := range c.claimItems() {
		text, ok := plain(item.value)
		around := strings.Contains(text, "#[")
		if !ok || !around && !looksLikeExpression(text) {
			continue
		}
		const compared = "without #[ ] this is plain text, and %s is compared with it " +
			"literally: no token passes; write %q"
		message := fmt.Sprintf(compared, item.key, bracketed(text))
		if around {
			message = textAround + "; write one expression that puts the text together"
		}
		found := c.finding(item.list, item.value, message)
		if around || item.list != "mandatoryCustomClaims" {
			found[0].Severity = rules.Warning
		}
		all = append(all, found...)
	}
	return all
}

// textAround is what is not known of a text with an expression inside.
const textAround = "there is text around #[ ], and it is not documented whether the gateway " +
	"evaluates an expression inside of a text"

// expressionFields lists the fields with an expression that the policy uses.
func (c configured) expressionFields() []string {
	switch {
	case c.custom:
		return nil
	case c.readsCredentials():
		if _, origin := (credentialCompiler{&c.compiler}).origin(); origin.is(basicOrigin) {
			return nil
		}
		return []string{"clientIdExpression", "clientSecretExpression"}
	case c.asset != jwtValidation:
		return nil
	}
	var names []string
	if !c.setting("skipClientIdValidation").on() {
		names = append(names, "clientIdExpression")
	}
	if c.setting("jwtOrigin").is(customOrigin) {
		names = append(names, "jwtExpression")
	}
	if c.setting("jwtKeyOrigin").is(customOrigin) && !c.setting("signingMethod").is("none") {
		names = append(names, "customKeyExpression")
	}
	return names
}

// plain is a text that is no expression. It is not ok where only a deployment knows it.
func plain(v *source.Value) (text string, ok bool) {
	if v == nil || templated(v) {
		return "", false
	}
	text, ok = v.Str()
	_, _, isExpression := dataweave.Template(text)
	return text, ok && !isExpression
}

// looksLikeExpression reports whether a text names what only an expression can read.
func looksLikeExpression(text string) bool {
	inner := strings.Trim(text, " \t\r\n#$[](){}!")
	for _, root := range []string{"vars", "attributes", "authentication", "payload", "message"} {
		if rest, found := strings.CutPrefix(inner, root); found &&
			(strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "[")) &&
			(root != "payload" && root != "message" || strings.ContainsAny(rest, " '\"[(")) {
			return true
		}
	}
	return strings.Contains(inner, "vars.claimSet")
}

// unbracketed is a text without what people write for #[ ]: brackets alone, or #( ).
func unbracketed(text string) string {
	text = strings.TrimSpace(text)
	for _, wrong := range [...][2]string{{"[", "]"}, {"#(", ")"}, {"#{", "}"}, {"#", ""}} {
		inner, opened := strings.CutPrefix(text, wrong[0])
		if closed, ok := strings.CutSuffix(inner, wrong[1]); opened && ok {
			return strings.TrimSpace(closed)
		}
	}
	return text
}

// bracketed is a plain text as the expression that it was meant to be.
func bracketed(text string) string { return "#[" + unbracketed(text) + "]" }
