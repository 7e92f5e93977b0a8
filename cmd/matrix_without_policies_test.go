package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An environment that says that it has no policies is a column that lets everybody in; one that
// does not say what it has is a mistake, and never left out.
func TestAnEnvironmentWithoutPoliciesIsNotLeftOut(t *testing.T) {
	t.Parallel()
	for policies, want := range map[string]struct {
		code int
		says string
	}{
		"policies: []":            {exitRejected, `"gateway": "uat"`},
		"policies: [] # none yet": {exitRejected, `"gateway": "uat"`},
		"policies: [off.json]":    {exitRejected, `"gateway": "uat"`},
		"policies: [open.json]":   {exitRejected, `"gateway": "uat"`},
		"policies:":               {exitUsage, "policies is missing in the environment uat"},
		"policies: null":          {exitUsage, "policies is missing in the environment uat"},
		"policies: ~":             {exitUsage, "policies is missing in the environment uat"},
		"gateway: mule":           {exitUsage, "policies is missing in the environment uat"},
		`policies: ""`:            {exitUsage, "each of policies must be a text"},
		"policies: [null]":        {exitUsage, "each of policies must be a text"},
		"policies: {}":            {exitUsage, "policies must be a list of files"},
		"policies: [none.json]":   {exitUsage, "no policy in this file"},
	} {
		t.Run(policies, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for name, text := range map[string]string{
				"open.json": `{"assetId": "cors", "assetVersion": "1.3.1", ` +
					`"configurationData": {}}`,
				"off.json": strings.Replace(
					jwtPolicy(), `"assetId"`, `"disabled": true, "assetId"`, 1,
				),
				"none.json": `{"policies": []}`,
				"dev.json":  jwtPolicy(),
				"uat-api.json": "[" + strings.Replace(holesUAT, "VERSION", "1", 1) + "," +
					holesPrincipal + "]",
				"dev-api.json": holesDEV, "web.json": holesWeb, "web-dev.json": holesDEVWeb,
				"gatewhy.yaml": "version: 1\ntenant: " + holesTenant + "\nenvironments:\n" +
					"  dev: {policies: [dev.json], api: dev-api.json, clients: [web-dev.json]}\n" +
					"  uat:\n    api: uat-api.json\n    clients: [web.json]\n    " +
					policies + "\n",
			} {
				name = filepath.Join(folder, name)
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			stdout, stderr, code := runIn(t, folder, "matrix", "--offline", "-o", "json")
			accepted := strings.Contains(stdout, `"outcome": "accepted"`)
			if code != want.code || !strings.Contains(stdout+stderr, want.says) ||
				accepted != (code == exitRejected) {
				t.Errorf("exit code %d, %v:\n%s%.400s", code, accepted, stderr, stdout)
			}
		})
	}
}
