package entra_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

const tid = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"

func TestIssuersAreRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		iss  string
		want entra.Issuer
	}{
		{
			"a v1.0 issuer on sts.windows.net fits the public cloud and US Government",
			"https://sts.windows.net/" + tid + "/",
			entra.Issuer{
				Clouds: []string{"public", "usgov"}, Host: "sts.windows.net", Tenant: tid,
				Version: entra.V1,
			},
		},
		{
			"a v2.0 issuer names its cloud",
			"https://login.microsoftonline.us/" + tid + "/v2.0",
			entra.Issuer{
				Clouds: []string{"usgov"}, Host: "login.microsoftonline.us", Tenant: tid,
				Version: entra.V2,
			},
		},
		{
			"China has a v1.0 issuer of its own",
			"https://sts.chinacloudapi.cn/" + tid + "/",
			entra.Issuer{
				Clouds: []string{"china"}, Host: "sts.chinacloudapi.cn", Tenant: tid,
				Version: entra.V1,
			},
		},
		{
			"one source has China's older host in a v2.0 issuer",
			"https://login.chinacloudapi.cn/" + tid + "/v2.0",
			entra.Issuer{
				Clouds: []string{"china"}, Host: "login.chinacloudapi.cn", Tenant: tid,
				Version: entra.V2,
			},
		},
		{
			"a sovereign cloud is known by its host",
			"https://login.sovcloud-identity.fr/" + tid + "/v2.0",
			entra.Issuer{
				Clouds: []string{"bleu"}, Host: "login.sovcloud-identity.fr", Tenant: tid,
				Version: entra.V2,
			},
		},
		{
			"B2C's default issuer leaves out the policy",
			"https://contoso.b2clogin.com/" + tid + "/v2.0/",
			entra.Issuer{
				Clouds: []string{"public"}, Host: "contoso.b2clogin.com", Tenant: tid,
				Version: entra.V2, Kind: entra.B2C,
			},
		},
		{
			"B2C's other issuer names the policy",
			"https://contoso.b2clogin.com/tfp/" + tid + "/b2c_1_signin/v2.0/",
			entra.Issuer{
				Clouds: []string{"public"}, Host: "contoso.b2clogin.com", Tenant: tid,
				Version: entra.V2, Kind: entra.B2C, Policy: "b2c_1_signin",
			},
		},
		{
			"on the common host a slash at the end of the v2.0 form is B2C's",
			"https://login.microsoftonline.com/" + tid + "/v2.0/",
			entra.Issuer{
				Clouds: []string{"public"}, Host: "login.microsoftonline.com", Tenant: tid,
				Version: entra.V2, Kind: entra.B2C,
			},
		},
		{
			"External ID has the tenant in its host",
			"https://" + tid + ".ciamlogin.com/" + tid + "/v2.0",
			entra.Issuer{
				Clouds: []string{"public"}, Host: tid + ".ciamlogin.com", Tenant: tid,
				Version: entra.V2, Kind: entra.External,
			},
		},
		{
			"the issuer of shared keys has a template for the tenant",
			"https://login.microsoftonline.com/{tenantid}/v2.0",
			entra.Issuer{
				Clouds: []string{"public"}, Host: "login.microsoftonline.com",
				Tenant: "{tenantid}", Version: entra.V2,
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := entra.ParseIssuer(test.iss)
			if diff := cmp.Diff(test.want, got); !ok || diff != "" {
				t.Errorf("ParseIssuer(%q) ok %v (-want +got):\n%s", test.iss, ok, diff)
			}
		})
	}
}

func TestOtherIssuersAreNotEntras(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, iss string }{
		{"nothing", ""},
		{"http", "http://sts.windows.net/" + tid + "/"},
		{"another host", "https://auth.example.com/" + tid + "/v2.0"},
		{
			"a host that only ends like one",
			"https://evil-login.microsoftonline.com/" + tid + "/v2.0",
		},
		{"a host below one of Entra's", "https://a.b.b2clogin.com/" + tid + "/v2.0/"},
		{"the suffix without a tenant", "https://b2clogin.com/" + tid + "/v2.0/"},
		{"a port", "https://login.microsoftonline.com:444/" + tid + "/v2.0"},
		{
			"a user in front of the host",
			"https://login.microsoftonline.com@evil.example/" + tid + "/v2.0",
		},
		{"a v1.0 host with a v2.0 path", "https://sts.windows.net/" + tid + "/v2.0"},
		{"a v2.0 host with a v1.0 path", "https://login.microsoftonline.com/" + tid + "/"},
		{"a query", "https://login.microsoftonline.com/" + tid + "/v2.0?x"},
		{"dots for a tenant", "https://login.microsoftonline.com/../v2.0"},
		{"no tenant", "https://sts.windows.net/"},
		{"an escape", "https://login.microsoftonline.com/%2e%2e/v2.0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, ok := entra.ParseIssuer(test.iss); ok {
				t.Errorf("ParseIssuer(%q) = %+v, want none", test.iss, got)
			}
		})
	}
}

