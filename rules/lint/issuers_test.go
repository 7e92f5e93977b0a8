package lint

import "testing"

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
