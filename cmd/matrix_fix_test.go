package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// splitByMethod replaces an estate's policies by two each: one of a method, one of all others.
func splitByMethod(t *testing.T, folder string) {
	t.Helper()
	for _, name := range filesLike(t, filepath.Join(folder, "policies", "*.json")) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file map[string][]map[string]any
		if err := json.Unmarshal(content, &file); err != nil {
			t.Fatal(err)
		}
		var split []map[string]any
		others := "POST|PUT|DELETE|PATCH|HEAD|OPTIONS|TRACE|CONNECT"
		for i, methods := range []string{"GET", others} {
			one := map[string]any{}
			for field, value := range file["policies"][0] {
				one[field] = value
			}
			one["policyId"] = i
			one["pointcutData"] = []map[string]string{
				{"methodRegex": methods, "uriTemplateRegex": ".*"},
			}
			split = append(split, one)
		}
		text, err := json.Marshal(map[string]any{"policies": split})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// What helps in one class of requests does not help in another: the search for repairs asks in
// each.
func TestRepairsOfPoliciesOnRoutesAreFoundInEveryClassOfRequests(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../testdata/environments/oidc-skipped")); err != nil {
		t.Fatal(err)
	}
	splitByMethod(t, folder)
	stdout, stderr, _ := runIn(t, folder, "matrix", "--fix", "-o", "json")
	var got struct {
		Summary struct{ Wrong int } `json:"summary"`
		Fix     struct {
			Repairs []struct{ Titles []string }  `json:"repairs"`
			After   struct{ Wrong, Unknown int } `json:"summary_after"`
		} `json:"fix"`
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	if got.Summary.Wrong == 0 || got.Fix.After.Wrong != 0 || got.Fix.After.Unknown != 0 {
		t.Errorf("%d cells are wrong, and after the repairs %+v", got.Summary.Wrong, got.Fix.After)
	}
	if len(got.Fix.Repairs) != 3 {
		t.Errorf("%d gateways are repaired", len(got.Fix.Repairs))
	}
	for _, r := range got.Fix.Repairs {
		if len(r.Titles) != 2 {
			t.Errorf("one of the two policies is left: %v", r.Titles)
		}
	}
}

// What no own token needs, but lint finds, is tried too.
func TestAFindingIsRepairedWhereNoOwnTokenNeedsAChange(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(estates, "solution-a-v1"))); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(folder, "policies", "uat.json")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte(`"order": 1`), []byte(`"order": 1, "disabled": true`), 1)
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, _ := runIn(t, folder, "matrix", "--fix", "--write")
	if !strings.Contains(stdout, "repair policy-disabled") {
		t.Errorf("the policy stays disabled:\n%s%s", stdout, stderr)
	}
	if stdout, _, code := runIn(t, folder, "matrix"); code != exitOK {
		t.Errorf("exit code %d after the repair\n%s", code, stdout)
	}
}

// The files that a repair of a cluster's policies gives are what makes every cell right.
func TestTheFilesOfARepairMakeEveryCellRight(t *testing.T) {
	t.Parallel()
	whole := t.TempDir()
	if err := os.CopyFS(whole, os.DirFS(estates)); err != nil {
		t.Fatal(err)
	}
	for _, estate := range []string{
		"istio-any-token", "istio-one-slash", "istio-solution-a-v2", "istio-solution-b",
		"istio-solution-b-daemons", "envoy-gateway-any-token", "envoy-gateway-solution-a-v2",
	} {
		folder := filepath.Join(whole, estate)
		stdout, stderr, _ := runIn(t, folder, "matrix", "--fix", "-o", "json")
		var got struct {
			Fix struct {
				Repairs []struct {
					Files []struct{ File, Text string } `json:"files"`
				} `json:"repairs"`
			} `json:"fix"`
		}
		if err := json.Unmarshal([]byte(stdout), &got); err != nil {
			t.Fatalf("%s: %v\n%s", estate, err, stderr)
		}
		for _, r := range got.Fix.Repairs {
			for _, f := range r.Files {
				name := filepath.Join(folder, f.File)
				if err := os.WriteFile(name, []byte(f.Text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		if stdout, _, code := runIn(t, folder, "matrix"); code != 0 {
			t.Errorf("%s: exit code %d after the repair\n%s", estate, code, stdout)
		}
	}
}

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

// Where an environments file names app registrations, what fix asks a token for may come from
// them.
func TestARefusedRepairNamesTheMatrixOnce(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	estate := os.DirFS(filepath.Join(estates, "oidc-skipped"))
	if err := os.CopyFS(folder, estate); err != nil {
		t.Fatal(err)
	}
	strange := filepath.Join(folder, "strange.json")
	if err := os.Link(filepath.Join(folder, "policies", "dev.json"), strange); err != nil {
		t.Fatal(err)
	}
	whole, own := filepath.Join(folder, "policies/uat.json"), signed(t, "signing", "{}")
	for name, test := range map[string]struct {
		args  []string
		named int
	}{
		"a file of an environment":       {[]string{"policies/dev.json"}, 1},
		"its name from the root on":      {[]string{whole}, 1},
		"all files of three":             {[]string{"policies"}, 1},
		"a solution that needs facts":    {[]string{"policies/dev.json", "--solution", "jwt"}, 1},
		"a file of no environment":       {[]string{"strange.json"}, 0},
		"a token, which is asked before": {[]string{"policies", "--token", own}, 0},
	} {
		_, stderr, _ := runIn(t, folder, append([]string{"fix"}, test.args...)...)
		if got := strings.Count(stderr, "hint: gatewhy matrix --fix\n"); got != test.named {
			t.Errorf("%s: the matrix is named %d times:\n%s", name, got, stderr)
		}
	}
}
