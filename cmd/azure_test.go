package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

const azureTemplate = ".azure-pipelines/lint.yml"

// azureSteps is the part of a template that this one has.
type azureSteps struct {
	Parameters []struct {
		Name, DisplayName, Type, Default string
		Values                           []string
	}
	Steps []struct {
		Bash, Task, DisplayName, Condition string
		Env, Inputs                        map[string]string
	}
}

func readAzure(t *testing.T) (a azureSteps) {
	t.Helper()
	text, err := os.ReadFile("../" + azureTemplate)
	if err == nil {
		// the names are in camel case, which the decoder is not told for each
		err = strictYAML(strings.ReplaceAll(string(text), "displayName:", "displayname:"), &a)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// azureAgent is an agent with the template's steps.
type azureAgent struct {
	azureSteps
	*buildMachine
	system     string // as AGENT_OS says it
	parameters map[string]string
	published  string // the file that is published; empty for none
	artifact   string
}

func newAzureAgent(t *testing.T, parameters map[string]string) *azureAgent {
	t.Helper()
	return &azureAgent{
		azureSteps: readAzure(t), buildMachine: newMachine(t), system: "Linux",
		parameters: parameters,
	}
}

var (
	azureParameter = regexp.MustCompile(`^\$\{\{ parameters\.(\w+) \}\}$`)
	azurePath      = regexp.MustCompile(`(?m)^##vso\[task\.prependpath\](.*)$`)
	azureVariable  = regexp.MustCompile(`(?m)^##vso\[task\.setvariable variable=(\w+)\](.*)$`)
)

// run runs the steps as an agent does, with what they tell it by logging commands. It publishes
// where a step has failed too, if the condition says so.
func (a *azureAgent) run(t *testing.T, dir string) (output string, failed error) {
	t.Helper()
	path, variables := a.bin, map[string]string{}
	for _, step := range a.Steps {
		if step.Task != "" {
			a.publish(t, step.Task, step.Condition, step.Inputs, variables)
			continue
		}
		if failed != nil {
			continue
		}
		env := []string{
			"PATH=" + path, "AGENT_OS=" + a.system, "AGENT_TEMPDIRECTORY=" + a.dir,
			"AGENT_OSARCHITECTURE=" +
				map[string]string{"amd64": "X64", "arm64": "ARM64"}[runtime.GOARCH],
		}
		for name, value := range step.Env {
			env = append(env, name+"="+a.parameter(t, value))
		}
		text, err := a.buildMachine.run(
			t, dir, []string{"bash", "--noprofile", "--norc"}, step.Bash, env...)
		output += text
		if err != nil {
			failed = fmt.Errorf("%s: %w", step.DisplayName, err)
		}
		for _, added := range azurePath.FindAllStringSubmatch(text, -1) {
			path = added[1] + ":" + path
		}
		for _, set := range azureVariable.FindAllStringSubmatch(text, -1) {
			variables[set[1]] = set[2]
		}
	}
	return output, failed
}

// parameter is what an expression that is a parameter stands for.
func (a *azureAgent) parameter(t *testing.T, value string) string {
	t.Helper()
	named := azureParameter.FindStringSubmatch(value)
	if named == nil {
		t.Fatalf("no parameter: %s", value)
	}
	if given, ok := a.parameters[named[1]]; ok {
		return given
	}
	for _, p := range a.Parameters {
		if p.Name == named[1] {
			return p.Default
		}
	}
	t.Fatalf("the template has no parameter %s", named[1])
	return ""
}

func (a *azureAgent) publish(
	t *testing.T, task, condition string, inputs, variables map[string]string,
) {
	t.Helper()
	if task != "PublishBuildArtifacts@1" ||
		condition != "and(succeededOrFailed(), ne(variables['gatewhySarif'], ''))" ||
		inputs["pathToPublish"] != "$(gatewhySarif)" {
		t.Fatalf("a task that the test does not know: %s, %s, %s", task, condition, inputs)
	}
	a.published, a.artifact = variables["gatewhySarif"], inputs["artifactName"]
}

func TestTheAzureTemplatePublishesSARIFAndFailsOnAFinding(t *testing.T) {
	t.Parallel()
	a := newAzureAgent(t, map[string]string{
		"releases": serve(t, newPublished(t, "linux")),
		"paths":    "my policy.json\nmissing.json\n",
	})
	output, err := a.run(t, policyFolder(t, "bad.json"))
	if err == nil || err.Error() != "gatewhy lint: exit status 2" ||
		strings.Count(output, "##vso[task.logissue type=error;sourcepath=my policy.json;"+
			"linenumber=11;columnnumber=25;code=any-client-accepted;]") != 1 ||
		strings.Count(output, "gatewhy: error: missing.json") != 1 {
		t.Errorf("%v\n%s", err, output)
	}
	sarif, err := os.ReadFile(a.published)
	if err != nil || a.artifact != "CodeAnalysisLogs" ||
		!strings.Contains(string(sarif), `"any-client-accepted"`) {
		t.Errorf("%s: no SARIF file: %v", a.artifact, err)
	}
}

func TestTheAzureTemplatePassesWhereNothingIsFound(t *testing.T) {
	t.Parallel()
	a := newAzureAgent(t, map[string]string{
		"releases":  serve(t, newPublished(t, "linux")),
		"arguments": "--gateway=mule", "failOn": "note",
	})
	output, err := a.run(t, policyFolder(t, "ok.json"))
	if err != nil || !strings.HasSuffix(a.published, ".sarif") {
		t.Errorf("%v, published %q\n%s", err, a.published, output)
	}
}

func TestTheAzureTemplatePublishesNothingWhereItIsCalledWrongly(t *testing.T) {
	t.Parallel()
	a := newAzureAgent(t, map[string]string{
		"releases":  serve(t, newPublished(t, "linux")),
		"arguments": "--policy-type=jwt-validtion",
	})
	output, err := a.run(t, policyFolder(t, "ok.json"))
	if err == nil || strings.Count(output, "did you mean jwt-validation?") != 1 ||
		a.published != "" {
		t.Errorf("%v, published %q\n%s", err, a.published, output)
	}
}

func TestTheAzureTemplateInstallsOnlyWhatTheReleaseHas(t *testing.T) {
	t.Parallel()
	for _, download := range downloads {
		t.Run(download.name, func(t *testing.T) {
			t.Parallel()
			p := newPublished(t, "linux")
			download.change(p)
			a := newAzureAgent(t, map[string]string{
				"releases": serve(t, p), "version": download.version,
			})
			output, err := a.run(t, policyFolder(t, "ok.json"))
			shown := strings.Contains(output, "##vso[task.logissue type=error]")
			if download.installs != (err == nil) || download.installs == shown ||
				!strings.Contains(output, download.says) {
				t.Errorf("%v\n%s", err, output)
			}
		})
	}
}

func TestTheAzureTemplateInstallsOnAWindowsAgent(t *testing.T) {
	t.Parallel()
	a := newAzureAgent(t, map[string]string{"releases": serve(t, newPublished(t, "windows"))})
	a.gitBash(t)
	a.system, a.Steps = "Windows_NT", a.Steps[:1]
	a.Steps[0].Bash = `AGENT_TEMPDIRECTORY='D:\a b'` + "\n" + a.Steps[0].Bash
	output, err := a.run(t, t.TempDir())
	if err != nil || !strings.Contains(output, `##vso[task.prependpath]D:\a b\gatewhy`+"\n") {
		t.Errorf("%v\n%s", err, output)
	}
	if _, err := os.Stat(filepath.Join(a.dir, "gatewhy", "gatewhy.exe")); err != nil {
		t.Error(err)
	}
}

// What stands in a parameter is a value, never a part of a script.
func TestTheAzureTemplatesParametersAreNeverCode(t *testing.T) {
	t.Parallel()
	dir := policyFolder(t, "ok.json")
	for _, p := range readAzure(t).Parameters {
		a := newAzureAgent(t, map[string]string{"releases": serve(t, newPublished(t, "linux"))})
		a.parameters[p.Name] = `$(: > trap)"; : > trap; '` + "`: > trap`"
		if output, err := a.run(t, dir); err == nil || p.DisplayName == "" || p.Type != "string" {
			t.Errorf("%+v\n%s", p, output)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "trap")); err == nil {
		t.Error("a parameter was run")
	}
	for _, step := range readAzure(t).Steps {
		if strings.Contains(step.Bash, "${{") {
			t.Errorf("%s has an expression in its script", step.DisplayName)
		}
	}
}
