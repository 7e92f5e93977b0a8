package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func TestAnyClientAccepted(t *testing.T) {
	t.Parallel()
	const says = "any client of the tenant is accepted"
	appid := rules.Claim("appid")
	finds(t, anyClientAccepted(), map[string]row{
		"a signature and an issuer tell no clients apart": {
			pinned(), errorAt("signature", says),
		},
		"a client id that is read and not compared tells none apart": {
			pinned(clientFrom(appid)),
			errorAt("client-id", says),
		},
		"a validation endpoint alone tells none apart": {
			of(policy(validated(nil))), errorAt("introspection", says),
		},
		"a policy that is not modelled may tell them apart": {
			of(policy(signed(ourKeys), issuer(ourIssuer)), policy(notModelled())),
			noteAt("signature", "unless a policy that gatewhy does not know does"),
		},
		"a role beside a check that is not modelled does": {
			pinned(role("Read"), notModelled()), nil,
		},
		"a check that is not modelled may tell them apart": {
			pinned(notModelled()),
			noteAt("signature", "unless a policy that gatewhy does not know does"),
		},
		"a contract does": {
			pinned(clientFrom(appid), contract(appid)), nil,
		},
		"an audience does": {
			pinned(audience(ourAudience)), nil,
		},
		"a role does": {pinned(role("Read")), nil},
		"another policy of the API does": {
			of(policy(signed(ourKeys), issuer(ourIssuer)), policy(signed(ourKeys), role("Read"))),
			nil,
		},
		"one that is disabled does not": {
			of(policy(signed(ourKeys)), disabled(policy(signed(ourKeys), role("Read")))),
			errorAt("signature", says),
		},
		"one that is limited to a route does not": {
			of(
				policy(signed(ourKeys)),
				limited(policy(role("Read")), rules.Route{Path: "/orders"}),
			),
			errorAt("signature", says),
		},
	})
}

// Where rules tell more classes of requests apart than are tried, lint says so, and not that each
// condition on a request holds for one by itself.
func TestMoreClassesOfRequestsThanAreTried(t *testing.T) {
	t.Parallel()
	onGET := requestWith(rules.RequestMethod, "GET")
	for paths, want := range map[int]string{
		3: "", 100: "", 600: "not-all-tried", 5000: "not-all-tried",
	} {
		allowed := make([]rules.Predicate, paths)
		for i := range allowed {
			allowed[i] = rules.Both(rules.Has(rules.Claim("appid")),
				requestWith(rules.RequestPath, fmt.Sprint("/", i)))
		}
		found := Run([]rules.Rule{assignmentNotRequired(), tooMuchToTry()}, pinned(
			audience(ourAudience),
			checkOf(rules.Authorization, rules.Both(onGET, rules.Either(allowed...))),
			checkOf(rules.Authorization, rules.Negate(rules.Both(
				onGET, rules.Negate(equals("appid", ourApp)),
			))),
		))
		if got := namesOf(found); got != want {
			t.Errorf("%d paths: %s", paths, got)
		}
	}
}

// That somebody gets in is known from one class of requests, however many there are.
func TestWhatOneOfManyClassesOfRequestsLetsInIsFound(t *testing.T) {
	t.Parallel()
	for _, paths := range []int{300, 2000} { // all classes are known, or are too many to know them
		allowed := make([]rules.Predicate, paths)
		for i := range allowed {
			allowed[i] = rules.Both(rules.Has(rules.Claim("appid")),
				requestWith(rules.RequestMethod, "POST"),
				requestWith(rules.RequestPath, fmt.Sprint("/", i)))
		}
		found := Run([]rules.Rule{assignmentNotRequired(), tooMuchToTry()}, pinned(
			audience(ourAudience), checkOf(rules.Authorization, rules.Either(allowed...)),
		))
		if got := namesOf(found); got != "assignment-not-required" {
			t.Errorf("%d paths: %s", paths, got)
		}
	}
}

// requestWith is that a request's method or path is this one.
func requestWith(name, text string) rules.Predicate {
	return rules.Predicate{
		Op: rules.Equals, Input: rules.RequestInput(name), Values: rules.Literals(text),
	}
}

