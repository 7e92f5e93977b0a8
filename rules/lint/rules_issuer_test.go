package lint

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

const (
	commonKeys = "https://login.microsoftonline.com/common/discovery/keys"
	b2cKeys    = "https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_in/" +
		"discovery/v2.0/keys"
)

// multiTenant is the registration of an API that other tenants can use too.
func multiTenant(app *entra.Registration) *entra.Registration {
	app.SignIn = known("AzureADMultipleOrgs")
	return app
}

func TestIssuerNotPinned(t *testing.T) {
	t.Parallel()
	appid := rules.Claim("appid")
	finds(t, issuerNotPinned(), map[string]row{
		"rules for tokens that are cut short let none of Entra ID in": {
			ours(checkOf(rules.Authorization, rules.Both(
				rules.Predicate{
					Op: rules.Suffix, Input: rules.Input{Source: rules.FromToken},
					Values: rules.Literals("."), Assumed: rules.No,
				},
				rules.Negate(equals("iss", ourIssuer)),
			))), nil,
		},
		"the tenant's own keys are those that all tenants share": {
			ours(),
			errorAt("signature", "lists the keys that all tenants share"),
		},
		"the keys of all tenants say nothing of one": {
			of(policy(signed(commonKeys))),
			errorAt("signature", "this key set is that of all tenants"),
		},
		"an issuer that is looked for as a part is not pinned": {
			ours(check(has("iss", "sts.windows.net"))),
			errorAt("custom-claim", "another tenant's, passes too"),
		},
		"an audience that another tenant may be able to have leaves it in doubt": {
			ours(audience("https://contoso.com/orders")),
			warningAt("signature", "if another tenant can get such a token"),
		},
		"nor where something else closes the hole": {
			ours(check(has("iss", "sts.windows.net")), audience(ourApp)),
			noteAt("custom-claim", "passes too, and only the audience, an application id"),
		},
		"but not where nobody gets in": {
			ours(check(has("iss", "/v2.0")), audience("api://orders")), nil,
		},
		"a part that has the tenant's id pins it": {
			ours(check(has("iss", ourTenant)), audience(ourApp)), nil,
		},
		"one of two checks that pins it is enough": {
			ours(
				check(has("iss", "sts.windows.net")), check(equals("tid", ourTenant)),
				audience(ourApp),
			), nil,
		},
		"an expression that can't be evaluated may pin it": {
			ours(check(unclearExpression("iss"))),
			noteAt("custom-claim", "it is not known whether the issuer is pinned"),
		},
		"an issuer is pinned": {pinned(), nil},
		"a tenant id is pinned": {
			ours(check(equals("tid", ourTenant))), nil,
		},
		"an application id as the audience only closes the hole": {
			ours(audience(ourApp)), noteAt("signature", "only the audience, an application id"),
		},
		"so does a contract": {
			ours(clientFrom(appid), contract(appid)),
			noteAt("signature", "only the contract of a client"),
		},
		"claims that only a deployment knows may pin it beside a contract": {
			ours(clientFrom(appid), contract(appid), &rules.Check{
				ID: rules.CustomClaim, Unknown: &rules.Unknown{},
			}), nil,
		},
		"the value of another claim does not": {
			ours(clientFrom(appid), contract(appid), &rules.Check{
				ID: rules.CustomClaim, Claim: "roles", Unknown: &rules.Unknown{},
			}), noteAt("signature", "only the contract of a client"),
		},
		"a contract with the keys of all tenants": {
			of(policy(signed(commonKeys), clientFrom(appid), contract(appid))),
			noteAt("signature", "only the contract of a client"),
		},
		"a contract beside an application id": {
			ours(audience(ourApp), clientFrom(appid), contract(appid)),
			noteAt("signature", "only the contract of a client"),
		},
		"a client that the policy names": {
			ours(check(equals("appid", ourApp))), noteAt("signature", "only another check"),
		},
		"a tenant's id closes it, and pins": {
			ours(audience(ourApp), check(equals("tid", ourTenant))), nil,
		},
		"an issuer that another policy pins": {
			of(
				policy(signed(ourKeys), audience(ourApp)),
				policy(pinned().Policies[0].Checks()...),
			), nil,
		},
		"an application id of a multi-tenant application has no opening bracket": {
			&rules.Subject{
				Policies: []*rules.Policy{policy(signed(ourKeys), audience(ourApp))},
				App:      multiTenant(orders("2")),
			},
			errorAt("signature", "lists the keys that all tenants share"),
		},
		"nor do its roles": {
			&rules.Subject{
				Policies: []*rules.Policy{
					policy(signed(ourKeys), audience(ourApp), role("Read")),
				},
				App: multiTenant(orders("2")),
			},
			errorAt("signature", "lists the keys that all tenants share"),
		},
		"a B2C tenant has keys of its own":          {of(policy(signed(b2cKeys))), nil},
		"another issuer's keys are not looked at":   {theirs(), nil},
		"a policy that is disabled is not in force": {of(disabled(policy(signed(ourKeys)))), nil},
	})
}

