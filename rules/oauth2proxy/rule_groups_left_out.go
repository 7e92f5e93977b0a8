package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

func groupsLeftOut() rules.Rule {
	return rules.Rule{
		Name:  "groups-left-out-of-large-tokens",
		Title: "a user of many groups has none in the token",
		Why: "Entra ID leaves groups out of the token of a user who is in more than 200, and " +
			"writes where they can be read. OAuth2 Proxy reads them there when a user signs in, " +
			"and not for a bearer token: such a user is answered with 403.",
		Fix: "Let the app registration write only the groups that are assigned to the " +
			"application, or use app roles: oidc_groups_claim = \"roles\".",
		Severity:   rules.Note,
		Since:      since,
		References: []string{docEntra, program + "providers/ms_entra_id.go"},
		Check: eachBearer(func(i instance) []rules.Finding {
			groups, of := i.get("allowed_groups"), i.get("oidc_groups_claim")
			if issuer := i.get("oidc_issuer_url"); len(groups.values) == 0 ||
				of.text() != "groups" || !ofEntra(issuer.text()) {
				return nil
			}
			return i.finding(groups, "a user of more than 200 groups has no groups in the token, "+
				"and is not let in")
		}),
	}
}
