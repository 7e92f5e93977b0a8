package lint

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

const graph = "00000003-0000-0000-c000-000000000000"

func TestAudienceNotChecked(t *testing.T) {
	t.Parallel()
	const anyOtherAPI, says = "a token for any other API is accepted", "from a client that passes"
	appid := rules.Claim("appid")
	finds(t, audienceNotChecked(), map[string]row{
		"an audience that nothing checks is an error": {
			pinned(unchecked()),
			errorAt("audience", anyOtherAPI),
		},
		"where a contract tells clients apart, only they can use the hole": {
			pinned(unchecked(), clientFrom(appid), contract(appid)),
			warningAt("audience", says),
		},
		"an audience that is looked for as a part is checked only partly checked": {
			pinned(unchecked(), check(has("aud", "orders"))),
			errorAt("custom-claim", "only partly checked"),
		},
		"a role beside the part keeps nobody out who may name their own so": {
			pinned(unchecked(), check(has("aud", "orders")), role("Read")),
			errorAt("custom-claim", "only partly checked"),
		},
		"an expression that can't be evaluated may check it": {
			pinned(unchecked(), check(unclearExpression("aud"))),
			noteAt("custom-claim", "it is not known whether the audience is checked"),
		},
		"a policy that is not modelled may check it": {
			of(policy(signed(ourKeys), issuer(ourIssuer), unchecked()), policy(notModelled())),
			noteAt("audience", "unless a policy that gatewhy does not know checks it"),
		},
		"beside it another one does": {
			of(policy(signed(ourKeys), audience(ourAudience)), policy(notModelled())), nil,
		},
		"a check of the claim among the custom ones is a check": {
			pinned(unchecked(), check(equals("aud", ourAudience))),
			nil,
		},
		"an audience that is checked is none": {
			pinned(audience(ourAudience)), nil,
		},
		"one that is configured and switched off has a rule of its own": {
			pinned(off(audience(ourAudience))), nil,
		},
		"a policy that can't check an audience is left out": {
			pinned(), nil,
		},
		"another policy of the API may check it": {
			of(
				policy(signed(ourKeys), issuer(ourIssuer), unchecked()),
				policy(signed(ourKeys), audience(ourAudience)),
			),
			nil,
		},
	})
}

func TestAudienceCheckSwitchedOff(t *testing.T) {
	t.Parallel()
	finds(t, audienceCheckSwitchedOff(), map[string]row{
		"an audience that is configured and not checked is a warning": {
			ours(off(audience("api://a", "api://b"))),
			warningAt("audience", "api://a or api://b is configured"),
		},
		"one that is not configured either misleads nobody": {
			ours(unchecked()), nil,
		},
		"one that is checked is none":               {ours(audience(ourAudience)), nil},
		"a policy that decides on no token is none": {of(policy(off(audience(ourAudience)))), nil},
	})
}

func TestAudienceListEmpty(t *testing.T) {
	t.Parallel()
	finds(t, audienceListEmpty(), map[string]row{
		"a check against no audience is an error": {
			ours(audience()),
			errorAt("audience", "no audience is configured"),
		},
		"a check that is switched off is none": {ours(unchecked()), nil},
		"audiences that only a deployment knows are not none": {
			ours(unread(audience())), nil,
		},
		"a check against one is none": {ours(audience(ourAudience)), nil},
		"nor is a check of another claim": {
			ours(checkOf(rules.Audience, oneOf("azp", ourAudience))), nil,
		},
		"nor is a check of its type": {
			ours(checkOf(rules.Audience, rules.Predicate{
				Op: rules.Typed, Input: rules.Claim("aud"), Kinds: []source.Kind{source.String},
			})), nil,
		},
	})
}

func TestAudienceOptional(t *testing.T) {
	t.Parallel()
	aud := rules.Claim("aud")
	optional := rules.IfPresent(aud, oneOf("aud", ourAudience))
	finds(t, audienceOptional(), map[string]row{
		"an audience that may be missing is a warning": {
			ours(checkOf(rules.Audience, optional)),
			warningAt("audience", "only where the token has one"),
		},
		"one that must be there is none": {
			ours(checkOf(rules.Audience, rules.Required(aud, oneOf("aud", ourAudience)))),
			nil,
		},
		"one that another check wants to be there is none": {
			ours(checkOf(rules.Audience, optional), check(rules.Required(aud, has("aud", "api")))),
			nil,
		},
		"a check that is switched off is none": {
			ours(off(checkOf(rules.Audience, optional))), nil,
		},
	})
}

