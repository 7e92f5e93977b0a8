package issued

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// A policy of very many conditions is evaluated for few choices of a token's holder: what was not
// tried is unknown.
func TestTheSearchIsBoundedByConditions(t *testing.T) {
	for _, conditions := range searched() {
		evaluated := 0
		check := &rules.Check{ID: rules.Authorization, Test: rules.Predicate{Op: rules.Or}}
		for i := range conditions {
			claim := rules.Claim(fmt.Sprint("claim", i))
			opaque := &rules.Opaque{Text: claim.Name, Reads: []rules.Input{claim}}
			opaque.Eval = func(r *rules.Request) rules.Reading {
				evaluated++
				got := r.Read(claim)
				if got.Unknown != nil {
					return got
				}
				return rules.Reading{Value: &source.Value{Kind: source.Bool, Text: "false"}}
			}
			check.Test.Of = append(check.Test.Of, rules.Predicate{
				Op: rules.True, Input: rules.Input{Source: rules.FromExpression, Opaque: opaque},
			})
		}
		view := NewView(policyOf(check), nil)
		forged := &Token{in: newSetting(entra.Clouds()[0], assumedTime()), freedom: everything}
		got := view.Furthest(forged).Verdict
		says := ""
		if got.Decided != nil {
			says = got.Decided.Why()
		}
		if got.Outcome != rules.Undetermined || !strings.Contains(says, "gatewhy tries no more") {
			t.Errorf("%d conditions: %s: %s", conditions, got.Outcome, says)
		}
		if most := mostConditions + mostGuessed + 8*8*manyOpen*conditions; evaluated > most {
			t.Errorf("%d conditions: evaluated %d, more than %d", conditions, evaluated, most)
		}
	}
}

// Scopes and roles that the policies name one by one have very many combinations.
func TestNotAllScopesAreListedWithAllRoles(t *testing.T) {
	const names = 400
	var g grant
	for i := range names {
		g.scopes = append(g.scopes, fmt.Sprintf("Scope.%d", i))
		g.userRoles = append(g.userRoles, fmt.Sprintf("Role.%d", i))
	}
	r := required{made: map[namesOf]nameSets{}}
	r.names.more = true // any name counts for itself
	v := scopesVariable(&g, &r)
	if len(v.choices) != mostChoices || v.cut == "" {
		t.Errorf("%d choices, cut %q", len(v.choices), v.cut)
	}
	g.userRoles = g.userRoles[:4]
	v = scopesVariable(&g, &r)
	if want := (names + 2) * 6; len(v.choices) != want || v.cut != "" {
		t.Errorf("%d choices, want %d; cut %q", len(v.choices), want, v.cut)
	}
	if v.choices[0].values[0] != v.choices[1].values[0] {
		t.Error("choices of the same scopes do not share them")
	}
}

// TestWhoseKeysVerifyAModelledToken holds kb-005321722, what it leaves out, 5: tenants share
// signing keys.
func TestWhoseKeysVerifyAModelledToken(t *testing.T) {
	t.Parallel()
	cloud, _ := entra.CloudByID("public")
	tests := []struct {
		name string
		key  rules.Key
		want string
	}{
		{"the tenant's own document", rules.Key{
			URL: "https://login.microsoftonline.com/" + ExampleTenant + "/discovery/v2.0/keys",
		}, "pass"},
		{"the document of all tenants", rules.Key{
			URL: "https://login.microsoftonline.com/common/discovery/keys",
		}, "pass"},
		{"another name of the same host", rules.Key{
			URL: "https://login.windows.net/common/discovery/keys",
		}, "pass"},
		{"a validation endpoint, whose keys nobody names", rules.Key{}, "pass"},
		{"another cloud's document", rules.Key{
			URL: "https://login.microsoftonline.us/common/discovery/keys",
		}, "unknown"},
		{"one application's own keys", rules.Key{
			URL: "https://login.microsoftonline.com/common/discovery/keys?appid=x",
		}, "unknown"},
		{"B2C's keys", rules.Key{
			URL: "https://contoso.b2clogin.com/contoso.onmicrosoft.com/b2c_1/discovery/v2.0/keys",
		}, "unknown"},
		{"a host of somebody", rules.Key{URL: "https://keys.example/jwks"}, "unknown"},
		{"a key in the policy", rules.Key{Text: "-----BEGIN PUBLIC KEY-----"}, "unknown"},
		{"a key of the policy's own that the file does not have", rules.Key{Own: true}, "unknown"},
		{"a shared secret", rules.Key{Text: "secret", HMAC: true}, "fail"},
	}
	for _, test := range tests {
		result := genuine{&cloud}.Verify(nil, &test.key)
		got := "fail"
		switch {
		case result.Unknown != nil:
			got = "unknown"
		case result.Outcome == keys.Pass:
			got = "pass"
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// A forger is modelled only where a request can get past all policies unchecked.
func TestAForgerIsKeptOutOnlyWhereEveryWayChecksTheSignature(t *testing.T) {
	t.Parallel()
	check := func(id rules.ID) rules.Node { return rules.Node{Check: &rules.Check{ID: id}} }
	signed, asked, audience := check(rules.Signature), check(rules.Introspection), check(
		rules.Audience,
	)
	off := rules.Node{Check: &rules.Check{ID: rules.Signature, Skip: "switched off"}}
	deny := func(p rules.Predicate) rules.Policy {
		return rules.Policy{Root: rules.Node{Not: &rules.Node{Check: &rules.Check{Test: p}}}}
	}
	tests := []struct {
		name   string
		policy rules.Policy
		want   bool
	}{
		{
			"a list with the check",
			rules.Policy{Root: rules.Node{All: []rules.Node{audience, signed}}},
			true,
		},
		{"a list without it", rules.Policy{Root: rules.Node{All: []rules.Node{audience}}}, false},
		{"a check that is switched off", rules.Policy{Root: off}, false},
		{
			"a disabled policy",
			rules.Policy{Root: signed, When: rules.Guard{Disabled: true}},
			false,
		},
		{
			"an alternative without it lets a forger past",
			rules.Policy{Root: rules.Node{Any: []rules.Node{signed, audience}}},
			false,
		},
		{
			"each alternative checks in its own way",
			rules.Policy{Root: rules.Node{Any: []rules.Node{signed, asked}}},
			true,
		},
		{"nobody gets past with a token", deny(rules.Predicate{Op: rules.Sent}), true},
		{"a rule that no request meets keeps nobody out", deny(rules.Never()), false},
		{"a signature that must not verify", rules.Policy{Root: rules.Node{Not: &signed}}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			policies := []*rules.Policy{&test.policy}
			class := &rules.Classes(policies, "", "")[0]
			if got := checksSignatures(policies, class); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}
