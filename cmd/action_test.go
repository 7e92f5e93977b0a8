package cmd

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// action is the part of action.yml that is run here.
type action struct {
	Inputs map[string]struct{ Default string }
	Runs   struct {
		Steps []struct {
			Name string
			Env  map[string]string
			Run  string
		}
	}
}

func readAction(t *testing.T) action {
	t.Helper()
	for _, tool := range []string{"bash", "curl", "tar"} {
		if _, err := exec.LookPath(tool); err != nil || runtime.GOOS != "linux" {
			t.Skip("the action's steps need bash, curl and tar, and are run on Linux only")
		}
	}
	text, err := os.ReadFile("../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// run runs the action's scripts one after the other, as the runner does: with its inputs in the
// environment, and what one step puts into GITHUB_PATH and GITHUB_OUTPUT for the next.
func (a *action) run(
	t *testing.T, dir string, inputs map[string]string,
) (output string, err error) {
	t.Helper()
	temp := t.TempDir()
	path, outputs := filepath.Join(temp, "path"), filepath.Join(temp, "output")
	var out strings.Builder
	for _, step := range a.Runs.Steps {
		if step.Run == "" {
			continue
		}
		cmd := exec.Command("bash", "-e", "-c", step.Run)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "RUNNER_OS=Linux", "RUNNER_ARCH="+map[string]string{
			"amd64": "X64", "arm64": "ARM64",
		}[runtime.GOARCH],
			"RUNNER_TEMP="+temp, "GITHUB_PATH="+path, "GITHUB_OUTPUT="+outputs)
		added, _ := os.ReadFile(path) // none is there before the first step
		cmd.Env = append(cmd.Env, "PATH="+strings.TrimSpace(string(added))+":"+os.Getenv("PATH"))
		for name, value := range step.Env {
			cmd.Env = append(cmd.Env, name+"="+a.resolve(value, inputs, outputs))
		}
		text, err := cmd.CombinedOutput()
		out.Write(text)
		if err != nil {
			return out.String(), fmt.Errorf("%s: %w", step.Name, err)
		}
	}
	return out.String(), nil
}

// resolve evaluates the few expressions that the action has.
func (a *action) resolve(value string, inputs map[string]string, outputs string) string {
	name := strings.TrimSuffix(strings.TrimPrefix(value, "${{ "), " }}")
	if input, ok := strings.CutPrefix(name, "inputs."); ok {
		if given, ok := inputs[input]; ok {
			return given
		}
		return a.Inputs[input].Default
	}
	text, _ := os.ReadFile(outputs)
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(
			line, strings.TrimPrefix(name, "steps.lint.outputs.")+"=",
		); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// serveRelease serves a release whose binary is this test, which is gatewhy where it is called so.
func serveRelease(t *testing.T, checksum func([]byte) string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	compressed, err := gzip.NewWriterLevel(&archive, gzip.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	files := tar.NewWriter(compressed)
	if err := files.WriteHeader(
		&tar.Header{Name: "gatewhy", Mode: 0o755, Size: int64(len(binary))},
	); err != nil {
		t.Fatal(err)
	}
	_, err = files.Write(binary)
	for _, close := range []func() error{files.Close, compressed.Close} {
		if closed := close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	name := "gatewhy_0.1.0_linux_" + runtime.GOARCH + ".tar.gz"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v0.1.0/" + name:
			_, _ = w.Write(archive.Bytes())
		case "/v0.1.0/checksums.txt":
			fmt.Fprintf(w, "%s  %s\n", checksum(archive.Bytes()), name)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func sum(text []byte) string { return fmt.Sprintf("%x", sha256.Sum256(text)) }

func policyFolder(t *testing.T, example string) string {
	t.Helper()
	text, err := os.ReadFile("../testdata/rules/any-client-accepted/" + example)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "my policy.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTheActionInstallsLintsAndFailsOnAFinding(t *testing.T) {
	t.Parallel()
	a := readAction(t)
	dir := policyFolder(t, "bad.json")
	output, err := a.run(
		t, dir, map[string]string{"releases": serveRelease(t, sum), "paths": "my policy.json"},
	)
	if err == nil || !strings.Contains(err.Error(), "Result") || !strings.Contains(output,
		"::error file=my policy.json,line=10") {
		t.Fatalf("%v\n%s", err, output)
	}
	sarif, err := os.ReadFile(filepath.Join(dir, "gatewhy.sarif"))
	if err != nil || !strings.Contains(string(sarif), `"any-client-accepted"`) {
		t.Errorf("no SARIF file: %v", err)
	}
}

func TestTheActionReportsTheRestWhereAFileCantBeChecked(t *testing.T) {
	t.Parallel()
	a := readAction(t)
	dir := policyFolder(t, "bad.json")
	output, err := a.run(
		t, dir,
		map[string]string{
			"releases": serveRelease(t, sum), "paths": "my policy.json\nmissing.json",
		},
	)
	if err == nil || !strings.Contains(err.Error(), "Result: exit status 2") {
		t.Errorf("%v", err)
	}
	for _, want := range []string{
		"::error file=my policy.json,line=10",
		"::error file=missing.json,title=not checked::", "gatewhy: error: missing.json",
	} {
		if strings.Count(output, want) != 1 {
			t.Errorf("%q stands %d times in:\n%s", want, strings.Count(output, want), output)
		}
	}
	sarif, err := os.ReadFile(filepath.Join(dir, "gatewhy.sarif"))
	if err != nil || !strings.Contains(string(sarif), `"executionSuccessful": false`) {
		t.Errorf("no SARIF file: %v", err)
	}
}

func TestTheActionFailsAtOnceWhereItIsCalledWrongly(t *testing.T) {
	t.Parallel()
	a := readAction(t)
	inputs := map[string]string{
		"releases": serveRelease(t, sum), "arguments": "--policy-type=jwt-validtion",
	}
	output, err := a.run(t, policyFolder(t, "ok.json"), inputs)
	if err == nil || !strings.Contains(
		err.Error(), "Lint: exit status 2",
	) || !strings.Contains(output,
		"did you mean jwt-validation?") {
		t.Errorf("%v\n%s", err, output)
	}
}

// TestActionsOfOthersArePinned wants of each action that is used the full hash of a commit, with
// its version as a comment: a tag can be moved. A Go program has a version, which can't be.
func TestActionsOfOthersArePinned(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflow: %v", err)
	}
	pinned := regexp.MustCompile(`^[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	for _, file := range append(files, "../action.yml", "../testdata/action/workflow.yml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			_, used, ok := strings.Cut(strings.TrimSpace(line), "uses: ")
			if ok && !strings.HasPrefix(used, "./") && !pinned.MatchString(used) {
				t.Errorf("%s: not pinned: %s", file, used)
			}
			_, run, ok := strings.Cut(line, "go run ")
			if ok && !regexp.MustCompile(`^[\w./-]+@v\d+\.\d+\.\d+ `).MatchString(run) {
				t.Errorf("%s: not pinned: %s", file, run)
			}
		}
	}
}

func TestTheActionPassesWhereNothingIsFound(t *testing.T) {
	t.Parallel()
	a := readAction(t)
	inputs := map[string]string{"releases": serveRelease(t, sum), "arguments": "--gateway=mule\n"}
	if output, err := a.run(t, policyFolder(t, "ok.json"), inputs); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}

func TestTheActionRefusesABinaryWithAnotherChecksum(t *testing.T) {
	t.Parallel()
	a := readAction(t)
	inputs := map[string]string{
		"releases": serveRelease(t, func([]byte) string { return sum(nil) }),
	}
	if output, err := a.run(
		t, policyFolder(t, "ok.json"), inputs,
	); err == nil || !strings.Contains(err.Error(),
		"Install") {
		t.Errorf("%v\n%s", err, output)
	}
}
