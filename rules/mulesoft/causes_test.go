package mulesoft

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
)

func TestEveryCauseIsComplete(t *testing.T) {
	var ids []string
	for _, c := range causes() {
		if c.ID == "" || c.Title == "" || c.Why == "" || c.Look == "" && c.Need.None() ||
			c.Evidence.Reference == "" || c.Evidence.Level == "" {
			t.Errorf("incomplete: %+v", c)
		}
		if slices.Contains(ids, c.ID) {
			t.Errorf("%s appears twice", c.ID)
		}
		ids = append(ids, c.ID)
		for _, situation := range c.Situations {
			if titleOf(situations(), situation) == "" {
				t.Errorf("%s: no situation %s", c.ID, situation)
			}
		}
		if len(c.Situations) == 0 && !c.LetsIn && !c.Any {
			t.Errorf("%s explains nothing", c.ID)
		}
	}
}

const strictJWT = `"jwtKeyOrigin":"jwks","jwksUrl":"https://keys.example",` +
	`"validateAudClaim":true,"supportedAudiences":"a",` +
	`"clientIdExpression":"#[vars.claimSet.appid]"`

// compare compares an answer with the prediction for one policy.
func compare(
	t *testing.T, policy string, variant string, r *rules.Request, o rules.Observation,
) rules.Comparison {
	t.Helper()
	c := compiled(t, "policy.json", policy, rules.Options{Variant: variant})
	v := rules.Evaluate(c.Policies, r)
	p := rules.Prediction{
		Verdict: &v, Request: r, Policies: c.Policies, Behaviours: behaviours(), Causes: causes(),
		AnyOrder: true,
	}
	return p.Compare(o)
}

func ids(c rules.Comparison) []string {
	var all []string
	for _, s := range c.Causes {
		all = append(all, s.ID)
	}
	return all
}

func expiryOf(r *rules.Request) time.Time { return r.Profile().ExpiresAt.At }

func body(text string) *string { return &text }

// good is a request that strictJWT accepts.
func good() *rules.Request {
	r := request(v1 + `,"aud":"a"`)
	r.Contracts = &rules.Contracts{IDs: []string{client}}
	return r
}

func TestWhatThePredictionSaysOfAnObservedAnswer(t *testing.T) {
	jwt := policyOf(jwtValidation, "1.4.0", strictJWT)
	wrong := request(v1 + `,"aud":"another"`)
	none := &rules.Request{At: at}
	open := request(v1 + `,"aud":"a"`)
	tests := []struct {
		name     string
		request  *rules.Request
		observed rules.Observation
		agrees   rules.Truth
		first    string // the likeliest cause; empty for none
	}{
		{"accepted, and let in", good(), rules.Observation{Status: 204}, rules.Yes, ""},
		{
			"accepted, and a status that the gateway never sends", good(),
			rules.Observation{Status: 404},
			rules.Maybe, "backend-or-firewall",
		},
		{
			"accepted, and an unverifiable signature: the key cache", good(),
			rules.Observation{Status: 401, Body: body(`{"error":"Invalid token."}`)},
			rules.No, "stale-key-cache",
		},
		{
			"accepted, and 503: no key server", good(),
			rules.Observation{Status: 503},
			rules.No, "keys-out-of-reach",
		},
		{
			"accepted, and 400: the token is lost on its way", good(),
			rules.Observation{Status: 400},
			rules.No, "header-stripped",
		},
		{
			"accepted, and the body of another policy", good(),
			rules.Observation{Status: 401, Body: body(`{"error":"Client ID is not present"}`)},
			rules.No, "another-policy-first",
		},
		{"rejected, and the same status", wrong, rules.Observation{Status: 401}, rules.Yes, ""},
		{
			"rejected, and let in: no policy ran", wrong,
			rules.Observation{Status: 200},
			rules.No, "policy-not-active-yet",
		},
		{
			"rejected, and another status", wrong,
			rules.Observation{Status: 503},
			rules.No, "keys-out-of-reach",
		},
		{
			"no token, and the published body in another layout", none,
			rules.Observation{
				Status: 400, Body: body("{ \"error\": \"JWT Token is required.\" }\n"),
			},
			rules.Yes, "",
		},
		{
			"no token, and a body that nobody published", none,
			rules.Observation{Status: 400, Body: body("Bad Request")},
			rules.Maybe, "backend-or-firewall",
		},
		{
			"no token, and the body of another situation", none,
			rules.Observation{Body: body(`{"error":"Invalid token."}`)},
			rules.No, "another-situation",
		},
		{"contracts not known, and let in", open, rules.Observation{Status: 200}, rules.Maybe, ""},
		{
			"contracts not known, and 403", open,
			rules.Observation{Status: 403},
			rules.Maybe, "contract-not-downloaded-yet",
		},
		{
			"contracts not known, and 503", open,
			rules.Observation{Status: 503},
			rules.Maybe, "keys-out-of-reach",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := compare(t, jwt, Mule, test.request, test.observed)
			first := ""
			if len(c.Causes) > 0 {
				first = c.Causes[0].ID
			}
			if c.Agrees != test.agrees || first != test.first {
				t.Errorf(
					"agrees %d, causes %q; want %d, %q first", c.Agrees, ids(c), test.agrees,
					test.first,
				)
			}
			for i, s := range c.Causes {
				if s.Rank != i+1 {
					t.Errorf("rank %d at %d", s.Rank, i)
				}
			}
		})
	}
}

