package entra

import (
	"strings"
	"testing"
)

func TestEntraWritesNoSuchValues(t *testing.T) {
	const id = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	tests := []struct {
		claim, text string
		want        bool
	}{
		{"roles", "Orders.Read", true},
		{"roles", "[vars.claimSet.roles]", true}, // brackets are among the signs of a role
		{"roles", "[vars.claimSet.roles contains 'UAT.Call']", false},
		{"roles", "Orders Read", false},
		{"roles", "\"Orders.Read\"", false},
		{"roles", ".Read", false},
		{"roles", "", false},
		{"roles", strings.Repeat("a", 120), true},
		{"roles", strings.Repeat("a", 121), false},
		{"scp", "UAT.Access", true},
		{"scp", "UAT.Access UAT.Write", false},
		{"scp", "api://orders-uat/UAT.Access", false},
		{"scp", "Zugriff.für", false},
		{"tid", id, true},
		{"tid", "contoso.com", false},
		{"azp", id, true},
		{"appid", "orders-client", false},
		{"iss", "https://sts.windows.net/" + id + "/", true},
		{"iss", "https://issuer.example/", false},
		{"tid", strings.ToUpper(id), false},
		{"appid", id + " ", false},
		{"oid", "abe@example.com", false},
		{"wids", "Global Administrator", false},
		{"ver", "2", false},
		{"ver", "2.0", true},
		{"aud", "api://orders-uat", true},
		{"aud", "https://contoso.example/orders/", true},
		{"aud", id, true},
		{"aud", "spn:" + id, true},
		{"aud", "urn:orders", true},
		{"aud", strings.ToUpper(id), false},
		{"aud", "{" + id + "}", false},
		{"aud", "UAT.Access", false},
		{"aud", "orders-uat", false},
		{"aud", "API://orders-uat", false},
		{"aud", "api://orders-uat/.default", false},
		{"aud", `["api://orders-uat"]`, false},
		{"aud", "api://orders-uat;api://orders-dev", false},
		{"aud", "\"api://orders-uat\"", false},
		{"aud", " api://orders-uat", false},
		{"aud", "api://orders-uat, api://orders-dev", false},
		{"department", "any text", true},
	}
	for _, test := range tests {
		if got := CanHold(test.claim, test.text); got != test.want {
			t.Errorf("%s %q: %v", test.claim, test.text, got)
		}
	}
}

func TestTheClaimThatEntraWritesInThePlaceOfAnother(t *testing.T) {
	for claim, want := range map[string]string{
		"scope": "scp", "Scope": "scp", "role": "roles", "Roles": "roles", "appId": "appid",
		"scp ": "scp", "tenant_id": "tid", "client_id": "appid (v1.0 tokens) or azp (v2.0 tokens)",
		"username": "upn (v1.0 tokens) or preferred_username (v2.0 tokens)", "SCP": "scp",
		"scp": "", "roles": "", "department": "", "client": "", "": "",
	} {
		if got := WrittenFor(claim); got != want {
			t.Errorf("%q: %q, want %q", claim, got, want)
		}
	}
}

func TestEveryWellKnownAppHasItsOwnIDAndURIs(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, app := range apps {
		if !IsGUID(app.ID) || app.ID != strings.ToLower(app.ID) || app.Name == "" {
			t.Errorf("%+v is not complete", app)
		}
		for _, key := range append([]string{app.ID}, app.URIs...) {
			if other, twice := seen[key]; twice {
				t.Errorf("%s stands for %s and for %s", key, other, app.Name)
			}
			seen[key] = app.Name
			if strings.HasSuffix(key, "/") || key != strings.ToLower(key) {
				t.Errorf("%s is not in the form that is compared", key)
			}
		}
	}
}

