package mulesoft

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// subject is the value that the finding is about: of the entry, or of a configuration that is kept as text. It is nil
// where it is not written as one.
func (r *repairer) subject() *source.Value {
	if v := valueAt(r.place, r.finding.Pos); v != nil {
		return v
	}
	if r.config == nil {
		return nil
	}
	return valueAt(r.config, r.finding.Pos)
}

// valueAt returns the value at a place, in v or below; nil where there is none.
func valueAt(v *source.Value, pos source.Position) *source.Value {
	if v.Pos == pos {
		return v
	}
	for _, item := range v.Items {
		if found := valueAt(item, pos); found != nil {
			return found
		}
	}
	for i := range v.Members {
		if found := valueAt(v.Members[i].Value, pos); found != nil {
			return found
		}
	}
	return nil
}

// replaceValue puts another value in the place of the one that the finding is about.
func (r *repairer) replaceValue(with any) ([]edit, error) {
	v := r.subject()
	if v == nil {
		return nil, refuse("the value is not written where it can be replaced")
	}
	return []edit{{at: v, to: func(*entry) any { return with }}}, nil
}

// enable enables the policy.
func (r *repairer) enable() ([]edit, error) { return r.replaceValue(false) }

// replacePlaceholder puts in what the user names.
func (r *repairer) replacePlaceholder() ([]edit, error) {
	switch r.finding.Field {
	case "supportedAudiences":
		return r.checkAudience()
	case "jwksUrl":
		if r.facts.Tenant != "" {
			return r.correctKeysURL()
		}
		return nil, refuse("the file does not tell this environment's tenant", needTenant())
	}
	return nil, refuse("what belongs there, only you know")
}

// renameField gives an unknown field the nearest name that the policy has, or removes it where that field is there already: the
// gateway does not look at it.
func (r *repairer) renameField() ([]edit, error) {
	near := nearest(r.finding.Field, r.fields)
	if near == "" {
		return nil, refuse("no field of the policy has a name like it")
	}
	if r.config.Member(near) != nil {
		near = ""
	}
	return []edit{{field: r.finding.Field, rename: true, to: func(*entry) any { return near }}}, nil
}

// correctType writes the value with the field's type, where it is the same value.
func (r *repairer) correctType() ([]edit, error) {
	fields := r.fields
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == r.finding.Field })
	v := r.config.Member(r.finding.Field)
	if i < 0 || v == nil {
		return nil, refuse("which value is meant, the file does not tell")
	}
	switch texts, ok := v.Strings(); {
	case fields[i].kind == source.Bool && v.Is(source.String) && (v.Text == "true" || v.Text == "false"):
		return []edit{set(r.finding.Field, v.Text == "true")}, nil
	case fields[i].kind == source.String && v.Is(source.List) && ok:
		return []edit{set(r.finding.Field, strings.Join(texts, ","))}, nil
	case fields[i].kind == source.String && (v.Is(source.Number) || v.Is(source.Bool)):
		return []edit{set(r.finding.Field, v.Text)}, nil
	}
	return nil, refuse("which value is meant, the file does not tell")
}

// useMinutes reads the caching time as seconds.
func (r *repairer) useMinutes() ([]edit, error) {
	seconds, err := strconv.ParseInt(r.setting("jwksServiceTimeToLive").text, 10, 64)
	if err != nil {
		return nil, err
	}
	return []edit{set("jwksServiceTimeToLive", max(min(seconds/60, mostMinutes), 1))}, nil
}

// shortScopes requires scopes in the form in which tokens carry them.
func (r *repairer) shortScopes() ([]edit, error) {
	if r.finding.Field != "scopes" {
		return nil, refuse("the scope stands in an expression: correct it by hand")
	}
	if meantAsExpression(r.setting("scopes").text) {
		return nil, withoutMarks()
	}
	words := strings.Fields(r.setting("scopes").text)
	for i, word := range words {
		short := word[strings.LastIndexByte(word, '/')+1:]
		if short == ".default" || short == "" {
			return nil, r.anyScope()
		}
		words[i] = short
	}
	return []edit{set("scopes", strings.Join(words, " "))}, nil
}

// anyScope asks for the scope that stands in the place of .default.
func (r *repairer) anyScope() error {
	return refuse(".default is no scope: it stands for all that the client has", needScope())
}

// parsed reads the expression that the finding is about. It is nil where there is none that can be read.
func (r *repairer) parsed() *dataweave.Expr {
	v := r.subject()
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

// byHand is the refusal of a repair that only a person can make.
func byHand() error {
	return refuse("what the expression is meant to say, only you know: correct it by hand")
}

// addParentheses writes the expression as it was most likely meant.
func (r *repairer) addParentheses() ([]edit, error) {
	expr := r.parsed()
	if expr == nil || len(expr.Ambiguities()) == 0 || expr.Ambiguities()[0].Write == "" {
		return nil, byHand()
	}
	return r.replaceValue("#[" + expr.Ambiguities()[0].Write + "]")
}

// splitScopes looks for a scope among the words of scp.
func (r *repairer) splitScopes() ([]edit, error) {
	expr := r.parsed()
	if expr == nil {
		return nil, byHand()
	}
	claim, texts, ok := contained(expr.Root.Bare())
	if !ok {
		return nil, byHand()
	}
	return r.replaceValue("#[" + askFor(claim, texts) + "]")
}

// meantAsExpression reports whether a text is no expression for the gateway, and was most likely
// meant as one: it names what only an expression can read, or is what a comparison is written of.
func meantAsExpression(text string) bool {
	inner := strings.Trim(text, " \t\r\n#$[](){}")
	for _, root := range []string{"vars", "attributes", "authentication", "payload", "message"} {
		if rest, found := strings.CutPrefix(inner, root); found &&
			(strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "[")) &&
			(root != "payload" && root != "message" || strings.ContainsAny(rest, " '\"[(")) {
			return true
		}
	}
	return strings.Contains(inner, "vars.claimSet") ||
		strings.HasPrefix(strings.TrimSpace(text), "#")
}

// withoutMarks is the refusal to take the text of an expression for a value.
func withoutMarks() error {
	return refuse("the value is an expression without #[ ]: the gateway takes it for a plain text; " +
		"write it as #[ ] by hand")
}

// askList asks whether a list contains the text that it was compared with.
func (r *repairer) askList() ([]edit, error) {
	v := r.subject()
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
			return r.replaceValue("#[" + askFor(item.key, []string{text}) + "]")
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
	if texts, strings := literal.Strings(); ok && isLiteral && strings && len(texts) > 0 {
		return r.replaceValue("#[" + askFor(claim, texts) + "]")
	}
	return nil, byHand()
}

// contained returns the claim and the text of "claim contains 'text'".
func contained(n *dataweave.Node) (claim string, texts []string, ok bool) {
	if n.Kind != dataweave.Call || n.Name != "contains" || len(n.Args) != 2 {
		return "", nil, false
	}
	claim, ok = claimPath(n.Args[0].Bare())
	literal, isLiteral := n.Args[1].Literal()
	text, isText := literal.Str()
	return claim, []string{text}, ok && isLiteral && isText
}

// askFor is the expression that a claim has each of the texts: scp as a word, any other as an item.
func askFor(claim string, texts []string) string {
	target := "vars.claimSet." + claim
	if claim == "scp" {
		target = "(" + target + " splitBy ' ')"
	}
	parts := make([]string, len(texts))
	for i, text := range texts {
		parts[i] = target + " contains " + quoted(text)
		if len(texts) > 1 {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, " and ")
}
