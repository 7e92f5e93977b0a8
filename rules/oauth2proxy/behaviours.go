package oauth2proxy

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// version is the version of the program whose source every rule here was read from, and that was
// run.
const version = "v7.15.6"

// The references that checks and answers rest on.
const (
	program      = "oauth2-proxy " + version + ", "
	codeSession  = program + "pkg/middleware/jwt_session.go"
	codeVerifier = program + "pkg/providers/oidc/verifier.go"
	codeIssuers  = program + "pkg/validation/options.go"
	codeEmail    = program + "validator.go"
	codeGroups   = program + "providers/provider_default.go"
	codeClaims   = program + "providers/provider_data.go"
	codeProxy    = program + "oauthproxy.go"
	codeRedirect = program + "pkg/app/redirect/director.go"
	codeUpstream = program + "pkg/upstream/http.go"
	codeOIDC     = "coreos/go-oidc v3.21.0, oidc/verify.go"
	codeSessions = program + "pkg/apis/middleware/session.go"
)

// The pages that rules refer to.
const (
	docOptions  = "oauth2-proxy.github.io/oauth2-proxy/configuration/overview"
	docEntra    = "oauth2-proxy.github.io/oauth2-proxy/configuration/providers/ms_entra_id"
	issueEmail  = "github.com/oauth2-proxy/oauth2-proxy/issues/1270"
	issueIssuer = "github.com/oauth2-proxy/oauth2-proxy/issues/2719"
	issueAccess = "github.com/oauth2-proxy/oauth2-proxy/issues/1350"
)

// observed is for what the program did when we ran it, and where its source says so. What it
// answered then is recorded: see testdata/oracles/oauth2-proxy.
func observed(reference string) rules.Evidence {
	const ran = ", run on " + checkedOn
	return rules.Observed.From(reference + ran)
}

// notRun are the options with which the program was not run: what they do was read in its source.
func notRun() []string {
	return []string{
		"allowed_roles", "authenticated_emails_file", "oidc_public_key_files", "trusted_ips",
		"gitlab_projects", "keycloak_groups",
	}
}

// checkedOn is the day on which all references were last checked, and the program was run.
const checkedOn = "2026-11-28"

// The situations in which the program answers by itself.
const (
	noSession     = "no-session"
	invalidBearer = "invalid-bearer"
	notAllowed    = "not-allowed"
	brokenOff     = "broken-off"
	notSent       = "not-sent-upstream"
)

// What else must be so for an answer.
const (
	always     = ""
	asRedirect = "skip_provider_button is on"
	asJSON     = "force_json_errors is on, the request accepts application/json, or its path is " +
		"one of api_routes"
	asForcedJSON = "force_json_errors is on"
	asOddQuery   = "the query has a semicolon or a bad escape"
	asOddStart   = "the query has a semicolon or a bad escape, and skip_provider_button is on"
	asSubrequest = "nginx or another proxy asks /oauth2/auth, and answers with the status itself"
)

// behaviours is the table of what the program answers. It has no other answers to a token: the
// reason is in its log alone.
func behaviours() []rules.Behaviour {
	const (
		signIn  = "there is no valid token, and the caller may sign in"
		refused = "the token is not valid, and bearer_token_login_fallback is off"
		panics  = "the claim of the audience is neither a text nor a list of texts: the " +
			"connection ends without an answer"
		unsendable = "the token is valid, and a claim that goes upstream in a header has a " +
			"control character"
		forbidden = "the token is valid, and its e-mail or groups are not allowed"
	)
	row := func(
		situation, title, condition string, answer rules.Answer, headers ...string,
	) rules.Behaviour {
		answer.Situation, answer.Condition = situation, condition
		return rules.Behaviour{
			Situation: situation, Title: title, Condition: condition, Variant: Name,
			Policies: []string{Name}, Answer: answer, Headers: headers, Checked: checkedOn,
		}
	}
	says := func(status int, words string) rules.Answer {
		return rules.Answer{Status: status, Says: words, Evidence: observed(codeProxy)}
	}
	unread := func(status int, words string) rules.Answer {
		return rules.Answer{
			Status: status, Says: words, Evidence: rules.Inferred.From(codeRedirect),
		}
	}
	body := func(status int, text, reference string) rules.Answer {
		return rules.Answer{Status: status, Body: text, Evidence: observed(reference)}
	}
	const unauthorized, denied = "Unauthorized\n", "Forbidden\n"
	const json = "content-type: application/json"
	return []rules.Behaviour{
		row(noSession, signIn, always, says(403, "Sign in with")),
		row(noSession, signIn, asRedirect, says(302, "Found"),
			"location: <the provider's sign-in>"),
		row(noSession, signIn, asJSON, body(401, "{}", codeProxy), json),
		row(noSession, signIn, asOddQuery, unread(403, "Internal Server Error")),
		row(noSession, signIn, asOddStart, unread(400, "Bad Request")),
		row(noSession, signIn, asSubrequest, body(401, unauthorized, codeProxy)),
		row(invalidBearer, refused, always, body(403, denied, codeSession)),
		row(notAllowed, forbidden, always, says(403, "Forbidden")),
		row(notAllowed, forbidden, asForcedJSON, body(403, "{}", codeProxy), json),
		row(brokenOff, panics, always, rules.Answer{
			NoBody: true, Evidence: observed(codeVerifier),
		}),
		row(notSent, unsendable, always, rules.Answer{
			Status: 502, Says: "Bad Gateway", Evidence: observed(codeUpstream),
		}),
		row(notAllowed, forbidden, asSubrequest, body(401, unauthorized, codeProxy)),
	}
}

