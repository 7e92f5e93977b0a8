package lint

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

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
