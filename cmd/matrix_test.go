package cmd

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

var update = flag.Bool("update", false,
	"write the golden files anew; read the difference before you commit it")

const estates = "../testdata/environments"

// runIn runs the program in a folder, and returns what it prints and its exit code.
func runIn(t *testing.T, folder string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(Env{
		Gateways: everyGateway(),
		Args:     args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Dir: folder,
		Now:       func() time.Time { return clock },
		LookupEnv: func(string) (string, bool) { return "", false },
		CacheDir:  func() (string, error) { return t.TempDir(), nil },
		Terminal:  Terminal{UTF8: true, Width: 100},
	})
	return out.String(), errs.String(), code
}

// TestEstates runs the article's estate under each of its policies. Each folder holds what a
// reader can run: gatewhy matrix --fix -c testdata/environments/NAME/gatewhy.yaml; want.txt is
// what it prints.
func TestEstates(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob(estates + "/*/gatewhy.yaml")
	if err != nil || len(folders) != 22 {
		t.Fatalf("%d estates, want 22: %v", len(folders), err)
	}
	for _, config := range folders {
		folder := filepath.Dir(config)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			stdout, stderr, code := runIn(t, folder, "matrix", "--fix", "--offline")
			got := fmt.Sprintf("%s%sexit code %d\n", stdout, stderr, code)
			golden := filepath.Join(folder, "want.txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// grid is the outcome of each kind of hole in an estate.
type grid struct {
	Code                                   int
	Replay, Issuance, CrossTenant, LockOut bool
}

// TestWhatTheArticlesSolutionsClose is the estates in one table.
func TestWhatTheArticlesSolutionsClose(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, estate string
		want         grid
	}{
		{"the OIDC policy as it is lets nobody in", "oidc-strict", grid{Code: 1, LockOut: true}},
		{
			"with the client id skipped it lets everybody in", "oidc-skipped",
			grid{Code: 1, Replay: true, Issuance: true, CrossTenant: true},
		},
		{"solution A closes all on v1.0 tokens", "solution-a-v1", grid{}},
		{"and locks out every v2.0 token", "solution-a-v2", grid{Code: 1, LockOut: true}},
		{
			"solution B closes the replay, and neither of the others", "solution-b",
			grid{Code: 1, Issuance: true, CrossTenant: true},
		},
		{
			"and locks out every daemon", "solution-b-daemons",
			grid{Code: 1, Issuance: true, CrossTenant: true, LockOut: true},
		},
		{"solution A in the form of v2.0 tokens closes all", "solution-a-right", grid{}},
		{"so does a role that only the own clients hold", "roles", grid{}},

		{
			"on Istio, one slash too few lets nobody in", "istio-one-slash",
			grid{Code: 1, LockOut: true},
		},
		{
			"keys without an issuer and an audience let everybody in", "istio-any-token",
			grid{Code: 1, Replay: true, Issuance: true, CrossTenant: true},
		},
		{"solution A closes all on v1.0 tokens", "istio-solution-a-v1", grid{}},
		{
			"and locks out every v2.0 token", "istio-solution-a-v2",
			grid{Code: 1, LockOut: true},
		},
		{
			"solution B closes the replay, and neither of the others", "istio-solution-b",
			grid{Code: 1, Issuance: true, CrossTenant: true},
		},
		{
			"and locks out every daemon", "istio-solution-b-daemons",
			grid{Code: 1, Issuance: true, CrossTenant: true, LockOut: true},
		},
		{
			"solution A in the form of v2.0 tokens closes all", "istio-solution-a-right",
			grid{},
		},
		{"so does a role that only the own clients hold", "istio-roles", grid{}},

		{
			"OAuth2 Proxy closes all but that any client of the tenant gets in", "oauth2-proxy",
			grid{Code: 1, Issuance: true},
		},
		{
			"on Envoy Gateway, keys alone let everybody in", "envoy-gateway-any-token",
			grid{Code: 1, Replay: true, Issuance: true, CrossTenant: true},
		},
		{"solution A closes all on v1.0 tokens", "envoy-gateway-solution-a-v1", grid{}},
		{
			"and locks out every v2.0 token", "envoy-gateway-solution-a-v2",
			grid{Code: 1, LockOut: true},
		},
		{
			"solution A in the form of v2.0 tokens closes all", "envoy-gateway-solution-a-right",
			grid{},
		},
		{"so does a role that only the own clients hold", "envoy-gateway-roles", grid{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			stdout, stderr, code := runIn(t, filepath.Join(estates, test.estate), "matrix", "-o",
				"json")
			var out struct{ Findings []struct{ Rule string } }
			if err := json.Unmarshal([]byte(stdout), &out); err != nil {
				t.Fatalf("%v: %s", err, stderr)
			}
			got := grid{Code: code}
			for _, f := range out.Findings {
				switch f.Rule {
				case "cross-environment-replay":
					got.Replay = true
				case "cross-environment-issuance":
					got.Issuance = true
				case "cross-tenant-acceptance":
					got.CrossTenant = true
				case "environment-locked-out":
					got.LockOut = true
				default:
					t.Errorf("an unknown finding: %s", f.Rule)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMatrixJSONIsAsPublished(t *testing.T) {
	t.Parallel()
	all, err := filepath.Glob(estates + "/*")
	if err != nil || len(all) == 0 {
		t.Fatalf("no estates: %v", err)
	}
	for _, estate := range all {
		stdout, stderr, _ := runIn(t, estate, "matrix", "--fix", "-o", "json")
		if err := asPublished("matrix", stdout); err != nil {
			t.Errorf("%s: %v: %s", estate, err, stderr)
		}
	}
}

// TestWhatIsProposedIsWhatComesOfIt writes the files that --fix proposes, and runs the estate
// again.
func TestWhatIsProposedIsWhatComesOfIt(t *testing.T) {
	t.Parallel()
	for _, estate := range []string{
		"oidc-strict", "oidc-skipped", "solution-a-v2", "solution-b",
		"solution-b-daemons",
	} {
		folder := t.TempDir()
		if err := os.CopyFS(folder, os.DirFS(filepath.Join(estates, estate))); err != nil {
			t.Fatal(err)
		}
		var proposed struct {
			Fix struct {
				Repairs []struct {
					Files []struct{ File, Text string }
				}
				Cells json.RawMessage `json:"cells_after"`
			}
		}
		decodeMatrix(t, folder, &proposed, "--fix")
		if len(proposed.Fix.Repairs) == 0 {
			t.Fatalf("%s: nothing is proposed", estate)
		}
		for _, r := range proposed.Fix.Repairs {
			for _, f := range r.Files {
				if err := os.WriteFile(
					filepath.Join(folder, f.File), []byte(f.Text), 0o600,
				); err != nil {
					t.Fatal(err)
				}
			}
		}
		var after struct{ Cells json.RawMessage }
		decodeMatrix(t, folder, &after)
		if diff := cmp.Diff(compact(t, proposed.Fix.Cells), compact(t, after.Cells)); diff != "" {
			t.Errorf("%s: (-promised +got):\n%s", estate, diff)
		}
	}
}

func TestWhatIsProposedCanBeWritten(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(estates, "oidc-skipped"))); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := runIn(t, folder, "matrix", "--offline", "--fix", "--write")
	if code != exitOK || !strings.Contains(stdout, "written to policies/dev.json, policies/test") {
		t.Fatalf("exit code %d, %s%s", code, stdout, stderr)
	}
	if stdout, _, code := runIn(t, folder, "matrix", "--offline"); code != exitOK {
		t.Errorf("what was written is not right: exit code %d, %s", code, stdout)
	}
	if _, stderr, code := runIn(t, folder, "matrix", "--write"); code != exitUsage ||
		!strings.Contains(stderr, "pass --fix too") {
		t.Errorf("--write alone: exit code %d, %s", code, stderr)
	}
}

// The exit code is that of the files as they are now, and so is the only line of -q.
func TestTheAnswerAfterAChangeThatWasWrittenIsThatOfTheChange(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(estates, "oidc-skipped"))); err != nil {
		t.Fatal(err)
	}
	quiet := []string{"matrix", "--offline", "-q"}
	for _, test := range []struct {
		args   []string
		code   int
		answer string
	}{
		{[]string{"--fix"}, exitRejected, "21 of 24 cells are wrong."},
		{[]string{"--fix", "--write"}, exitOK, "Every cell is right: "},
		{nil, exitOK, "Every cell is right: "},
	} {
		stdout, stderr, code := runIn(t, folder, append(quiet, test.args...)...)
		if code != test.code || !strings.HasPrefix(stdout, test.answer) {
			t.Errorf("%s: exit code %d, %s%s", test.args, code, stdout, stderr)
		}
	}
}

// Of three files that are changed together, none is where one of them can't be.
func TestNoFileIsWrittenWhereOneCantBe(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	estate := os.DirFS(filepath.Join(estates, "oidc-skipped"))
	if err := os.CopyFS(folder, estate); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(folder, "policies", "uat.json"), 0o400); err != nil {
		t.Fatal(err)
	}
	_, stderr, code := runIn(t, folder, "matrix", "--offline", "--fix", "--write")
	if code != exitUsage || !strings.Contains(stderr, "policies/uat.json: can't be written") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	for _, name := range []string{"dev", "test", "uat"} {
		name = "policies/" + name + ".json"
		before, err := fs.ReadFile(estate, name)
		if err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s was changed: %v", name, err)
		}
	}
}

// One file for two environments can't have the audience of each, and a change for one of them
// reaches the other.
func TestAFileThatEnvironmentsShareIsNotWrittenForOneOfThem(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ estate, keeps, shared string }{
		// each needs another change
		{"oidc-skipped", "policies/test.json", "policies/dev.json"},
		// nothing that helps one is found
		{"solution-b", "policies/dev.json", "policies/test.json"},
	} {
		t.Run(test.estate, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			estate := os.DirFS(filepath.Join(estates, test.estate))
			if err := os.CopyFS(folder, estate); err != nil {
				t.Fatal(err)
			}
			name := filepath.Join(folder, "gatewhy.yaml")
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text = bytes.ReplaceAll(text, []byte(test.keeps), []byte(test.shared))
			if err := os.WriteFile(name, text, 0o600); err != nil {
				t.Fatal(err)
			}
			checkNotWritten(t, folder, filepath.Join(folder, test.shared))
		})
	}
}