func namesOf(found []rules.Finding) string {
	names := make([]string, len(found))
	for i := range found {
		names[i] = found[i].Rule
	}
	return strings.Join(names, " ")
}

func TestAssignmentOfAnAPIThatIsNotGiven(t *testing.T) {
	t.Parallel()
	appid := rules.Claim("appid")
	method := func(texts ...string) rules.Predicate {
		return rules.Predicate{
			Op: rules.OneOf, Input: rules.RequestInput(rules.RequestMethod),
			Values: rules.Literals(texts...),
		}
	}
	onlyRead := checkOf(rules.Conditional, method("GET"))
	refusedTo := func(texts ...string) *rules.Check {
		return checkOf(rules.Authorization, rules.Negate(rules.Both(
			method(texts...), rules.Negate(equals("appid", ourApp)),
		)))
	}
	finds(t, assignmentNotRequired(), map[string]row{
		"without a registration an audience alone is a note": {
			pinned(audience(ourAudience)), noteAt("audience", "requires assignment"),
		},
		"so does one without an issuer": {
			ours(audience(ourApp)), noteAt("audience", "requires assignment"),
		},
		"and one with a role that need not be there": {
			pinned(audience(ourAudience), check(
				rules.IfPresent(rules.Claim("roles"), has("roles", "Read")),
			)), noteAt("audience", "a role or a client id would"),
		},
		"and one with a client id that is read only": {
			pinned(audience(ourAudience), clientFrom(appid)),
			noteAt("audience", "requires assignment"),
		},
		"and one with a tenant": {
			ours(audience(ourAudience), check(equals("tid", ourTenant))),
			noteAt("audience", "requires assignment"),
		},
		"and one of several audiences": {
			pinned(audience(ourAudience, "api://orders-too")),
			noteAt("audience", "requires assignment"),
		},
		"and one with a custom claim that every token has": {
			pinned(audience(ourAudience), check(rules.Has(rules.Claim("sub")))),
			noteAt("audience", "requires assignment"),
		},
		"an audience and a role do":  {pinned(audience(ourAudience), role("Read")), nil},
		"an audience and a scope do": {pinned(audience(ourAudience), scopes("Read")), nil},
		"an audience and a client do": {
			pinned(audience(ourAudience), check(equals("appid", ourApp))), nil,
		},
		"an audience and a contract do": {
			pinned(audience(ourAudience), clientFrom(appid), contract(appid)), nil,
		},
		"so does a client that each allowed method asks for": {
			pinned(audience(ourAudience), refusedTo("POST", "GET"), onlyRead), nil,
		},
		"but not one that only other methods ask for": {
			pinned(audience(ourAudience), refusedTo("POST"), onlyRead),
			noteAt("audience", "requires assignment"),
		},
		"where any API's token gets in another rule speaks": {pinned(), nil},
	})
}

func TestClientIDChosenByCaller(t *testing.T) {
	t.Parallel()
	appid := rules.Claim("appid")
	byVersion := expression("by version", func(r *rules.Request) rules.Reading {
		if ver := r.Read(rules.Claim("ver")); ver.Value != nil && ver.Value.Text == "1.0" {
			return r.Read(appid)
		}
		return r.Read(header("client_id"))
	}, rules.Claim("ver"), appid, header("client_id"))
	query := rules.Input{Source: rules.FromQuery, Name: "id"}
	finds(t, clientIDChosenByCaller(), map[string]row{
		"a header is what the caller writes": {
			pinned(clientFrom(either(header("client_id")))),
			errorAt("client-id", "read from the header client_id: a caller with any token"),
		},
		"so is a parameter of the query": {
			pinned(clientFrom(either(query))),
			errorAt("client-id", "read from the query parameter id"),
		},
		"an id that is the same for all is worth nothing": {
			pinned(clientFrom(constant("orders"))),
			errorAt("client-id", "the client id is the same for every caller"),
		},
		"a role that strangers do not have makes it a warning": {
			pinned(role("Read"), clientFrom(either(header("client_id")))),
			warningAt("client-id", "the header client_id"),
		},
		"in the tokens of one version only it is a warning": {
			ours(clientFrom(byVersion)),
			warningAt("client-id", "in a v2.0 token the client id is read from the header"),
		},
		"in the tokens of the version that the API gets it is an error": {
			ours(issuer(ourIssuerV2), clientFrom(byVersion)),
			errorAt("client-id", "in a v2.0 token"),
		},
		"in those of the other version it is none": {
			pinned(clientFrom(byVersion)), nil,
		},
		"what stands in for a claim that no such token has is the same for all": {
			pinned(clientFrom(orElse("orders", rules.Claim("azp")))),
			errorAt("client-id", "in a v1.0 token the client id is the same for every caller"),
		},
		"nor has any token the claim of another issuer": {
			ours(clientFrom(orElse("orders", rules.Claim("client_id")))),
			errorAt("client-id", "the client id is the same for every caller: anyone"),
		},
		"of a claim that they have, nothing stands in for it": {
			pinned(clientFrom(orElse("orders", appid))), nil,
		},
		"a claim is not what the caller writes": {
			pinned(clientFrom(appid)), nil,
		},
		"nor is it through an expression": {
			pinned(clientFrom(either(appid))), nil,
		},
		"an expression of which nothing is known is none": {
			ours(clientFrom(unclearExpression("appid").Input)), nil,
		},
	})
}

