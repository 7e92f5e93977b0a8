package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

func loginFallback() rules.Rule {
	return rules.Rule{
		Name:  "login-fallback",
		Title: "a caller with an invalid token gets a sign-in page",
		Why: "With bearer_token_login_fallback, which is on unless it is switched off, a " +
			"request with an invalid token is treated as one without a token: the caller gets " +
			"the sign-in page as HTML, or a redirect to the provider that a program follows. " +
			"What is wrong with the token is in the proxy's log alone.",
		Fix: "Set bearer_token_login_fallback to false, which answers 403. Or name the paths of " +
			"the API in api_routes, which answer 401 and {}.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docOptions, codeSession},
		Check: eachBearer(func(i instance) []rules.Finding {
			fallback, force := i.get("bearer_token_login_fallback"), i.get("force_json_errors")
			routes := i.get("api_routes")
			if !fallback.on() || !force.off() || routes.unknown != nil || len(routes.values) > 0 {
				return nil
			}
			if !fallback.set() {
				bearer := i.get("skip_jwt_bearer_tokens")
				fallback.given = bearer.given
			}
			return i.finding(fallback, "an invalid token is answered with the sign-in page: "+
				"bearer_token_login_fallback is on")
		}),
	}
}
