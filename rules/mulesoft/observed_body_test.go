package mulesoft

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// A body that the policy itself sends in another situation names that situation first, and one
// that is as predicted is confirmed in words.
func TestABodyTellsTheSituationThatItIsOf(t *testing.T) {
	mule := policyOf(jwtValidation, "1.4.0", strictJWT)
	flex := policyOf(jwtValidation, "0.12.0", strictJWT)
	introspects := policyOf(
		tokenIntrospection, "1.0.0", `"scopes":"UAT.Access","skipClientIdValidation":true`,
	)
	const (
		denied   = `{"error": "Authentication denied."}`
		invalid  = `{"error": "Invalid token."}`
		required = `{"error":"JWT Token is required."}`
		another  = "another-situation "
		noClient = "no client id can be read"
		unread   = "the token is not a readable signed JWT, or if no key of the"
	)
	none := &rules.Request{At: at}
	unlisted := good()
	unlisted.Contracts = &rules.Contracts{IDs: []string{"another"}}
	scopeless := request(v1)
	scopeless.Introspection = read(t, "a.json", `{"active":true,"scope":"DEV"}`).Documents[0]
	tests := []struct {
		name, policy, variant string
		request               *rules.Request
		status                int
		body                  string
		agrees                rules.Truth
		first, follows        string // the likeliest cause's id and situation, and what follows
	}{
		{"accepted", mule, Mule, good(), 403, denied, rules.No, another + noClient, ""},
		{"no status", mule, Mule, good(), 0, denied, rules.No, another + noClient, ""},
		{
			"no contract", mule, Mule, unlisted, 403, denied, rules.Maybe,
			another + noClient, "belongs to another situation",
		},
		{
			"contracts not known", mule, Mule, request(v1 + `,"aud":"a"`), 403, denied,
			rules.Maybe, another + noClient, "no check that is still open",
		},
		{
			"no token", flex, Flex, none, 401, invalid, rules.No, another + unread,
			"",
		},
		{
			"a token, and none arrived", flex, Flex, request(v1 + `,"aud":"b"`), 400, required,
			rules.No, "header-stripped the request carries no token", "",
		},
		{
			"scopes", introspects, Flex, scopeless, 401, `{"error":"Token has expired."}`,
			rules.No, "expired-since the token has expired", "",
		},
		{
			"scopes, revoked", introspects, Flex, scopeless, 401,
			`{"error": "Token has been revoked."}`, rules.No,
			"another-situation the validation endpoint calls the token inactive", "",
		},
		{
			"scopes, as predicted", introspects, Flex, scopeless, 403,
			`{"error":"The required scopes are not authorized"}`, rules.Yes, "",
			"the status agrees, and the body contains the words that are known",
		},
		{
			"no token, as predicted", flex, Flex, none, 400, required, rules.Yes, "",
			"the status agrees, and the body is the one that is published",
		},
		{
			"the body alone", flex, Flex, none, 0, required, rules.Yes, "",
			"the body is the one that is published for the predicted answer",
		},
		{
			"expired, and a body of more", mule, Mule, request(`"exp":1`), 401, invalid, rules.Yes,
			"", "the same body is also published if the token is not a readable signed JWT",
		},
		{
			"an audience, and a body of many", mule, Mule, request(v1 + `,"aud":"b"`), 401,
			invalid, rules.Yes, "", "the same body is also published if",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := rules.Observation{Status: test.status, Body: &test.body}
			c := compare(t, test.policy, test.variant, test.request, o)
			first := ""
			if len(c.Causes) > 0 {
				first = c.Causes[0].ID + " " + c.Causes[0].Seen
			}
			if c.Agrees != test.agrees || !strings.HasPrefix(first, test.first) ||
				!strings.Contains(c.Follows, test.follows) || test.first == "" && first != "" {
				t.Errorf("%d, %q first; it follows that %q", c.Agrees, first, c.Follows)
			}
		})
	}
}