func TestClientIDClaimNamesNoClient(t *testing.T) {
	t.Parallel()
	rows := map[string]row{
		"appid names the client": {ours(clientFrom(rules.Claim("appid"))), nil},
		"a claim of nobody's is not judged": {
			ours(clientFrom(rules.Claim("extension_id"))), nil,
		},
		"another issuer's sub may name it": {
			theirs(clientFrom(rules.Claim("sub"))), nil,
		},
		"an expression that reads it is seen through": {
			ours(clientFrom(either(rules.Claim("sub")))),
			errorAt("client-id", "sub names a user"),
		},
		"one that reads appid in one version is none": {
			ours(clientFrom(either(rules.Claim("appid"), rules.Claim("sub")))),
			nil,
		},
	}
	for claim, says := range map[string]string{
		"sub": "sub names a user, or in an app-only token", "oid": "oid names a user, or",
		"aud": "names the API", "iss": "names the tenant", "upn": "names a user",
		"azpacr": "how the client authenticated", "groups": "does not name a client",
	} {
		rows[claim+" does not"] = row{
			ours(clientFrom(rules.Claim(claim))), errorAt("client-id", says),
		}
	}
	finds(t, clientIDClaimNamesNoClient(), rows)
}

func TestClientIDClaimNeverIssued(t *testing.T) {
	t.Parallel()
	finds(t, clientIDClaimNeverIssued(), map[string]row{
		"Entra ID never issues client_id": {
			ours(clientFrom(rules.Claim("client_id"))),
			errorAt("client-id", "Entra ID never issues client_id"),
		},
		"a validation endpoint may have one": {
			of(policy(validated(nil), clientFrom(answered("client_id", nil)))),
			noteAt("client-id", "if the validation endpoint passes Entra's claims on"),
		},
		"another issuer has it": {
			theirs(clientFrom(rules.Claim("client_id"))), nil,
		},
		"appid is issued": {ours(clientFrom(rules.Claim("appid"))), nil},
		"a check that is switched off reads none": {
			ours(off(clientFrom(rules.Claim("client_id")))), nil,
		},
		"a header is no claim": {ours(clientFrom(header("client_id"))), nil},
		"an expression that is null for every request rejects all": {
			theirs(clientFrom(either())), errorAt("client-id", "null, whoever calls"),
		},
		"an expression may read a claim that is never issued": {
			ours(clientFrom(either(rules.Claim("client_id")))),
			errorAt("client-id", "no Entra ID access token gives a client id here"),
		},
		"and one of these beside it": {
			ours(clientFrom(either(rules.Claim("client_id"), rules.Claim("azp")))), nil,
		},
		"or a header": {
			ours(clientFrom(either(rules.Claim("client_id"), header("client_id")))), nil,
		},
		"an expression that reads another issuer's claim is none": {
			theirs(clientFrom(either(rules.Claim("client_id")))), nil,
		},
		"a claim of one's own may be mapped": {
			ours(clientFrom(either(rules.Claim("extension_id")))), nil,
		},
		"a policy reads what another one has checked": {
			of(policy(signed(ourKeys)), policy(clientFrom(rules.Claim("client_id")))),
			errorAt("client-id", "Entra ID never issues client_id"),
		},
	})
}