func TestIssuerNeverIssued(t *testing.T) {
	t.Parallel()
	wrong := func(issuer, why string) row {
		return row{
			ours(check(oneOf("iss", issuer))),
			errorAt("custom-claim", "no token has the issuer "+issuer+": "+why),
		}
	}
	right := func(issuer string) row {
		return row{ours(check(oneOf("iss", issuer))), nil}
	}
	const host = "https://login.microsoftonline.com/"
	finds(t, issuerNeverIssued(), map[string]row{
		"a v2.0 issuer has no slash at the end": wrong(ourIssuerV2+"/", "a v2.0 issuer"),
		"a v1.0 issuer ends with a slash": wrong(
			"https://sts.windows.net/"+ourTenant, "a v1.0 issuer ends with a slash",
		),
		"the tenant is never a name": wrong(host+"common/v2.0", "the tenant in it"),
		"the tenant is in lower case": wrong(
			"https://sts.windows.net/5C1F0A7E-3B0D-4A55-9C3E-7F0E2B6D9A11/", "the tenant's id",
		),
		"an address of a page is not an issuer": wrong(ourKeys, "it is an Entra ID address"),
		"a host of another time is not written": wrong(
			"https://login.windows.net/"+ourTenant+"/v2.0", "Entra ID writes another host",
		),
		"the issuer of v1.0 is right":          right(ourIssuer),
		"the issuer of v2.0 is right":          right(ourIssuerV2),
		"somebody else's is not looked at":     right(foreignIssuer),
		"a text that is no address is neither": right("orders"),
		"beside one that can match it is a warning": {
			ours(issuer(ourIssuerV2+"/", ourIssuer)),
			warningAt("custom-claim", "a v2.0 issuer has no slash"),
		},
		"of several that can't match the first is named": {
			ours(issuer(ourIssuerV2+"/", host+"common/v2.0")),
			errorAt("custom-claim", ourIssuerV2+"/"),
		},
		"a slash at the end may be B2C's, where the keys are": {
			of(policy(
				signed(host+"contoso.onmicrosoft.com/B2C_1_in/discovery/v2.0/keys"),
				issuer(host+ourTenant+"/v2.0/"),
			)),
			nil,
		},
		"an issuer of B2C ends with a slash": wrong(
			"https://contoso.b2clogin.com/"+ourTenant+"/v2.0", "an issuer of Azure AD B2C ends",
		),
		"and names the tenant by its id": wrong(
			"https://contoso.b2clogin.com/contoso.onmicrosoft.com/v2.0/", "the tenant in it",
		),
		"B2C's issuer is right": right(
			"https://contoso.b2clogin.com/" + ourTenant + "/v2.0/",
		),
		"External ID's issuer is right": right(externalIssuer),
		"the host of External ID's issuer is not the tenant's name": {
			ours(check(oneOf("iss", "https://contoso.ciamlogin.com/"+ourTenant+"/v2.0"))),
			warningAt("custom-claim", "the host of an External ID issuer begins with"),
		},
		"an issuer that a check does not want is none": {
			ours(check(rules.Negate(equals("iss", ourIssuerV2+"/")))), nil,
		},
		"nor is one that is only a part": {
			ours(check(has("iss", "https://login.microsoftonline.com/"))),
			nil,
		},
	})
}

