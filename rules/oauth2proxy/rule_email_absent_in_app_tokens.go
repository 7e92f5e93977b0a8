package oauth2proxy

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
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
			if domains.unknown != nil || len(domains.texts()) == 0 || everyDomain(domains) {
				return nil
			}
			var at []string
			for _, domain := range domains.texts() {
				at = append(at, inspect.Visible(domain))
			}
			absent := ""
			if claim := i.emailClaim(); claim != "sub" {
				absent = "an app-only token has no " + claim + ": sub takes its place, and "
			} else {
				absent = "the sub of an app-only token "
			}
			return i.finding(
				domains, "%sis not an address at %s", absent, strings.Join(at, " or "))
		}),
	}
}

// everyDomain reports whether every address is let in.
func everyDomain(domains setting) bool { return slices.Contains(domains.texts(), "*") }
