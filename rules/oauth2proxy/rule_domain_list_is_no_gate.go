package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

func domainListIsNoGate() rules.Rule {
	return rules.Rule{
		Name:  "domain-list-is-no-gate",
		Title: "a token without an e-mail and sub gets past email_domains",
		Why: "OAuth2 Proxy compares an e-mail only where a session has one. A valid token that " +
			"has neither the claim of the e-mail nor sub makes a session without one, and no " +
			"domain is asked of it. Entra ID writes sub into every token; other issuers need not.",
		Fix:        "Restrict callers by allowed_groups too, which every session must have.",
		Severity:   rules.Note,
		Since:      since,
		References: []string{codeProxy, codeEmail},
		Check: eachBearer(func(i instance) []rules.Finding {
			domains, groups := i.get("email_domains"), i.get("allowed_groups")
			if domains.unknown != nil || !domains.set() || everyDomain(domains) ||
				len(groups.values) > 0 || groups.unknown != nil {
				return nil
			}
			absent := "sub"
			if claim := i.emailClaim(); claim != absent {
				absent = claim + " and sub"
			}
			return i.finding(domains, "email_domains alone decides who gets in, and a token "+
				"without %s gets past it", absent)
		}),
	}
}
