package lint

import (
	"cmp"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func TestScopeInURIForm(t *testing.T) {
	t.Parallel()
	const long = "api://orders/Orders.Read"
	finds(t, scopeInURIForm(), map[string]row{
		"scp has the short value": {
			ours(scopes(long)),
			errorAt("scopes", "no Entra ID token has the scope "+long),
		},
		".default is not a scope": {
			ours(scopes(ourApp + "/.default")),
			errorAt("scopes", ourApp+"/.default"),
		},
		"beside a short one that is enough it is a warning": {
			ours(checkOf(rules.Scopes, hasAny(rules.Claim("scp"), long, "Orders.Read"))),
			warningAt("scopes", long),
		},
		"beside a short one that is not enough it is an error": {
			ours(scopes(long, "Orders.Read")), errorAt("scopes", long),
		},
		"another issuer may have scopes of that form": {
			theirs(scopes("https://orders.example/read")),
			noteAt("scopes", "https://orders.example/read"),
		},
		"where nothing says whose tokens they are, too": {
			endpoint(scopes("https://orders.example/read")),
			noteAt("scopes", "https://orders.example/read"),
		},
		"an expression is looked into": {
			ours(check(saying("scp contains '"+long+"'", "scp", func(scp string) bool {
				return strings.Contains(scp, long)
			}))),
			errorAt("custom-claim", long),
		},
		"the short value is right": {ours(scopes("Orders.Read")), nil},
	})
}

func TestScopeListEmpty(t *testing.T) {
	t.Parallel()
	appid := rules.Claim("appid")
	finds(t, scopeListEmpty(), map[string]row{
		"no scope and no client id leave any active token": {
			endpoint(off(scopes())),
			warningAt("scopes", "no scope is required instead"),
		},
		"a contract that is not asked for is none either": {
			endpoint(off(scopes()), off(contract(appid))),
			warningAt("scopes", "the client id is skipped"),
		},
		"a contract is enough":            {endpoint(off(scopes()), contract(appid)), nil},
		"a scope is enough":               {endpoint(scopes("Orders.Read")), nil},
		"a policy without scopes is none": {ours(), nil},
	})
}

func TestScopeLocksOutDaemons(t *testing.T) {
	t.Parallel()
	scp := rules.Claim("scp")
	rolesToo := rules.Either(hasAll(scp, "Orders.Read"), has("roles", "Read"))
	finds(t, scopeLocksOutDaemons(), map[string]row{
		"a required scope keeps out who has none": {
			ours(scopes("Orders.Read")),
			noteAt("scopes", "clients without a user (client credentials) have none"),
		},
		"so does a claim among the custom ones": {
			ours(check(hasAll(scp, "Orders.Read"))),
			noteAt("custom-claim", "a scope is required"),
		},
		"a role in its place lets them in":        {ours(check(rolesToo)), nil},
		"a check of another claim does not":       {ours(role("Read")), nil},
		"a check that is switched off does not":   {ours(off(scopes("a"))), nil},
		"another issuer has scopes without users": {theirs(scopes("a")), nil},
		"a check that lets nobody past locks out no daemons": {
			ours(check(rules.Both(hasAll(scp, "Orders.Read"), rules.Negate(rules.Has(scp))))),
			nil,
		},
	})
}

func TestScopeWithoutAudience(t *testing.T) {
	t.Parallel()
	const says = "any API of the tenant can use the same name"
	model := &rules.AnswerModel{Mirrors: map[string]string{"scope": "scp"}}
	mirrored := checkOf(rules.Scopes, hasAll(answered("scope", model), "Orders.Read"))
	finds(t, scopeWithoutAudience(), map[string]row{
		"a scope is only a name": {
			pinned(scopes("Orders.Read")),
			errorAt("scopes", says),
		},
		"a role is only a name": {
			pinned(role("Read")),
			errorAt("custom-claim", says),
		},
		"a validation endpoint may look at the audience": {
			of(policy(validated(model), mirrored)),
			warningAt("scopes", "unless the validation endpoint looks at it"),
		},
		"one of which nothing is published may all the more": {
			endpoint(scopes("Orders.Read")),
			noteAt("scopes", "unless the validation endpoint looks at it"),
		},
		"an audience makes it the API's own": {
			pinned(audience(ourAudience), scopes("a")), nil,
		},
		"a contract keeps strangers out": {
			pinned(scopes("a"), clientFrom(rules.Claim("appid")), contract(rules.Claim("appid"))),
			nil,
		},
		"without a scope or a role another rule speaks": {
			pinned(), nil,
		},
		"roles that are not needed are none": {
			ours(check(rules.Negate(has("roles", "Blocked")))), nil,
		},
	})
}

func TestSubstringMatchOnScopes(t *testing.T) {
	t.Parallel()
	const says = "Orders.Read is matched as a substring"
	contains := saying("claims.scp contains 'Orders.Read'", "scp", func(scp string) bool {
		return strings.Contains(scp, "Orders.Read")
	})
	words := saying("words(claims.scp) contains 'Orders.Read'", "scp", func(scp string) bool {
		return strings.Contains(" "+scp+" ", " Orders.Read ")
	})
	finds(t, substringMatchOnScopes(), map[string]row{
		"a longer scope has it inside": {
			ours(check(has("scp", "Orders.Read"))),
			warningAt("custom-claim", says),
		},
		"so it has for an expression": {
			ours(check(contains)), warningAt("custom-claim", says),
		},
		"another issuer's scp may be a list": {
			theirs(check(has("scp", "Orders.Read"))),
			noteAt("custom-claim", "unless scp is a list"),
		},
		"its scope is a text": {
			theirs(check(has("scope", "Orders.Read"))),
			warningAt("custom-claim", says),
		},
		"a word is looked for as a word": {
			ours(check(words)), nil,
		},
		"a scope among scopes is one, too":     {ours(scopes("Orders.Read")), nil},
		"a role in a list is compared whole":   {ours(role("Read")), nil},
		"a check that is switched off is none": {ours(off(check(has("scp", "a")))), nil},
		"a role beside it must be there, too": {
			ours(check(rules.Both(has("scp", "Orders.Read"), rules.Has(rules.Claim("roles"))))),
			warningAt("custom-claim", says),
		},
	})
}

func TestScopesAndRolesThatTheAppDoesNotDefine(t *testing.T) {
	t.Parallel()
	some := orders("1")
	some.Scopes[0].Value.Unknown = true
	finds(t, scopeNotDefinedByApp(), map[string]row{
		"a scope that the API does not expose is in no token": {
			ofApp(orders("1"), signed(ourKeys), scopes("Orders.Write")),
			errorAt("scopes", "orders defines no scope Orders.Write: no token can carry it"),
		},
		"one that is disabled is in none": {
			ofApp(orders("1"), signed(ourKeys), scopes("Orders.Old")),
			errorAt("scopes", "defines no scope Orders.Old"),
		},
		"beside one that is enough it is a warning": {
			ofApp(orders("1"), signed(ourKeys), checkOf(
				rules.Scopes, hasAny(rules.Claim("scp"), "Orders.Write", "Orders.Read"),
			)),
			warningAt("scopes", "Orders.Write"),
		},
		"one that it exposes is right": {
			ofApp(orders("1"), signed(ourKeys), scopes("Orders.Read")), nil,
		},
		"a part of one is in a token, where a part is enough": {
			ofApp(orders("1"), signed(ourKeys), check(has("scp", "Orders."))), nil,
		},
		"a part of one that is disabled is not": {
			ofApp(orders("1"), signed(ourKeys), check(has("scp", "Orders.O"))),
			errorAt("custom-claim", "defines no scope Orders.O"),
		},
		"a long form has a rule of its own": {
			ofApp(orders("1"), signed(ourKeys), scopes("api://orders/Orders.Read")), nil,
		},
		"one that only a deployment knows may be it": {
			ofApp(some, signed(ourKeys), scopes("Orders.Write")), nil,
		},
		"without a registration nothing is known": {
			ours(scopes("Orders.Write")), nil,
		},
	})
	t.Run("role", func(t *testing.T) {
		t.Parallel()
		maybe := func(name string) func(*entra.Registration) {
			return func(app *entra.Registration) {
				app.Roles = []entra.Permission{{
					Value: entra.Text{Value: cmp.Or(name, "var.role"), Unknown: true},
					Named: name != "",
				}}
			}
		}
		finds(t, roleNotDefinedByApp(), map[string]row{
			"a role that the API does not define is in no token": {
				ofApp(orders("1"), signed(ourKeys), role("Write")),
				errorAt("custom-claim", "defines no app role Write: no token can carry it"),
			},
			"beside one that is needed it is an error": {
				ofApp(orders("1"), signed(ourKeys), check(
					rules.Both(has("roles", "Read"), has("roles", "Write")),
				)),
				errorAt("custom-claim", "Write"),
			},
			"beside one that is enough it is a warning": {
				ofApp(orders("1"), signed(ourKeys), check(
					rules.Either(has("roles", "Read"), has("roles", "Write")),
				)),
				warningAt("custom-claim", "Write"),
			},
			"a part of one is in no list": {
				ofApp(orders("1"), signed(ourKeys), role("Rea")),
				errorAt("custom-claim", "Rea"),
			},
			"one that it defines is right": {
				ofApp(orders("1"), signed(ourKeys), role("Read")), nil,
			},
			"one that a deployment may leave out is not another": {
				ofApp(asking("1", maybe("Read")), signed(ourKeys), role("Write")),
				errorAt("custom-claim", "Write"),
			},
			"one that a deployment may leave out may be there": {
				ofApp(asking("1", maybe("Read")), signed(ourKeys), role("Read")), nil,
			},
			"one whose name a deployment chooses may be it": {
				ofApp(asking("1", maybe("")), signed(ourKeys), role("Write")), nil,
			},
		})
	})
}
