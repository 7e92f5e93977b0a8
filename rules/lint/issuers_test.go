package lint

import "testing"

func TestAddressesOfKeySets(t *testing.T) {
	t.Parallel()
	const login = "https://login.microsoftonline.com/"
	for address, want := range map[string]struct {
		ok, shared, workforce, discovery bool
		cloud                            string
	}{
		login + ourTenant + "/discovery/v2.0/keys": {true, false, true, false, "public"},
		login + "common/discovery/keys":            {true, true, true, false, "public"},
		"https://login.microsoftonline.us/organizations/discovery/v2.0/keys": {
			true, true, true, false, "usgov",
		},
		"https://login.windows.net/" + ourTenant + "/discovery/keys?appid=x": {
			true, false, true, false, "public",
		},
		login + ourTenant + "/v2.0/.well-known/openid-configuration": {
			true, false, true, true, "public",
		},
		login + "discovery/keys": {true, true, true, false, "public"},
		b2cKeys:                  {true, false, false, false, "public"},
		foreignKeys:              {},
		"https://login.microsoftonline.com.evil.test/common/discovery/keys": {},
		"login.microsoftonline.com/common/discovery/keys":                   {},
		"":    {},
		"%zz": {},
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			got, ok := parseKeysURL(address)
			if ok != want.ok {
				t.Fatalf("%+v, %v", got, ok)
			}
			if ok && (got.shared() != want.shared || got.workforce != want.workforce ||
				got.discovery != want.discovery || got.cloud.ID != want.cloud) {
				t.Errorf("%+v", got)
			}
		})
	}
}
