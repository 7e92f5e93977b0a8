package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
)

func anyClientAccepted() rules.Rule {
	return rules.Rule{
		Name:  "any-client-accepted",
		Title: "any client of the tenant is accepted",
		Why: "Nothing in the API's policies separates clients, APIs or environments: a token that the tenant has issued to any client, " +
			"for any API, DEV's at UAT included, is let in.",
		Fix: "Check this environment's audience and the client id (JWT Validation), or require a scope or a role that only this " +
			"environment's clients have.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{kbArticle, daemonFlow},
		Check:      checkAnyClient,
	}
}

func checkAnyClient(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		f := at(first(find(p, rules.Contract), find(p, rules.ClientID), find(p, rules.Signature), find(p, rules.Introspection)), "any client of the tenant is accepted: nothing here separates clients or environments")
		checks := covers(s, p)
		switch worst := separated(checks); {
		case worst == rules.No:
			all = append(all, f)
		case worst == rules.Maybe && onlyStrangers(checks):
			f.Message += ", unless a policy that is not modelled does"
			all = append(all, less(f, rules.Note))
		}
	}
	return all
}

// separated tells whether the checks tell some clients, APIs or environments of one tenant from others.
func separated(checks []*rules.Check) rules.Truth {
	best := rules.No
	for _, c := range checks {
		best = max(best, separates(c))
	}
	return best
}

func separates(c *rules.Check) rules.Truth {
	switch {
	case c.Skip != "":
		return rules.No
	case c.ID == rules.NotModelled:
		return rules.Maybe
	case c.ID == rules.Audience, c.ID == rules.CustomClaim:
		return separatesByClaim(c)
	case c.ID == rules.Scopes, c.ID == rules.Contract, c.ID == rules.ClientSecret:
		if c.Unknown != nil {
			return rules.Maybe
		}
		return rules.Yes
	}
	return rules.No
}

// separatesByClaim is true for every claim but those that are the same in all tokens of a tenant.
func separatesByClaim(c *rules.Check) rules.Truth {
	if c.Unknown != nil {
		return rules.Maybe
	}
	separating := func(in rules.Input) bool {
		return (in.Source == rules.FromClaim || in.Source == rules.FromIntrospection) && !slices.Contains(common(), in.Name)
	}
	return restricts(c.Test, separating, c.ID == rules.Audience)
}

// common lists the claims that tokens of all clients and APIs of a tenant share.
func common() []string {
	return []string{"iss", "tid", "ver", "typ", "idtyp", "exp", "nbf", "iat", "acr", "appidacr", "azpacr", "idp"}
}

// onlyStrangers reports whether nothing but policies that are not modelled may separate clients.
func onlyStrangers(checks []*rules.Check) bool {
	return !slices.ContainsFunc(checks, func(c *rules.Check) bool {
		return c.ID != rules.NotModelled && separates(c) != rules.No
	})
}
