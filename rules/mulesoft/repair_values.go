package mulesoft

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// findingValue is the value that the finding is about. It is a value of the entry's file, or of a
// configuration that is kept as text. It is nil where the finding is not about one value.
func (r *repairer) findingValue() *source.Value {
	if v := valueAt(r.place, r.finding.Pos); v != nil {
		return v
	}
	if r.config == nil {
		return nil
	}
	return valueAt(r.config, r.finding.Pos)
}

// replaceValue puts another value in the place of the one that the finding is about.
func (r *repairer) replaceValue(with any) ([]edit, error) {
	v := r.findingValue()
	if v == nil {
		return nil, refuse("the value is not written where it can be replaced")
	}
	return []edit{{field: r.finding.Field, at: v, to: func(*entry) any { return with }}}, nil
}

// enable enables the policy.
func (r *repairer) enable() ([]edit, error) {
	if r.finding.Field != "disabled" {
		return nil, refuse("only you know how many copies of the policy there are")
	}
	return r.replaceValue(false)
}

// replacePlaceholder writes what the user names.
func (r *repairer) replacePlaceholder() ([]edit, error) {
	switch r.finding.Field {
	case "supportedAudiences":
		return r.checkAudience()
	case "jwksUrl":
		if r.facts.Tenant != "" {
			return r.correctKeysURL()
		}
		return nil, refuse("the file does not show this environment's tenant", needTenant())
	}
	return nil, refuse("only you know what belongs there")
}

// renameField gives an unknown field the nearest name that the policy has. Where a field of that
// name is there already, it removes the unknown field, which the gateway ignores anyway.
func (r *repairer) renameField() ([]edit, error) {
	near := nearest(r.finding.Field, r.fields)
	if near == "" {
		return nil, refuse("no field of the policy has a name like it")
	}
	if r.config.Member(near) != nil {
		near = ""
	}
	return []edit{rename(r.finding.Field, near)}, nil
}

// correctType writes the same value with the field's type, where the value has a form in that
// type.
func (r *repairer) correctType() ([]edit, error) {
	unclear := refuse("the file does not show which value is meant")
	name := r.finding.Field
	i := fieldIndex(r.fields, name)
	v := r.config.Member(name)
	if i < 0 || v == nil {
		return nil, unclear
	}
	texts, isTexts := v.Strings()
	switch r.fields[i].kind {
	case source.Bool:
		if v.Is(source.String) && (v.Text == "true" || v.Text == "false") {
			return []edit{set(name, v.Text == "true")}, nil
		}
	case source.String:
		if v.Is(source.List) && isTexts {
			return []edit{set(name, strings.Join(texts, ","))}, nil
		}
		if v.Is(source.Number) || v.Is(source.Bool) {
			return []edit{set(name, v.Text)}, nil
		}
	}
	return nil, unclear
}

// useMinutes takes the caching time for a number of seconds, and writes minutes.
func (r *repairer) useMinutes() ([]edit, error) {
	seconds, err := strconv.ParseInt(r.setting("jwksServiceTimeToLive").text, 10, 64)
	if err != nil {
		return nil, err
	}
	return []edit{set("jwksServiceTimeToLive", max(min(seconds/60, mostMinutes), 1))}, nil
}

// shortScopes requires the scopes in the form that tokens have.
func (r *repairer) shortScopes() ([]edit, error) {
	if r.finding.Field != "scopes" {
		return nil, refuse("the scope is in an expression: correct it by hand")
	}
	if meantAsExpression(r.setting("scopes").text) {
		return nil, withoutMarks()
	}
	rest := r.setting("scopes").text
	var all strings.Builder
	for _, word := range strings.Fields(rest) {
		short := word[strings.LastIndexByte(word, '/')+1:]
		if short == ".default" || short == "" {
			if short = r.facts.Scope; short == "" {
				const why = ".default is not a scope: it means everything that the client has"
				return nil, refuse(why, needScope())
			}
		}
		before, behind, _ := strings.Cut(rest, word)
		all.WriteString(before + short)
		rest = behind
	}
	return []edit{set("scopes", all.String()+rest)}, nil
}

// parsed reads the expression that the finding is about. It is nil where there is none, or where
// it can't be read.
func (r *repairer) parsed() *dataweave.Expr {
	v := r.findingValue()
	text, _ := v.Str()
	code, _, isExpression := dataweave.Template(text)
	if !isExpression {
		return nil
	}
	expr, err := dataweave.Parse(code, r.dialect())
	if err != nil {
		return nil
	}
	return expr
}

// byHand refuses a repair that only a person can make.
func byHand() error {
	return refuse("only you know what the expression is meant to say: correct it by hand")
}

