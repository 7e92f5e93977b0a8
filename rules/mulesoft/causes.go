package mulesoft

import (
	"slices"
	"strconv"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// causes lists what could explain an answer other than predicted, and is not among the inputs of a
// prediction. The likeliest cause comes first.
func causes() []rules.Cause {
	return slices.Concat(
		keyCauses(), requestCauses(), besideCauses(), contractCauses(), endpointCauses(),
		letInCauses(), otherCauses(),
	)
}

// keyCauses are about the keys that the gateway has, and the time.
func keyCauses() []rules.Cause {
	return []rules.Cause{
		{
			ID:    "stale-key-cache",
			Title: "the gateway still has the key set from before a key rolled over",
			Why: "it keeps the key set for jwksServiceTimeToLive minutes, and no documentation " +
				"says that it fetches again for an unknown kid",
			Look: "when the token's kid was added to the key set (gatewhy keys), and whether " +
				"the token passes after the cache has expired or the API is redeployed",
			Evidence:   rules.Inferred.From(docJWT),
			Situations: []string{badSignature},
			Possible:   both(tokenGiven, fetchedKeys(rules.Pass, rules.Unsure)),
		},
		{
			ID:    "keys-out-of-reach",
			Title: "the gateway can't reach the key server, and has no keys cached",
			Why:   "without any key set it answers as if it were not available",
			Look: "from the gateway's own network: a request for jwksUrl; a proxy or a firewall " +
				"rule on the way",
			Evidence:   rules.Documented.From(docJWT),
			Situations: []string{noKeys},
			Possible:   both(tokenGiven, fetchedKeys(rules.Pass, rules.Fail, rules.Unsure)),
		},
		{
			ID:    "expired-since",
			Title: "the token had expired when the gateway saw it",
			Why: "the prediction is for another time; the request came later, or the gateway's " +
				"clock is ahead",
			Look:       rules.TimeOfRequest + " in the gateway's log, and that host's clock",
			Need:       rules.Need{Input: source.NeedTime},
			Evidence:   rules.Inferred.From(docJWT),
			Situations: []string{expiredToken},
			Possible:   both(perhapsExpired, has(rules.Expiry, rules.Pass, rules.Unsure)),
		},
		{
			ID:    "clock-behind",
			Title: "the gateway's clock is behind, and the token is not valid yet there",
			Why:   "nbf is compared with the gateway's own clock, and no leeway is documented",
			Look: "the gateway host's clock against the Date header of the key server's " +
				"answer",
			Evidence:   rules.Inferred.From(docJWT),
			Situations: []string{notYetValid},
			Possible:   both(claimed("nbf"), has(rules.NotBefore, rules.Pass, rules.Unsure)),
		},
		{
			ID:         "enormous-exp",
			Title:      "exp is too large for Flex Gateway's clock",
			Why:        "a number of seconds that does not fit makes the policy fail altogether",
			Look:       "exp in gatewhy decode, and whether the gateway is Flex Gateway",
			Need:       rules.Need{Input: source.NeedGateway},
			Evidence:   rules.Observed.From(obsFlex),
			Situations: []string{enormousExpiry},
			AnyGateway: true,
			Possible:   enormous,
		},
	}
}

// requestCauses are about what happened to the token on its way to the gateway.
func requestCauses() []rules.Cause {
	arrived := both(tokenGiven, has(rules.TokenPresent, rules.Pass, rules.Unsure))
	return []rules.Cause{
		{
			ID:    "header-stripped",
			Title: "something before the gateway strips the Authorization header",
			Why: "a load balancer, a proxy or a redirect to another host drops it, and the " +
				"gateway sees no token",
			Look:       "the headers that arrive: gatewhy collect request",
			Evidence:   rules.Inferred.From(rules.AnyGateway),
			Situations: []string{noToken},
			Possible:   arrived,
		},
		{
			ID:    "cors-preflight",
			Title: "it is the answer to a browser's CORS preflight, which never carries a token",
			Why: "a policy that runs before the CORS policy judges the OPTIONS request too; " +
				"where the API has none, no policy answers it",
			Look: "whether the request was an OPTIONS request, and whether the API has the CORS " +
				"policy, which MuleSoft documents to run first",
			Evidence:   rules.Inferred.From("Fetch standard, CORS preflight"),
			Situations: []string{noToken},
			Possible:   both(arrived, preflight),
		},
		{
			ID:    "token-sent-twice",
			Title: "the client sends a token in the query too",
			Why: "a request with a token in the header and another in access_token is " +
				"refused",
			Look:       "access_token in the request's query",
			Evidence:   rules.Documented.From(docOAuth),
			Situations: []string{tokenTwice},
			Possible:   arrived,
		},
		{
			ID:         "header-malformed",
			Title:      "the Authorization header is not exactly Bearer, one space and the token",
			Why:        "another scheme, another case or a second space makes it unreadable",
			Look:       "the header as it arrives: gatewhy collect request",
			Evidence:   rules.Inferred.From(pdkJWTLibrary),
			Situations: []string{malformedHeader, malformedToken, noToken},
			Possible:   both(arrived, has(rules.TokenPresent, rules.Pass)),
		},
	}
}

// besideCauses are about policies beside the token's, which refuse requests for other reasons.
func besideCauses() []rules.Cause {
	return []rules.Cause{
		{
			ID:    "address-not-allowed",
			Title: "a policy on IP addresses refuses the caller's",
			Why: "it compares the address that its ipExpression gives; behind a load balancer " +
				"that may be the balancer's, or a header that the caller writes",
			Look: "ips and ipExpression in the policy, against the address in the gateway's log " +
				"and the header x-forwarded-for as it arrives: gatewhy collect request",
			Evidence:   rules.Documented.From(docIPAllowlist),
			Situations: []string{addressRefused},
			Possible:   runs(ipAllowlist, ipBlocklist),
		},
		{
			ID:    "too-many-requests",
			Title: "a policy that limits how many requests there are refuses this one",
			Why:   "it counts the requests of all callers, or of those with the same key",
			Look: "the limits in the policy, and how many requests there were in that time; the " +
				"same request a little later",
			Evidence:   rules.Documented.From(docRateLimit),
			Situations: []string{tooManyRequests},
			Possible:   runs(rateLimiting, spikeControl),
		},
	}
}

// contractCauses are about contracts.
func contractCauses() []rules.Cause {
	return []rules.Cause{
		{
			ID: "contract-not-downloaded-yet",
			Title: "the contract was approved a moment ago, and the gateway has not fetched it " +
				"yet",
			Why: "the gateway asks the control plane for contracts at intervals; about 20 " +
				"seconds were seen",
			Look:       "when the contract was approved, and the same request a few minutes later",
			Evidence:   rules.Observed.From(obsFlexDelay),
			Situations: []string{noContract},
			Possible:   has(rules.Contract, rules.Pass, rules.Unsure),
		},
		{
			ID: "no-contracts-at-all",
			Title: "the gateway has no contracts yet, since it can't reach the control plane or " +
				"has just started",
			Why:        "without any list of contracts no client can be looked up",
			Look:       "the gateway's log for its connection to Anypoint Platform",
			Evidence:   rules.Inferred.From(pdkContracts),
			Situations: []string{noContractsYet},
			Possible:   has(rules.Contract, rules.Pass, rules.Fail, rules.Unsure),
		},
		{
			ID: "own-client-provider",
			Title: "the environment's client provider is Anypoint's own, whose client ids are " +
				"never those of Entra ID",
			Why: "the gateway compares with the client id of the Anypoint application; an id " +
				"that Anypoint generated matches no appid or azp, whatever claim the policy reads",
			Look: "whether the contract's application.coreServicesId is the token's appid or " +
				"azp: gatewhy collect contracts",
			Evidence:   rules.Inferred.From(docContracts),
			Situations: []string{noContract},
			Possible:   both(has(rules.Contract, rules.Unsure), contractsNotGiven),
		},
	}
}

// endpointCauses are about the client provider's validation endpoint.
func endpointCauses() []rules.Cause {
	asks := has(rules.Introspection, rules.Pass, rules.Fail, rules.Unsure)
	return []rules.Cause{
		{
			ID: "endpoint-out-of-reach",
			Title: "the gateway can't reach the client provider's validation endpoint, or waits " +
				"too long for it",
			Why: "the policy asks it about every token that is not cached",
			Look: "from the gateway's own network: a request for the validation endpoint; " +
				"authenticationTimeout",
			Evidence:   rules.Documented.From(docOIDC),
			Situations: []string{endpointDown},
			Possible:   asks,
		},
		{
			ID:    "endpoint-answers-otherwise",
			Title: "the validation endpoint answers differently from what was assumed",
			Why: "what it answers is modelled on the token's own claims, and the client " +
				"provider may see it differently",
			Look:       "its answer for this token: gatewhy collect introspection",
			Need:       rules.Need{Input: source.NeedIntrospection},
			Evidence:   rules.Inferred.From(kbInvalid),
			Situations: []string{inactiveToken, notValidated, noClientID, missingScopes},
			LetsIn:     true,
			Possible:   both(asks, notCaptured),
		},
		{
			ID:    "endpoint-refuses-the-gateway",
			Title: "the validation endpoint refuses the gateway's own credentials",
			Why: "the client provider's introspection client has expired, or its secret has; " +
				"credentials are sent only in the body",
			Look: "the client provider's settings in Access Management, and the same request by " +
				"hand: gatewhy collect introspection",
			Evidence:   rules.Documented.From(docOAuth),
			Situations: []string{endpointForbids, endpointFails, endpointObjects},
			Possible:   asks,
		},
		{
			ID:         "endpoint-unreadable",
			Title:      "the validation endpoint's answer is not JSON that the gateway can read",
			Why:        "an error page, a login page or another content type comes back",
			Look:       "its answer by hand: gatewhy collect introspection",
			Evidence:   rules.Documented.From(docOIDC),
			Situations: []string{endpointUnreadable},
			Possible:   asks,
		},
	}
}

// letInCauses explain why a request gets through that should not.
func letInCauses() []rules.Cause {
	return []rules.Cause{
		{
			ID:    "policy-not-active-yet",
			Title: "the policy, or a change of it, does not run yet",
			Why: "over a minute was seen on CloudHub between applying a policy and its first " +
				"answer",
			Look:     "when it was applied, and the same request a few minutes later",
			Evidence: rules.Observed.From(obsApproov),
			LetsIn:   true,
			Possible: refused,
		},
		{
			ID:    "api-not-bound",
			Title: "the application is not bound to its API instance, so no policy runs",
			Why: "without autodiscovery, or with another API's id in it, the application " +
				"answers without policies",
			Look: "the API instance's status (gatewhy collect api-instance), and the " +
				"autodiscovery id in the application",
			Evidence:   rules.Observed.From(obsMule),
			Situations: []string{notBound},
			Possible:   refused,
		},
		{
			ID:       "route-not-covered",
			Title:    "the policy does not apply to this method and path",
			Why:      "it is limited to some routes, and the request's route is not known",
			Need:     rules.Need{Input: source.NeedRequest},
			Evidence: rules.Documented.From(docPointcut),
			LetsIn:   true,
			Possible: both(refused, routeOpen),
		},
		{
			ID:    "old-keys-cached",
			Title: "the gateway still has a key that the key set no longer has",
			Why: "it keeps the key set for jwksServiceTimeToLive minutes, and an expired one " +
				"while it can't fetch another",
			Look:     "the token's kid in an earlier key set",
			Evidence: rules.Documented.From(docJWT),
			LetsIn:   true,
			Possible: both(tokenGiven, fetchedKeys(rules.Fail)),
		},
		{
			ID:       "seen-while-valid",
			Title:    "the token was still valid when the gateway saw it",
			Why:      "the prediction is for another time; the request came earlier",
			Look:     rules.TimeOfRequest,
			Need:     rules.Need{Input: source.NeedTime},
			Evidence: rules.Inferred.From(docJWT),
			LetsIn:   true,
			Possible: both(
				claimed("exp"),
				either(has(rules.Expiry, rules.Fail), has(rules.Introspection, rules.Fail)),
			),
		},
		{
			ID:       "answer-cached",
			Title:    "the gateway has an earlier answer about this token in its cache",
			Why:      "a token that was valid once is not asked about again until it expires",
			Look:     "the same token after a restart, or max_federation_expiration_time",
			Evidence: rules.Documented.From(docOIDC),
			LetsIn:   true,
			Possible: has(rules.Introspection, rules.Fail),
		},
		{
			ID:    "group-contract",
			Title: "the client has a contract with an API group that the instance is in",
			Why:   "such a contract admits clients that the instance's own list does not show",
			Look: "the API groups of the instance, and their contracts: gatewhy collect " +
				"contracts",
			Evidence: rules.Documented.From(docContracts),
			LetsIn:   true,
			Possible: has(rules.Contract, rules.Fail),
		},
	}
}

// otherCauses explain any answer, or one that comes from elsewhere.
func otherCauses() []rules.Cause {
	beside := rules.AnsweredBeside()
	beside.Look += ": gatewhy collect request"
	return []rules.Cause{
		{
			ID:    "api-instance-missing",
			Title: "the API instance that the gateway was given does not exist",
			Why:   "the gateway then blocks every request",
			Look: "the API instance's id in the application, and in API Manager of the same " +
				"environment",
			Evidence:   rules.Observed.From(obsMule),
			Situations: []string{noInstance},
		},
		{
			ID:         "quota-exceeded",
			Title:      "the client has used up its quota",
			Why:        "the SLA tier of its contract limits the number of requests in a period",
			Look:       "the SLA tier of the contract",
			Evidence:   rules.Documented.From(docSLA),
			Situations: []string{quotaExceeded},
		},
		beside,
		{
			ID:    "another-policy-first",
			Title: "another policy answers, before these or after them",
			Why: "a policy that is not among the given files, an automated policy among them, " +
				"judges the same request",
			Look:      "all policies of the API instance: gatewhy collect policies",
			Evidence:  rules.Inferred.From(rules.AnyGateway),
			Elsewhere: true,
			Any:       true,
			Possible:  refusing,
		},
		{
			ID:    "another-token",
			Title: "the request carried another token than this one",
			Why: "a client fetches a new token at any time, perhaps from a cache that has one " +
				"for another API or environment",
			Look: "the token of the request itself, by its kid, aud and iat: gatewhy collect " +
				"request",
			Evidence: rules.Inferred.From(rules.AnyGateway),
			Any:      true,
			Possible: tokenGiven,
		},
		{
			ID:    "other-configuration",
			Title: "the gateway runs another configuration than this file",
			Why: "the file is another environment's or an older one, or a change of it was " +
				"never applied",
			Look:     "the policies as the gateway has them now: gatewhy collect policies",
			Evidence: rules.Inferred.From(rules.AnyGateway),
			Any:      true,
		},
	}
}

// possible reports whether a cause is possible, by what is known of a prediction and of the
// answer.
type possible = func(*rules.Prediction, *rules.Observation) bool

func both(a, b possible) possible {
	return func(p *rules.Prediction, o *rules.Observation) bool { return a(p, o) && b(p, o) }
}

func either(a, b possible) possible {
	return func(p *rules.Prediction, o *rules.Observation) bool { return a(p, o) || b(p, o) }
}

// has requires a check of this id with one of these outcomes.
func has(id rules.ID, outcomes ...rules.Outcome) possible {
	return func(p *rules.Prediction, _ *rules.Observation) bool {
		return slices.ContainsFunc(p.Verdict.Results, func(r rules.Result) bool {
			return r.Check.ID == id && slices.Contains(outcomes, r.Outcome)
		})
	}
}

// runs requires a policy of one of these kinds that is not switched off.
func runs(assets ...string) possible {
	return func(p *rules.Prediction, _ *rules.Observation) bool {
		return slices.ContainsFunc(p.Policies, func(policy *rules.Policy) bool {
			return slices.Contains(assets, policy.Asset) && !policy.When.Disabled
		})
	}
}

// fetchedKeys requires a check of the signature with keys from a URL, and one of these outcomes.
func fetchedKeys(outcomes ...rules.Outcome) possible {
	return func(p *rules.Prediction, _ *rules.Observation) bool {
		return slices.ContainsFunc(p.Verdict.Results, func(r rules.Result) bool {
			key := r.Check.Test.Key
			return r.Check.ID == rules.Signature && key != nil && key.URL != "" &&
				slices.Contains(outcomes, r.Outcome)
		})
	}
}

// claimed requires a token with this claim.
func claimed(name string) possible {
	return func(p *rules.Prediction, _ *rules.Observation) bool { return claimOf(p, name) != nil }
}

// mostClockAhead is how far ahead a gateway's clock may be for its time to be a likely cause.
const mostClockAhead = 15 * time.Minute

// perhapsExpired requires a token that may have been expired when the gateway answered.
func perhapsExpired(p *rules.Prediction, o *rules.Observation) bool {
	exp := p.Request.Profile().ExpiresAt
	return exp.Known() && (o.Before.IsZero() || exp.At.Before(o.Before.Add(mostClockAhead)))
}

func claimOf(p *rules.Prediction, name string) *source.Value {
	if p.Request.Token == nil {
		return nil
	}
	return p.Request.Token.Claims.Member(name)
}

// enormous requires an exp that Flex Gateway's clock can't hold.
func enormous(p *rules.Prediction, _ *rules.Observation) bool {
	exp := claimOf(p, "exp")
	if !exp.Is(source.Number) {
		return false
	}
	n, err := strconv.ParseFloat(exp.Text, 64)
	return err == nil && n > flexWorkingInstant
}

func tokenGiven(p *rules.Prediction, _ *rules.Observation) bool { return p.Request.Token != nil }

func contractsNotGiven(p *rules.Prediction, _ *rules.Observation) bool {
	return p.Request.Contracts == nil
}

func notCaptured(p *rules.Prediction, _ *rules.Observation) bool {
	return p.Request.Introspection == nil
}

// preflight requires a request that may be an OPTIONS request.
func preflight(p *rules.Prediction, _ *rules.Observation) bool {
	return p.Request.Method == "" || p.Request.Method == rules.Preflight
}

// routeOpen requires a policy that is limited to routes, and a request whose route is not known.
func routeOpen(p *rules.Prediction, _ *rules.Observation) bool {
	limited := func(policy *rules.Policy) bool { return len(policy.When.Routes) > 0 }
	return (p.Request.Method == "" || p.Request.Path == "") &&
		slices.ContainsFunc(p.Policies, limited)
}

// refused requires a prediction that the request is rejected.
func refused(p *rules.Prediction, _ *rules.Observation) bool {
	return p.Verdict.Outcome == rules.Rejected
}

// refusing requires an answer that does not let the request in.
func refusing(_ *rules.Prediction, o *rules.Observation) bool { return !o.LetIn() }
