package entra

import "testing"

func TestAddressesOfKeySets(t *testing.T) {
	t.Parallel()
	const (
		login = "https://login.microsoftonline.com/"
		id    = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
		b2c   = "https://contoso.b2clogin.com/contoso.onmicrosoft.com/"
	)
	for address, want := range map[string]struct {
		cloud, tenant string
		version       Version
		kind          Kind
		policy, app   string
		discovery     bool
		shared        bool
	}{
		login + id + "/discovery/v2.0/keys": {cloud: "public", tenant: id, version: V2},
		login + "common/discovery/keys": {
			cloud: "public", tenant: "common", version: V1, shared: true,
		},
		"https://LOGIN.microsoftonline.us/organizations/discovery/v2.0/keys": {
			cloud: "usgov", tenant: "organizations", version: V2, shared: true,
		},
		"https://login.windows.net/" + id + "/discovery/keys?appid=x": {
			cloud: "public", tenant: id, version: V1, app: "x",
		},
		login + id + "/v2.0/.well-known/openid-configuration": {
			cloud: "public", tenant: id, version: V2, discovery: true,
		},
		login + "discovery/keys": {cloud: "public", version: V1, shared: true},
		b2c + "B2C_1_in/discovery/v2.0/keys": {
			cloud: "public", tenant: "contoso.onmicrosoft.com", version: V2, kind: B2C,
			policy: "B2C_1_in",
		},
		b2c + "discovery/v2.0/keys?p=b2c_1_in": {
			cloud: "public", tenant: "contoso.onmicrosoft.com", version: V2, kind: B2C,
			policy: "b2c_1_in",
		},
		login + "te/contoso.onmicrosoft.com/b2c_1_in/discovery/v2.0/keys": {
			cloud: "public", tenant: "contoso.onmicrosoft.com", version: V2, kind: B2C,
			policy: "b2c_1_in",
		},
		"https://contoso.b2clogin.us/tfp/" + id + "/in/v2.0/.well-known/openid-configuration": {
			cloud: "usgov", tenant: id, version: V2, kind: B2C, policy: "in", discovery: true,
		},
		"https://contoso.ciamlogin.com/contoso.onmicrosoft.com/discovery/v2.0/keys": {
			cloud: "public", tenant: "contoso.onmicrosoft.com", version: V2, kind: External,
		},
		"https://contoso.okta.com/oauth2/default/v1/keys":                   {},
		"https://login.microsoftonline.com.evil.test/common/discovery/keys": {},
		"login.microsoftonline.com/common/discovery/keys":                   {},
		"":    {},
		"%zz": {},
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			got, ok := ParseKeysURL(address)
			if ok != (want.cloud != "") {
				t.Fatalf("%+v, %v", got, ok)
			}
			if !ok {
				return
			}
			if got.Cloud.ID != want.cloud || got.Tenant != want.tenant ||
				got.Version != want.version || got.Kind != want.kind ||
				got.Policy != want.policy || got.App != want.app ||
				got.Discovery != want.discovery || got.Shared() != want.shared {
				t.Errorf("%+v", got)
			}
		})
	}
}
