package cmd

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// agreedTokens is a RequestAuthentication of the orders API; %s is more of its rule.
const agreedTokens = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens, namespace: orders}
spec:
  jwtRules:
  - {jwksUri: "https://login.microsoftonline.com/` + holesTenant + `/discovery/keys" MORE}
`

// agreedRule is an AuthorizationPolicy of the orders API.
func agreedRule(action, rule string) string {
	return "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n" +
		"metadata: {name: callers, namespace: orders}\n" +
		"spec: {action: " + action + ", rules: [" + rule + "]}\n"
}

func agreedPolicy(more string) string {
	return `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: tokens, namespace: orders}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: orders}]
  jwt:
    providers:
    - name: entra
      issuer: "https://sts.windows.net/` + holesTenant + `/"
      remoteJWKS: {uri: "https://login.microsoftonline.com/` + holesTenant + `/discovery/keys"}
` + more
}

// Where lint and matrix once said different things, each of them with what both say now.
func TestLintAndMatrixAgreeOnWhatOnceDivided(t *testing.T) {
	t.Parallel()
	const (
		issuer = `, issuer: "https://sts.windows.net/` + holesTenant + `/"`
		entra  = "metadata.filter_metadata['envoy.filters.http.jwt_authn']['entra']"
	)
	tokens := func(more string) string { return strings.Replace(agreedTokens, "MORE", more, 1) }
	tests := []struct {
		name, config string
		foreign      func(*environments.Row) bool
		want         rules.Decision
	}{
		{
			"an e-mail address in the place of sub, for another tenant of an API for all",
			`provider = "oidc"
oidc_issuer_url = "https://sts.windows.net/` + holesTenant + `/"
insecure_oidc_skip_issuer_verification = true
client_id = "orders"
oidc_extra_audiences = ["api://orders-uat/"]
email_domains = ["contoso.example"]
skip_jwt_bearer_tokens = true
`,
			ofOtherTenants, rules.Rejected,
		},
		{
			"a DENY rule of everybody but the client",
			tokens(issuer) + agreedRule("DENY", "{when: [{key: 'request.auth.claims[appid]', "+
				"notValues: ["+holesClient+"]}]}"),
			ofTheTenant, rules.Rejected,
		},
		{
			"a DENY rule of the client alone",
			tokens(issuer) + agreedRule("DENY", "{when: [{key: 'request.auth.claims[appid]', "+
				"values: ["+holesClient+"]}]}"),
			ofTheTenant, rules.Accepted,
		},
		{
			"a DENY rule of whoever has no role, with a role of any API",
			tokens(issuer) + agreedRule("DENY", "{when: [{key: 'request.auth.claims[roles]', "+
				"notValues: [UAT.Call]}]}"),
			ofTheTenant, rules.Accepted,
		},
		{
			"a DENY rule of whoever is not the client and has no role",
			tokens(issuer) + agreedRule("DENY", "{when: [{key: 'request.auth.claims[appid]', "+
				"notValues: ["+holesClient+"]}, {key: 'request.auth.claims[roles]', "+
				"notValues: [UAT.Call]}]}"),
			ofTheTenant, rules.Accepted,
		},
		{
			"a DENY rule of whoever is not the client and has another audience",
			tokens(issuer) + agreedRule("DENY", "{when: [{key: 'request.auth.claims[appid]', "+
				"notValues: ["+holesClient+"]}, {key: request.auth.audiences, "+
				"notValues: ['api://orders-uat']}]}"),
			ofTheTenant, rules.Accepted,
		},
		{
			"a DENY rule of an object of ours, for another tenant",
			tokens("") + agreedRule("DENY", "{when: [{key: 'request.auth.claims[oid]', "+
				"notValues: [4f9d2c7a-61b8-4e03-9c5d-8a7e1b2f3d40]}]}"),
			ofOtherTenants, rules.Rejected,
		},
		{
			"a DENY rule of one object, for everybody else",
			tokens(issuer) + agreedRule("DENY", "{when: [{key: 'request.auth.claims[oid]', "+
				"values: ["+holesDEVClient+"]}]}"),
			ofTheTenant, rules.Accepted,
		},
		{
			"a DENY rule of the tenant whose keys it takes, for that tenant",
			tokens("") + agreedRule("DENY", "{when: [{key: 'request.auth.claims[tid]', "+
				"values: ["+holesTenant+"]}]}"),
			ofTheTenant, rules.Rejected,
		},
		{
			"a token in a header of its own, for another tenant",
			tokens(issuer + ", fromHeaders: [{name: X-Token, prefix: 'Bearer '}]"),
			ofOtherTenants, rules.Rejected,
		},
		{
			"an audience with a slash that does not count, for another tenant",
			tokens(", audiences: ['api://orders-uat/']"),
			ofOtherTenants, rules.Accepted,
		},
		{
			"the end of an audience, which that of any API may have",
			tokens(issuer) + agreedRule("ALLOW", "{when: [{key: request.auth.audiences, "+
				"values: ['*ders-uat']}]}"),
			ofTheTenant, rules.Accepted,
		},
		{
			"a scope in CEL, which not every version has",
			agreedPolicy("  authorization: {rules: [{action: Allow, cel: \"'UAT.Access' in " +
				entra + ".scp\", principal: {jwt: {provider: entra, claims: [{name: tid, " +
				"values: [" + holesTenant + "]}]}}}]}\n"),
			ofTheTenant, rules.Accepted,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			uat := strings.NewReplacer(
				"VERSION", "1", "AzureADMyOrg", "AzureADMultipleOrgs", "Admin", "User",
			).Replace(holesUAT)
			apps := registrations(t, uat, strings.Replace(
				holesPrincipal, `"appRoleAssignmentRequired": false`,
				`"appRoleAssignmentRequired": true`, 1,
			))
			file := "policy.yaml"
			if strings.HasPrefix(test.config, "provider") {
				file = "oauth2-proxy.cfg"
			}
			p := pairOf(t, test.name, file, test.config, apps, "")
			_, matrix := p.matrix(t)
			if got, row := furthestRow(matrix, test.foreign); got != test.want {
				t.Errorf("matrix says %s (%s), want %s", got, row, test.want)
			}
			p.checkLint(t, matrix, p.lint(), map[rules.Decision]int{})
		})
	}
}

func ofTheTenant(r *environments.Row) bool { return r.Holder == issued.Stranger }

func ofOtherTenants(r *environments.Row) bool { return r.Holder == issued.OtherTenant }
