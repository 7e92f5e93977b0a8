package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A repair that brings a finding is made with that one's, where both can be written; else neither.
func TestWhatARepairBringsIsRepairedWithIt(t *testing.T) {
	t.Parallel()
	const keys = "https://login.microsoftonline.com/" + holesTenant + "/discovery/keys"
	local := func(audience, claims string) string {
		return "apiVersion: gateway.mulesoft.com/v1alpha1\nkind: PolicyBinding\nspec:\n" +
			"  targetRef: {kind: ApiInstance, name: stock}\n" +
			"  policyRef: {name: jwt-validation-flex}\n  config:\n    jwtKeyOrigin: jwks\n" +
			"    jwksUrl: " + keys + "\n    skipClientIdValidation: false\n" +
			"    validateAudClaim: true\n    mandatoryAudClaim: true\n" +
			"    supportedAudiences: " + audience + "\n    mandatoryExpClaim: true\n" + claims
	}
	checked := "    validateCustomClaim: true\n    mandatoryCustomClaims:\n      - "
	pinned := checked + "{key: iss, value: '" + stockIssuer + "'}\n"
	const v1 = "    clientIdExpression: '#[vars.claimSet.appid]'\n"
	tests := []struct {
		name, policy string
		args         []string
		code         int
		want         string // beside the client id
	}{
		{"nothing comes", local("api://stock", v1+pinned), nil, exitOK, ""},
		{"the issuer is pinned too", local("api://stock", v1), nil, exitOK, stockIssuer},
		{
			"the version is passed", local("api://stock", v1),
			[]string{"--token-version", "2"},
			exitRejected, "", // such tokens have no URI as their audience
		},
		{
			"it can be had of a GUID too", local(holesAPI, v1),
			[]string{"--token-version", "1"},
			exitOK, "",
		},
		{
			"one rule is named", local("api://stock", v1),
			[]string{"--rule", "contracts-in-local-mode"},
			exitOK, stockIssuer,
		},
		{
			"the keys are of all tenants",
			strings.Replace(local("api://stock", v1), holesTenant, "common", 1), nil,
			exitRejected, "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			name := filepath.Join(folder, "stock.yaml")
			if err := os.WriteFile(name, []byte(test.policy), 0o600); err != nil {
				t.Fatal(err)
			}
			args := append([]string{"fix", "stock.yaml"}, test.args...)
			stdout, stderr, code := runIn(t, folder, args...)
			wanted := strings.Contains(stdout, test.want) &&
				strings.Contains(stdout, "+    skipClientIdValidation: true")
			if (code == exitOK) != (test.code == exitOK) || wanted != (code == exitOK) {
				t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
			}
		})
	}
}