func TestClientIDClaimOfOtherVersion(t *testing.T) {
	t.Parallel()
	appid, azp := rules.Claim("appid"), rules.Claim("azp")
	finds(t, clientIDClaimOfOtherVersion(), map[string]row{
		"v1.0 tokens have no azp": {
			pinned(clientFrom(azp)),
			errorAt("client-id", "v1.0 tokens have no azp, they name the client in appid"),
		},
		"v2.0 tokens have no appid": {
			ours(issuer(ourIssuerV2), clientFrom(appid)),
			errorAt("client-id", "v2.0 tokens have no appid, they name the client in azp"),
		},
		"the registration decides against the issuer": {
			ofApp(orders("2"), signed(ourKeys), issuer(ourIssuer), clientFrom(appid)),
			errorAt("client-id", "the app registration orders gives its API v2.0 tokens"),
		},
		"the right claim is none": {
			pinned(clientFrom(appid)), nil,
		},
		"where both versions are accepted nothing is known": {
			ours(check(oneOf("ver", "1.0", "2.0")), clientFrom(appid)), nil,
		},
		"a version that no token has is none": {
			ours(check(equals("ver", "3.0")), clientFrom(appid)), nil,
		},
		"another issuer has claims of its own": {
			theirs(check(equals("ver", "2.0")), clientFrom(appid)), nil,
		},
		"any other claim is not judged here": {
			pinned(clientFrom(rules.Claim("sub"))), nil,
		},
	})
}

func TestClaimCheckSwitchedOff(t *testing.T) {
	t.Parallel()
	named := func(name string) *rules.Check {
		c := check(equals(name, "x"))
		c.Claim = name
		return c
	}
	finds(t, claimCheckSwitchedOff(), map[string]row{
		"claims that are configured and not checked are one warning": {
			ours(off(named("tid")), off(named("roles"))),
			warningAt("custom-claim", "tid, roles is configured"),
		},
		"claims that are checked are none": {ours(named("tid")), nil},
	})
}

func TestListClaimComparedWithText(t *testing.T) {
	t.Parallel()
	foreign := ofApp(orders("1"), signed(foreignKeys), check(equals("roles", "Read")))
	finds(t, listClaimComparedWithText(), map[string]row{
		"roles never equal a text": {
			ours(check(equals("roles", "Read"))),
			errorAt("custom-claim", "roles is a list, which never equals a text"),
		},
		"nor do they where the registration is given": {foreign, errorAt("custom-claim", "roles")},
		"beside another way past the check it is a warning": {
			ours(check(rules.Either(equals("roles", "Read"), equals("scp", "Orders.Read")))),
			warningAt("custom-claim", "roles is a list, which never equals a text"),
		},
		"that they do not is no mistake": {
			ours(check(rules.Negate(equals("roles", "Read")))), nil,
		},
		"a list may contain it":                {ours(role("Read")), nil},
		"a claim that is a text may equal one": {pinned(), nil},
		"a check that is not made is none": {
			ours(off(check(equals("roles", "Read")))), nil,
		},
		"another issuer's roles may be a text": {
			theirs(check(equals("roles", "Read"))), nil,
		},
	})
}

func TestWildcardComparedExactly(t *testing.T) {
	t.Parallel()
	finds(t, wildcardComparedExactly(), map[string]row{
		"no audience has an asterisk": {
			ours(audience("api://orders-*")),
			errorAt("audience", "api://orders-* is compared literally"),
		},
		"beside one without it, it is a warning": {
			ours(audience("api://orders-*", ourAudience)),
			warningAt("audience", "api://orders-*"),
		},
		"nor has any role": {
			ours(role("Orders.*")), errorAt("custom-claim", "Orders.*"),
		},
		"a claim of your own may have one":     {ours(check(equals("extension_x", "*"))), nil},
		"another issuer's audience may, too":   {theirs(audience("*")), nil},
		"a check of another kind is not asked": {ours(clientFrom(constant("*"))), nil},
	})
}

