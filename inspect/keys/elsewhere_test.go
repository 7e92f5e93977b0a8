package keys_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

const (
	login   = "https://login.microsoftonline.com/"
	graph   = "00000003-0000-0000-c000-000000000000"
	keysURL = login + tid + "/discovery/v2.0/keys"
	b2cHost = "https://contoso.b2clogin.com/"
	b2cKeys = b2cHost + "contoso.onmicrosoft.com/B2C_1_in/discovery/v2.0/keys"
)

// accessToken is what Entra ID writes into a v2.0 access token, under an issuer.
func accessToken(iss string) string {
	return fmt.Sprintf(`{"iss":%q,"aud":%q,"azp":%q,"azpacr":"1","scp":"a","ver":"2.0"}`,
		iss, mint.API, mint.Client)
}

func TestAKidThatIsNotInTheSetIsExplainedByWhereTheTokenIsFrom(t *testing.T) {
	t.Parallel()
	entras := setOf(t, entraKey(t, 1))
	plain := setOf(t, publicKey(t, 1, "known"))
	inChina := jwk(t, &rsaKeys()[1].PublicKey, "known", map[string]any{
		"cloud_instance_name": "partner.microsoftonline.cn",
	})
	b2cIssuer := b2cHost + tid + "/v2.0/"
	withPolicy := strings.TrimSuffix(accessToken(b2cIssuer), "}") + `,"tfp":"B2C_1_in"}`
	tests := []struct {
		name, claims string
		set          *keys.Set
		address      string
		want         keys.Elsewhere
		says         string
	}{
		{
			"US Government", accessToken("https://login.microsoftonline.us/" + tid + "/v2.0"),
			entras, keysURL, keys.OtherCloud, "Azure US Government",
		},
		{
			"China's v1.0 issuer", accessToken("https://sts.chinacloudapi.cn/" + tid + "/"),
			plain, keysURL, keys.OtherCloud, "Azure China (21Vianet)",
		},
		{
			"the public cloud, and the keys say that they are China's",
			accessToken(mint.V2Issuer(tid)), setOf(t, inChina), "", keys.OtherCloud,
			"the keys are those of Azure China (21Vianet)",
		},
		{
			"a v1.0 issuer that two clouds write, and China's keys",
			accessToken(mint.V1Issuer(tid)), plain,
			"https://login.partner.microsoftonline.cn/common/discovery/keys", keys.OtherCloud,
			"Azure public or Azure US Government",
		},
		{
			"a v1.0 issuer that two clouds write, and the keys of one",
			accessToken(mint.V1Issuer(tid)), plain,
			"https://login.microsoftonline.us/" + tid + "/discovery/keys", keys.Nowhere, "",
		},
		{
			"B2C, and the keys of Entra ID proper", accessToken(b2cIssuer), plain, keysURL,
			keys.OtherKind, "Azure AD B2C (contoso.b2clogin.com)",
		},
		{
			"Entra ID proper, and the keys of External ID", accessToken(mint.V2Issuer(tid)),
			plain, "https://contoso.ciamlogin.com/" + tid + "/discovery/v2.0/keys",
			keys.OtherKind, "Entra External ID (contoso.ciamlogin.com)",
		},
		{
			"External ID, whose issuer has its id for a host and its keys have its name",
			accessToken("https://" + tid + ".ciamlogin.com/" + tid + "/v2.0"), plain,
			"https://contoso.ciamlogin.com/contoso.onmicrosoft.com/discovery/v2.0/keys",
			keys.Nowhere, "",
		},
		{
			"another tenant", accessToken(mint.V2Issuer(otherTenant)), entras, keysURL,
			keys.OtherTenant, "the tenant " + otherTenant,
		},
		{
			"a work account, and the keys of personal accounts",
			accessToken(mint.V2Issuer(tid)), plain, login + "consumers/discovery/v2.0/keys",
			keys.OtherTenant, "9188040d-6c67-4c5b-b112-36a304b66dad",
		},
		{
			"another tenant, and the keys of all tenants",
			accessToken(mint.V2Issuer(otherTenant)), entras,
			login + "common/discovery/v2.0/keys", keys.Nowhere, "",
		},
		{
			"the same tenant in capitals", accessToken(mint.V2Issuer(tid)), entras,
			login + strings.ToUpper(tid) + "/discovery/v2.0/keys", keys.Nowhere, "",
		},
		{
			"another host of the same cloud", accessToken(mint.V2Issuer(tid)), entras,
			"https://login.windows.net/" + tid + "/discovery/keys", keys.Nowhere, "",
		},
		{
			"another tenant of B2C", accessToken(b2cIssuer), plain,
			"https://fabrikam.b2clogin.com/fabrikam.onmicrosoft.com/B2C_1_in/discovery/v2.0/keys",
			keys.OtherTenant, "the tenant of fabrikam.b2clogin.com",
		},
		{
			"another policy of B2C", withPolicy, plain,
			strings.Replace(b2cKeys, "B2C_1_in", "B2C_1_up", 1), keys.OtherPolicy, `"B2C_1_up"`,
		},
		{"the same policy of B2C", withPolicy, plain, b2cKeys, keys.Nowhere, ""},
		{
			"no issuer of Entra ID", accessToken("https://contoso.okta.com/oauth2/default"),
			plain, keysURL, keys.OtherIssuer, "https://contoso.okta.com/oauth2/default",
		},
		{
			"no issuer at all", `{"aud":"api://orders"}`, entras, "", keys.OtherIssuer,
			"names no issuer",
		},
		{
			"keys of somebody else", accessToken(mint.V2Issuer(tid)), plain,
			"https://contoso.okta.com/oauth2/default/v1/keys", keys.OtherIssuer,
			"contoso.okta.com, which is not a host of Entra ID",
		},
		{
			"a mirror of Entra's keys", accessToken(mint.V2Issuer(tid)), entras,
			"https://mirror.example/keys", keys.Nowhere, "",
		},
		{
			"B2C under a name of its own", accessToken("https://login.contoso.com/x/v2.0/"),
			plain, "https://login.contoso.com/x/discovery/keys", keys.Nowhere, "",
		},
		{
			"the keys of another app alone", accessToken(mint.V2Issuer(tid)), entras,
			keysURL + "?appid=" + mint.Client, keys.OtherApp, mint.Client,
		},
		{
			"the keys of the token's own app", accessToken(mint.V2Issuer(tid)), entras,
			keysURL + "?appid=" + mint.API, keys.Nowhere, "",
		},
		{
			"an ID token", fmt.Sprintf(`{"iss":%q,"aud":%q,"sub":"s","nonce":"1","ver":"2.0"}`,
				mint.V2Issuer(tid), mint.Client),
			entras, keysURL, keys.ForClient, "this is an ID token",
		},
		{
			"an ID token of another tenant",
			fmt.Sprintf(`{"iss":%q,"aud":%q,"sub":"s","nonce":"1","ver":"2.0"}`,
				mint.V2Issuer(otherTenant), mint.Client),
			entras, keysURL, keys.OtherTenant, "the tenant " + otherTenant,
		},
		{
			"a token for Microsoft Graph", strings.Replace(
				accessToken(mint.V2Issuer(tid)), mint.API, graph, 1),
			entras, keysURL, keys.ForMicrosoft, "a token for Microsoft Graph",
		},
		{
			"nothing that tells", accessToken(mint.V2Issuer(tid)), entras, keysURL, keys.Nowhere,
			"",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"unknown"}`, test.claims)
			got := verify(text, test.set.PublishedAt(test.address))
			if got.Reason != keys.KidUnknown || got.Elsewhere != test.want ||
				!strings.HasSuffix(got.Why, "the key set has no key with the token's kid") ||
				!strings.Contains(got.Why, test.says) {
				t.Errorf("%v, %d, want %d, %q: %s",
					got.Reason, got.Elsewhere, test.want, test.says, got.Why)
			}
		})
	}
}

func TestAGraphNonceComesBeforeAnUnknownKid(t *testing.T) {
	t.Parallel()
	claims := `{"iss":"` + mint.V1Issuer(tid) + `","aud":"https://custom.example","appid":"x"}`
	text := signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"unknown","nonce":"n"}`, claims)
	got := verify(text, setOf(t, entraKey(t, 1)))
	if got.Elsewhere != keys.ForMicrosoft || !strings.HasPrefix(got.Why, "wrong resource") {
		t.Errorf("%d: %s", got.Elsewhere, got.Why)
	}
}

