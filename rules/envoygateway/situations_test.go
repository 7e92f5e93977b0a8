package envoygateway

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// What people have asked in public, each from the policy and the token to the check that decides
// and the words of the proxy.
func TestPublicSituations(t *testing.T) {
	t.Parallel()
	const other = "7e2d9c1b-6a4f-4b0e-9d3c-1f5a8b2c6e70"
	ofV1 := `ver="1.0";iss="` + v1Issuer + `";aud="` + app + `";azp=;appid="` + client + `"`
	scopes := authorization("", ruleOf("Allow", "scopes: [orders.read]"))
	only := authorization("", ruleOf("Allow", claim("azp", "", client)))
	basic := "basicAuth: {users: {name: users}}"
	gateway := policyOn(gatewayKind, "public", jwt())
	route := resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	tests := []struct {
		name, version, config, claims string
		want                          decided
		body                          string
	}{
		{
			"gateway#7633: the client that is meant", "1.6.0", onRoute(jwt()), "", accepted(), "",
		},
		{
			"gateway#7633: another client of the tenant gets 200 too", "1.6.0", onRoute(jwt()),
			`azp="` + other + `"`, accepted(), "",
		},
		{
			"gateway#7633: a rule on azp lets the one in", "1.6.0", onRoute(jwt(), only), "",
			accepted(), "",
		},
		{
			"gateway#7633: and keeps the other out", "1.6.0", onRoute(jwt(), only),
			`azp="` + other + `"`, rejected(403, rules.CustomClaim), "RBAC: access denied",
		},
		{
			"gateway#8027: scp is not looked into", "1.6.2", onRoute(jwt(), scopes),
			`scp="orders.read"`, rejected(403, rules.Scopes), "RBAC: access denied",
		},
		{
			"gateway#8027: and is from 1.7.0 on", "1.7.0", onRoute(jwt(), scopes),
			`scp="orders.read"`, accepted(), "",
		},
		{
			"PR gateway#7977: a v1.0 token and the v2.0 issuer of the guide", "1.6.0",
			onRoute(jwt()), ofV1, rejected(401, rules.Issuer), "Jwt issuer is not configured",
		},
		{
			"gateway#8491: a bearer token where basicAuth is too", "1.6.0", onRoute(jwt(), basic),
			"", open(rules.NotModelled), "",
		},
		{
			"gateway#8781: a route's policy with CORS alone takes jwt away", "1.7.0",
			gateway + route + onRoute("cors: {allowOrigins: ['*']}"), "exp=1", accepted(), "",
		},
		{
			"gateway#8781: unless the two are merged", "1.8.0", gateway + route +
				onRoute("mergeType: StrategicMerge", "cors: {allowOrigins: ['*']}"), "exp=1",
			rejected(401, rules.Expiry), "Jwt is expired",
		},
		{
			"gateway#9722: a merged policy can't name the Gateway's provider", "1.8.0",
			gateway + route + onRoute("mergeType: StrategicMerge", only), "",
			open(rules.NotModelled), "",
		},
		{
			"gateway#9964: a claim with a dot in its name is read as nested", "1.9.0",
			onRoute(jwt(), authorization("", ruleOf("Allow", claim("extn.team", "", "a")))),
			`extn.team="a"`, rejected(403, rules.CustomClaim), "RBAC: access denied",
		},
		{
			"a list of roles as String", "1.9.0", onRoute(jwt(), authorization("",
				ruleOf("Allow", claim("roles", "", "read")))), `roles=["read"]`,
			rejected(403, rules.CustomClaim), "RBAC: access denied",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			policies := policiesOf(t, rules.Options{Runtime: test.version}, test.config)
			v := rules.Evaluate(policies, requestOf(test.claims))
			if got := short(v); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if v.Answer.Body != test.body {
				t.Errorf("answers %q, want %q", v.Answer.Body, test.body)
			}
		})
	}
}
