package cmd

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// twoProxies are policies for two instances: a namespace's tokens, and those of a workload in it.
const twoProxies = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: workload, namespace: orders}
spec:
  selector: {matchLabels: {app: orders}}
  jwtRules:
    - issuer: https://sts.windows.net/` + holesTenant + `/
      audiences: ["api://orders-uat"]
      jwksUri: https://login.microsoftonline.com/` + holesTenant + `/discovery/v2.0/keys
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: namespace, namespace: orders}
spec:
  jwtRules:
    - issuer: https://login.microsoftonline.com/` + holesTenant + `/v2.0
      audiences: [` + holesAPI + `]
      jwksUri: https://login.microsoftonline.com/` + holesTenant + `/discovery/v2.0/keys
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: token-needed, namespace: orders}
spec:
  action: DENY
  rules:
    - from: [{source: {notRequestPrincipals: ["*"]}}]
`

// twoPrincipals has the same mistake at the same place of two policies.
const twoPrincipals = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: entra, namespace: orders}
spec:
  jwtRules:
    - issuer: https://sts.windows.net/` + holesTenant + `/
      jwksUri: https://login.microsoftonline.com/` + holesTenant + `/discovery/keys
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: callers, namespace: orders}
spec:
  rules:
    - from: [{source: {requestPrincipals: ["https://sts.windows.net/` + holesTenant + `/*"]}}]
      when: [{key: "request.auth.claims[roles]", values: [UAT.Call]}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: others, namespace: orders}
spec:
  rules:
    - from: [{source: {requestPrincipals: ["https://sts.windows.net/` + holesTenant + `/*"]}}]
      when: [{key: "request.auth.claims[roles]", values: [UAT.Write]}]
`

// Each finding that stays is listed, also where another is alike.
func TestTheSameMistakeTwiceIsLeftTwice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "policy.yaml"), twoPrincipals)
	stdout, stderr, _ := runIn(t, dir, "fix", "policy.yaml", "-o", "json")
	if n := strings.Count(stdout, `"rule": "principal-slash"`); n != 2 {
		t.Errorf("%d are left, not 2:\n%s%s", n, stdout, stderr)
	}
}

// What fix has written is as good as it can make it, and a second time it says the same of it.
func TestWhatIsRepairedIsRepairedAtOnce(t *testing.T) {
	t.Parallel()
	switchedOff := jwtPolicy(setting{
		fields: map[string]any{
			"skipClientIdValidation": false, "clientIdExpression": "#[vars.claimSet.client_id]",
			"validateAudClaim": false, "mandatoryAudClaim": true,
			"supportedAudiences": "api://orders-uat",
			"jwksUrl": "https://login.microsoftonline.com/" + holesTenant +
				"/discovery/v2.0/keys",
		},
		claim: [2]string{"tid", holesTenant},
	})
	tests := []struct{ name, text, args string }{
		{
			"a repair shows the version, which the one before it needs to know", switchedOff, "",
		},
		{
			"this environment's token is one of the instance that it is for", twoProxies,
			"--audience api://orders-uat",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "policy.yaml"), test.text)
			args := append([]string{"fix", "policy.yaml", "--write"}, strings.Fields(test.args)...)
			last := ""
			for range 2 {
				stdout, stderr, code := runIn(t, dir, args...)
				if code != exitOK || stderr != "" {
					t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
				}
				last = stdout
			}
			if !strings.HasPrefix(last, "nothing to repair") {
				t.Error("a second change:\n", last)
			}
		})
	}
}

// A finding that stays is where lint says it is: in the file as it is, or as it was written.
func TestWhatIsLeftIsWhereLintFindsIt(t *testing.T) {
	t.Parallel()
	never := strings.ReplaceAll(twoPrincipals, "UAT.Write", "Orders Reader")
	for _, args := range [][]string{{}, {"--write"}} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "policy.yaml"), never)
		args = append(args, "--audience", "api://orders-uat", "-o", "json")
		fixed, _, _ := runIn(t, dir, append([]string{"fix", "policy.yaml"}, args...)...)
		linted, _, _ := runIn(t, dir, "lint", "policy.yaml", "-o", "json")
		var left struct {
			Diff        string
			NotRepaired []foundAt `json:"not_repaired"`
		}
		var now struct{ Findings []foundAt }
		err := errors.Join(
			json.Unmarshal([]byte(fixed), &left), json.Unmarshal([]byte(linted), &now),
		)
		if err != nil || left.Diff == "" || len(left.NotRepaired) == 0 {
			t.Fatal(err, fixed, linted)
		}
		for _, one := range left.NotRepaired {
			if !slices.Contains(now.Findings, one) {
				t.Errorf("%q: %v is not in %v", args, one, now.Findings)
			}
		}
	}
}

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
