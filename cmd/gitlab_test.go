package cmd

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const gitlabComponent = "templates/lint.yml"

// gitlabJob is the part of a job that the component has. GitLab refuses unknown members, and so
// does the test.
type gitlabJob struct {
	Stage     string
	Image     string
	Variables map[string]struct {
		Value  string
		Expand bool
	}
	BeforeScript []string `yaml:"before_script"`
	Script       []string
	Artifacts    struct {
		When    string
		Reports map[string]string
	}
}

type gitlabInput struct {
	Description string
	Default     string
	Options     []string
}

var gitlabInputs = regexp.MustCompile(`\$\[\[ *inputs\.([a-z-]+) *\]\]`)

// gitlabTemplate is the component's specification and its job, as a text.
func gitlabTemplate(t *testing.T) (inputs map[string]gitlabInput, job string) {
	t.Helper()
	text, err := os.ReadFile("../" + gitlabComponent)
	if err != nil {
		t.Fatal(err)
	}
	header, job, found := strings.Cut(string(text), "\n---\n")
	var spec struct {
		Spec struct{ Inputs map[string]gitlabInput }
	}
	if err := strictYAML(header, &spec); err != nil || !found {
		t.Fatalf("no specification: %v", err)
	}
	return spec.Spec.Inputs, job
}

func strictYAML(text string, into any) error {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	return decoder.Decode(into)
}

// gitlabJobOf makes the job as GitLab does: it puts the inputs into the text before it reads the
// text as YAML.
func gitlabJobOf(t *testing.T, given map[string]string) gitlabJob {
	t.Helper()
	inputs, text := gitlabTemplate(t)
	text = gitlabInputs.ReplaceAllStringFunc(text, func(block string) string {
		name := gitlabInputs.FindStringSubmatch(block)[1]
		if _, ok := inputs[name]; !ok {
			t.Fatalf("the component has no input %s", name)
		}
		if value, ok := given[name]; ok {
			return value
		}
		return inputs[name].Default
	})
	var jobs map[string]gitlabJob
	if err := strictYAML(text, &jobs); err != nil || len(jobs) != 1 {
		t.Fatalf("%d jobs: %v\n%s", len(jobs), err, text)
	}
	return jobs["gatewhy-lint"]
}

// runGitLab runs the job as GitLab's runner does: before_script and script in one shell, with the
// variables as its environment.
func runGitLab(
	t *testing.T, m *buildMachine, shell []string, dir string, inputs map[string]string,
) (output string, err error) {
	t.Helper()
	job := gitlabJobOf(t, inputs)
	env := []string{"TMPDIR=" + m.dir}
	for name, variable := range job.Variables {
		if variable.Expand {
			t.Errorf("GitLab would replace $NAME in %s", name)
		}
		env = append(env, name+"="+variable.Value)
	}
	script := strings.Join(append(job.BeforeScript, job.Script...), "\n")
	return m.run(t, dir, shell, script, env...)
}

// gitlabShells are those that GitLab's runner takes, the first that an image has.
var gitlabShells = map[string][]string{
	"bash": {"bash", "-eo", "pipefail"}, "sh": {"sh", "-e"},
}

func TestTheGitLabComponentReportsFindings(t *testing.T) {
	t.Parallel()
	for name, shell := range gitlabShells {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := policyFolder(t, "bad.json")
			output, err := runGitLab(t, newMachine(t), shell, dir, map[string]string{
				"releases": serve(t, newPublished(t, "linux")),
				"paths":    `'my policy.json' "missing.json"`,
			})
			if err == nil || err.Error() != "exit status 2" ||
				!strings.Contains(output, "my policy.json:11:25: error: ") ||
				strings.Count(output, "gatewhy: error: missing.json") != 1 {
				t.Errorf("%v\n%s", err, output)
			}
			job := gitlabJobOf(t, nil)
			text, err := os.ReadFile(filepath.Join(dir, job.Artifacts.Reports["codequality"]))
			if err != nil || job.Artifacts.When != "always" {
				t.Fatalf("the report is kept %q: %v", job.Artifacts.When, err)
			}
			var issues []struct{ Location struct{ Path string } }
			if err := json.Unmarshal(text, &issues); err != nil || len(issues) < 2 ||
				issues[0].Location.Path != "my policy.json" {
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
}

func TestTheGitLabComponentPassesWhereNothingIsFound(t *testing.T) {
	t.Parallel()
	for name, shell := range gitlabShells {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := policyFolder(t, "ok.json")
			output, err := runGitLab(t, newMachine(t), shell, dir, map[string]string{
				"releases": serve(t, newPublished(t, "linux")), "fail-on": "note",
				"arguments": "--gateway mule --exclude 'holders-not-shown'",
			})
			text, missing := os.ReadFile(filepath.Join(dir, "gl-code-quality-report.json"))
			if err != nil || missing != nil || string(text) != "[]\n" {
				t.Errorf("%v\n%s%s", err, output, text)
			}
		})
	}
}