func TestACauseThatTheInputsExcludeIsNotNamed(t *testing.T) {
	beside := func(asset, members string) string {
		return `[{` + members + `"assetId":"` + asset + `","order":1,"configurationData":{}},` +
			policyOf(jwtValidation, "", strictJWT) + `]`
	}
	jwt := policyOf(jwtValidation, "1.4.0", strictJWT)
	skipped := policyOf(jwtValidation, "1.4.0", strictJWT+`,"skipClientIdValidation":true`)
	posted := good()
	posted.Method = "POST"
	expired := request(`"exp":1,"aud":"a"`)
	huge := good()
	huge.Token = token(`"exp":9999999999,"aud":"a","appid":"`+client+`"`, "RS256")
	tests := []struct {
		name, policy, variant string
		request               *rules.Request
		observed              rules.Observation
		cause                 string
		named                 bool
	}{
		{
			"a policy on addresses beside it", beside("ip-allowlist", ""), Mule, good(),
			rules.Observation{Status: 403},
			"address-not-allowed", true,
		},
		{
			"none that is switched off", beside("ip-blocklist", `"disabled":true,`), Mule, good(),
			rules.Observation{Status: 403},
			"address-not-allowed", false,
		},
		{
			"none where there is none", jwt, Mule, good(),
			rules.Observation{Status: 403},
			"address-not-allowed", false,
		},
		{
			"a limit beside it", beside("rate-limiting", ""), Mule, good(),
			rules.Observation{Status: 429},
			"too-many-requests", true,
		},
		{
			"a limit on Flex Gateway", beside("spike-control", ""), Flex, good(),
			rules.Observation{Status: 429},
			"too-many-requests", true,
		},
		{
			"no limit where the status is another", beside("rate-limiting", ""), Mule, good(),
			rules.Observation{Status: 403},
			"too-many-requests", false,
		},
		{
			"a preflight where the method is not known", jwt, Mule, good(),
			rules.Observation{Status: 400},
			"cors-preflight", true,
		},
		{
			"no preflight where the method is POST", jwt, Mule, posted,
			rules.Observation{Status: 400},
			"cors-preflight", false,
		},
		{
			"the client provider where the contracts are not known", jwt, Mule,
			request(v1 + `,"aud":"a"`),
			rules.Observation{Status: 403},
			"own-client-provider",
			true,
		},
		{
			"not the client provider where the client is in the list", jwt, Mule, good(),
			rules.Observation{Status: 403},
			"own-client-provider", false,
		},
		{
			"no contract where the policy skips the check", skipped, Mule, good(),
			rules.Observation{Status: 403},
			"contract-not-downloaded-yet", false,
		},
		{
			"no validation endpoint where no policy asks one", jwt, Mule, good(),
			rules.Observation{Status: 500},
			"endpoint-unreadable", false,
		},
		{
			"no missing token where none was to be sent", jwt, Mule, &rules.Request{At: at},
			rules.Observation{Status: 401},
			"header-stripped", false,
		},
		{
			"an earlier moment where the token has expired", jwt, Mule, expired,
			rules.Observation{Status: 200},
			"seen-while-valid", true,
		},
		{
			"no earlier moment where the audience is wrong", jwt, Mule, request(v1 + `,"aud":"b"`),
			rules.Observation{Status: 200},
			"seen-while-valid", false,
		},
		{
			"no expiry where the token was still valid long after the answer", jwt, Mule, good(),
			rules.Observation{Status: 401, Before: at},
			"expired-since", false,
		},
		{
			"an expiry where it was about to expire then", jwt, Mule, good(),
			rules.Observation{Status: 401, Before: expiryOf(good()).Add(-time.Minute)},
			"expired-since", true,
		},
		{
			"an expiry where nobody says when it answered", jwt, Mule, good(),
			rules.Observation{Status: 401},
			"expired-since", true,
		},
		{"an enormous exp", jwt, Mule, huge, rules.Observation{Status: 503}, "enormous-exp", true},
		{
			"no enormous exp", jwt, Mule, good(),
			rules.Observation{Status: 503},
			"enormous-exp",
			false,
		},
		{
			"no missing API instance where the answer has a body", jwt, Mule, good(),
			rules.Observation{Status: 503, Body: body("down")},
			"api-instance-missing", false,
		},
		{
			"a missing API instance where it has none", jwt, Mule, good(),
			rules.Observation{Status: 503, Body: body("")},
			"api-instance-missing", true,
		},
		{
			"no backend where the answer is in the gateway's own words", jwt, Mule, good(),
			rules.Observation{Status: 401, Body: body(`{"error":"Invalid token."}`)},
			"backend-or-firewall", false,
		},
		{
			"a backend where there is no body", jwt, Mule, good(),
			rules.Observation{Status: 503, Body: body("")},
			"backend-or-firewall", true,
		},
		{
			"no backend where the request was let in", jwt, Mule, request(v1 + `,"aud":"b"`),
			rules.Observation{Status: 200},
			"backend-or-firewall", false,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := compare(t, test.policy, test.variant, test.request, test.observed)
			if slices.Contains(ids(c), test.cause) != test.named {
				t.Errorf("causes %q", ids(c))
			}
		})
	}
}

