package oauth2proxy

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func emailAbsentInAppTokens() rules.Rule {
	return rules.Rule{
		Name:  "email-absent-in-app-tokens",
		Title: "email_domains lets no app-only token in",
		Why: "An app-only token has no e-mail. OAuth2 Proxy takes sub in its place, which is an " +
			"id and ends with no domain: the request is answered with 403, though the token is " +
			"valid. A user's access token has email only where the app registration asks for " +
			"that optional claim.",
		Fix: "Where daemons are to get in, set email_domains to * and restrict callers by " +
			"allowed_groups, with oidc_groups_claim set to roles. For users, ask for the " +
			"optional claim email, or set oidc_email_claim to preferred_username or upn.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{issueEmail, docOptions},
		Check: eachBearer(func(i instance) []rules.Finding {
			domains := i.get("email_domains")
			if domains.unknown != nil || !domains.set() || everyDomain(domains) {
				return nil
			}
			return i.finding(domains, "an app-only token has no %s: sub takes its place, and is "+
				"not an address at %s", i.emailClaim(), strings.Join(domains.texts(), " or "))
		}),
	}
}

// everyDomain reports whether every address is let in.
func everyDomain(domains setting) bool { return slices.Contains(domains.texts(), "*") }