// The issuer and the keys of the tenant, if it is one of External ID.
const (
	externalIssuer = "https://" + ourTenant + ".ciamlogin.com/" + ourTenant + "/v2.0"
	externalKeys   = "https://" + ourTenant + ".ciamlogin.com/" + ourTenant +
		"/discovery/v2.0/keys"
)

func TestIssuerAndKeysDisagree(t *testing.T) {
	t.Parallel()
	const china = "https://login.partner.microsoftonline.cn/" + ourTenant + "/discovery/v2.0/keys"
	both := signed(ourKeys + "," + foreignKeys)
	both.Test.Key.List = true
	finds(t, issuerAndKeysDisagree(), map[string]row{
		"keys of another cloud verify nothing": {
			of(policy(signed(china), issuer(ourIssuer))),
			errorAt("custom-claim", "whose keys the policy verifies with: no signature verifies"),
		},
		"keys of a cloud that shares keys may verify": {
			of(policy(
				signed("https://login.microsoftonline.us/"+ourTenant+"/discovery/v2.0/keys"),
				issuer("https://login.microsoftonline.com/"+ourTenant+"/v2.0"),
			)),
			warningAt("custom-claim", "list some of each other's keys"),
		},
		"keys of another tenant of the cloud may be shared": {
			of(policy(
				signed("https://login.microsoftonline.com/"+otherTenant+"/discovery/keys"),
				issuer(ourIssuer),
			)),
			warningAt("custom-claim", "is of tenant "+ourTenant+", and the key set that of"),
		},
		"External ID's keys are not Entra ID's": {
			of(policy(signed(ourKeys), issuer(externalIssuer))),
			warningAt("custom-claim", "the issuer is of Entra External ID, and the key set"),
		},
		"nor the other way round": {
			of(policy(signed(externalKeys), issuer(ourIssuerV2))),
			warningAt("custom-claim", "External ID lists its keys on ciamlogin.com"),
		},
		"External ID's own keys agree": {
			of(policy(signed(externalKeys), issuer(externalIssuer))), nil,
		},
		"the tenant's own keys agree": {pinned(), nil},
		"keys of all tenants agree":   {of(policy(signed(commonKeys), issuer(ourIssuer))), nil},
		"one of several issuers is enough": {
			ours(issuer("https://sts.windows.net/"+otherTenant+"/", ourIssuer)),
			nil,
		},
		"another issuer's keys are not looked at": {
			theirs(issuer(ourIssuer)), nil,
		},
		"nobody else's tokens are signed with the keys of Entra ID": {
			ours(issuer(foreignIssuer)),
			errorAt("custom-claim", "is not of Entra ID, whose keys the policy verifies with"),
		},
		"unless the policy has the issuer's keys too": {
			of(policy(both, issuer(foreignIssuer))), nil,
		},
		"beside an issuer of Entra ID it is none": {ours(issuer(foreignIssuer, ourIssuer)), nil},
		"one that is not to be there is none": {
			ours(check(rules.Negate(equals("iss", foreignIssuer)))), nil,
		},
		"a part that issuers of Entra ID have is none": {
			ours(check(rules.Predicate{
				Op: rules.Prefix, Input: rules.Claim("iss"), Values: rules.Literals("https://"),
			})), nil,
		},
		"Azure AD B2C may have a host of the tenant's own": {
			of(policy(signed("https://contoso.b2clogin.com/contoso.onmicrosoft.com/b2c_1_sign_in/"+
				"discovery/v2.0/keys"), issuer("https://login.contoso.com/"+ourTenant+"/v2.0/"))),
			nil,
		},
		"the keys of Azure AD B2C are elsewhere": {
			ours(issuer("https://contoso.b2clogin.com/" + ourTenant + "/v2.0/")),
			warningAt("custom-claim", "of Azure AD B2C, and the key set is not: Azure AD"),
		},
		"so they are where the issuer names a policy": {
			ours(issuer("https://login.microsoftonline.com/tfp/" + ourTenant + "/b2c_1/v2.0/")),
			warningAt("custom-claim", "of Azure AD B2C, and the key set is not"),
		},
		"a slash too many does not make an issuer B2C's": {
			ours(issuer(ourIssuerV2 + "/")), nil,
		},
		"an app's own token of B2C may have Entra ID's issuer": {
			of(policy(signed(b2cKeys), issuer(ourIssuerV2))), nil,
		},
		"so is one of several ids": {
			ours(check(oneOf("tid", otherTenant, ourApp))),
			errorAt("custom-claim", "the policy expects tid"),
		},
		"beside the right issuer": {
			pinned(check(equals("tid", otherTenant))),
			errorAt("custom-claim", "the policy expects tid"),
		},
		"one of several ids is right": {
			ours(check(oneOf("tid", otherTenant, ourTenant))), nil,
		},
		"a name is another rule's matter": {ours(check(equals("tid", "contoso.com"))), nil},
		"tid of another tenant than the keys'": {
			ours(checkOf(rules.Tenant, equals("tid", otherTenant))),
			errorAt("tenant", "the key set is of tenant "+ourTenant+": nobody of that tenant"),
		},
		"tid of another tenant than the issuer's": {
			ours(issuer(ourIssuer), checkOf(rules.Tenant, equals("tid", otherTenant))),
			errorAt("tenant", "the issuer is of tenant "+ourTenant+": nobody of that tenant"),
		},
		"tid of another tenant than the issuer's, with the keys of all tenants": {
			of(policy(
				signed(commonKeys), issuer(ourIssuerV2),
				checkOf(rules.Tenant, equals("tid", otherTenant)),
			)),
			errorAt("tenant", "the policy expects tid "+otherTenant),
		},
		"tid of the issuer's tenant": {
			ours(issuer(ourIssuer), checkOf(rules.Tenant, equals("tid", ourTenant))), nil,
		},
		"tid of the keys' tenant": {
			ours(checkOf(rules.Tenant, equals("tid", ourTenant))), nil,
		},
		"tid of any tenant, with the keys of all tenants": {
			of(policy(signed(commonKeys), checkOf(rules.Tenant, equals("tid", otherTenant)))), nil,
		},
	})
}