func TestAClaimThatEntraNeverWritesKeepsEverybodyOut(t *testing.T) {
	t.Parallel()
	deployed := expression("p('x')", func(*rules.Request) rules.Reading {
		return rules.Reading{Unknown: &rules.Unknown{Why: "only the deployment knows"}}
	})
	opaque := func(name string) *rules.Check {
		return check(rules.Both(rules.Has(rules.Claim(name)), rules.Predicate{
			Op: rules.True, Input: deployed,
		}))
	}
	wrong := func(name string) row {
		return row{ours(opaque(name)), errorAt("custom-claim", "has the claim \""+name)}
	}
	right := func(name string) row { return row{ours(opaque(name)), nil} }
	finds(t, noToken(), map[string]row{
		"a list in capitals":          wrong("Groups"),
		"a client in capitals":        wrong("AppID"),
		"a blank behind":              wrong("tid "),
		"a blank before":              wrong(" upn"),
		"a name of other issuers":     wrong("username"),
		"a tenant under another name": wrong("tenant_id"),
		"a member of an answer":       wrong("active"),
		"an id under another name":    wrong("jti"),
		"that it is there, and no more": {
			ours(check(rules.Has(rules.Claim("Scp")))), errorAt("custom-claim", "Scp"),
		},
		"a claim of one version":    right("azp"),
		"a claim of users":          right("scp"),
		"an optional one":           right("email"),
		"one that a mapping writes": right("costcentre"),
		"another issuer's":          {theirs(opaque("username")), nil},
		"what is never true": {
			ours(check(rules.Predicate{Op: rules.True, Input: constant("x")})),
			errorAt("custom-claim", "no Entra ID access token passes"),
		},
		"an expression over something other than the claim that must be there": {
			ours(check(rules.Both(rules.Has(rules.Claim("roles")), rules.Predicate{
				Op: rules.True, Input: expression("p('x')", func(*rules.Request) rules.Reading {
					return rules.Reading{Unknown: &rules.Unknown{Why: "p is not supported"}}
				}),
			}))), nil,
		},
		"one that is not to be there": {
			ours(check(rules.Negate(rules.Has(rules.Claim("jti"))))), nil,
		},
		"one that may be there": {
			ours(check(rules.IfPresent(rules.Claim("jti"), has("jti", "x")))), nil,
		},
	})
}

