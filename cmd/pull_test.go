package cmd

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/testdata/controlplane"
)

// publicKey is a public key as textKey has it: PEM without its lines.
const publicKey = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt" +
	"6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q=="

// pullFrom pulls from a control plane into the folder estate of dir.
func pullFrom(t *testing.T, plane http.Handler, dir string) (code int, stdout, stderr string) {
	t.Helper()
	server := httptest.NewTLSServer(plane)
	defer server.Close()
	var out, err bytes.Buffer
	code = Main(Env{
		Gateways: everyGateway(),
		Args: []string{
			"pull", filepath.Join(dir, "estate"),
			"--host", strings.TrimPrefix(server.URL, "https://"),
		},
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &err,
		Now:     func() time.Time { return clock },
		Connect: always(server.Client().Transport),
		LookupEnv: environment(map[string]string{
			"ANYPOINT_CLIENT_ID":     controlplane.ClientID,
			"ANYPOINT_CLIENT_SECRET": controlplane.Secret,
		}),
		CacheDir: func() (string, error) { return dir, nil },
	})
	return code, out.String(), err.String()
}

// Whatever the control plane calls its environments, each has files of its own and a name that
// matrix takes.
func TestPullNamesEveryEnvironmentApart(t *testing.T) {
	t.Parallel()
	plane := &controlplane.Plane{}
	for i, name := range []string{
		"Dev", "dev", "DEV!", "日本", "中国", "", "stranger", "null", "<<", "a: b", "a/b", "a-b",
		"../../etc", strings.Repeat("x", 5000), "a\x1b[31m\u202e", "line\nbreak", " # pad ",
	} {
		id := string(rune('a' + i))
		plane.Environments = append(plane.Environments, controlplane.Environment{
			ID: id, Name: name,
			Automated: []any{controlplane.JWT(900+i, "api://all-of-"+id, true)},
			APIs: []controlplane.API{{
				ID: 100 + i, Asset: "../" + name, Technology: "mule4",
				Policies: []any{controlplane.JWT(100+i, "api://orders", true)},
			}},
		})
	}
	dir := t.TempDir()
	for _, want := range []string{"Wrote ", "Nothing changed"} {
		code, stdout, stderr := pullFrom(t, plane, dir)
		if code != exitOK || !strings.Contains(stdout, want) {
			t.Fatalf("exit code %d, want 0 and %q:\n%s%s", code, want, stdout, stderr)
		}
	}
	folders, err := filepath.Glob(filepath.Join(dir, "estate", "*", "automated-policies.json"))
	if err != nil || len(folders) != len(plane.Environments) {
		t.Errorf("%d files of automated policies, want %d: %q, %v",
			len(folders), len(plane.Environments), folders, err)
	}
	config := filepath.Join(dir, "estate", "gatewhy.yaml")
	if code, _, stderr := run(nil, dir, "", "matrix", "-c", config, "-q"); code == exitUsage {
		t.Errorf("matrix does not take the file: %s", stderr)
	}
}

// A public key is no secret, and without it no signature can be checked.
func TestPullKeepsPublicKeys(t *testing.T) {
	t.Parallel()
	plane := &controlplane.Plane{}
	texts := []string{
		publicKey,
		"-----BEGIN PUBLIC KEY-----\n" + publicKey + "\n-----END PUBLIC KEY-----\n",
		"-----BEGIN PUBLIC KEY-----\n" + publicKey + "\n-----END PUBLIC KEY-----\nhunter2",
		"hunter2hunter2hunter2hunter2hunter2", "-----BEGIN PRIVATE KEY-----\nAAAA",
	}
	for i, text := range texts {
		policy := controlplane.JWT(i, "api://orders", true)
		policy["configurationData"].(map[string]any)["textKey"] = text
		plane.Environments = append(plane.Environments, controlplane.Environment{
			ID: string(rune('a' + i)), Name: "E" + string(rune('a'+i)), APIs: []controlplane.API{{
				ID: i, Asset: "orders", Technology: "mule4", Policies: []any{policy},
			}},
		})
	}
	dir := t.TempDir()
	if code, stdout, stderr := pullFrom(t, plane, dir); code != exitOK ||
		!strings.Contains(stdout, "3 secrets") {
		t.Errorf("exit code %d, want 0 and 3 secrets:\n%s%s", code, stdout, stderr)
	}
	for i := range texts {
		name := "e" + string(rune('a'+i))
		files, _ := filepath.Glob(filepath.Join(dir, "estate", name, "*", "policies.json"))
		if len(files) != 1 {
			t.Fatalf("%s has %d files of policies", name, len(files))
		}
		text, err := os.ReadFile(files[0])
		if kept := strings.Contains(string(text), publicKey); err != nil || kept != (i < 2) {
			t.Errorf("textKey %q is kept: %t, %v", texts[i], kept, err)
		}
	}
}