func TestIssuerOfOtherVersion(t *testing.T) {
	t.Parallel()
	unknown := orders("1")
	unknown.Version.Unknown = true
	finds(t, issuerOfOtherVersion(), map[string]row{
		"the issuer of v1.0 is not that of an API with v2.0 tokens": {
			ofApp(orders("2"), signed(ourKeys), issuer(ourIssuer)),
			errorAt("custom-claim", "this is the issuer of v1.0 tokens, and the app registration "+
				"orders gives its API v2.0 tokens"),
		},
		"the issuer of v2.0 is not that of an API with v1.0 tokens": {
			ofApp(orders(""), signed(ourKeys), issuer(ourIssuerV2)),
			errorAt("custom-claim", "this is the issuer of v2.0 tokens"),
		},
		"the right one is none": {ofApp(orders("1"), signed(ourKeys), issuer(ourIssuer)), nil},
		"one of both is right": {
			ofApp(orders("1"), signed(ourKeys), issuer(ourIssuerV2, ourIssuer)), nil,
		},
		"a version that only a deployment knows may be it": {
			ofApp(unknown, signed(ourKeys), issuer(ourIssuerV2)), nil,
		},
		"without a registration nothing is known": {
			ours(issuer(ourIssuerV2)), nil,
		},
	})
}