func TestAWrongKidIsNoOtherTenants(t *testing.T) {
	t.Parallel()
	text := signRS256(t, rsaKeys()[1], `{"alg":"RS256","kid":"unknown"}`,
		accessToken(mint.V2Issuer(otherTenant)))
	got := verify(text, setOf(t, entraKey(t, 1)).PublishedAt(keysURL))
	if got.Verifier == nil || got.Elsewhere != keys.Nowhere {
		t.Errorf("%d: %s", got.Elsewhere, got.Why)
	}
}

func TestWhomTheCallerExpectsExplainsAnUnknownKid(t *testing.T) {
	t.Parallel()
	text := signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"unknown"}`,
		accessToken(mint.V2Issuer(otherTenant)))
	set := setOf(t, publicKey(t, 1, "known"))
	for name, test := range map[string]struct {
		expect keys.Expect
		want   keys.Elsewhere
	}{
		"another tenant": {
			keys.Expect{Tenant: tid}, keys.OtherTenant,
		},
		"the same tenant": {
			keys.Expect{Tenant: otherTenant}, keys.Nowhere,
		},
		"the same tenant in another cloud": {
			keys.Expect{Tenant: otherTenant, Cloud: "china"}, keys.OtherCloud,
		},
		"another tenant's issuer": {
			keys.Expect{Issuer: mint.V2Issuer(tid)}, keys.OtherTenant,
		},
		"the tenant's issuer, of v1.0 tokens": {
			keys.Expect{Issuer: mint.V1Issuer(otherTenant)}, keys.Nowhere,
		},
		"somebody else's issuer": {
			keys.Expect{Issuer: "https://contoso.okta.com"}, keys.Nowhere,
		},
		"nobody": {
			keys.Expect{}, keys.Nowhere,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.expect.At = noon
			got := verifiedAs(test.expect, inspect.Parse(text), set).Signature
			if got.Elsewhere != test.want {
				t.Errorf("%d, want %d: %s", got.Elsewhere, test.want, got.Why)
			}
		})
	}
}
