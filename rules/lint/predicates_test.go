package lint

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

func TestWhatAPredicateRestricts(t *testing.T) {
	aud := rules.Claim("aud")
	is := func(value string) rules.Predicate {
		return rules.Predicate{Op: rules.Equals, Input: aud, Values: rules.Literals(value)}
	}
	role := rules.Predicate{Op: rules.Contains, Input: rules.Claim("roles"), Values: rules.Literals("x")}
	opaque := rules.Predicate{Op: rules.True, Input: rules.Input{Source: rules.FromExpression, Opaque: &rules.Opaque{Reads: []rules.Input{aud}}}}
	for name, row := range map[string]struct {
		predicate rules.Predicate
		always    bool
		want      rules.Truth
	}{
		"a comparison does":                                      {is("a"), true, rules.Yes},
		"presence does not":                                      {rules.Has(aud), true, rules.No},
		"a denied value does not":                                {rules.Negate(is("a")), true, rules.No},
		"a comparison of another claim does not":                 {role, true, rules.No},
		"all of, where one part does":                            {rules.Both(role, is("a")), true, rules.Yes},
		"either of, where each part does":                        {rules.Either(is("a"), is("b")), true, rules.Yes},
		"either of, where one part does not":                     {rules.Either(is("a"), role), true, rules.No},
		"only where present, of a claim that is always there":    {rules.IfPresent(aud, is("a")), true, rules.Yes},
		"only where present, of a claim that may be absent":      {rules.IfPresent(aud, is("a")), false, rules.No},
		"an expression that reads it may":                        {opaque, true, rules.Maybe},
		"either of a comparison and an expression that reads it": {rules.Either(is("a"), opaque), true, rules.Maybe},
	} {
		t.Run(name, func(t *testing.T) {
			if got := restricts(row.predicate, claim("aud"), row.always); got != row.want {
				t.Errorf("%d, want %d", got, row.want)
			}
		})
	}
}

func TestAddressesOfKeySets(t *testing.T) {
	const tenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	for address, want := range map[string]struct {
		ok, shared, workforce, discovery bool
		cloud                            string
	}{
		"https://login.microsoftonline.com/" + tenant + "/discovery/v2.0/keys":                   {true, false, true, false, "public"},
		"https://login.microsoftonline.com/common/discovery/keys":                                {true, true, true, false, "public"},
		"https://login.microsoftonline.us/organizations/discovery/v2.0/keys":                     {true, true, true, false, "usgov"},
		"https://login.windows.net/" + tenant + "/discovery/keys?appid=x":                        {true, false, true, false, "public"},
		"https://login.microsoftonline.com/" + tenant + "/v2.0/.well-known/openid-configuration": {true, false, true, true, "public"},
		"https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_in/discovery/v2.0/keys":      {true, false, false, false, "public"},
		"https://contoso.okta.com/oauth2/default/v1/keys":                                        {},
		"https://login.microsoftonline.com.evil.test/common/discovery/keys":                      {},
		"login.microsoftonline.com/common/discovery/keys":                                        {},
		"":    {},
		"%zz": {},
	} {
		t.Run(address, func(t *testing.T) {
			got, ok := parseKeysURL(address)
			if ok != want.ok || ok && (got.shared() != want.shared || got.workforce != want.workforce || got.discovery != want.discovery || got.cloud.ID != want.cloud) {
				t.Errorf("%+v, %v", got, ok)
			}
		})
	}
}
