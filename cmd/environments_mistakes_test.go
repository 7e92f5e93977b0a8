package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mistakenEstate are the files that the environments files below name.
func mistakenEstate() map[string]string {
	return map[string]string{
		"policies/dev.json": open,
		"entra/app.json": `{"appId": "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3", 
			"displayName": "orders",
			"identifierUris": ["api://orders"]}`,
		"contracts/dev.txt": "one\n", "keys.json": `{"keys": []}`, "empty/README.md": "",
		"tokens/dev.jwt": plantedToken,
		"broken.json":    `{"assetId": "jwt-validation" "x": 1}`,
	}
}

// inDev is an environments file whose one environment has these lines.
func inDev(lines ...string) string {
	return "version: 1\ntenant: 5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11\nenvironments:\n  dev:\n  " +
		"  " +
		strings.Join(
			lines,
			"\n    ",
		) + "\n"
}

const (
	devPolicies = "policies: [policies/dev.json]"
	devAPI      = "api: entra/app.json"
)

func TestEveryMistakeInTheEnvironmentsFileHasItsPlaceAndAWayOn(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ text, at, says, hint string }{
		"tokens that name an app registration": {
			inDev(devPolicies, "tokens: [entra/app.json]"), "6:14",
			"entra/app.json is an app registration, and a token is expected", "under api:",
		},
		"tokens that name a policy": {
			inDev(devPolicies, "tokens: policies/dev.json"), "6:13",
			"is a policy, and a token is expected", "policies belong under policies:",
		},
		"tokens that name a list of contracts": {
			inDev(devPolicies, "tokens: [contracts/dev.txt]"), "6:14",
			"is a list of contracts, and a token is expected", "under contracts:",
		},
		"a token in the place of its file": {
			inDev(devPolicies, "tokens: ["+plantedToken+"]"), "6:14",
			"this is a token, but the name of a file is expected", "save it in a file",
		},
		"a folder of tokens": {
			inDev(devPolicies, "tokens: tokens"), "6:13",
			"this folder has no configuration file", "tokens/*.jwt",
		},
		"policies that name an app registration": {
			inDev("policies: [policies/dev.json, entra/app.json]", devAPI), "5:35",
			"entra/app.json is an app registration, and a policy is expected", "under api:",
		},
		"policies that name a token": {
			inDev("policies: tokens/dev.jwt", devAPI), "5:15", "is a token", "under tokens:",
		},
		"policies that name a folder without any": {
			inDev("policies: [empty]", devAPI), "5:16", "no configuration file", "pattern",
		},
		"policies that are not there": {
			inDev("policies: [policies/uat.json]", devAPI), "5:16", "policies/uat.json",
			"relative to the folder of gatewhy.yaml",
		},
		"a pattern that matches nothing": {
			inDev("policies: ['uat/*.json']", devAPI), "5:16", "no file matches uat/*.json",
			"relative",
		},
		"policies that are an object": {
			inDev("policies: {dev: x}", devAPI), "5:15", "policies must be a list of files",
			"[FILE, FILE]",
		},
		"a number among them": {
			inDev("policies: [policies/dev.json, 7]", devAPI), "5:35", "must be a text", `"7"`,
		},
		"no policies": {inDev(devAPI), "4:3", "policies is missing", "policies: []"},
		"an API that is a policy": {
			inDev(devPolicies, "api: policies/dev.json"), "6:10",
			"is a policy, and an app registration is expected", "under policies:",
		},
		"clients that are a key set": {
			inDev(devPolicies, devAPI, "clients: [entra/app.json, keys.json]"), "7:31",
			"keys.json is a key set, and an app registration is expected", "jwks:",
		},
		"contracts that are an app registration": {
			inDev(devPolicies, devAPI, "contracts: entra/app.json"), "7:16",
			"is an app registration, and a list of contracts is expected", "under api:",
		},
		"contracts that are a list": {
			inDev(devPolicies, "contracts: [contracts/dev.txt]"), "6:16", "must be a text",
			"not a list",
		},
		"the gateway does not exist": {
			inDev("gateway: kong", devPolicies, devAPI), "5:14", `no gateway "kong"`, "mule, flex",
		},
		"a misspelt member": {
			inDev("polices: [policies/dev.json]"), "5:5", `"polices" is not a field`,
			"did you mean policies?",
		},
		"a member twice": {
			inDev(devPolicies, devAPI, "policies: []"), "7:5", "policies appears twice",
			"already in line 5",
		},
		"an environment twice": {
			inDev(devPolicies) + "  dev: {policies: []}\n", "6:3", "dev appears twice",
			"already in line 4",
		},
		"an environment that is a file": {
			"version: 1\nenvironments:\n  dev: policies/dev.json\n", "3:8", "must be an object",
			"dev: {policies: [policies/dev.json]}",
		},
		"environments that are a list": {
			"version: 1\nenvironments: [dev, uat]\n", "2:15", "must be an object",
			"environments: {dev:",
		},
		"no environments": {"version: 1\n", "1:1", "there are no environments", "gatewhy init"},
		"a misspelt list of them": {
			"version: 1\nenviroments: {dev: {}}\n", "2:1", `"enviroments" is not a field`,
			"did you mean environments?",
		},
		"a version in letters": {
			"version: one\nenvironments: {dev: {}}\n", "1:10", "version must be 1", "version: 1",
		},
		"a later version": {
			"version: 2\nenvironments: {dev: {}}\n", "1:10", "version must be 1", "later gatewhy",
		},
		"no version": {
			"environments: {dev: {}}\n", "1:1", "version is missing", "version: 1",
		},
		"the tenant of all": {
			"version: 1\ntenant: common\nenvironments: {dev: {}}\n", "2:9",
			"common means many tenants",
			"az account show",
		},
		"an address as the tenant": {
			"version: 1\ntenant: https://login.microsoftonline.com/x\nenvironments: {dev: {}}\n",
			"2:9",
			"this is an address", "az account show",
		},
		"half of the tenant's id": {
			"version: 1\ntenant: 5c1f0a7e-3b0d-4a55\nenvironments: {dev: {}}\n", "2:9",
			"neither a tenant's id nor a domain", "az account show",
		},
		"a number as the tenant": {
			"version: 1\ntenant: 7\nenvironments: {dev: {}}\n", "2:9", "tenant must be a text",
			`"7"`,
		},
		"the cloud does not exist": {
			"version: 1\ncloud: moon\nenvironments: {dev: {}}\n", "2:8", `"moon" is not a cloud`,
			"usgov",
		},
		"a key set that is not there": {
			"jwks: none.json\n" + inDev(devPolicies, devAPI), "1:7", "none.json",
			"relative to the folder",
		},
		"a key set that is a policy": {
			"jwks: policies/dev.json\n" + inDev(devPolicies, devAPI), "1:7",
			"is a policy, and a key set is expected", "under policies:",
		},
		"a key set at an address": {
			"jwks: https://x.test/keys\n" + inDev(devPolicies, devAPI), "1:7",
			"this is an address", "collect keys",
		},
		"an exception without its ends": {
			inDev(devPolicies) + "allow: [{reason: x}]\n", "6:9", "needs from and to", "from: dev",
		},
		"an exception that is no list": {
			inDev(devPolicies) + "allow: dev to uat\n", "6:8", "allow must be a list", "[a, b]",
		},
		"ignores that are a list": {
			inDev(devPolicies) + "lint: [x]\n", "6:7", "lint must be an object", "ignore",
		},
		"a misspelt default": {
			inDev(devPolicies) + "defaults: {tenat: x.test}\n", "6:12",
			`"tenat" is not a field of defaults`,
			"did you mean tenant?",
		},
		"defaults for many tenants": {
			inDev(devPolicies) + "defaults: {tenant: organizations}\n", "6:20",
			"means many tenants", "az account",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			files := mistakenEstate()
			files["gatewhy.yaml"] = row.text
			for name, text := range files {
				path := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var stdout, stderr bytes.Buffer
			code := Main(Env{
				Gateways: everyGateway(), Args: []string{"matrix", "--offline"}, Dir: dir,
				Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
				LookupEnv: environment(nil), Now: func() time.Time { return clock },
				CacheDir: func() (string, error) { return dir, nil },
			})
			cause, hints, _ := strings.Cut(stderr.String(), "\n")
			if code != exitUsage || stdout.Len() > 0 {
				t.Errorf("exit code %d: %s%s", code, &stdout, &stderr)
			}
			if !strings.HasPrefix(cause, "gatewhy: error: gatewhy.yaml:"+row.at+": ") ||
				!strings.Contains(cause, row.says) || !strings.Contains(hints, row.hint) {
				t.Errorf("%s\nwant %s: %s\nhint %s", &stderr, row.at, row.says, row.hint)
			}
		})
	}
}
