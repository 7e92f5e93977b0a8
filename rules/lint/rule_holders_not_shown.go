package lint

import (
	"cmp"

	"github.com/gatewhy/gatewhy/rules"
)

func holdersNotShown() rules.Rule {
	return rules.Rule{
		Name:  "holders-not-shown",
		Title: "whoever was given a role, a scope or a contract gets in, and no file shows who",
		Why: "Roles, scopes and contracts are given to clients one by one, and the API's app " +
			"registration does not show to whom. Where one was given to another environment's " +
			"client too, that client gets in.",
		Fix: "Look at who holds them: gatewhy matrix does so with the registrations of all " +
			"environments, the assignments and the contracts. Or require the id of the " +
			"environment's own client too.",
		Severity:   rules.Note,
		References: []string{daemonFlow},
		Check:      checkHolders,
	}
}

// checkHolders looks for what lets in a client of another environment that somebody has given what
// the environment's own have, where it lets in no other client.
func checkHolders(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	if s.App == nil || len(eachCheck(checkNamesClient)(s)) > 0 {
		return nil // of a client id that names none, wherever the keys are from
	}
	said := map[*exposed]bool{}
	for _, p := range tokenPolicies(s) {
		e := exposing(s, p)
		if said[e] || e.daemons() == letIn || e.users() == letIn || e.openToAny(false) {
			continue // it is said, or anybody gets in, and other rules say so
		}
		given := withHolders(e.holders, underContract(e.policies), e.looked)
		if got, _ := given.ask(e.holders.Granted(), true); got != letIn || closed(s, p) {
			continue
		}
		said[e] = true
		c, who := whatIsGiven(p)
		all = append(all, at(c, "%s gets in, and the app registration does not show who that "+
			"is: another environment's client may be one", who))
	}
	return all
}

// underContract is policies as a client with a contract meets them.
func underContract(policies []*rules.Policy) []*rules.Policy {
	return withChecks(policies, func(c *rules.Check) *rules.Check {
		if c.ID == rules.Contract || c.ID == rules.ClientSecret {
			return &rules.Check{Skip: "the client has a contract"}
		}
		return c
	})
}

// whatIsGiven is the check that lets those past who were given something, and who they are.
func whatIsGiven(p *rules.Policy) (c *rules.Check, who string) {
	switch roles, scopes := claimCheck(p, "roles"), claimCheck(p, "scp"); {
	case roles != nil:
		return roles, "whoever was assigned the role"
	case scopes != nil:
		return scopes, "whoever was granted the scope"
	case find(p, rules.Contract) != nil:
		return find(p, rules.Contract), "whoever has a contract"
	}
	return cmp.Or(
		claimCheck(p, "aud"), find(p, rules.Signature), find(p, rules.Introspection),
	), "whoever was assigned a role or granted a scope of the API, or has a contract,"
}
