package cmd

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// screenOf runs a command on a terminal of 80 columns.
func screenOf(t *testing.T, dir string, args ...string) (stdout string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(Env{
		Gateways: everyGateway(),
		Args:     args, Dir: dir, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
		Now:       func() time.Time { return clock },
		LookupEnv: func(string) (string, bool) { return "", false },
		CacheDir:  func() (string, error) { return t.TempDir(), nil },
		Terminal:  Terminal{UTF8: true, Width: 80},
	})
	if errs.Len() > 0 {
		t.Errorf("%q: %s", args, &errs)
	}
	return out.String(), code
}

// A matrix fits a screen of 80 columns, with its way on, however many environments it has. A blank
// line before it and one behind it are not counted.
func TestAMatrixFitsAScreen(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob(estates + "/*/gatewhy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	large := largeEstate(t, 14)
	for _, config := range append(folders, filepath.Join(large, "gatewhy.yaml")) {
		screen, _ := screenOf(t, filepath.Dir(config), "matrix", "--offline")
		lines := strings.Split(strings.Trim(screen, "\n"), "\n")
		if len(lines) > 24 {
			t.Errorf("%s has %d lines:\n%s", config, len(lines), screen)
		}
	}
}

// What the short form leaves out of a large estate is counted, and -v has it.
func TestAShortMatrixSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	dir := largeEstate(t, 14)
	short, code := screenOf(t, dir, "matrix", "--offline")
	for _, want := range []string{
		" of the 420 cells are wrong.\n", "Shown are 6 of 30 rows at ", " of 14 gateways",
		"gatewhy matrix --fix --offline\n",
		" and 12 more let in other tenants",
	} {
		if code != exitRejected || !strings.Contains(short, want) {
			t.Errorf("exit code %d, no %q in\n%s", code, want, short)
		}
	}
	all, _ := screenOf(t, dir, "matrix", "--offline", "-v")
	answer, _ := screenOf(t, dir, "matrix", "--offline", "-q")
	if !strings.Contains(all, "env13") || !strings.Contains(all, " of these 420 cells are") {
		t.Errorf("-v has not all:\n%s", all)
	}
	number, _, _ := strings.Cut(strings.TrimSpace(answer), " ")
	if !strings.Contains(short, "\n  "+number+" of the 420 cells") {
		t.Errorf("-q counts otherwise: %s", answer)
	}
}

// largeEstate is an estate of many environments, of which every fourth checks no audience.
func largeEstate(t *testing.T, environments int) string {
	t.Helper()
	dir := t.TempDir()
	config := "version: 1\ntenant: 5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11\nenvironments:\n"
	for i := range environments {
		name := fmt.Sprintf("env%02d", i)
		config += fmt.Sprintf("  %s: {gateway: mule, policies: [%s.json], api: %s-api.json, "+
			"clients: [%s-web.json]}\n", name, name, name, name)
		policy := strings.ReplaceAll(audiencePolicy, "ENV", name)
		if i%4 == 0 {
			policy = strings.ReplaceAll(policy, `"validateAudClaim": true`,
				`"validateAudClaim": false`)
		}
		writeFile(t, filepath.Join(dir, name+".json"), policy)
		writeFile(t, filepath.Join(dir, name+"-api.json"), fmt.Sprintf(
			`{"appId": "%08d-0000-4000-8000-000000000001", "displayName": "Orders %s",
			"identifierUris": ["api://orders-%s"]}`, i+1, name, name))
		writeFile(t, filepath.Join(dir, name+"-web.json"), fmt.Sprintf(
			`{"appId": "%08d-0000-4000-8000-000000000002", "displayName": "Web"}`, i+1))
	}
	writeFile(t, filepath.Join(dir, "gatewhy.yaml"), config)
	return dir
}

const audiencePolicy = `{"assetId": "jwt-validation", "assetVersion": "1.4.0",
	"configurationData": {
	"signingMethod": "rsa", "signingKeyLength": 256, "jwtKeyOrigin": "jwks", "jwksUrl":
	"https://login.microsoftonline.com/5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11/discovery/keys",
	"skipClientIdValidation": true, "validateAudClaim": true, "mandatoryAudClaim": true,
	"supportedAudiences": "api://orders-ENV", "mandatoryExpClaim": true,
	"mandatoryNbfClaim": true}}`