func TestAudienceFormMismatch(t *testing.T) {
	t.Parallel()
	azp := rules.Claim("azp")
	const says = "can't be the audience of a v2.0 token"
	finds(t, audienceFormMismatch(), map[string]row{
		"a URI is never the audience beside a v2.0 issuer": {
			ours(issuer(ourIssuerV2), audience(ourAudience)),
			errorAt("audience", says),
		},
		"nor where the registration asks for the application id": {
			ofApp(asking("1", func(app *entra.Registration) {
				app.Claims[0].Properties = []string{"use_guid"}
			}, "aud"), signed(ourKeys), audience(ourAudience)),
			errorAt("audience", "aud with use_guid"),
		},
		"nor beside a check of ver": {
			ours(check(equals("ver", "2.0")), audience(ourAudience)),
			errorAt("audience", "the policy wants ver 2.0"),
		},
		"nor where the client id is read from azp": {
			ours(audience(ourAudience), clientFrom(azp)),
			errorAt("audience", "the client id is read from azp"),
		},
		"nor where the registration gives v2.0 tokens": {
			ofApp(orders("2"), signed(foreignKeys), audience(ourAudience)),
			errorAt("audience", "the app registration orders gives its API v2.0 tokens"),
		},
		"an application id goes with v2.0": {
			ours(issuer(ourIssuerV2), audience(ourApp)), nil,
		},
		"one of several that is an application id is enough": {
			ours(issuer(ourIssuerV2), audience(ourAudience, ourApp)), nil,
		},
		"a URI goes with v1.0": {
			pinned(audience(ourAudience)), nil,
		},
		"where both versions are accepted nothing is known": {
			ours(issuer(ourIssuer, ourIssuerV2), audience(ourAudience)), nil,
		},
		"another issuer's audience has any form": {
			theirs(check(equals("ver", "2.0")), audience(ourAudience)),
			nil,
		},
	})
}

func TestAudienceOfMicrosoft(t *testing.T) {
	t.Parallel()
	finds(t, audienceOfMicrosoft(), map[string]row{
		"the id of Microsoft Graph is not yours": {
			ours(audience(graph)),
			errorAt("audience", "Microsoft Graph, not an API of yours"),
		},
		"nor is it among others, or in a custom claim": {
			ours(check(oneOf("aud", ourAudience, graph))),
			errorAt("custom-claim", "Microsoft Graph"),
		},
		"your own is none": {ours(audience(ourApp)), nil},
	})
}

func TestAudienceNotOfApp(t *testing.T) {
	t.Parallel()
	noID, someURI := orders("1"), orders("1")
	noID.AppID = entra.Text{}
	someURI.URIs = append(someURI.URIs, entra.Text{Value: "api://${env}", Unknown: true})
	finds(t, audienceNotOfApp(), map[string]row{
		"an audience that the registration does not have is an error": {
			ofApp(orders("1"), signed(ourKeys), audience("api://others", "api://more")),
			errorAt("audience", "orders has no audience api://others or api://more"),
		},
		"another application id is one": {
			ofApp(orders("1"), signed(ourKeys), audience(otherTenant)),
			errorAt("audience", "has no audience "+otherTenant),
		},
		"its App ID URI is none": {
			ofApp(orders("1"), signed(ourKeys), audience(ourAudience)), nil,
		},
		"with a slash at its end it is none": {
			ofApp(orders("1"), signed(ourKeys), audience(ourAudience+"/")), nil,
		},
		"its application id is none, with spn: before it too": {
			ofApp(orders("1"), signed(ourKeys), audience("spn:"+ourApp)), nil,
		},
		"an id says nothing where the registration's is not known": {
			ofApp(noID, signed(ourKeys), audience(otherTenant)), nil,
		},
		"a URI that only a deployment knows may be it": {
			ofApp(someURI, signed(ourKeys), audience("api://others")), nil,
		},
		"an id is none of the URIs that only a deployment knows": {
			ofApp(someURI, signed(ourKeys), audience(otherTenant)),
			errorAt("audience", "has no audience "+otherTenant),
		},
		"without a registration nothing is known": {
			ours(audience("api://others")), nil,
		},
		"an audience that is not checked is none": {
			ofApp(orders("1"), signed(ourKeys), off(audience("api://others"))), nil,
		},
	})
}