// addBrackets makes an expression of a plain text in a field for one. What the value of a claim is
// meant to be only its author knows.
func (r *repairer) addBrackets() ([]edit, error) {
	if strings.HasSuffix(r.finding.Field, "CustomClaims") {
		return nil, withoutMarks()
	}
	text, _ := r.findingValue().Str()
	code, _, _ := dataweave.Template(bracketed(text))
	expr, err := dataweave.Parse(code, r.dialect())
	if err != nil || strings.Contains(text, "#[") || !looksLikeExpression(text) ||
		unresolvedName(expr) != "" {
		return nil, byHand()
	}
	return r.replaceValue(bracketed(text))
}

// readTheClaim reads the client id from the token. What a claim's expression is meant to read only
// its author knows.
func (r *repairer) readTheClaim() ([]edit, error) {
	if r.finding.Field != "clientIdExpression" {
		return nil, byHand()
	}
	return r.readClientID()
}

// cutBearerOff takes the token out of the Authorization header, without the word before it.
func (r *repairer) cutBearerOff() ([]edit, error) {
	expr := r.parsed()
	if expr == nil || !slices.Equal(expr.Reads(), []string{"attributes.headers.authorization"}) ||
		len(expr.Root.Path()) == 0 {
		return nil, byHand()
	}
	return r.replaceValue("#[(attributes.headers['authorization'] splitBy ' ')[1]]")
}

// addParentheses writes the expression as it was most likely meant.
func (r *repairer) addParentheses() ([]edit, error) {
	expr := r.parsed()
	if expr == nil || len(expr.Ambiguities()) == 0 || expr.Ambiguities()[0].Write == "" {
		return nil, byHand()
	}
	return r.replaceValue("#[" + expr.Ambiguities()[0].Write + "]")
}

// splitScopes asks for a scope among the words of scp.
func (r *repairer) splitScopes() ([]edit, error) {
	expr := r.parsed()
	if expr == nil {
		return nil, byHand()
	}
	claim, text, ok := contained(expr.Root.Bare())
	if !ok {
		return nil, byHand()
	}
	return r.replaceValue(askFor(claim, text))
}

// meantAsExpression reports whether a plain text was most likely meant as an expression.
func meantAsExpression(text string) bool {
	return looksLikeExpression(text) || strings.HasPrefix(strings.TrimSpace(text), "#")
}

// withoutMarks is the refusal to take the text of an expression for a value.
func withoutMarks() error {
	return refuse(
		"the value is an expression without #[ ]: the gateway reads it as plain text; write it " +
			"as #[ ] by hand",
	)
}

// askList asks whether a list contains the text that it was compared with.
func (r *repairer) askList() ([]edit, error) {
	v := r.findingValue()
	text, ok := v.Str()
	switch _, _, isExpression := dataweave.Template(text); {
	case !ok || isExpression:
		return nil, byHand()
	case meantAsExpression(text):
		return nil, withoutMarks()
	}
	for _, item := range r.claimItems() {
		switch {
		case item.value == v && !entra.CanHold(item.key, text):
			return nil, refuse("Entra ID writes nothing like this value into " + item.key)
		case item.value == v:
			return r.replaceValue(askFor(item.key, text))
		}
	}
	return nil, byHand()
}

// askEach asks for each value of the list that a claim was compared with.
func (r *repairer) askEach() ([]edit, error) {
	expr := r.parsed()
	if expr == nil {
		return nil, byHand()
	}
	n := expr.Root.Bare()
	if n.Kind != dataweave.Compare || n.Name != "==" {
		return nil, byHand()
	}
	claim, ok := claimPath(n.Args[0].Bare())
	literal, isLiteral := n.Args[1].Bare().Literal()
	texts, isTexts := literal.Strings()
	if ok && isLiteral && isTexts && len(texts) > 0 {
		return r.replaceValue(askFor(claim, texts...))
	}
	return nil, byHand()
}

// contained returns the claim and the text of "claim contains 'text'".
func contained(n *dataweave.Node) (claim, text string, ok bool) {
	if n.Kind != dataweave.Call || n.Name != "contains" || len(n.Args) != 2 {
		return "", "", false
	}
	claim, ok = claimPath(n.Args[0].Bare())
	literal, isLiteral := n.Args[1].Literal()
	text, isText := literal.Str()
	return claim, text, ok && isLiteral && isText
}

// askFor is the expression that a claim has each of the texts: as a word of scp, or as an item of
// any other claim.
func askFor(claim string, texts ...string) string {
	target := "vars.claimSet." + claim
	if claim == "scp" {
		target = "(" + target + " splitBy ' ')"
	}
	parts := make([]string, len(texts))
	for i, text := range texts {
		parts[i] = target + " contains " + dataweave.Quote(text)
		if len(texts) > 1 {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return "#[" + strings.Join(parts, " and ") + "]"
}
