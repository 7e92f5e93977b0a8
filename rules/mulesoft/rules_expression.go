package mulesoft

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"

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
