package mulesoft

import (
	"fmt"

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
		Since:      since,
		References: []string{kbArrayClaims, docDataWeave},
		Check:      eachExpression(comparesWholeList),
	}
}

func comparesWholeList(c configured, e expressionField) []rules.Finding {
	if e.expr == nil {
		return nil
	}
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
