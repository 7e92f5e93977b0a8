package lint

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

func TestHowFarAnotherTenantGets(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		checks []*rules.Check
		want   exposure
	}{
		"past no check": {nil, letIn},
		"not past its issuer": {
			[]*rules.Check{check(equals("iss", ourIssuer))}, keptOut,
		},
		"not past the tenant": {
			[]*rules.Check{check(equals("tid", ourTenant))}, keptOut,
		},
		"past a part of the issuer": {
			[]*rules.Check{check(has("iss", "sts.windows.net"))}, letIn,
		},
		"past the beginning of the issuer": {
			[]*rules.Check{check(startsLike("iss", "https://login."))}, letIn,
		},
		"not past two checks that only together pin it": {
			[]*rules.Check{
				check(rules.Either(equals("iss", ourIssuer), equals("ver", "2.0"))),
				check(equals("ver", "1.0")),
			},
			keptOut,
		},
		"past a role of a name of its choice": {
			[]*rules.Check{role("Admin")}, letIn,
		},
		"not past our application id as audience": {
			[]*rules.Check{check(equals("aud", ourTenant))}, keptOut,
		},
		"past our api:// name": {
			[]*rules.Check{check(equals("aud", "api://orders"))}, letIn,
		},
		"perhaps past our domain's name": {
			[]*rules.Check{check(equals("aud", "https://contoso.com/orders"))}, doubtful,
		},
		"perhaps past a name with our id": {
			[]*rules.Check{check(equals("aud", "api://"+ourTenant))}, doubtful,
		},
		"not past our name where v2.0 tokens are wanted": {
			[]*rules.Check{check(equals("aud", "api://orders")), check(equals("ver", "2.0"))},
			keptOut,
		},
		"past a check that is switched off": {
			[]*rules.Check{off(audience(ourTenant))}, letIn,
		},
		"of a check that only a deployment knows, who knows": {
			[]*rules.Check{{
				ID: rules.CustomClaim, Claim: "iss", Unknown: &rules.Unknown{},
			}},
			hidden,
		},
		"of an issuer that only a deployment knows, who knows": {
			[]*rules.Check{unread(checkOf(rules.Issuer, rules.Predicate{}))}, hidden,
		},
		"past a role that only a deployment knows": {
			[]*rules.Check{{
				ID: rules.CustomClaim, Claim: "roles", Unknown: &rules.Unknown{},
			}},
			letIn,
		},
		"past a scope that only a deployment knows": {
			[]*rules.Check{unread(scopes())}, letIn,
		},
		"past what is not about claims": {
			[]*rules.Check{clientFrom(header("client_id"))}, letIn,
		},
		"of a policy that is not modelled, who knows": {
			[]*rules.Check{notModelled()}, hidden,
		},
		"perhaps past an expression that can't be evaluated": {
			[]*rules.Check{check(unclearExpression("iss"))}, unclear,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var nothing *cache
			e := nothing.newExposed([]*rules.Policy{{Root: rules.AllOf(row.checks...)}}, nil)
			if got, _ := e.get(e.holders.OtherTenants()); got != row.want {
				t.Errorf("%d, want %d", got, row.want)
			}
		})
	}
}
