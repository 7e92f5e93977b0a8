package lint

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// asking is the registration of orders that asks for claims, with a change.
func asking(
	version string, change func(*entra.Registration), claims ...string,
) *entra.Registration {
	app := orders(version)
	for _, name := range claims {
		app.Claims = append(app.Claims, entra.OptionalClaim{Name: known(name)})
	}
	if change != nil {
		change(app)
	}
	return app
}

func TestClaimsThatTheRegistrationDoesNotAskFor(t *testing.T) {
	t.Parallel()
	must := func(name, value string) *rules.Check {
		return check(rules.Required(rules.Claim(name), equals(name, value)))
	}
	list := func(name, value string) *rules.Check {
		return check(rules.Required(rules.Claim(name), has(name, value)))
	}
	other := func(name string, kind source.Kind, text string) *rules.Check {
		return check(rules.Predicate{
			Op: rules.Equals, Input: rules.Claim(name),
			Values: []*source.Value{{Kind: kind, Text: text}},
		})
	}
	groups := func(value string) func(*entra.Registration) {
		return func(app *entra.Registration) { app.Groups = known(value) }
	}
	mapped := func(app *entra.Registration) { app.MappedClaims = known("true") }
	property := func(name string) func(*entra.Registration) {
		return func(app *entra.Registration) { app.Claims[0].Properties = []string{name} }
	}
	typed, guid := property("include_user_token"), property("use_guid")
	someURI := func(app *entra.Registration) {
		app.URIs = []entra.Text{{Value: "${var.uri}", Unknown: true}}
	}
	unknown := func(app *entra.Registration) {
		app.Claims = []entra.OptionalClaim{{Name: entra.Text{Value: "each.key", Unknown: true}}}
	}
	of := func(app *entra.Registration, checks ...*rules.Check) *rules.Subject {
		return ofApp(app, append([]*rules.Check{signed(ourKeys)}, checks...)...)
	}
	const says = "orders does not ask for the optional claim "
	finds(t, optionalClaimNotConfigured(), map[string]row{
		"idtyp": {
			of(orders("2"), must("idtyp", "app")), errorAt("custom-claim", says+"idtyp"),
		},
		"idtyp in v1.0 tokens": {
			of(orders("1"), must("idtyp", "app")), errorAt("custom-claim", says+"idtyp"),
		},
		"idtyp of users, asked for without them": {
			of(asking("2", nil, "idtyp"), must("idtyp", "user")),
			errorAt("custom-claim", "include_user_token"),
		},
		"groups": {
			of(orders("2"), list("groups", ourTenant)),
			errorAt("custom-claim", "does not ask for groups (groupMembershipClaims)"),
		},
		"groups, of which none are asked for": {
			of(asking("2", groups("None")), list("groups", ourTenant)),
			errorAt("custom-claim", "groupMembershipClaims"),
		},
		"upn in v2.0 tokens": {
			of(orders("2"), must("upn", "a@example.com")), errorAt("custom-claim", says+"upn"),
		},
		"email": {
			of(orders("1"), must("email", "a@example.com")),
			errorAt("custom-claim", says+"email: of its API's tokens only those of guests"),
		},
		"ipaddr in v2.0 tokens": {
			of(orders("2"), must("ipaddr", "192.0.2.1")), errorAt("custom-claim", says+"ipaddr"),
		},
		"a claim that is a number": {
			of(orders("2"), other("acct", source.Number, "0")),
			errorAt("custom-claim", says+"acct"),
		},
		"a claim that is a truth value": {
			of(orders("2"), other("xms_edov", source.Bool, "true")),
			errorAt("custom-claim", says+"xms_edov"),
		},
		"another claim that is asked for": {
			of(asking("2", nil, "idtyp"), must("email", "a@example.com")),
			errorAt("custom-claim", says+"email"),
		},
		"where a claims mapping may write it": {
			of(asking("2", mapped), must("email", "a@example.com")),
			warningAt("custom-claim", "unless a claims-mapping policy writes it"),
		},
		"the application id of a v1.0 token": {
			of(orders("1"), audience(ourApp)), noteAt("audience", "aud with use_guid"),
		},
		"the application id beside a URI that only a deployment knows": {
			of(asking("1", someURI), audience(ourApp)),
			noteAt("audience", "clients that ask by its App ID URI are rejected"),
		},

		"idtyp that is asked for": {of(asking("2", nil, "idtyp"), must("idtyp", "app")), nil},
		"idtyp of users that is asked for": {
			of(asking("2", typed, "idtyp"), must("idtyp", "user")), nil,
		},
		"groups that are asked for": {
			of(asking("2", groups("SecurityGroup")), list("groups", ourTenant)), nil,
		},
		"groups as an optional claim": {
			of(asking("2", nil, "groups"), list("groups", ourTenant)), nil,
		},
		"email that is asked for": {
			of(asking("2", nil, "email"), must("email", "a@example.com")), nil,
		},
		"upn in v1.0 tokens is there without": {
			of(orders("1"), must("upn", "a@example.com")), nil,
		},
		"a claim that need not be there": {
			of(orders("2"), check(
				rules.IfPresent(rules.Claim("email"), equals("email", "a")),
			)), nil,
		},
		"one of two": {
			of(orders("2"), check(rules.Either(equals("email", "a"), has("roles", "Read")))), nil,
		},
		"a claim of one's own": {of(orders("2"), must("department", "Sales")), nil},
		"claims that only a deployment knows": {
			of(asking("2", unknown), must("idtyp", "app")), nil,
		},
		"the application id, asked for": {
			of(asking("1", guid, "aud"), audience(ourApp)), nil,
		},
		"the application id of a v2.0 token": {of(orders("2"), audience(ourApp)), nil},
		"both forms of the audience": {
			of(orders("1"), audience(ourApp, ourAudience)), nil,
		},
		"a claim that the version never has": {of(orders("2"), must("appid", ourApp)), nil},
	})
}

