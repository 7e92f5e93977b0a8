package mulesoft

import (
	"fmt"
	"net/textproto"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

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
		Since:      since,
		References: []string{docJWTPage},
		Check:      eachExpression(givesNoToken),
	}
}

// givesNoToken evaluates the expression on a request that has the token wherever the expression
// looks for it.
func givesNoToken(c configured, e expressionField) []rules.Finding {
	if e.name != "jwtExpression" || e.expr == nil {
		return nil
	}
	parsed := c.parse(e.value.Text)
	got := parsed.run(withTokenEverywhere(reads(parsed)), c.runtime, "")
	text, ok := got.Value.Str()
	if !ok || text == tokenStandIn {
		return nil
	}
	shown := strings.ReplaceAll(text, tokenStandIn, "and the token")
	if !strings.Contains(text, tokenStandIn) {
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
