package cmd

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// A folder of files that make up one cluster is looked at as a whole once, and a repair of one of
// them at the API instances that it is about: what is compiled does not grow with the square.
func TestFixOfAFolderCompilesEachPolicyAFewTimes(t *testing.T) {
	t.Parallel()
	const files, wrong, times = 40, 10, 8
	dir := t.TempDir()
	for i := range files {
		slash := "/"
		if i < wrong {
			slash = ""
		}
		writeFile(t, filepath.Join(dir, fmt.Sprintf("p%d.yaml", i)), fmt.Sprintf(
			"apiVersion: security.istio.io/v1\nkind: RequestAuthentication\n"+
				"metadata: {name: entra, namespace: team%[1]d}\nspec:\n  jwtRules:\n"+
				"  - issuer: https://sts.windows.net/%[2]s/\n"+
				"    jwksUri: https://login.microsoftonline.com/%[2]s/discovery/keys\n"+
				"    audiences: [api://orders]\n---\n"+
				"apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"+
				"metadata: {name: entra, namespace: team%[1]d}\nspec:\n  rules:\n"+
				"  - from:\n    - source:\n        requestPrincipals: "+
				"['https://sts.windows.net/%[2]s/%[3]s*']\n", i, mint.Tenant, slash))
	}
	compiled, _, said := countingPolicies(dir, "fix", ".")
	want := fmt.Sprintf("%d policy files: %d repaired, %d with nothing to repair", files, wrong,
		files-wrong)
	if !strings.Contains(said, want) {
		t.Errorf("want %q in\n%.1000s", want, said)
	}
	if compiled > times*files {
		t.Errorf("%d policies were compiled for %d files", compiled, files)
	}
}

// Repairs that do not depend on each other are proved together: what is compiled grows with the
// policies of a file, and not with their square.
func TestFixOfAFileCompilesEachPolicyAFewTimes(t *testing.T) {
	t.Parallel()
	const policies, times = 64, 12
	namespace := func(i int) string {
		return fmt.Sprintf("---\napiVersion: security.istio.io/v1\nkind: RequestAuthentication\n"+
			"metadata: {name: entra, namespace: team%[1]d}\nspec:\n  jwtRules:\n"+
			"  - issuer: https://sts.windows.net/%[2]s/\n"+
			"    jwksUri: https://login.microsoftonline.com/%[2]s/discovery/keys\n"+
			"    audiences: [api://orders]\n---\n"+
			"apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"+
			"metadata: {name: entra, namespace: team%[1]d}\nspec:\n  rules:\n"+
			"  - when: [{key: 'request.auth.claims[scp]', values: [Orders.Read]}]\n",
			i, mint.Tenant)
	}
	ofOneAPI := func(i int) string {
		return fmt.Sprintf(`{"order":%d,"assetId":"jwt-validation","assetVersion":"1.4.0",
"configurationData":{"jwtOrigin":"httpBearerAuthenticationHeader","signingMethod":"rsa",
"signingKeyLength":256,"jwtKeyOrigin":"jwks",
"jwksUrl":"http://login.microsoftonline.com/%[2]s/discovery/keys",
"skipClientIdValidation":false,"clientIdExpression":"#[vars.claimSet.appid]",
"validateAudClaim":true,"mandatoryAudClaim":true,"supportedAudiences":"api://orders",
"mandatoryExpClaim":true,"validateCustomClaim":true,
"mandatoryCustomClaims":[{"key":"iss","value":"https://sts.windows.net/%[2]s/"}]}}`,
			i+1, mint.Tenant)
	}
	tests := []struct {
		name, file, before, between, after string
		one                                func(i int) string
	}{
		{"of many namespaces of Istio", "p.yaml", "", "", "", namespace},
		{"of one API of MuleSoft", "p.json", "[", ",\n", "]", ofOneAPI},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			all := make([]string, policies)
			for i := range all {
				all[i] = test.one(i)
			}
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, test.file),
				test.before+strings.Join(all, test.between)+test.after)
			compiled, out, said := countingPolicies(dir, "fix", test.file)
			if strings.Count(out, "\n@@") < policies/8 {
				t.Errorf("%.1000s\n%.1000s", out, said)
			}
			if compiled > times*policies {
				t.Errorf("%d policies were compiled for %d", compiled, policies)
			}
		})
	}
}