func TestMicrosoftAPIKnowsAnAudienceInEachOfItsForms(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, audience, want string }{
		{"Graph by its id", "00000003-0000-0000-c000-000000000000", "Microsoft Graph"},
		{"Graph by its URI", "https://graph.microsoft.com", "Microsoft Graph"},
		{"Graph by its URI with a slash", "https://graph.microsoft.com/", "Microsoft Graph"},
		{"Graph of US Government", "https://graph.microsoft.us", "Microsoft Graph"},
		{"Graph of the cloud that was Germany's", "https://graph.microsoft.de", "Microsoft Graph"},
		{"Bot Framework", "https://api.botframework.com/", "Bot Framework"},
		{
			"Azure Resource Manager with the slash that its tokens carry",
			"https://management.azure.com/", "Azure Resource Manager",
		},
		{
			"Azure AD Graph behind spn:", "spn:00000002-0000-0000-c000-000000000000",
			"Azure AD Graph (retired)",
		},
		{
			"SharePoint on a tenant's host", "https://contoso.sharepoint.com",
			"Office 365 SharePoint Online",
		},
		{"an id in capitals", "CFA8B339-82A2-471A-A3C9-0FC0BE7A4093", "Azure Key Vault"},
		{"an API of one's own is none of Microsoft's", "api://orders", ""},
		{
			"a host that only ends alike is none of Microsoft's",
			"https://graph.microsoft.com.evil.example", "",
		},
		{"no audience is none of Microsoft's", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app, ok := MicrosoftAPI(test.audience)
			if app.Name != test.want || ok != (test.want != "") {
				t.Errorf("got %q, %v; want %q", app.Name, ok, test.want)
			}
		})
	}
}

func TestAddressesOfKeySets(t *testing.T) {
	t.Parallel()
	const (
		login = "https://login.microsoftonline.com/"
		id    = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
		b2c   = "https://contoso.b2clogin.com/contoso.onmicrosoft.com/"
	)
	for address, want := range map[string]struct {
		cloud, tenant string
		kind          Kind
		policy, app   string
		discovery     bool
		shared        bool
	}{
		login + id + "/discovery/v2.0/keys": {cloud: "public", tenant: id},
		login + "common/discovery/keys": {
			cloud: "public", tenant: "common", shared: true,
		},
		"https://LOGIN.microsoftonline.us/organizations/discovery/v2.0/keys": {
			cloud: "usgov", tenant: "organizations", shared: true,
		},
		"https://login.windows.net/" + id + "/discovery/keys?appid=x": {
			cloud: "public", tenant: id, app: "x",
		},
		login + id + "/v2.0/.well-known/openid-configuration": {
			cloud: "public", tenant: id, discovery: true,
		},
		login + "discovery/keys": {cloud: "public", shared: true},
		b2c + "B2C_1_in/discovery/v2.0/keys": {
			cloud: "public", tenant: "contoso.onmicrosoft.com", kind: B2C,
			policy: "B2C_1_in",
		},
		b2c + "discovery/v2.0/keys?p=b2c_1_in": {
			cloud: "public", tenant: "contoso.onmicrosoft.com", kind: B2C,
			policy: "b2c_1_in",
		},
		login + "te/contoso.onmicrosoft.com/b2c_1_in/discovery/v2.0/keys": {
			cloud: "public", tenant: "contoso.onmicrosoft.com", kind: B2C,
			policy: "b2c_1_in",
		},
		"https://contoso.b2clogin.us/tfp/" + id + "/in/v2.0/.well-known/openid-configuration": {
			cloud: "usgov", tenant: id, kind: B2C, policy: "in", discovery: true,
		},
		"https://contoso.ciamlogin.com/contoso.onmicrosoft.com/discovery/v2.0/keys": {
			cloud: "public", tenant: "contoso.onmicrosoft.com", kind: External,
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
				got.Kind != want.kind || got.Policy != want.policy || got.App != want.app ||
				got.Discovery != want.discovery || got.Shared() != want.shared {
				t.Errorf("%+v", got)
			}
		})
	}
}