func TestChecksExcludeEachOther(t *testing.T) {
	t.Parallel()
	named := func(name, value string) *rules.Check {
		c := check(equals(name, value))
		c.Claim = name
		return c
	}
	read := func(name string) *rules.Check { return clientFrom(rules.Claim(name)) }
	const says = "passes both this check of "
	mirror := &rules.AnswerModel{Mirrors: map[string]string{"scope": "scp"}}
	finds(t, checksExcludeEachOther(), map[string]row{
		"an application's type and a scope": {
			pinned(named("idtyp", "app"), scopes("Read")),
			errorAt("scopes", says+"scp and the one of idtyp"),
		},
		"a user's type and no user": {
			pinned(named("idtyp", "user"), check(rules.Negate(rules.Has(rules.Claim("scp"))))),
			errorAt("custom-claim", "idtyp"),
		},
		"an application's type and a scope at a validation endpoint that mirrors the token": {
			pinned(named("idtyp", "app"), checkOf(
				rules.Scopes, hasAll(answered("scope", mirror), "Read"),
			)),
			errorAt("scopes", says+"scp and the one of idtyp"),
		},
		"an application's type and a scope at an endpoint that says anything": {
			pinned(named("idtyp", "app"), checkOf(
				rules.Scopes, hasAll(answered("scope", nil), "Read"),
			)), nil,
		},
		"a client that is asked for and kept out": {
			ours(named("azp", ourApp), check(rules.Negate(equals("azp", ourApp)))),
			errorAt("custom-claim", says+"azp and the one of azp"),
		},
		"rules that deny the issuer that is asked for": {
			pinned(checkOf(rules.Authorization, rules.Negate(equals("iss", ourIssuer)))),
			errorAt("authorization", says+"iss and the one of iss"),
		},
		"several of which any fewer pass": {
			pinned(
				check(oneOf("appid", ourApp, otherTenant)), check(rules.Negate(
					rules.Both(equals("iss", ourIssuer), equals("appid", ourApp)),
				)),
				check(rules.Negate(equals("appid", otherTenant))),
			),
			errorAt("custom-claim", "of appid and those of iss (policy.yaml:2:1) and appid"),
		},
		"both client claims": {
			ours(named("appid", ourApp), named("azp", ourApp)),
			errorAt("custom-claim", says+"azp and the one of appid"),
		},
		"a version and the client claim of the other": {
			ours(check(oneOf("ver", "1.0", "2.0")), named("appid", ourApp), read("azp")),
			errorAt("client-id", says+"azp and the one of appid"),
		},
		"two issuers": {
			pinned(issuer("https://sts.windows.net/" + otherTenant + "/")),
			errorAt("custom-claim", says+"iss and the one of iss"),
		},
		"issuers of two versions, of which another rule speaks": {
			ours(issuer(ourIssuer), issuer(ourIssuerV2)), nil,
		},
		"a tenant and another one's issuer": {
			pinned(named("tid", otherTenant)), errorAt("custom-claim", says+"tid"),
		},
		"two policies with different audiences": {
			of(
				policy(signed(ourKeys), issuer(ourIssuer), audience("api://a")),
				policy(signed(ourKeys), audience("api://b")),
			), errorAt("audience", says+"aud and the one of aud"),
		},
		"two policies with one audience in common": {
			of(
				policy(signed(ourKeys), issuer(ourIssuer), audience("api://a", "api://b")),
				policy(signed(ourKeys), audience("api://b")),
			), nil,
		},
		"a type and a role":  {pinned(named("idtyp", "app"), role("Read")), nil},
		"a scope and a role": {pinned(scopes("Write"), role("Read")), nil},
		"either client claim": {ours(check(rules.Predicate{
			Op: rules.Or, Of: []rules.Predicate{equals("appid", ourApp), equals("azp", ourApp)},
		}), audience(ourApp)), nil},
		"one that is not checked": {
			pinned(off(named("idtyp", "app")), scopes("Read")), nil,
		},
		"an expression that can't be evaluated": {
			pinned(named("idtyp", "app"), check(unclearExpression("scp"))), nil,
		},
		"of the registered API":   {ofApp(orders("1"), sound().Checks()...), nil},
		"another issuer's tokens": {theirs(named("idtyp", "app"), scopes("Read")), nil},
	})
}

func TestNoTokenPasses(t *testing.T) {
	t.Parallel()
	inList := &source.Value{Kind: source.List, Items: rules.Literals(ourIssuer)}
	finds(t, noToken(), map[string]row{
		"whoever is not kept out gets in": {
			ours(check(
				rules.Required(rules.Claim("azp"), rules.Negate(equals("azp", ourApp))),
			)), nil,
		},
		"a tenant in another spelling is in no token": {
			ours(checkOf(rules.Tenant, equals("tid", "contoso"))),
			errorAt("tenant", "no Entra ID access token passes this check of tid"),
		},
		"a claim of the other version is in no token of this one": {
			ours(issuer(ourIssuerV2), &rules.Check{
				ID: rules.CustomClaim, Claim: "appid", Test: equals("appid", ourApp),
			}),
			errorAt("custom-claim", "no Entra ID v2.0 token passes this check of appid"),
		},
		"a list never is a text": {
			ours(checkOf(rules.Issuer, rules.Predicate{
				Op: rules.Equals, Input: rules.Claim("iss"), Values: []*source.Value{inList},
			})),
			errorAt("issuer", "passes this check of iss"),
		},
		"an expression that no issuer satisfies lets none past": {
			ours(checkOf(rules.Issuer, startsLike("iss", "http://"))),
			errorAt("issuer", "passes this check of iss"),
		},
		"one that some issuer satisfies is none": {
			ours(checkOf(rules.Issuer, startsLike("iss", "https://sts."))), nil,
		},
		"the right tenant is none": {
			ours(checkOf(rules.Tenant, equals("tid", ourTenant))), nil,
		},
		"a part of an id may be in one": {
			ours(checkOf(rules.Tenant, has("tid", "5c1f"))), nil,
		},
		"a claim of your own holds what you want": {
			ours(check(equals("extension_x", "any"))), nil,
		},
		"a B2C tenant's tokens are others": {
			of(policy(signed(b2cKeys), checkOf(rules.Tenant, equals("tid", "contoso")))), nil,
		},
		"so are another issuer's": {
			theirs(checkOf(rules.Tenant, equals("tid", "contoso"))), nil,
		},
		"a check of another kind is not asked": {
			ours(clientFrom(rules.Claim("cid"))), nil,
		},
	})
}

