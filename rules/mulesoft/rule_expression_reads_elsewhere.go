package mulesoft

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

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
