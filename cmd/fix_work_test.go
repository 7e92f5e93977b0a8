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
"jwksUrl":"https://login.microsoftonline.com/%[2]s/discovery/keys",
"skipClientIdValidation":false,"clientIdExpression":"#[vars.claimSet.appid]",
"validateAudClaim":true,"mandatoryAudClaim":true,"supportedAudiences":"api://orders",
"mandatoryExpClaim":false,"validateCustomClaim":true,
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