func TestWhatEntraNeverWritesLetsNobodyIn(t *testing.T) {
	t.Parallel()
	const upper = "5C1F0A7E-3B0D-4A55-9C3E-7F0E2B6D9A11"
	nobody := func(id, why string) []finding {
		return errorAt(id, "Entra ID never writes "+why)
	}
	finds(t, noToken(), map[string]row{
		"scope, which is scp": {
			ours(check(equals("scope", "Orders.Read"))),
			nobody("custom-claim", `"scope", but scp`),
		},
		"role, which is roles": {
			ours(check(has("role", "Orders.Read"))), nobody("custom-claim", `"role", but roles`),
		},
		"client_id": {
			ours(check(equals("client_id", ourApp))),
			nobody("custom-claim", `"client_id", but appid (v1.0 tokens) or azp`),
		},
		"tenant_id": {
			ours(check(equals("tenant_id", ourTenant))),
			nobody("custom-claim", `"tenant_id", but tid`),
		},
		"username": {
			ours(check(equals("username", "abe@example.com"))),
			nobody("custom-claim", `"username", but upn`),
		},
		"a claim in capitals": {
			ours(check(equals("appId", ourApp))),
			nobody("custom-claim", `"appId", but appid`),
		},
		"a claim with a blank": {
			ours(check(equals("azp ", ourApp))), nobody("custom-claim", `"azp ", but azp`),
		},
		"the name of a scope as the audience": {
			ours(audience("Orders.Read")),
			nobody("audience", `"Orders.Read" into aud`),
		},
		"a bare name as the audience": {
			ours(audience("orders")), nobody("audience", `"orders" into aud`),
		},
		"what clients ask for as the audience": {
			ours(audience("api://orders/.default")),
			nobody("audience", `"api://orders/.default" into aud`),
		},
		"a list in a text as the audience": {
			ours(audience(`["api://orders", "api://orders-dev"]`)),
			nobody("audience", `"[\"api://orders\", \"api://orders-dev\"]" into aud`),
		},
		"an application id in capitals": {
			ours(audience(upper)), nobody("audience", `"`+upper+`" into aud`),
		},
		"a URI in capitals": {
			ours(audience("API://orders")), nobody("audience", `"API://orders" into aud`),
		},
		"an audience with a blank": {
			ours(audience("api://orders ")), nobody("audience", `"api://orders " into aud`),
		},
		"a tenant in capitals": {
			ours(checkOf(rules.Tenant, equals("tid", upper))),
			nobody("tenant", `"`+upper+`" into tid`),
		},
		"a client by its name": {
			ours(check(equals("appid", "orders-client"))),
			nobody("custom-claim", `"orders-client" into appid`),
		},
		"a role with a blank": {
			ours(role("Orders.Read ")), nobody("custom-claim", `"Orders.Read " into roles`),
		},
		"a list in a text as a role": {
			ours(role(`["Orders.Read"]`)),
			nobody("custom-claim", `"[\"Orders.Read\"]" into roles`),
		},
		"a user's name as an object id": {
			ours(check(equals("oid", "abe@example.com"))),
			nobody("custom-claim", `"abe@example.com" into oid`),
		},
		"a version without its point": {
			ours(check(equals("ver", "2"))), nobody("custom-claim", `"2" into ver`),
		},
		"one right audience is enough": {ours(audience("orders", "api://orders")), nil},
		"an https audience":            {ours(audience("https://contoso.example/orders")), nil},
		"a service principal's":        {ours(audience("spn:" + ourApp)), nil},
		"a part of an audience": {
			ours(checkOf(rules.Audience, has("aud", "orders"))), nil,
		},
		"a role of two words and a dot": {ours(role("Orders.Read-All")), nil},
		"a part of an object id":        {ours(check(startsLike("oid", "5c1f"))), nil},
	})
}
