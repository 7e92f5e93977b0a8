package issued

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
)

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