// Where each environment has an API instance of its own in a file that they share, the changes for
// all of them are written into it, in whichever order they stand there.
func TestAFileOfSeveralInstancesIsWrittenForEachOfThem(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(estates)); err != nil {
		t.Fatal(err)
	}
	folder = filepath.Join(folder, "envoy-gateway-any-token")
	config := string(readFile(t, filepath.Join(folder, "gatewhy.yaml")))
	var all []string
	for _, name := range []string{"uat", "dev", "test"} {
		policy := string(readFile(t, filepath.Join(folder, "policies", name+".yaml")))
		all = append(all, strings.NewReplacer(
			"name: entra\n  namespace", "name: "+name+"\n  namespace",
			"name: api\n", "name: "+name+"\n",
		).Replace(policy))
		config = strings.Replace(config, "policies: [policies/"+name+".yaml]",
			"policies: [policies/all.yaml]\n    instance: orders/"+name, 1)
	}
	writeFile(t, filepath.Join(folder, "policies", "all.yaml"), strings.Join(all, "---\n"))
	writeFile(t, filepath.Join(folder, "gatewhy.yaml"), config)
	stdout, stderr, code := runIn(t, folder, "matrix", "--offline", "--fix", "--write")
	if code != exitOK || !strings.Contains(stdout, "written to policies/all.yaml") {
		t.Fatalf("exit code %d, %s%s", code, stdout, stderr)
	}
	if stdout, _, code := runIn(t, folder, "matrix", "--offline"); code != exitOK {
		t.Errorf("what was written is not right: exit code %d, %s", code, stdout)
	}
}

