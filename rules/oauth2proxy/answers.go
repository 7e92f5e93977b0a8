package oauth2proxy

import (
	"github.com/gatewhy/gatewhy/rules"
)

// signIn is what a request without a valid session gets: JSON where it asks for it, else the
// sign-in page, or a redirect to the provider (oauthproxy.go, Proxy).
func (c *compiler) signIn() rules.Answer {
	force, skip := c.get("force_json_errors"), c.get("skip_provider_button")
	inJSON := c.row(noSession, asJSON)
	subrequest := rules.Case{
		If: isSubrequest(c.get("proxy_prefix")), Answer: c.row(noSession, asSubrequest),
	}
	switch {
	case force.on():
		inJSON.Cases = []rules.Case{subrequest}
		return inJSON
	case force.unknown != nil || skip.unknown != nil:
		return rules.Answer{Situation: noSession}
	}
	answer := c.row(noSession, always)
	if skip.on() {
		answer = c.row(noSession, asRedirect)
	}
	answer.Cases = []rules.Case{subrequest, {If: acceptsJSON(), Answer: inJSON}}
	if routes := c.get("api_routes"); routes.unknown == nil && len(routes.values) > 0 {
		if test, err := pathMatches(routes.texts()); err == nil {
			answer.Cases = append(answer.Cases, rules.Case{If: test, Answer: inJSON})
		}
	}
	return answer
}

// acceptsJSON holds where one of the types in the Accept header is application/json, alone and
// exactly (oauthproxy.go, isAjax).
func acceptsJSON() rules.Predicate {
	return matches(rules.Input{Source: rules.FromHTTP, Name: "Accept"},
		`(?s:.*,)?\s*application/json\s*(?s:,.*)?`)
}

// refusal is what a request with an invalid token gets.
func (c *compiler) refusal() rules.Answer {
	switch fallback := c.get("bearer_token_login_fallback"); {
	case fallback.unknown != nil:
		return rules.Answer{Situation: invalidBearer}
	case fallback.on():
		return c.signIn()
	}
	return c.row(invalidBearer, always)
}

// denial is what a request gets whose token is valid, and whose owner is not allowed.
func (c *compiler) denial() rules.Answer {
	answer := c.row(notAllowed, always)
	switch force := c.get("force_json_errors"); {
	case force.unknown != nil:
		answer = rules.Answer{Situation: notAllowed, Status: answer.Status}
	case force.on():
		answer = c.row(notAllowed, asForcedJSON)
	}
	answer.Cases = []rules.Case{{
		If: isSubrequest(c.get("proxy_prefix")), Answer: c.row(notAllowed, asSubrequest),
	}}
	return answer
}