func TestOneTenantHasOneCloudAndOneProvider(t *testing.T) {
	t.Parallel()
	const v2 = "https://login.microsoftonline.com/" + tid + "/v2.0"
	tests := []struct {
		name, iss, other string
		want             bool
	}{
		{"the other version", "https://sts.windows.net/" + tid + "/", v2, true},
		{"a slash at the end", v2 + "/", v2, true},
		{
			"a slash, and the other version", v2 + "/",
			"https://sts.windows.net/" + tid + "/", true,
		},
		{"an alias of the host", "https://login.windows.net/" + tid + "/v2.0", v2, true},
		{
			"another tenant",
			"https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
			v2, false,
		},
		{
			"another cloud",
			"https://login.partner.microsoftonline.cn/" + tid + "/v2.0", v2, false,
		},
		{"B2C", "https://contoso.b2clogin.com/" + tid + "/v2.0/", v2, false},
		{
			"B2C without its slash", "https://contoso.b2clogin.com/" + tid + "/v2.0/",
			"https://contoso.b2clogin.com/" + tid + "/v2.0", true,
		},
		{"External ID", "https://" + tid + ".ciamlogin.com/" + tid + "/v2.0", v2, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			one, first := entra.ParseIssuer(test.iss)
			other, second := entra.ParseIssuer(test.other)
			if !first || !second {
				t.Fatalf("not read: %v, %v", first, second)
			}
			if one.SameTenant(other) != test.want || other.SameTenant(one) != test.want {
				t.Errorf("%s and %s: want %v", test.iss, test.other, test.want)
			}
		})
	}
}

func TestIssuerURLIsReadBack(t *testing.T) {
	t.Parallel()
	for _, c := range entra.Clouds() {
		for _, v := range []entra.Version{entra.V1, entra.V2} {
			iss := entra.IssuerURL(c, tid, v)
			if iss == "" {
				continue
			}
			got, ok := entra.ParseIssuer(iss)
			if !ok || !got.Is(c.ID) || got.Tenant != tid || got.Version != v ||
				got.Kind != entra.Workforce {
				t.Errorf("%s %s: ParseIssuer(%q) = %+v, %v", c.ID, v, iss, got, ok)
			}
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	public, _ := entra.CloudByID("public")
	china, _ := entra.CloudByID("china")
	tests := []struct{ name, got, want string }{
		{
			"v1.0 discovery", entra.DiscoveryURL(public, tid, entra.V1, ""),
			"https://login.microsoftonline.com/" + tid + "/.well-known/openid-configuration",
		},
		{
			"v2.0 discovery", entra.DiscoveryURL(public, "contoso.com", entra.V2, ""),
			"https://login.microsoftonline.com/contoso.com/v2.0/.well-known/openid-configuration",
		},
		{
			"an app with a signing key of its own",
			entra.DiscoveryURL(public, tid, entra.V2, "6f0e1c2a"),
			"https://login.microsoftonline.com/" + tid +
				"/v2.0/.well-known/openid-configuration?appid=6f0e1c2a",
		},
		{
			"v1.0 keys", entra.KeysURL(china, "common", entra.V1, ""),
			"https://login.partner.microsoftonline.cn/common/discovery/keys",
		},
		{
			"v2.0 keys of an app", entra.KeysURL(public, "common", entra.V2, "a b"),
			"https://login.microsoftonline.com/common/discovery/v2.0/keys?appid=a+b",
		},
		{
			"a tenant can't leave its place in the path",
			entra.KeysURL(public, "../x?y", entra.V1, ""),
			"https://login.microsoftonline.com/..%2Fx%3Fy/discovery/keys",
		},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, test.got, test.want)
		}
	}
}

func TestMetadataOfAnIssuer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, iss, policy, want string
		ok                      bool
	}{
		{
			"of a v1.0 token is on the login host", "https://sts.windows.net/" + tid + "/", "",
			"https://login.microsoftonline.com/" + tid + "/.well-known/openid-configuration", true,
		},
		{
			"of External ID is on the tenant's host",
			"https://" + tid + ".ciamlogin.com/" + tid + "/v2.0", "",
			"https://" + tid + ".ciamlogin.com/" + tid + "/v2.0/.well-known/openid-configuration",
			true,
		},
		{
			"of B2C needs the policy of the token's tfp claim",
			"https://contoso.b2clogin.com/" + tid + "/v2.0/", "b2c_1_x",
			"https://contoso.b2clogin.com/tfp/" + tid +
				"/b2c_1_x/v2.0/.well-known/openid-configuration", true,
		},
		{
			"of B2C without a policy is not known",
			"https://contoso.b2clogin.com/" + tid + "/v2.0/", "", "", false,
		},
		{
			"of a closed cloud is gone", "https://sts.microsoftonline.de/" + tid + "/", "", "",
			false,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			iss, _ := entra.ParseIssuer(test.iss)
			if test.policy != "" {
				iss.Policy = test.policy
			}
			if got, ok := iss.DiscoveryURL(""); got != test.want || ok != test.ok {
				t.Errorf("got %q, %v; want %q, %v", got, ok, test.want, test.ok)
			}
		})
	}
}

func TestHostsOfEntra(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"login.microsoftonline.com":        true,
		"LOGIN.microsoftonline.com":        true,
		"sts.windows.net":                  true,
		"contoso.b2clogin.com":             true,
		tid + ".ciamlogin.com":             true,
		"login.microsoftonline.de":         false,
		"login.microsoftonline.com.evil":   false,
		"xlogin.microsoftonline.com":       false,
		"169.254.169.254":                  false,
		"login.microsoftonline.com:443":    false,
		".b2clogin.com":                    false,
		"login.sovcloud-identity.sg":       true,
		"login.partner.microsoftonline.cn": true,
	} {
		if got := entra.IsEntraHost(host); got != want {
			t.Errorf("IsEntraHost(%q) = %v, want %v", host, got, want)
		}
	}
}

func TestGUIDs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		tid:                                    true,
		"5C1F0A7E-3B0D-4A55-9C3E-7F0E2B6D9A11": true,
		"fa15d692-e9c7-4460-a743-29f29522229":  false,
		"5c1f0a7e03b0d-4a55-9c3e-7f0e2b6d9a11": false,
		"5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9ag1": false,
		"{tenantid}":                           false,
	} {
		if got := entra.IsGUID(text); got != want {
			t.Errorf("IsGUID(%q) = %v, want %v", text, got, want)
		}
	}
}