// A password or a key in a URL is a secret, wherever the URL is; the rest of the URL stays.
func TestPullMasksSecretsOfURLs(t *testing.T) {
	t.Parallel()
	policy := controlplane.JWT(1, "api://orders", true)
	configuration := policy["configurationData"].(map[string]any)
	delete(configuration, "textKey")
	configuration["jwksUrl"] = "https://me:hunter2@keys.example/k?v=1&code=hunter2&a=b"
	configuration["urls"] = []any{"https://api.example/?api_key=hunter2", "https://api.example/"}
	plane := &controlplane.Plane{Environments: []controlplane.Environment{{
		ID: "e", Name: "E", APIs: []controlplane.API{{
			ID: 1, Asset: "orders", Technology: "mule4", Policies: []any{policy},
		}},
	}}}
	dir := t.TempDir()
	if code, stdout, stderr := pullFrom(t, plane, dir); code != exitOK ||
		!strings.Contains(stdout, "3 secrets") {
		t.Errorf("exit code %d, want 0 and 3 secrets:\n%s%s", code, stdout, stderr)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "estate", "e", "*", "policies.json"))
	if len(files) != 1 {
		t.Fatalf("%d files of policies", len(files))
	}
	text, err := os.ReadFile(files[0])
	const masked = `"https://me:${secret}@keys.example/k?v=1&code=${secret}&a=b"`
	if err != nil || strings.Contains(string(text), "hunter2") ||
		!strings.Contains(string(text), masked) ||
		!strings.Contains(string(text), `"https://api.example/"`) {
		t.Errorf("%v:\n%s", err, text)
	}
}

// A control plane that repeats what it was sent does not bring the secret into a message.
func TestPullSaysNoSecret(t *testing.T) {
	t.Parallel()
	_, stdout, stderr := pullFrom(t, http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"message": "no app with ` + controlplane.Secret + `"}`))
		}), t.TempDir())
	if said := stdout + stderr; strings.Contains(said, controlplane.Secret) ||
		!strings.Contains(said, "no app with (secret)") {
		t.Errorf("the secret is printed, or no message: %s", said)
	}
}

// What a second run finds that the environments file does not name is said: the file is the
// user's by then, and matrix would go on with the policies of before.
// An automated policy may refuse what the API's own policies let in: without them it is not known
// what gets in, least of all where an API has none of its own.
func TestPullMakesNoColumnWithoutTheAutomatedPolicies(t *testing.T) {
	t.Parallel()
	plane := controlplane.Estate([]string{"Dev", "UAT"}, 1)
	plane.Environments[0].APIs[0].Policies = nil
	dev := plane.Environments[0].ID
	refusing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("environmentId") == dev {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		plane.ServeHTTP(w, r)
	})
	dir := t.TempDir()
	code, stdout, stderr := pullFrom(t, refusing, dir)
	config, err := os.ReadFile(filepath.Join(dir, "estate", "gatewhy.yaml"))
	if code != exitUsage || err != nil || !strings.Contains(stdout, "environments  UAT\n") ||
		!strings.Contains(stderr, "what the gateways of Dev let in is not known") ||
		strings.Contains(string(config), "\n  Dev:") {
		t.Errorf("exit code %d, %v:\n%s%s%s", code, err, stdout, stderr, config)
	}
}

func TestPullSaysWhatItsEnvironmentsFileLacks(t *testing.T) {
	t.Parallel()
	api := controlplane.API{ID: 7, Asset: "orders", Technology: "mule4"}
	plane := &controlplane.Plane{Environments: []controlplane.Environment{
		{ID: "e", Name: "Dev", APIs: []controlplane.API{api}},
	}}
	dir, env := t.TempDir(), &plane.Environments[0]
	if code, stdout, stderr := pullFrom(t, plane, dir); code != exitOK ||
		strings.Contains(stdout, "not in") {
		t.Fatalf("exit code %d, want 0:\n%s%s", code, stdout, stderr)
	}
	env.APIs[0].Policies = []any{controlplane.JWT(1, "api://orders", true)}
	env.Automated = []any{controlplane.JWT(2, "api://orders", true)}
	_, stdout, _ := pullFrom(t, plane, dir)
	said := strings.Join(strings.Fields(stdout), " ")
	for _, want := range []string{
		"Dev: dev/orders-7/policies.json", "Dev: dev/automated-policies.json",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, stdout)
		}
	}
	env.Automated = nil
	if _, stdout, _ := pullFrom(t, plane, dir); !strings.Contains(stdout, "1 changed") {
		t.Errorf("the automated policies that are no more are not told:\n%s", stdout)
	}
}

// The file is the user's, and what was fetched is there.
func TestPullSaysWhatItFetchedThoughTheEnvironmentsFileCannotBeRead(t *testing.T) {
	t.Parallel()
	plane, dir := controlplane.Estate([]string{"Dev"}, 1), t.TempDir()
	pullFrom(t, plane, dir)
	writeFile(t, filepath.Join(dir, "estate", "gatewhy.yaml"), "version: 9\n")
	code, stdout, stderr := pullFrom(t, plane, dir)
	if code != exitUsage || !strings.Contains(stdout, "Nothing changed") ||
		strings.Contains(stdout, "matrix -c") || !strings.Contains(stderr, "version must be 1") {
		t.Errorf("exit code %d, want 2:\n%s%s", code, stdout, stderr)
	}
}

func TestAControlPlaneIsNamedOrAHost(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"eu1.anypoint.mulesoft.com": "eu1.anypoint.mulesoft.com",
		"Plane.Example:8443":        "plane.example:8443",
		"[::1]:8443":                "[::1]:8443",
		"[2001:DB8::1]":             "[2001:db8::1]",
		"192.0.2.1":                 "192.0.2.1",
		"::1":                       "",
		"[::1":                      "",
		"plane":                     "",
		"plane.example:x":           "",
		"plane.example/path":        "",
		"user@plane.example":        "",
	} {
		host, err := controlPlane(text)
		if host != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v, want %q", text, host, err, want)
		}
	}
}