func TestTheGitLabComponentFailsAtOnceWhereItIsCalledWrongly(t *testing.T) {
	t.Parallel()
	output, err := runGitLab(t, newMachine(t), gitlabShells["sh"], policyFolder(t, "ok.json"),
		map[string]string{
			"releases":  serve(t, newPublished(t, "linux")),
			"arguments": "--policy-type=jwt-validtion",
		})
	if err == nil || strings.Count(output, "did you mean jwt-validation?") != 1 {
		t.Errorf("%v\n%s", err, output)
	}
}

func TestTheGitLabComponentInstallsOnlyWhatTheReleaseHas(t *testing.T) {
	t.Parallel()
	for _, download := range downloads {
		t.Run(download.name, func(t *testing.T) {
			t.Parallel()
			p, m := newPublished(t, "linux"), newMachine(t)
			download.change(p)
			output, err := runGitLab(t, m, gitlabShells["sh"], policyFolder(t, "ok.json"),
				map[string]string{"releases": serve(t, p), "version": download.version})
			if download.installs != (err == nil) || !strings.Contains(output, download.says) {
				t.Errorf("%v\n%s", err, output)
			}
			unpacked, err := filepath.Glob(filepath.Join(m.dir, "*", "gatewhy"))
			if err != nil || download.installs != (len(unpacked) == 1) {
				t.Errorf("unpacked: %q, %v", unpacked, err)
			}
		})
	}
}

func TestTheGitLabComponentVerifiesTheProvenance(t *testing.T) {
	t.Parallel()
	for code, installs := range map[int]bool{0: true, 1: false} {
		m := newMachine(t)
		m.env = append(m.env, "GH_TOKEN=a token")
		calls := m.gh(t, code)
		output, err := runGitLab(t, m, gitlabShells["sh"], policyFolder(t, "ok.json"),
			map[string]string{"releases": serve(t, newPublished(t, "linux"))})
		if installs != (err == nil) || !strings.Contains(calls(), "--repo gatewhy/gatewhy") {
			t.Errorf("%v\n%s", err, output)
		}
	}
}

// Inputs reach the shell as variables. None stands in the script, and the words in one are not
// read as code.
func TestTheGitLabComponentsInputsAreNeverCode(t *testing.T) {
	t.Parallel()
	inputs, text := gitlabTemplate(t)
	_, script, _ := strings.Cut(text, "before_script:")
	if gitlabInputs.MatchString(script) {
		t.Error("an input stands in the script")
	}
	for name, input := range inputs {
		if input.Description == "" {
			t.Errorf("%s is not described", name)
		}
	}
	dir := policyFolder(t, "ok.json")
	for _, name := range []string{"paths", "arguments", "fail-on", "version", "releases"} {
		given := map[string]string{"releases": serve(t, newPublished(t, "linux"))}
		given[name] = `$(: > trap)"; : > trap; '` + "`: > trap`" + ` # $PATH`
		output, err := runGitLab(t, newMachine(t), gitlabShells["sh"], dir, given)
		if err == nil {
			t.Errorf("%s\n%s", name, output)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "trap")); err == nil {
		t.Error("an input was run")
	}
}

// installations are the scripts that install gatewhy on a build service.
func installations(t *testing.T) map[string]string {
	t.Helper()
	var a action
	readYAML(t, "action.yml", &a)
	return map[string]string{
		"action.yml":    a.Runs.Steps[0].Run,
		gitlabComponent: strings.Join(gitlabJobOf(t, nil).BeforeScript, "\n"),
		azureTemplate:   readAzure(t).Steps[0].Bash,
	}
}

func TestEveryBuildServiceInstallsAlike(t *testing.T) {
	t.Parallel()
	var parts []string
	scripts := installations(t)
	for _, name := range slices.Sorted(maps.Keys(scripts)) {
		_, part, begins := strings.Cut(scripts[name], "# what follows is the same wherever")
		part, _, ends := strings.Cut(part, "# up to here\n")
		if !begins || !ends || len(part) < 1000 {
			t.Fatalf("%s does not mark the part that is the same", name)
		}
		if parts = append(parts, part); part != parts[0] {
			t.Errorf("%s installs in another way:\n%s", name, part)
		}
	}
}
