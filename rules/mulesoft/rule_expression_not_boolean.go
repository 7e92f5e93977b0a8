package mulesoft

import (
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

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
		Since:      since,
		References: []string{docJWTPage},
		Check:      eachExpression(givesNoBoolean),
	}
}

func givesNoBoolean(c configured, e expressionField) []rules.Finding {
	if !e.test || e.expr == nil {
		return nil
	}
	claim, isClaim := claimPath(e.expr.Root.Bare())
	switch {
	case e.expr.Boolean() == dataweave.No, isClaim && neverBoolean(claim):
		const message = "the expression does not give a boolean, so the claim fails for every " +
			"token"
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