// countingPolicies runs a command in a folder, and counts how many policies it compiles.
func countingPolicies(dir string, args ...string) (compiled int, out, said string) {
	gateways := everyGateway()
	for i := range gateways {
		compile := gateways[i].Compile
		gateways[i].Compile = func(c *rules.Configuration) rules.Compilation {
			made := compile(c)
			compiled += len(made.Policies)
			return made
		}
	}
	var stdout, stderr bytes.Buffer
	Main(Env{
		Args: args, Dir: dir, Stdin: strings.NewReader(""),
		Stdout: &stdout, Stderr: &stderr, Gateways: gateways,
		Now:       func() time.Time { return clock },
		LookupEnv: func(string) (string, bool) { return "", false },
	})
	return compiled, stdout.String(), stderr.String()
}

// What the policy demands by custom claims needs no flag.
func TestARepairReadsTheTenantAndTheVersionThatThePolicyDemands(t *testing.T) {
	t.Parallel()
	const (
		keys   = "https://login.microsoftonline.com/TENANT/discovery/keys"
		v2     = "https://login.microsoftonline.com/" + holesTenant + "/v2.0"
		asking = "pass --token-version"
	)
	policy := func(tenant, expression string, claims ...string) string {
		return fmt.Sprintf(`{"assetId": "jwt-validation", "assetVersion": "1.4.0",
"configurationData": {"signingMethod": "rsa", "signingKeyLength": 256, "jwtKeyOrigin": "jwks",
"jwksUrl": %q, "skipClientIdValidation": %t, "clientIdExpression": %q, "validateAudClaim": true,
"mandatoryAudClaim": true, "supportedAudiences": %q, "mandatoryExpClaim": true,
"validateCustomClaim": true, "mandatoryCustomClaims": [%s]}}`,
			strings.Replace(keys, "TENANT", tenant, 1), expression == "", expression, holesAPI,
			strings.Join(claims, ","))
	}
	claim := func(key, value string) string {
		return fmt.Sprintf(`{"key": %q, "value": %q}`, key, value)
	}
	const anyTenant = "https://login.microsoftonline.com/common/v2.0"
	tests := []struct{ name, policy, rule, want string }{
		{"v2.0", policy(holesTenant, "", claim("ver", "2.0")), "issuer-not-pinned", v2},
		{"v1.0", policy(holesTenant, "", claim("ver", "1.0")), "issuer-not-pinned", stockIssuer},
		{
			"it says more than the claim of the client",
			policy(holesTenant, "#[vars.claimSet.appid]", claim("ver", "2.0")),
			"client-id-claim-of-other-version", "#[vars.claimSet.azp]",
		},
		{
			"a tenant",
			policy("common", "", claim("iss", anyTenant), claim("tid", holesTenant)),
			"issuer-never-issued", v2,
		},
		{
			"two versions", policy(holesTenant, "", claim("ver", "2.0"), claim("ver", "1.0")),
			"issuer-not-pinned", asking,
		},
		{
			"the check is switched off", strings.Replace(
				policy(holesTenant, "", claim("ver", "2.0")), `Claim": true, "mandatoryCustom`,
				`Claim": false, "mandatoryCustom`, 1),
			"issuer-not-pinned", asking,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stdout, stderr, _ := fixing(t, test.policy, "--rule", test.rule)
			if !strings.Contains(stdout+stderr, test.want) {
				t.Errorf("without %q:\n%s%s", test.want, stdout, stderr)
			}
		})
	}
}
