package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

func extraIssuersShareAudiences() rules.Rule {
	return rules.Rule{
		Name:  "extra-issuers-share-audiences",
		Title: "extra issuers accept the extra audiences too",
		Why: "Each of extra_jwt_issuers is written with its own audience, but accepts all of " +
			"oidc_extra_audiences as well. An audience that was meant for the tenant's own " +
			"tokens is accepted from every extra issuer, and whoever controls that issuer can " +
			"write it.",
		Fix: "Leave oidc_extra_audiences empty, and write one issuer=audience pair for each " +
			"audience.",
		Severity:   rules.Note,
		Since:      since,
		References: []string{docOptions, codeIssuers},
		Check: eachBearer(func(i instance) []rules.Finding {
			extra, audiences := i.get("extra_jwt_issuers"), i.get("oidc_extra_audiences")
			if !extra.set() || len(extra.values) == 0 || len(audiences.values) == 0 {
				return nil
			}
			return i.finding(audiences, "the extra issuers accept oidc_extra_audiences too, "+
				"beside their own audience")
		}),
	}
}