// checkNotWritten checks that the file that environments share stays as it is, and that the way on
// says why.
func checkNotWritten(t *testing.T, folder, file string) {
	t.Helper()
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, stderr, code := runIn(t, folder, "matrix", "--offline", "--fix", "--write")
	if code != exitUsage || !strings.Contains(stderr, "share the file") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	after, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed: %v", err)
	}
	for format, way := range map[string]string{
		"text": "Give each environment a file of its own", "markdown": "",
	} {
		stdout, _, _ := runIn(t, folder, "matrix", "--offline", "--fix", "-o", format)
		const taken = "This is with a file of its own for each environment"
		if !strings.Contains(stdout, taken) || !strings.Contains(stdout, way) {
			t.Errorf("%s: what the grid is, or the way on, is missing: %s", format, stdout)
		}
	}
}

func decodeMatrix(t *testing.T, folder string, into any, flags ...string) {
	t.Helper()
	stdout, stderr, _ := runIn(
		t, folder, append([]string{"matrix", "--offline", "-o", "json"}, flags...)...,
	)
	if err := json.Unmarshal([]byte(stdout), into); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
}

// compact writes JSON one item a line, whatever its indentation was.
func compact(t *testing.T, text json.RawMessage) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", ""); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Tokens of one cloud are not verified with the keys of another. Where the environments file names
// no cloud, its tenant is in the one whose keys the policies have.
func TestACloudThatNobodyNamesIsThatOfTheKeys(t *testing.T) {
	t.Parallel()
	const file = "version: 1\ntenant: " + mint.Tenant + `
environments:
  dev: {policies: [dev.json], api: [dev-app.json]}
  uat: {policies: [uat.json], api: [uat-app.json]}
`
	folder := t.TempDir()
	for name, id := range map[string]string{
		"dev": "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94",
		"uat": "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f95",
	} {
		writeFile(t, filepath.Join(folder, name+".json"), `{"assetId": "jwt-validation",
"assetVersion": "1.4.0", "configurationData": {"signingMethod": "rsa", "signingKeyLength": 256,
"jwtKeyOrigin": "jwks", "skipClientIdValidation": true, "validateAudClaim": true,
"jwksUrl": "https://login.microsoftonline.us/`+mint.Tenant+`/discovery/v2.0/keys",
"mandatoryAudClaim": true, "mandatoryExpClaim": true, "supportedAudiences": "`+id+`"}}`)
		writeFile(t, filepath.Join(folder, name+"-app.json"), `{"appId": "`+id+`",
"displayName": "`+name+`", "identifierUris": [], "appRoles": [],
"api": {"requestedAccessTokenVersion": 2, "oauth2PermissionScopes": []}}`)
	}
	writeFile(t, filepath.Join(folder, "none.yaml"), file)
	writeFile(t, filepath.Join(folder, "usgov.yaml"), "cloud: usgov\n"+file)
	grid := func(config string) string {
		stdout, stderr, code := runIn(t, folder, "matrix", "-c", config, "--offline")
		if code != exitRejected || !strings.Contains(stdout, "4 of these 8 cells are wrong") {
			t.Errorf("%s: exit code %d:\n%s%s", config, code, stdout, stderr)
		}
		return strings.ReplaceAll(stdout, config, "")
	}
	if none, usgov := grid("none.yaml"), grid("usgov.yaml"); none != usgov {
		t.Errorf("%s\nwith the cloud:\n%s", none, usgov)
	}
	token := newNextWorld(t).token("v2", `{"aud": "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94"}`, 0)
	writeFile(t, filepath.Join(folder, "token.jwt"), token)
	for _, args := range [][]string{
		{"explain", "@token.jwt", "--env", "dev", "-c", "none.yaml"},
		{"scan", "token.jwt", "--env", "dev", "-c", "none.yaml"},
	} {
		_, stderr, _ := runIn(t, folder, args...)
		if !strings.Contains(stderr, "https://login.microsoftonline.us/") {
			t.Errorf("%s asks another cloud for keys: %s", args[0], stderr)
		}
	}
}
