package environments

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/estates"
)

// off is a check that the configuration switches off.
func off(c *rules.Check) *rules.Check {
	c.Skip = "it is off"
	return c
}

func named(field string, id rules.ID, test rules.Predicate) *rules.Check {
	return &rules.Check{Field: field, ID: id, Test: test, Answer: rules.Answer{Status: 401}}
}

func wants(claim string, texts ...string) rules.Predicate {
	return rules.Predicate{
		Op:     rules.OneOf,
		Input:  rules.Claim(claim),
		Values: rules.Literals(texts...),
	}
}

func listed() rules.Predicate {
	return rules.Predicate{
		Op:    rules.Listed,
		Input: rules.Input{Source: rules.FromBound, Name: "client"},
	}
}

func TestAHoleIsAtTheFieldThatOpensIt(t *testing.T) {
	t.Parallel()
	keys := func() *rules.Check {
		return named(
			"jwksUrl", rules.Signature,
			rules.Predicate{
				Op:  rules.Verifies,
				Key: &rules.Key{URL: "https://login.microsoftonline.com/common/discovery/keys"},
			},
		)
	}
	client := func(in rules.Input) *rules.Check {
		c := named("clientIdExpression", rules.ClientID, rules.Found(in))
		c.Binds = "client"
		return c
	}
	skipped := func() []*rules.Check {
		id, contract := client(rules.Claim("appid")), named(
			"skipClientIdValidation", rules.Contract, listed(),
		)
		id.Field = "skipClientIdValidation"
		return []*rules.Check{off(id), off(contract)}
	}
	audience := func(texts ...string) *rules.Check {
		return named("supportedAudiences", rules.Audience, wants("aud", texts...))
	}
	tests := []struct {
		name   string
		checks []*rules.Check
		guard  rules.Guard
		rule   string
		want   string
	}{
		{
			"a replay where no audience is checked",
			[]*rules.Check{
				keys(), off(named("validateAudClaim", rules.Audience, wants("aud", apiUAT))),
			},
			rules.Guard{},
			Replay, "validateAudClaim",
		},
		{
			"a replay where the audience's list names another API",
			[]*rules.Check{keys(), audience(apiUAT, apiDev)},
			rules.Guard{},
			Replay,
			"supportedAudiences",
		},
		{
			"a client of another environment where no client id is looked for",
			append(skipped(), keys(), audience(apiUAT)),
			rules.Guard{},
			Issuance,
			"skipClientIdValidation",
		},
		{
			"and where another check is switched off that would let it in all the same",
			append(
				skipped(), keys(), audience(apiUAT),
				off(named("scopes", rules.Scopes, rules.Has(rules.Claim("aud")))),
			),
			rules.Guard{},
			Issuance, "skipClientIdValidation",
		},
		{
			"a client id that the caller writes",
			[]*rules.Check{
				keys(), audience(apiUAT), client(header("client_id")),
				named("skipClientIdValidation", rules.Contract, listed()),
			},
			rules.Guard{},
			Issuance, "clientIdExpression",
		},
		{
			"another tenant where the key set is all that is checked",
			append(skipped(), keys(), audience(apiUAT)),
			rules.Guard{},
			CrossTenant, "jwksUrl",
		},
		{
			"another tenant where the check of the issuer is switched off",
			[]*rules.Check{
				keys(), audience(apiUAT),
				off(
					&rules.Check{
						Field: "validateCustomClaim",
						ID:    rules.CustomClaim,
						Claim: "iss",
						Test:  wants("iss", "ours"),
					},
				),
			},
			rules.Guard{},
			CrossTenant, "validateCustomClaim",
		},
		{
			"a policy that is disabled",
			[]*rules.Check{keys(), audience("nobody")},
			rules.Guard{Disabled: true, Field: "disabled"},
			Replay, "disabled",
		},
		{
			"an environment that locks itself out",
			[]*rules.Check{keys(), audience("nobody")},
			rules.Guard{},
			LockedOut, "supportedAudiences",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			multi := estates.V2 + `,"signInAudience":"AzureADMultipleOrgs"`
			e := estateOf(
				t,
				parts{
					Dev:        app(apiDev, estates.V2),
					UAT:        app(apiUAT, multi),
					DevClients: app(webDev, ""),
					UATClients: app(webUAT, ""),
				},
			)
			e.Sites[1].Contracts = &rules.Contracts{IDs: []string{webUAT}}
			e.Sites[1].Policies = []*rules.Policy{
				{Root: rules.AllOf(test.checks...), When: test.guard},
			}
			found := ""
			for _, f := range e.Evaluate().Findings {
				if f.Rule == test.rule {
					found = f.Field
				}
			}
			if found != test.want {
				t.Errorf("%s is at %q, want %q", test.rule, found, test.want)
			}
		})
	}
}

// A token that someone has captured shows a hole as a modelled one does.
func TestARealTokensHoleIsAtTheFieldThatOpensIt(t *testing.T) {
	t.Parallel()
	e := estateOf(t, parts{})
	claims := encode(`{"aud":"` + apiDev + `","appid":"` + webDev + `"}`)
	e.Sites[0].Tokens = []Real{
		{
			Name: "dev",
			Token: inspect.Parse(
				encode(`{"alg":"RS256"}`) + "." + claims + "." + encode("signed"),
			),
		},
	}
	e.Sites[1].Policies = policy(
		off(named("validateAudClaim", rules.Audience, wants("aud", apiUAT))),
	)
	findings := e.Evaluate().Findings
	if len(findings) != 2 || findings[0].Rule != Replay ||
		findings[0].Field != "validateAudClaim" ||
		findings[1].Rule != Forged {
		t.Errorf("%+v", findings)
	}
}
