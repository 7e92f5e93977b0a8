package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

func bearerTokensIgnored() rules.Rule {
	return rules.Rule{
		Name:  "bearer-tokens-ignored",
		Title: "bearer tokens are not looked at",
		Why: "Without skip_jwt_bearer_tokens OAuth2 Proxy knows a caller by its own session " +
			"cookie alone. A program that sends an access token is sent to the sign-in page, " +
			"whatever the token says.",
		Fix:        "Switch skip_jwt_bearer_tokens on where programs are to call with a token.",
		Severity:   rules.Note,
		Since:      since,
		References: []string{docOptions},
		Check: eachInstance(func(i instance) []rules.Finding {
			bearer := i.get("skip_jwt_bearer_tokens")
			if !bearer.off() {
				return nil
			}
			return i.finding(bearer, "skip_jwt_bearer_tokens is off: a caller with an access "+
				"token is sent to the sign-in page")
		}),
	}
}