// An id or a URI that only a deployment knows may be the one that the policy wants: its tokens get
// in, and so do a stranger's.
func TestAnAudienceThatTheRegistrationDoesNotSay(t *testing.T) {
	t.Parallel()
	withURI := func(version string, claims ...entra.OptionalClaim) *entra.Registration {
		app := orders(version)
		app.URIs, app.Claims = []entra.Text{{Value: "api://${var.name}", Unknown: true}}, claims
		return app
	}
	guid := entra.OptionalClaim{Name: known("aud"), Properties: []string{"use_guid"}}
	noID := orders("1")
	noID.AppID = entra.Text{Value: "azuread_application.orders.client_id", Unknown: true}
	newer := *noID
	newer.Version = entra.Text{Value: "2"}
	of := func(app *entra.Registration, audiences ...string) *rules.Subject {
		return ofApp(app, signed(ourKeys), audience(audiences...))
	}
	none := errorAt("audience", "no token for orders passes this check of aud")
	finds(t, noToken(), map[string]row{
		"in v1.0 tokens":                      {of(noID, ourApp), nil},
		"in v2.0 tokens":                      {of(&newer, ourApp), nil},
		"another id than the file has":        {of(orders("1"), otherTenant), none},
		"another URI than those that it has":  {of(noID, "api://others"), none},
		"an id beside a URI that it does not": {of(noID, "api://others", ourApp), nil},

		"a URI that only a deployment knows": {of(withURI("1"), "api://others"), nil},
		"nor of an id beside it, which another rule calls by its name": {
			of(withURI("1"), otherTenant), nil,
		},
		"such a URI is in no v2.0 token": {
			of(withURI("2"), "api://others"),
			errorAt("audience", "no Entra ID v2.0 token passes this check of aud"),
		},
		"nor where the id is asked for in aud": {of(withURI("1", guid), "api://others"), none},
	})
	finds(t, assignmentNotRequired(), map[string]row{
		"whoever has a token for such an id gets in": {
			of(noID, ourApp), warningAt("audience", "the file does not say"),
		},
	})
}

func TestAnAudienceOfAnotherAPI(t *testing.T) {
	t.Parallel()
	someURI := orders("1")
	someURI.URIs = append(someURI.URIs, entra.Text{Unknown: true})
	noID := orders("1")
	noID.AppID = entra.Text{}
	const graph = "https://graph.microsoft.com"
	finds(t, audienceOfAnotherAPI(), map[string]row{
		"one beside the registration's own is found": {
			ofApp(orders("1"), signed(ourKeys), audience(ourAudience, "api://others")),
			warningAt("audience", "has no audience api://others: tokens of another API get past"),
		},
		"with none of its own that is for another rule": {
			ofApp(orders("1"), signed(ourKeys), audience("api://others")), nil,
		},
		"its own in other forms are none": {
			ofApp(orders("1"), signed(ourKeys), audience(ourAudience, ourAudience+"/", ourApp)),
			nil,
		},
		"an application id may be the gateway's own": {
			ofApp(orders("1"), signed(ourKeys), audience(ourAudience, otherTenant)), nil,
		},
		"a URI of its own application id is no other API's": {
			ofApp(orders("1"), signed(ourKeys), audience(ourAudience, "api://"+ourApp+"/")), nil,
		},
		"nor may one be where its id is not known": {
			ofApp(noID, signed(ourKeys), audience(ourAudience, "api://"+otherTenant)), nil,
		},
		"a URI of another application id is": {
			ofApp(orders("1"), signed(ourKeys), audience(ourAudience, "api://"+otherTenant)),
			warningAt("audience", "has no audience api://"+otherTenant),
		},
		"its own in capital letters is no other API's": {
			ofApp(orders("1"), signed(ourKeys), audience(ourAudience, "api://ORDERS")), nil,
		},
		"an audience that no token has is for another rule": {
			ofApp(orders("1"), signed(ourKeys), audience(ourAudience, "api://a api://b")), nil,
		},
		"a Microsoft API is for another rule": {
			ofApp(orders("1"), signed(ourKeys), audience(ourAudience, graph)), nil,
		},
		"a URI that only a deployment knows may be it": {
			ofApp(someURI, signed(ourKeys), audience(ourAudience, "api://others")), nil,
		},
		"an audience that is not checked is none": {
			ofApp(orders("1"), signed(ourKeys), off(audience(ourAudience, "api://others"))), nil,
		},
	})
}