func TestRolesThatCanNotBeAssignedToTheCallers(t *testing.T) {
	t.Parallel()
	with := func(change func(*entra.Registration)) *entra.Registration {
		return asking("1", func(app *entra.Registration) {
			app.Roles = []entra.Permission{
				{Value: known("Approve"), Users: true},
				{Value: known("Read"), Apps: true},
				{Value: known("Both"), Users: true, Apps: true},
			}
			if change != nil {
				change(app)
			}
		}, "idtyp")
	}
	required := func(app *entra.Registration) {
		app.Principal = &entra.ServicePrincipal{AssignmentRequired: known("true")}
	}
	of := func(app *entra.Registration, checks ...*rules.Check) *rules.Subject {
		return ofApp(app, append([]*rules.Check{signed(ourKeys)}, checks...)...)
	}
	daemon := func() *rules.Check {
		return check(rules.Required(rules.Claim("idtyp"), equals("idtyp", "app")))
	}
	noScope := func() *rules.Check { return check(rules.Negate(rules.Has(rules.Claim("scp")))) }
	const nobody = "nobody gets in"
	finds(t, roleOfOtherCallers(), map[string]row{
		"a role for users where idtyp is app": {
			of(with(nil), daemon(), role("Approve")), errorAt("custom-claim", nobody),
		},
		"where there must be no scope": {
			of(with(nil), role("Approve"), noScope()), errorAt("custom-claim", nobody),
		},
		"where assignment is required": {
			of(with(required), daemon(), role("Approve")), errorAt("custom-claim", nobody),
		},
		"a role for applications where a scope is required": {
			of(with(nil), scopes("Orders.Read"), role("Read")), errorAt("custom-claim", nobody),
		},
		"in another policy": {
			&rules.Subject{App: with(nil), Policies: []*rules.Policy{
				policy(signed(ourKeys), daemon()), policy(signed(ourKeys), role("Approve")),
			}},
			errorAt("custom-claim", nobody),
		},
		"both roles": {
			of(with(nil), role("Read"), role("Approve")),
			append(errorAt("custom-claim", nobody), errorAt("custom-claim", nobody)...),
		},
		"a role for users alone locks daemons out": {
			of(with(nil), role("Approve")), noteAt("custom-claim", "locked out"),
		},
		"beside an audience too": {
			of(with(nil), audience(ourAudience), role("Approve")),
			noteAt("custom-claim", "for users only"),
		},

		"a role for applications, of daemons": {of(with(nil), daemon(), role("Read")), nil},
		"a role for applications alone":       {of(with(nil), role("Read")), nil},
		"a role for both, of daemons":         {of(with(nil), daemon(), role("Both")), nil},
		"a role for both, of users": {
			of(with(nil), scopes("Orders.Read"), role("Both")), nil,
		},
		"a role for users, of users": {
			of(with(nil), scopes("Orders.Read"), role("Approve")), nil,
		},
		"one of two roles": {
			of(with(nil), check(
				rules.Either(has("roles", "Approve"), has("roles", "Read")),
			)), nil,
		},
		"a role that is not defined":      {of(with(nil), daemon(), role("Write")), nil},
		"a policy without a registration": {ours(daemon(), role("Approve")), nil},
		"a check that is switched off": {
			of(with(nil), daemon(), off(role("Approve"))), nil,
		},
		"a role that only a deployment knows": {
			of(with(nil), daemon(), unread(role("Approve"))), nil,
		},
	})
}

