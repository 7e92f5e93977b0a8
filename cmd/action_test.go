package cmd

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
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

// actionRun is one run of the action on a runner.
type actionRun struct {
	action
	*buildMachine
	system string // as RUNNER_OS says it
	server string // the GitHub that it runs on
	inputs map[string]string
}

func newActionRun(t *testing.T, m *buildMachine, inputs map[string]string) *actionRun {
	t.Helper()
	r := &actionRun{
		buildMachine: m, system: "Linux", server: "https://github.com", inputs: inputs,
	}
	readYAML(t, "action.yml", &r.action)
	return r
}

// run runs the action's scripts one after the other, as the runner does: with its inputs in the
// environment, and what one step puts into GITHUB_PATH and GITHUB_OUTPUT for the next.
func (r *actionRun) run(t *testing.T, dir string) (output string, err error) {
	t.Helper()
	var out strings.Builder
	for _, step := range r.Runs.Steps {
		if step.Run == "" {
			continue
		}
		added, _ := os.ReadFile(r.file("path")) // none is there before the first step
		path := r.bin
		for line := range strings.Lines(string(added)) {
			path = strings.TrimSuffix(line, "\n") + ":" + path
		}
		env := []string{
			"PATH=" + path, "RUNNER_OS=" + r.system,
			"RUNNER_ARCH=" + map[string]string{"amd64": "X64", "arm64": "ARM64"}[runtime.GOARCH],
			"RUNNER_TEMP=" + r.dir, "GITHUB_SERVER_URL=" + r.server,
			"GITHUB_PATH=" + r.file("path"), "GITHUB_OUTPUT=" + r.file("output"),
		}
		if r.system == "Windows" {
			env = append(env, `RUNNER_TEMP=D:\a b`, `GITHUB_PATH=D:\a b\path`)
		}
		for name, value := range step.Env {
			env = append(env, name+"="+r.resolve(t, value))
		}
		text, err := r.buildMachine.run(
			t, dir, []string{"bash", "--noprofile", "--norc", "-e", "-o", "pipefail"},
			step.Run, env...)
		out.WriteString(text)
		if err != nil {
			return out.String(), fmt.Errorf("%s: %w", step.Name, err)
		}
	}
	return out.String(), nil
}

// file is a file that the runner and the steps share.
func (r *actionRun) file(name string) string { return filepath.Join(r.dir, name) }