func TestAnEarlierUnknownCheckAndALaterFailingOneExplainAnAnswer(t *testing.T) {
	oidc := policyOf(openIDConnect, "1.3.0", ``)
	noKeys := request(v1)
	noKeys.Signatures = signed(keys.Unknown)
	c := compare(t, oidc, Mule, noKeys, rules.Observation{Status: 401})
	if c.Agrees != rules.No || c.Causes[0].ID != "unknown-check-fails" {
		t.Errorf("agrees %d, causes %q", c.Agrees, ids(c))
	}
	jwt := policyOf(
		jwtValidation, "1.4.0",
		`"jwtKeyOrigin":"jwks","jwksUrl":"https://keys.example","validateAudClaim":true,`+
			`"supportedAudiences":"a"`,
	)
	c = compare(
		t, jwt, Mule, request(v1+`,"aud":"b"`),
		rules.Observation{Status: 403, Body: body(`{"error": "Authentication denied."}`)},
	)
	if c.Causes[0].ID != "other-check-first" {
		t.Errorf("causes %q", ids(c))
	}
}

func TestAnUndeterminedPredictionSaysWhatWouldHaveToBeTrue(t *testing.T) {
	jwt := policyOf(jwtValidation, "1.4.0", strictJWT)
	open := request(v1 + `,"aud":"a"`)
	tests := []struct {
		status  int
		follows string
	}{
		{
			200,
			"if these policies ran on this request, every check passed, including those that " +
				"are not known: contract",
		},
		{
			403,
			"if these policies gave this answer, and the rest is as given, it was the check " +
				"that is not known: contract",
		},
		{401, "no check that is still open is known to answer like this"},
	}
	for _, test := range tests {
		c := compare(t, jwt, Mule, open, rules.Observation{Status: test.status})
		if c.Follows != test.follows {
			t.Errorf("%d: %q", test.status, c.Follows)
		}
	}
}

// Every row of the table is observed against predictions of every kind: none agrees with an answer
// that it does not give, and none is left without a word on an answer that it does not agree with.
func TestNoComparisonClaimsMoreThanTheAnswerSays(t *testing.T) {
	jwt, oidc := policyOf(jwtValidation, "1.4.0", strictJWT), policyOf(openIDConnect, "1.3.0", ``)
	requests := []*rules.Request{
		good(), request(v1 + `,"aud":"a"`), request(v1 + `,"aud":"b"`), request(`"exp":1`),
		{At: at},
	}
	for _, b := range behaviours() {
		o := rules.Observation{Status: b.Answer.Status, Headers: b.Headers}
		if b.Answer.Body != "" {
			o.Body = &b.Answer.Body
		}
		for _, policy := range []string{jwt, oidc} {
			for _, r := range requests {
				checkComparison(t, policy, r, o)
			}
		}
	}
}

func checkComparison(t *testing.T, policy string, r *rules.Request, o rules.Observation) {
	t.Helper()
	v := verdictOf(t, policy, r)
	c := compare(t, policy, "", r, o)
	switch {
	case c.Agrees == rules.Yes && v.Outcome == rules.Undetermined:
		t.Errorf("%d agrees with a prediction that says nothing", o.Status)
	case c.Agrees == rules.Yes && v.Status != o.Status &&
		!slices.Contains(v.Answer.OneOf, o.Status):
		t.Errorf("%d agrees with %d", o.Status, v.Status)
	case c.Agrees == rules.Yes && o.Body != nil && v.Body() != "" && v.Body() != *o.Body &&
		!sameJSON(v.Body(), *o.Body):
		t.Errorf("%s agrees with %s", *o.Body, v.Body())
	case c.Agrees == rules.Yes && len(c.Causes) > 0:
		t.Error("it agrees, and is explained all the same")
	case c.Agrees != rules.Yes && len(c.Causes) == 0 && c.Follows == "":
		t.Errorf("%d against %s %d: not a word", o.Status, v.Outcome, v.Status)
	}
}

func sameJSON(a, b string) bool {
	return strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", "")
}
