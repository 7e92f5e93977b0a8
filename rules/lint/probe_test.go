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
			value, _ := r.Read(in).Value.Str()
			return rules.Reading{Value: &source.Value{Kind: source.Bool, Text: map[bool]string{true: "true", false: "false"}[len(value) >= len(text) && value[:len(text)] == text]}}
		},
	}}}
}

func TestHowFarAnotherTenantGets(t *testing.T) {
	public, _ := entra.CloudByID("public")
	aud := rules.Claim("aud")
	for name, row := range map[string]struct {
		checks []*rules.Check
		want   reach
	}{
		"past no check":                                      {nil, open},
		"not past its issuer":                                {[]*rules.Check{check(equals("iss", ourIssuer))}, shut},
		"not past the tenant":                                {[]*rules.Check{check(equals("tid", ourTenant))}, shut},
		"past a part of the issuer":                          {[]*rules.Check{check(has("iss", "sts.windows.net"))}, open},
		"past the beginning of the issuer":                   {[]*rules.Check{check(startsLike("iss", "https://login."))}, open},
		"not past two checks that only together pin it":      {[]*rules.Check{check(rules.Either(equals("iss", ourIssuer), equals("ver", "2.0"))), check(equals("ver", "1.0"))}, shut},
		"past a role of a name of its choice":                {[]*rules.Check{check(has("roles", "Admin"))}, open},
		"not past our application id as audience":            {[]*rules.Check{check(equals("aud", ourTenant))}, shut},
		"past our api:// name":                               {[]*rules.Check{check(equals("aud", "api://orders"))}, open},
		"perhaps past our domain's name":                     {[]*rules.Check{check(equals("aud", "https://contoso.com/orders"))}, perhaps},
		"perhaps past a name with our id":                    {[]*rules.Check{check(equals("aud", "api://"+ourTenant))}, perhaps},
		"past our name where v2.0 tokens are wanted, no":     {[]*rules.Check{check(equals("aud", "api://orders")), check(equals("ver", "2.0"))}, shut},
		"past a check that is switched off":                  {[]*rules.Check{{ID: rules.Audience, Skip: "off", Test: rules.Predicate{Op: rules.OneOf, Input: aud, Values: rules.Literals(ourTenant)}}}, open},
		"of a check that only a deployment knows, who knows": {[]*rules.Check{{ID: rules.CustomClaim, Claim: "iss", Unknown: &rules.Unknown{}}}, hidden},
		"past a role that only a deployment knows":           {[]*rules.Check{{ID: rules.CustomClaim, Claim: "roles", Unknown: &rules.Unknown{}}}, open},
		"of a policy that is not modelled, who knows":        {[]*rules.Check{{ID: rules.NotModelled, Unknown: &rules.Unknown{}}}, hidden},
	} {
		t.Run(name, func(t *testing.T) {
			if got, _ := otherTenants(public, row.checks).gets(row.checks); got != row.want {
				t.Errorf("%d, want %d", got, row.want)
			}
		})
	}
}

func TestOtherTenantsAreOfEveryCloudAndVersion(t *testing.T) {
	us, _ := entra.CloudByID("usgov")
	var issuers []string
	for _, s := range otherTenants(us, nil).tokens {
		issuers = append(issuers, s.claims["iss"].Text)
	}
	for _, cloud := range entra.Clouds() {
		for _, v := range versions() {
			if want := entra.IssuerURL(cloud, otherTenantID, v); want != "" && !slices.Contains(issuers, want) {
				t.Errorf("no token has the issuer %s", want)
			}
		}
	}
	if issuers[1] != entra.IssuerURL(us, otherTenantID, entra.V2) {
		t.Errorf("the cloud of the keys is not the first: %v", issuers)
	}
}

func TestWhatIsQuotedInAnExpression(t *testing.T) {
	got := quoted(`(a == 'x y') or b contains "it's" or c == 'open`)
	if want := []string{"x y", "it's"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheCombinationsThatAreTriedAreLimited(t *testing.T) {
	var parts []rules.Predicate
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		parts = append(parts, equals(name, "x"))
	}
	runs := 0
	complete := anybody().each(check(rules.Both(parts...)), suspect{}, mostTrials, func(*trial) bool {
		runs++
		return true
	})
	if runs != mostTrials || complete {
		t.Errorf("%d runs, want %d; complete: %v", runs, mostTrials, complete)
	}
	if got, _ := anybody().gets([]*rules.Check{check(rules.Both(parts...))}); got == shut {
		t.Error("nobody gets past a check that was not tried in full")
	}
}

func TestNoTrialIsMadeThatNobodyLooksAt(t *testing.T) {
	p := anybody()
	p.each(check(rules.Both(equals("a", "x"), equals("b", "y"))), suspect{}, mostTrials, func(*trial) bool { return false })
	if p.trials != 1 {
		t.Errorf("%d trials were made for a visit that has seen enough after one", p.trials)
	}
}

func TestTheLastClaimChangesFirstFromTrialToTrial(t *testing.T) {
	var seen []string
	two := func(_ suspect, name string, _ []string) []held { return texts([]string{name + "1", name + "2"}) }
	p := &party{may: two}
	p.each(check(rules.Both(equals("a", "x"), equals("b", "y"))), suspect{}, mostTrials, func(made *trial) bool {
		seen = append(seen, made.claims()[0].Value.Text+made.claims()[1].Value.Text)
		return true
	})
	if want := []string{"a1b1", "a1b2", "a2b1", "a2b2"}; !slices.Equal(seen, want) {
		t.Errorf("%v, want %v", seen, want)
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