// resolve evaluates the few expressions that the action has.
func (r *actionRun) resolve(t *testing.T, value string) string {
	t.Helper()
	name := strings.TrimSuffix(strings.TrimPrefix(value, "${{ "), " }}")
	if name == "github.token" {
		return "the job's token"
	}
	if input, ok := strings.CutPrefix(name, "inputs."); ok {
		if given, ok := r.inputs[input]; ok {
			return given
		}
		known, ok := r.Inputs[input]
		if !ok {
			t.Fatalf("the action has no input %s", input)
		}
		return known.Default
	}
	output, ok := strings.CutPrefix(name, "steps.lint.outputs.")
	if !ok {
		t.Fatalf("an expression that the test does not know: %s", value)
	}
	text, err := os.ReadFile(r.file("output"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, output+"="); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// runAction runs the action on a Linux runner with a release that is as it was published.
func runAction(
	t *testing.T, dir string, inputs map[string]string,
) (output string, err error) {
	t.Helper()
	m := newMachine(t)
	inputs["releases"] = serve(t, newPublished(t, "linux"))
	return newActionRun(t, m, inputs).run(t, dir)
}

func TestTheActionInstallsLintsAndFailsOnAFinding(t *testing.T) {
	t.Parallel()
	dir := policyFolder(t, "bad.json")
	output, err := runAction(t, dir, map[string]string{"paths": "my policy.json"})
	if err == nil || !strings.Contains(err.Error(), "Result: exit status 1") ||
		!strings.Contains(output, "::error file=my policy.json,line=11") {
		t.Fatalf("%v\n%s", err, output)
	}
	sarif, err := os.ReadFile(filepath.Join(dir, "gatewhy.sarif"))
	if err != nil || !strings.Contains(string(sarif), `"any-client-accepted"`) {
		t.Errorf("no SARIF file: %v", err)
	}
}

func TestTheActionReportsTheRestWhereAFileCantBeChecked(t *testing.T) {
	t.Parallel()
	dir := policyFolder(t, "bad.json")
	output, err := runAction(
		t, dir, map[string]string{"paths": "my policy.json\nmissing.json"},
	)
	if err == nil || !strings.Contains(err.Error(), "Result: exit status 2") {
		t.Errorf("%v", err)
	}
	for _, want := range []string{
		"::error file=my policy.json,line=11,endLine=11,col=25,endColumn=30," +
			"title=any-client-accepted",
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
	inputs := map[string]string{"arguments": "--policy-type=jwt-validtion"}
	output, err := runAction(t, policyFolder(t, "ok.json"), inputs)
	if err == nil || !strings.Contains(err.Error(), "Lint: exit status 2") ||
		!strings.Contains(output, "did you mean jwt-validation?") {
		t.Errorf("%v\n%s", err, output)
	}
}

func TestTheActionPassesWhereNothingIsFound(t *testing.T) {
	t.Parallel()
	inputs := map[string]string{"arguments": "--gateway=mule\n"}
	output, err := runAction(t, policyFolder(t, "ok.json"), inputs)
	if err != nil || !strings.Contains(output, "::notice::the checksum of gatewhy is right; its "+
		"provenance was not verified: gh is not installed") {
		t.Errorf("%v\n%s", err, output)
	}
}

func TestTheActionInstallsOnlyWhatTheReleaseHas(t *testing.T) {
	t.Parallel()
	for _, download := range downloads {
		t.Run(download.name, func(t *testing.T) {
			t.Parallel()
			p := newPublished(t, "linux")
			download.change(p)
			r := newActionRun(t, newMachine(t), map[string]string{
				"releases": serve(t, p), "version": download.version,
			})
			output, err := r.run(t, policyFolder(t, "ok.json"))
			switch {
			case download.installs && err != nil:
				t.Errorf("%v\n%s", err, output)
			case download.installs:
			case err == nil || !strings.Contains(err.Error(), "Install gatewhy: exit status 2"),
				!strings.Contains(output, "::error::"), !strings.Contains(output, download.says):
				t.Errorf("%v\n%s", err, output)
			}
			_, err = os.Stat(filepath.Join(r.dir, "gatewhy", "gatewhy"))
			if download.installs != (err == nil) {
				t.Errorf("unpacked: %v", err)
			}
		})
	}
}

func TestTheActionVerifiesTheProvenance(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	calls := m.gh(t, 0)
	inputs := map[string]string{"releases": serve(t, newPublished(t, "linux"))}
	output, err := newActionRun(t, m, inputs).run(t, policyFolder(t, "ok.json"))
	verified := "github.com attestation verify " + archiveOf("linux") +
		" --repo gatewhy/gatewhy\n"
	if err != nil || !strings.HasSuffix(calls(), verified) ||
		strings.Contains(output, "not verified") {
		t.Errorf("%v\n%s%s", err, calls(), output)
	}
}

func TestTheActionFailsWhereTheProvenanceIsNotTheProjects(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.gh(t, 1)
	r := newActionRun(t, m, map[string]string{"releases": serve(t, newPublished(t, "linux"))})
	output, err := r.run(t, policyFolder(t, "ok.json"))
	if err == nil || !strings.Contains(err.Error(), "Install gatewhy: exit status 2") ||
		!strings.Contains(output, "::error::the provenance of "+archiveOf("linux")) {
		t.Errorf("%v\n%s", err, output)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "gatewhy", "gatewhy")); err == nil {
		t.Error("it was unpacked")
	}
}

// The token of a GitHub Enterprise server is none for github.com, and is not sent there.
func TestTheActionSaysWhyItDoesNotVerifyTheProvenance(t *testing.T) {
	t.Parallel()
	for _, runner := range []struct {
		name, server, gh, says string
	}{
		{"another server", "https://github.example", "", "gh has no token for github.com"},
		{
			"an old gh", "https://github.com", "echo 'USAGE: gh <command>'",
			"this gh can't verify attestations",
		},
	} {
		t.Run(runner.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			calls := m.gh(t, 1)
			if runner.gh != "" {
				m.standIn(t, "gh", runner.gh)
			}
			inputs := map[string]string{"releases": serve(t, newPublished(t, "linux"))}
			r := newActionRun(t, m, inputs)
			r.server = runner.server
			output, err := r.run(t, policyFolder(t, "ok.json"))
			if err != nil || !strings.Contains(output, "not verified: "+runner.says) ||
				strings.Contains(calls(), "--repo") {
				t.Errorf("%v\n%s%s", err, calls(), output)
			}
		})
	}
}

// A runner with macOS has shasum, which Perl brings, and neither sha256sum nor GNU tools.
func TestTheActionNeedsNoGNUTools(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	sha256sum := filepath.Join(m.dir, "sha256sum")
	if err := os.Rename(filepath.Join(m.bin, "sha256sum"), sha256sum); err != nil {
		t.Fatal(err)
	}
	m.standIn(t, "shasum", "[ \"$*\" = '-a 256' ] && exec '"+sha256sum+"'\n")
	p := newPublished(t, "darwin")
	r := newActionRun(t, m, map[string]string{"releases": serve(t, p)})
	r.system = "macOS"
	if output, err := r.run(t, policyFolder(t, "ok.json")); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
	p[archiveOf("darwin")][20] ^= 1
	output, err := r.run(t, policyFolder(t, "ok.json"))
	if err == nil || !strings.Contains(output, "has another checksum than its release") {
		t.Errorf("%v\n%s", err, output)
	}
}

// On Windows the steps run in Git Bash: its cygpath stands between the runner's paths, with
// backslashes and a drive, and those of the shell.
func TestTheActionInstallsInGitBash(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.gitBash(t)
	r := newActionRun(t, m, map[string]string{"releases": serve(t, newPublished(t, "windows"))})
	r.system, r.Runs.Steps = "Windows", r.Runs.Steps[:1]
	output, err := r.run(t, t.TempDir())
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	path, err := os.ReadFile(r.file("path"))
	if err != nil || string(path) != "D:\\a b\\gatewhy\n" {
		t.Errorf("%v: GITHUB_PATH is %q", err, path)
	}
	if _, err := os.Stat(filepath.Join(m.dir, "gatewhy", "gatewhy.exe")); err != nil {
		t.Error(err)
	}
}

func TestTheActionSaysForWhichRunnersThereIsNoRelease(t *testing.T) {
	t.Parallel()
	r := newActionRun(t, newMachine(t), nil)
	r.system = "Plan 9"
	output, err := r.run(t, t.TempDir())
	if err == nil || !strings.Contains(output, "::error::gatewhy has no release for Plan 9") {
		t.Errorf("%v\n%s", err, output)
	}
}

func TestTheActionDownloadsThroughAProxy(t *testing.T) {
	t.Parallel()
	m, p, asked := newMachine(t), newPublished(t, "linux"), ""
	proxy := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked += r.Host + "\n"
		p.ServeHTTP(w, r)
	}))
	m.env = append(m.env, "http_proxy="+proxy)
	r := newActionRun(t, m, map[string]string{"releases": "http://releases.example"})
	output, err := r.run(t, policyFolder(t, "ok.json"))
	if err != nil || asked != "releases.example\nreleases.example\n" {
		t.Errorf("%v: the proxy was asked for %q\n%s", err, asked, output)
	}
}

