package mulesoft

import (
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

func arrayEqualityOnClaims() rules.Rule {
	return rules.Rule{
		Name:  "array-equality-on-claims",
		Title: "a claim is compared with a whole list",
		Why: "Lists are equal only in the same order and length: a user with one more group, or " +
			"with the same groups in another order, is rejected. Entra ID's scp is a text, " +
			"which never equals a list.",
		Fix: "Ask for each value: (vars.claimSet.roles contains 'a') and (vars.claimSet.roles " +
			"contains 'b').",
		Severity:   rules.Error,
		Lesser:     "a warning for any claim except scp, which may be such a list",
		References: []string{kbArrayClaims, docDataWeave},
		Check:      eachParsed(comparesWholeList),
	}
}

func comparesWholeList(c configured, e expressionField) []rules.Finding {
	switch claim := comparedWithList(e.expr); claim {
	case "":
		return nil
	case "scp":
		return c.finding(e.name, e.value, "scp is a text of words, which never equals a list")
	default:
		const message = "%s is compared with a whole list: another order or one value more fails"
		all := c.finding(e.name, e.value, fmt.Sprintf(message, claim))
		all[0].Severity = rules.Warning
		return all
	}
}

// comparedWithList is the first claim that must equal a list; empty where there is none.
func comparedWithList(e *dataweave.Expr) string {
	for n := range e.Root.All() {
		if n.Kind != dataweave.Compare || n.Name != "==" {
			continue
		}
		for i, arg := range n.Args {
			claim, ok := claimPath(arg.Bare())
			if ok && n.Args[1-i].Bare().Kind == dataweave.List {
				return claim
			}
		}
	}
	return ""
}

func expressionNotParseable() rules.Rule {
	return rules.Rule{
		Name:  "expression-not-parseable",
		Title: "an expression can't be read",
		Why: "The gateway can't read it either: the check that it makes fails for every token, " +
			"or the policy is not applied.",
		Fix:        "Correct it at the column that the message names.",
		Severity:   rules.Error,
		References: []string{docDataWeave, docJWTPage},
		Check:      eachExpression(cannotBeParsed),
	}
}

func cannotBeParsed(c configured, e expressionField) []rules.Finding {
	var fault *source.Error
	if !errors.As(e.fault, &fault) || fault.Limit {
		return nil
	}
	const cannot = "the expression can't be read: column %d: %s"
	message := fmt.Sprintf(cannot, e.offset+fault.Pos.Column, fault.Cause)
	for _, hint := range fault.Hints {
		message += "; " + hint.Text
	}
	return c.finding(e.name, e.value, message)
}

func expressionNotSupported() rules.Rule {
	return rules.Rule{
		Name:  "expression-not-supported-by-gateway",
		Title: "an expression uses what this gateway does not have",
		Why: "Flex Gateway compiles expressions to a small language without regular " +
			"expressions, lambdas, imports, objects and coercions. What it does not have fails " +
			"for every token.",
		Fix:        "Write it with comparisons, contains, splitBy and default.",
		Severity:   rules.Error,
		References: []string{docFlexPEL},
		Check:      eachParsed(usesWhatIsMissing),
	}
}

func usesWhatIsMissing(c configured, e expressionField) []rules.Finding {
	for _, u := range e.expr.Unsupported() {
		if !u.Missing {
			continue
		}
		message := fmt.Sprintf("%s (column %d)", u.Why, e.offset+u.Column)
		if u.Write != "" {
			message += "; write " + u.Write
		}
		return c.finding(e.name, e.value, message)
	}
	return nil
}

func expressionAmbiguous() rules.Rule {
	return rules.Rule{
		Name:  "expression-ambiguous",
		Title: "an expression without parentheses is read differently from how it looks",
		Why: "Infix functions bind looser than and, or and ==: " +
			"\"a contains 'x' or b contains 'y'\" reads as " +
			"\"(a contains ('x' or b)) contains 'y'\".",
		Fix:        "Put each contains into parentheses of its own.",
		Severity:   rules.Error,
		References: []string{docDataWeave},
		Check:      eachParsed(isAmbiguous),
	}
}

func isAmbiguous(c configured, e expressionField) []rules.Finding {
	if len(e.expr.Ambiguities()) == 0 {
		return nil
	}
	a := e.expr.Ambiguities()[0]
	const reads = "without parentheses this reads as %s (column %d)"
	message := fmt.Sprintf(reads, a.Reads, e.offset+a.Column)
	if a.Write != "" {
		message += "; write " + a.Write
	}
	return c.finding(e.name, e.value, message)
}

func expressionAmongBlanks() rules.Rule {
	return rules.Rule{
		Name:  "expression-among-blanks",
		Title: "an expression has spaces or the end of a line around #[ ]",
		Why: "It is not documented whether the gateway reads such a text as an expression or as " +
			"plain text, with which a claim is compared literally. In YAML a block that begins " +
			"with | ends with the end of a line, which nobody sees.",
		Fix: "Write nothing around #[ ]: in YAML |- instead of |, in Terraform quotes instead " +
			"of <<.",
		Severity:   rules.Warning,
		References: []string{docJWTPage, docDataWeave},
		Check:      eachExpression(isAmongBlanks),
	}
}

func isAmongBlanks(c configured, e expressionField) []rules.Finding {
	if e.value.Text == strings.TrimSpace(e.value.Text) {
		return nil
	}
	around, without := aroundExpression(e.value.Text)
	return c.finding(e.name, e.value, around+", and it is not documented how the gateway takes "+
		"that; write "+without)
}

// cutBlanks writes the expression without the spaces and line ends around it.
func (r *repairer) cutBlanks() ([]edit, error) {
	text, _ := r.findingValue().Str()
	return r.replaceValue(strings.TrimSpace(text))
}

func expressionNotBoolean() rules.Rule {
	return rules.Rule{
		Name:  "expression-not-boolean",
		Title: "the expression of a claim does not give a boolean",
		Why: "A claim's expression must give true. One that gives the claim itself always " +
			"fails: every token is rejected with 401.",
		Fix: "Compare: #[vars.claimSet.department == 'Sales'], or write the value itself, " +
			"without #[ ].",
		Severity:   rules.Error,
		Lesser:     "a warning for a claim that may be a boolean itself",
		References: []string{docJWTPage},
		Check:      eachParsed(givesNoBoolean),
	}
}

func givesNoBoolean(c configured, e expressionField) []rules.Finding {
	if !e.test {
		return nil
	}
	claim, isClaim := claimPath(e.expr.Root.Bare())
	switch {
	case e.expr.Root.Boolean() == rules.No, isClaim && neverBoolean(claim):
		message := "the expression does not give a boolean, so the claim fails for every token"
		if e.name == "nonMandatoryCustomClaims" {
			message += " that has it"
		}
		return c.finding(e.name, e.value, message)
	case isClaim:
		message := "the expression gives " + claim + " itself, and the claim fails unless that " +
			"is a boolean"
		all := c.finding(e.name, e.value, message)
		all[0].Severity = rules.Warning
		return all
	}
	return nil
}

// neverBoolean reports whether a claim is a text, a number or a list in all tokens of Entra ID
// (learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
func neverBoolean(claim string) bool {
	switch claim {
	case "aud", "iss", "iat", "nbf", "exp", "acr", "amr", "appid", "azp", "appidacr", "azpacr",
		"groups", "idp", "idtyp", "name", "oid", "preferred_username", "roles", "scp", "scope",
		"sub", "tid", "unique_name", "upn", "uti", "ver", "wids", "email":
		return true
	}
	return false
}

func tokenExpressionGivesNoToken() rules.Rule {
	return rules.Rule{
		Name:  "token-expression-gives-no-token",
		Title: "the expression for the token gives more or less than the token",
		Why: "What jwtExpression gives has to be the token itself. Whether the gateway removes " +
			"a word such as Bearer from it is not documented; if it does not, it finds no " +
			"readable token and rejects every request.",
		Fix: "Give only the token: #[(attributes.headers['authorization'] splitBy ' ')[1]], or " +
			"set jwtOrigin to httpBearerAuthenticationHeader.",
		Severity:   rules.Warning,
		References: []string{docJWTPage},
		Check:      eachParsed(givesNoToken),
	}
}

// givesNoToken evaluates the expression on a request that has the token wherever the expression
// looks for it.
func givesNoToken(c configured, e expressionField) []rules.Finding {
	if e.name != "jwtExpression" {
		return nil
	}
	parsed := c.parse(e.value.Text)
	parsed.claimless = true
	got := parsed.run(withTokenEverywhere(reads(parsed)), c.runtime, "")
	text, ok := got.Value.Str()
	shown := strings.ReplaceAll(text, tokenStandIn, "and the token")
	switch {
	case got.Unknown != nil && got.Unknown.Why == partOfToken:
		shown = "a part of the token, or another form of it"
	case e.expr.Root.Boolean() == rules.Yes:
		shown = "true or false, and not the token"
	case !ok && got.Value != nil && got.Value.Kind != source.Null:
		shown = got.Value.Kind.String() + ", and not the token"
	case !ok || text == tokenStandIn:
		return nil
	case !strings.Contains(text, tokenStandIn):
		shown = fmt.Sprintf("%q, and not the token", text)
	}
	return c.finding(e.name, e.value, "the expression gives "+shown+
		", where the gateway looks for only the token")
}

// withTokenEverywhere is a request with the token in the Authorization header, behind Bearer, and
// alone in whatever else an expression reads.
func withTokenEverywhere(in []rules.Input) *rules.Request {
	r := &rules.Request{
		Token:   &inspect.Token{Shape: inspect.Signed, Claims: &source.Value{Kind: source.Object}},
		Headers: map[string]string{}, Query: map[string]string{},
	}
	for _, input := range in {
		switch {
		case input.Source == rules.FromQuery:
			r.Query[input.Name] = tokenStandIn
		case input.Source == rules.FromHTTP && !strings.EqualFold(input.Name, "authorization"):
			r.Headers[textproto.CanonicalMIMEHeaderKey(input.Name)] = tokenStandIn
		}
	}
	return r
}

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

func expressionReadsElsewhere() rules.Rule {
	return rules.Rule{
		Name:  "expression-reads-elsewhere",
		Title: "an expression reads something that neither the token nor this policy has",
		Why: "JWT Validation gives its expressions the token's claims in vars.claimSet, with " +
			"that spelling, and the request in attributes. Another variable is null unless an " +
			"earlier policy sets it, authentication is filled in by a policy that has already " +
			"let the caller in, and the payload is what the caller writes.",
		Fix:        "Read the claim: #[vars.claimSet.appid] or #[vars.claimSet.azp].",
		Severity:   rules.Warning,
		References: []string{docJWTPage, docClientID},
		Check:      readsElsewhere,
	}
}

// readsElsewhere looks at each expression of a policy that reads tokens or credentials, and at the
// policies that run before.
func readsElsewhere(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, c := range inForce(s) {
		// most expressions ask for nothing that other policies leave behind
		before := sync.OnceValue(func() setter { return setters(s, c.policy) })
		for _, e := range c.expressions() {
			if e.expr == nil {
				continue
			}
			if why := c.missing(e, before); why != "" {
				all = append(all, c.finding(e.name, e.value, why)...)
			}
		}
	}
	return all
}

// setter is what policies that may run before another one leave behind for it.
type setter struct {
	vars   bool          // they may set variables
	caller bool          // they may have let the caller in, and fill in authentication
	named  *rules.Policy // that takes the caller's word for who they are; nil where none does
}

// setters looks at the policies that may run before one. A policy that is not modelled may set
// anything.
func setters(s *rules.Subject, of *rules.Policy) setter {
	var all setter
	at := slices.Index(s.Policies, of)
	for i, p := range s.Policies {
		if p == of || p.When.Disabled || rules.RunsBefore(s.Policies, i, at) == rules.No {
			continue
		}
		e, ours := p.Entry.(*entry)
		if !ours {
			all.vars, all.caller = true, true
			continue
		}
		_, known := modelled(e.asset)
		decided := len(p.Checks()) > 0
		switch {
		case e.custom || !known:
			all.vars, all.caller = all.vars || decided || len(p.Effects) > 0, all.caller || decided
		case e.asset == clientIDEnforcement && !asksForSecret(p):
			all.named = p
		default:
			all.caller = true
		}
	}
	return all
}

// asksForSecret reports whether a policy checks, or may check, that the client knows its secret.
func asksForSecret(p *rules.Policy) bool {
	c := p.Find(func(c *rules.Check) bool { return c.ID == rules.ClientSecret })
	return c != nil && c.Skip == ""
}

// missing says what an expression reads that may not be there, or that the caller writes; empty
// where it reads nothing of the kind.
func (c configured) missing(e expressionField, before func() setter) string {
	if e.isSecret() {
		return "it reads nothing of the request: every caller has the same secret, or none"
	}
	if name := unresolvedName(e.expr); name != "" {
		return name + " is not a name that a policy's expressions know: the claims are in " +
			"vars.claimSet"
	}
	for _, path := range e.expr.Reads() {
		root, rest, _ := strings.Cut(strings.ReplaceAll(path, "[", "."), ".")
		name, _, _ := strings.Cut(rest, ".")
		switch {
		case root == "payload" && e.name == "jwtExpression":
			return path + " is in the request's body, and it is not documented whether the " +
				"policy reads that"
		case root == "payload" && c.readsCredentials(): // the caller's own, as documented
		case root == "payload":
			return path + " is in the request's body, which the caller writes: it does not show " +
				"who the token was issued to"
		case root == "authentication" && before().caller:
		case root == "authentication" && before().named != nil:
			const word = "%s is what the caller wrote for %s, which requires no secret"
			return fmt.Sprintf(word, path, before().named.Name)
		case root == "authentication":
			return path + " is not filled in yet: no policy here that runs before this one " +
				"has let the caller in"
		case root == "vars" && name == "claimSet" && e.name == "jwtExpression":
			return path + " is not there yet: the claims come from the token that this " +
				"expression is to find"
		case root == "vars" && name == "claimSet" && c.readsCredentials() && !before().vars:
			return path + " does not exist here: vars.claimSet is only in the expressions of " +
				"JWT Validation, which leaves the claims in authentication.properties.claims"
		case root != "vars" || name == "claimSet" || name == "":
		case strings.EqualFold(name, "claimSet"):
			return path + " does not exist: the claims are in vars.claimSet, which is " +
				"case-sensitive"
		case !before().vars:
			return path + " does not exist: no policy here that runs before this one sets it, " +
				"and the claims are in vars.claimSet"
		}
	}
	return ""
}

// unresolvedName is the first name in an expression that no policy's expressions have; empty where
// all resolve. The names that the header of a script defines are not looked at.
func unresolvedName(e *dataweave.Expr) string {
	for n := range e.Root.All() {
		switch {
		case n.Kind == dataweave.Script:
			return ""
		case n.Kind == dataweave.Root && !dataweave.IsVariable(n.Name):
			return n.Name
		}
	}
	return ""
}
