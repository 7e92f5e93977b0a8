package cmd

import (
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// ciSnippet is what the shown snippets have of the files of build services.
type ciSnippet struct {
	Steps []struct {
		Uses, Template   string
		With, Parameters map[string]string
	}
	Include []struct {
		Remote string
		Inputs map[string]string
	}
	Resources struct {
		Repositories []struct{ Repository, Type, Name, Ref, Endpoint string }
	}
	Repos []struct {
		Repo, Rev string
		Hooks     []struct{ ID string }
	}
}

// ciSnippets are those of the topic and of the README.
func ciSnippets(t *testing.T) map[string][]string {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, rest := range strings.Split(string(readme), "```yaml\n")[1:] {
		block, _, _ := strings.Cut(rest, "```")
		blocks = append(blocks, block)
	}
	return map[string][]string{"the topic": yamlOf("ci"), "the README": blocks}
}

// inputsOf are the inputs that each way to run lint in a build service has.
func inputsOf(t *testing.T) (action, gitlab, azure map[string]bool) {
	t.Helper()
	var a struct{ Inputs map[string]any }
	readYAML(t, "action.yml", &a)
	action, gitlab, azure = map[string]bool{}, map[string]bool{}, map[string]bool{}
	for name := range a.Inputs {
		action[name] = true
	}
	inputs, _ := gitlabTemplate(t)
	for name := range inputs {
		gitlab[name] = true
	}
	for _, p := range readAzure(t).Parameters {
		azure[p.Name] = true
	}
	return action, gitlab, azure
}

// One release is downloaded everywhere, and the snippets name its tag.
func TestEveryBuildServiceInstallsTheSameRelease(t *testing.T) {
	t.Parallel()
	var a action
	readYAML(t, "action.yml", &a)
	gitlab, _ := gitlabTemplate(t)
	versions := []string{a.Inputs["version"].Default, gitlab["version"].Default}
	for _, p := range readAzure(t).Parameters {
		if p.Name == "version" {
			versions = append(versions, p.Default)
		}
	}
	if want := slices.Repeat(versions[:1], 3); !slices.Equal(versions, want) {
		t.Errorf("the versions are %q", versions)
	}
	for where, blocks := range ciSnippets(t) {
		text := strings.Join(blocks, "")
		if n := strings.Count(text, "v"+versions[0]); n != 4 {
			t.Errorf("%s names v%s %d times", where, versions[0], n)
		}
	}
}

func TestTheSnippetsForCINameWhatThereIs(t *testing.T) {
	t.Parallel()
	var hooks []struct{ ID string }
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	action, gitlab, azure := inputsOf(t)
	for where, blocks := range ciSnippets(t) {
		shown := map[string]int{}
		has := func(what string, known map[string]bool, given map[string]string) {
			shown[what]++
			for name := range given {
				if !known[name] {
					t.Errorf("%s: the %s has no input %s", where, what, name)
				}
			}
		}
		for _, block := range blocks {
			var used ciSnippet
			if err := yaml.Unmarshal([]byte(block), &used); err != nil {
				t.Errorf("%s: %v in\n%s", where, err, block)
			}
			for _, step := range used.Steps {
				switch {
				case strings.HasPrefix(step.Uses, "gatewhy/gatewhy@v"):
					has("action", action, step.With)
				case step.Template == azureTemplate+"@gatewhy" &&
					used.Resources.Repositories[0].Name == "gatewhy/gatewhy":
					has("Azure template", azure, step.Parameters)
				case step.Template != "":
					t.Errorf("%s: %s", where, step.Template)
				}
			}
			for _, include := range used.Include {
				if !strings.HasSuffix(include.Remote, "/v0.1.0/"+gitlabComponent) {
					t.Errorf("%s: %s", where, include.Remote)
				}
				has("GitLab component", gitlab, include.Inputs)
			}
			for _, repo := range used.Repos {
				shown["hook"]++
				if len(hooks) != 1 || repo.Hooks[0].ID != hooks[0].ID {
					t.Errorf("%s: there is no hook %s", where, repo.Hooks[0].ID)
				}
			}
		}
		if len(shown) != 4 {
			t.Errorf("%s shows only %v", where, shown)
		}
	}
}