// What only an estate shows, who was given a role, a scope or a contract, is said where that is
// all that keeps other clients out.
func TestWhoeverHoldsWhatIsAskedForIsNotShown(t *testing.T) {
	t.Parallel()
	appid := rules.Claim("appid")
	// as it is with the registration of the API
	at := func(checks ...*rules.Check) *rules.Subject {
		checks = append([]*rules.Check{audience(ourAudience), issuer(ourIssuer)}, checks...)
		s := ours(checks...)
		s.App = orders("1")
		return s
	}
	const assigned, granted, contracted = "was assigned the role", "was granted the scope",
		"has a contract"
	unsaid := at(role("Read"))
	unsaid.App = nil
	apart := at(role("Read"))
	apart.Policies = append(apart.Policies, policy(signed(ourKeys), audience(ourAudience),
		clientFrom(appid), contract(appid)))
	narrow := at(role("Read"))
	narrow.Policies = append(
		narrow.Policies, policy(signed(ourKeys), check(equals("appid", ourApp))),
	)
	keyless := at(role("Read"))
	keyless.Policies = []*rules.Policy{policy(signed("not an address"), audience(ourAudience),
		role("Read"), clientFrom(rules.Claim("sub")), contract(rules.Claim("sub")))}
	finds(t, holdersNotShown(), map[string]row{
		"a role": {at(role("Read")), noteAt("custom-claim", assigned)},
		"some role": {
			at(check(rules.Has(rules.Claim("roles")))), noteAt("custom-claim", assigned),
		},
		"a scope that admins grant": {at(scopes("Orders.Manage")), noteAt("scopes", granted)},
		"a contract": {
			at(clientFrom(appid), contract(appid)), noteAt("contract", contracted),
		},
		"a role and a contract": {
			at(role("Read"), clientFrom(appid), contract(appid)), noteAt("custom-claim", assigned),
		},
		"in two policies": {
			apart, noteAt("custom-claim", assigned),
		},

		"any client is let in, and others say so": {at(), nil},
		"a scope that users grant":                {at(scopes("Orders.Read")), nil},
		"the client's own id": {
			at(role("Read"), check(equals("appid", ourApp))), nil,
		},
		"the client's own id in another policy": {narrow, nil},
		"one of a list of ids": {
			at(role("Read"), check(oneOf("appid", ourApp, otherTenant))), nil,
		},
		"a role that nobody can hold": {at(role("Write")), nil},
		"a client id that names no client": {
			at(clientFrom(rules.Claim("sub")), contract(rules.Claim("sub"))), nil,
		},
		"a client id that names no client, of keys that can't be fetched": {keyless, nil},
		"a client id of the other version": {
			at(clientFrom(rules.Claim("azp")), contract(rules.Claim("azp"))), nil,
		},
		"without the app registration": {unsaid, nil},
	})
}
