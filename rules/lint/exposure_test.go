package lint

import (
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

const (
	ourTenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	ourIssuer = "https://sts.windows.net/" + ourTenant + "/"
)

func equals(name, value string) rules.Predicate {
	return rules.Predicate{Op: rules.Equals, Input: rules.Claim(name), Values: rules.Literals(value)}
}

func has(name, value string) rules.Predicate {
	return rules.Predicate{Op: rules.Contains, Input: rules.Claim(name), Values: rules.Literals(value)}
}

func check(test rules.Predicate) *rules.Check { return &rules.Check{ID: rules.CustomClaim, Test: test} }

// startsLike is an expression that can't be looked into.
func startsLike(name, text string) rules.Predicate {
	in := rules.Claim(name)
	return rules.Predicate{Op: rules.True, Input: rules.Input{Source: rules.FromExpression, Opaque: &rules.Opaque{
		Text: name + " startsWith '" + text + "'", Reads: []rules.Input{in},
		Eval: func(r *rules.Request) rules.Reading {
			got := r.Read(in)
			if got.Unknown != nil {
				return got
			}
			value, _ := got.Value.Str()
			return rules.Reading{Value: &source.Value{Kind: source.Bool, Text: map[bool]string{true: "true", false: "false"}[len(value) >= len(text) && value[:len(text)] == text]}}
		},
	}}}
}

func TestHowFarAnotherTenantGets(t *testing.T) {
	aud := rules.Claim("aud")
	for name, row := range map[string]struct {
		checks []*rules.Check
		want   exposure
	}{
		"past no check":                                      {nil, letIn},
		"not past its issuer":                                {[]*rules.Check{check(equals("iss", ourIssuer))}, keptOut},
		"not past the tenant":                                {[]*rules.Check{check(equals("tid", ourTenant))}, keptOut},
		"past a part of the issuer":                          {[]*rules.Check{check(has("iss", "sts.windows.net"))}, letIn},
		"past the beginning of the issuer":                   {[]*rules.Check{check(startsLike("iss", "https://login."))}, letIn},
		"not past two checks that only together pin it":      {[]*rules.Check{check(rules.Either(equals("iss", ourIssuer), equals("ver", "2.0"))), check(equals("ver", "1.0"))}, keptOut},
		"past a role of a name of its choice":                {[]*rules.Check{check(has("roles", "Admin"))}, letIn},
		"not past our application id as audience":            {[]*rules.Check{check(equals("aud", ourTenant))}, keptOut},
		"past our api:// name":                               {[]*rules.Check{check(equals("aud", "api://orders"))}, letIn},
		"perhaps past our domain's name":                     {[]*rules.Check{check(equals("aud", "https://contoso.com/orders"))}, doubtful},
		"perhaps past a name with our id":                    {[]*rules.Check{check(equals("aud", "api://"+ourTenant))}, doubtful},
		"past our name where v2.0 tokens are wanted, no":     {[]*rules.Check{check(equals("aud", "api://orders")), check(equals("ver", "2.0"))}, keptOut},
		"past a check that is switched off":                  {[]*rules.Check{{ID: rules.Audience, Skip: "off", Test: rules.Predicate{Op: rules.OneOf, Input: aud, Values: rules.Literals(ourTenant)}}}, letIn},
		"of a check that only a deployment knows, who knows": {[]*rules.Check{{ID: rules.CustomClaim, Claim: "iss", Unknown: &rules.Unknown{}}}, hidden},
		"past a role that only a deployment knows":           {[]*rules.Check{{ID: rules.CustomClaim, Claim: "roles", Unknown: &rules.Unknown{}}}, letIn},
		"of a policy that is not modelled, who knows":        {[]*rules.Check{{ID: rules.NotModelled, Unknown: &rules.Unknown{}}}, hidden},
	} {
		t.Run(name, func(t *testing.T) {
			e := newExposed([]*rules.Policy{{Root: rules.AllOf(row.checks...)}}, nil)
			if got, _ := e.get(e.holders.OtherTenants()); got != row.want {
				t.Errorf("%d, want %d", got, row.want)
			}
		})
	}
}

func TestARoleThatIsNotDefinedIsWorseWhereNoOtherIsEnough(t *testing.T) {
	app := &entra.Registration{Roles: []entra.Permission{{Value: entra.Text{Value: "Read"}}}}
	for name, row := range map[string]struct {
		test rules.Predicate
		want []rules.Severity
	}{
		"alone":                     {has("roles", "Write"), []rules.Severity{""}},
		"beside one that is needed": {rules.Both(has("roles", "Read"), has("roles", "Write")), []rules.Severity{""}},
		"beside one that is enough": {rules.Either(has("roles", "Read"), has("roles", "Write")), []rules.Severity{rules.Warning}},
		"not at all":                {has("roles", "Read"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := &rules.Policy{Root: rules.AllOf(check(row.test))}
			var got []rules.Severity
			for _, f := range undefined(app, p, app.Roles, "app role", "roles") {
				got = append(got, f.Severity)
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}
