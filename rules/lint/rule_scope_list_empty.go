package lint

import "github.com/gatewhy/gatewhy/rules"

func scopeListEmpty() rules.Rule {
	return rules.Rule{
		Name:  "scope-list-empty",
		Title: "the client id is skipped, and no scope is required instead",
		Why: "Skipping the client id is sound only together with a scope that separates the " +
			"environments. With an empty list any active token is accepted.",
		Fix:      "Require a scope that only this environment's API exposes, such as UAT.Access.",
		Severity: rules.Warning,
		Check: eachPolicy(func(_ *rules.Subject, p *rules.Policy) []rules.Finding {
			scopes, contract := find(p, rules.Scopes), find(p, rules.Contract)
			if scopes == nil || scopes.Skip == "" || contract != nil && contract.Skip == "" {
				return nil
			}
			return one(at(scopes, "the client id is skipped, and no scope is required instead"))
		}),
	}
}