// What stands in an input is a value, never a part of a script.
func TestTheActionsInputsAreNeverCode(t *testing.T) {
	t.Parallel()
	dir, trap := policyFolder(t, "ok.json"), `$(: > trap)"; : > trap; '`+"`: > trap`"
	for _, input := range []string{"paths", "arguments", "fail-on", "version", "releases"} {
		inputs := map[string]string{"releases": serve(t, newPublished(t, "linux"))}
		inputs[input] = trap
		if output, err := newActionRun(t, newMachine(t), inputs).run(t, dir); err == nil {
			t.Errorf("%s\n%s", input, output)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "trap")); err == nil {
		t.Error("an input was run")
	}
	var a action
	readYAML(t, "action.yml", &a)
	for _, step := range a.Runs.Steps {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("%s has an expression in its script", step.Name)
		}
	}
}

// TestActionsOfOthersArePinned wants of each action that is used the full hash of a commit, with
// its version as a comment: a tag can be moved. A Go program has a version, which can't be, or is
// of this repository.
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
			versioned := regexp.MustCompile(`^[\w./-]+@v\d+\.\d+\.\d+ `)
			if ok && !strings.HasPrefix(run, "./") && !versioned.MatchString(run) {
				t.Errorf("%s: not pinned: %s", file, run)
			}
		}
	}
}