func TestAssignmentNotRequired(t *testing.T) {
	t.Parallel()
	app := func(required entra.Text) *entra.Registration {
		app := orders("1")
		app.Principal = &entra.ServicePrincipal{AssignmentRequired: required}
		return app
	}
	open, closed := app(known("false")), app(known("true"))
	unexposed := app(known("true"))
	unexposed.Scopes = nil
	disabled := app(known("false"))
	disabled.Principal.Disabled = true
	finds(t, assignmentNotRequired(), map[string]row{
		"an audience alone keeps nobody out where assignment is not required": {
			ofApp(open, signed(ourKeys), issuer(ourIssuer), audience(ourAudience)),
			errorAt("audience", "orders requires no assignment"),
		},
		"a disabled service principal keeps everybody out until it is enabled": {
			ofApp(disabled, signed(ourKeys), issuer(ourIssuer), audience(ourAudience)),
			warningAt("audience", "which is disabled, is enabled again"),
		},
		"where the service principal is not given, it may be required": {
			ofApp(orders("1"), signed(ourKeys), issuer(ourIssuer), audience(ourAudience)),
			warningAt("audience", "the file does not say"),
		},
		"so it may where only a deployment knows": {
			ofApp(
				app(entra.Text{Value: "var.required", Unknown: true}),
				signed(ourKeys), issuer(ourIssuer), audience(ourAudience),
			),
			warningAt("audience", "the file does not say"),
		},
		"required assignment keeps strangers out of an API without scopes": {
			ofApp(unexposed, signed(ourKeys), issuer(ourIssuer), audience(ourAudience)), nil,
		},
		"a client that a user consents to gets in all the same": {
			ofApp(closed, signed(ourKeys), issuer(ourIssuer), audience(ourAudience)),
			warningAt("audience", "any client of the tenant that a user consents to gets in"),
		},
		"a role keeps them out": {
			ofApp(open, signed(ourKeys), issuer(ourIssuer), audience(ourAudience), role("Read")),
			nil,
		},
		"a scope that users consent to does so in part": {
			ofApp(
				open, signed(ourKeys), issuer(ourIssuer), audience(ourAudience),
				scopes("Orders.Read"),
			),
			warningAt("audience", "only scopes that users can consent to are checked"),
		},
		"a scope that an administrator consents to keeps them out": {
			ofApp(
				open, signed(ourKeys), issuer(ourIssuer), audience(ourAudience),
				scopes("Orders.Manage"),
			),
			nil,
		},
		"without an audience another rule speaks": {
			ofApp(open, signed(ourKeys), issuer(ourIssuer)), nil,
		},
	})
}

func TestAudienceNeverIssued(t *testing.T) {
	t.Parallel()
	wrong := func(text, why string) row {
		return row{ours(audience(text)), errorAt("audience", why)}
	}
	right := func(text string) row { return row{ours(audience(text)), nil} }
	finds(t, audienceNeverIssued(), map[string]row{
		"a scope of all":                  wrong("api://shop/.default", "it is a scope"),
		"a scope":                         wrong("api://shop/access_as_user", "it is a scope"),
		"a scope of a domain":             wrong("https://x.com/user_impersonation", "it is a"),
		"a bare name":                     wrong("shop-uat", "neither an App ID URI"),
		"a host":                          wrong("shop.contoso.com", "neither an App ID URI"),
		"a list in a text":                wrong(`["api://shop"]`, "quotes and brackets"),
		"quoted":                          wrong("'api://shop'", "quotes and brackets"),
		"separated by a semicolon":        wrong("api://shop;api://till", "looks like several"),
		"separated by a space":            wrong("api://shop api://till", "looks like several"),
		"separated by a line break":       wrong("api://shop\napi://till", "looks like several"),
		"an application id in upper case": wrong(strings.ToUpper(ourApp), "in lower case"),
		"the same with spn:":              wrong("spn:"+strings.ToUpper(ourApp), "in lower case"),
		"what looks like a scope": {
			ours(audience("api://shop/Orders.Read")), warningAt("audience", "looks like a scope"),
		},
		"a version at the end of an App ID URI": {ours(audience("api://shop/v1.0")), nil},
		"as a custom claim": {
			ours(check(equals("aud", "shop"))), errorAt("custom-claim", "neither an App ID URI"),
		},
		"beside one that is right": {
			ours(audience("shop", "api://shop")), warningAt("audience", "has the audience shop"),
		},
		"an App ID URI":                 right("api://shop"),
		"one with a path":               right("api://contoso.com/shop"),
		"one of a domain":               right("https://contoso.com/shop"),
		"one with a slash":              right("https://contoso.com/shop/"),
		"one of another scheme":         right("urn:contoso:shop"),
		"an application id":             right(ourApp),
		"an application id with spn:":   right("spn:" + ourApp),
		"a wildcard, which has a rule":  right("api://*"),
		"another issuer has bare names": {theirs(audience("shop")), nil},
		"one that is not to be": {
			ours(check(rules.Negate(equals("aud", "shop")))), nil,
		},
	})
}