// causes are what a prediction does not see.
func causes() []rules.Cause {
	return []rules.Cause{
		rules.AnsweredBeside(),
		{
			ID:    "option-set-elsewhere",
			Title: "the program runs with an option that these files do not show",
			Why:   "a flag counts before a variable, and a variable before the file",
			Look: "the command line and the variables OAUTH2_PROXY_… with which it was " +
				"started",
			Evidence:   rules.Documented.From(docOptions),
			Situations: []string{noSession, invalidBearer, notAllowed, notSent},
			Any:        true,
		},
	}
}

// row looks up what the program sends in a situation under a condition.
func (c *compiler) row(situation, condition string) rules.Answer {
	for _, b := range c.behaviours {
		if b.Situation == situation && b.Condition == condition {
			return b.Answer
		}
	}
	return rules.Answer{}
}

// signIn is what a request without a valid session gets: JSON where it asks for it, else the
// sign-in page, or a redirect to the provider (oauthproxy.go, Proxy).
func (c *compiler) signIn() rules.Answer {
	force, skip := c.get("force_json_errors"), c.get("skip_provider_button")
	inJSON := c.row(noSession, asJSON)
	subrequest := rules.Case{
		If: c.isSubrequest(c.get("proxy_prefix")), Answer: c.row(noSession, asSubrequest),
	}
	switch {
	case force.on():
		inJSON.Cases = []rules.Case{subrequest}
		return inJSON
	case force.unknown != nil || skip.unknown != nil:
		return rules.Answer{Situation: noSession}
	}
	answer, byMethod := c.row(noSession, always), []rules.Case(nil)
	odd := rules.Case{If: oddQuery(), Answer: c.row(noSession, asOddQuery)}
	switch {
	case skip.on() && c.failsToRedirect():
		answer = rules.Answer{Situation: noSession}
		odd.Answer = answer
	case skip.on():
		answer, byMethod = c.redirect()
		odd.Answer = c.row(noSession, asOddStart)
	}
	answer.Cases = []rules.Case{subrequest, {If: c.acceptsJSON(), Answer: inJSON}}
	if routes := c.get("api_routes"); routes.unknown == nil && len(routes.values) > 0 {
		if on, unsure, err := c.onAPIRoute(routes.texts()); err == nil {
			answer.Cases = append(answer.Cases,
				rules.Case{If: unsure, Answer: rules.Answer{Situation: noSession}},
				rules.Case{If: on, Answer: inJSON})
		}
	}
	answer.Cases = append(append(answer.Cases, odd), byMethod...)
	return answer
}

// oddQuery is the predicate that the program can't read the query: it looks there for where to go
// after the sign-in.
func oddQuery() rules.Predicate {
	return rules.Predicate{Op: rules.True, Input: rules.Computed(
		"a query that can't be read", func(r *rules.Request) rules.Reading {
			_, err := url.ParseQuery(strings.TrimPrefix(r.RawQuery, "?"))
			return reading(err != nil)
		},
	)}
}

// failsToRedirect reports whether the program may be unable to make the address of the sign-in: it
// starts with any code_challenge_method, and has two (pkg/encryption/utils.go).
func (c *compiler) failsToRedirect() bool {
	method := c.get("code_challenge_method")
	return method.unknown != nil && method.set() ||
		!slices.Contains([]string{"", "S256", "plain"}, method.text())
}

// redirect is the redirect to the provider, and what it is for methods: only that of GET has a
// body (net/http, Redirect).
func (c *compiler) redirect() (answer rules.Answer, byMethod []rules.Case) {
	whole := c.row(noSession, asRedirect)
	bare, empty := whole, whole
	bare.Says, empty.Says, empty.NoBody = "", "", true
	isGet := isMethod("GET")
	return bare, []rules.Case{
		{If: isGet, Answer: whole}, {If: rules.Negate(isGet), Answer: empty},
	}
}

// onAPIRoute are the predicates that a request is on one of some routes of the API, and that this
// is not known. What a trusted proxy was asked for counts in the place of the path, as it is
// (pkg/requests/util, GetRequestURI).
func (c *compiler) onAPIRoute(routes []string) (on, unsure rules.Predicate, err error) {
	path, err := c.pathMatches(rules.RequestInput(rules.RequestPath), routes)
	if err != nil {
		return on, unsure, err
	}
	other, unsure := queried(routes)
	not := rules.Negate
	on = rules.Either(rules.Both(path, not(other)), rules.Both(not(path), other))
	forwarded := rules.Has(forwardedURI())
	forwarded.Assumed = rules.No
	switch c.trustsForwarded() {
	case rules.Maybe:
		unsure = rules.Either(forwarded, unsure)
	case rules.Yes:
		uri, err := c.pathMatches(forwardedURI(), routes)
		on = rules.Either(rules.Both(forwarded, uri), rules.Both(not(forwarded), on))
		return on, rules.Both(not(forwarded), unsure), err
	}
	return on, unsure, nil
}

// acceptsJSON holds where one of the types in the Accept header is application/json, alone and
// exactly (oauthproxy.go, isAjax).
func (c *compiler) acceptsJSON() rules.Predicate {
	return c.matches(rules.Input{Source: rules.FromHTTP, Name: "Accept"},
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
		If: c.isSubrequest(c.get("proxy_prefix")), Answer: c.row(notAllowed, asSubrequest),
	}}
	return answer
}
