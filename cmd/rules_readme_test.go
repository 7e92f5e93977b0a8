package cmd

import (
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/gatewhy/gatewhy/cmd/render"
)

func TestTheREADMEHasTheRulesOfTheCatalogue(t *testing.T) {
	const begin, end = "-run README -update -->\n", "<!-- end -->"
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	table, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatal("the README has no place for the rules")
	}
	want := "\n" + render.RulesTable(everyGateway().Catalogue()) + "\n"
	switch {
	case table == want:
	case *update:
		if err := os.WriteFile(
			"../README.md", []byte(before+begin+want+end+after), 0o644,
		); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error("the README's table of rules is stale: go test ./cmd -run README -update")
	}
}

// readmeSnippets returns the README's yaml blocks.
func readmeSnippets(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, part := range strings.Split(string(text), "```yaml\n")[1:] {
		block, _, _ := strings.Cut(part, "```")
		all = append(all, block)
	}
	return all
}

func TestTheREADMEsSnippetsNameWhatThereIs(t *testing.T) {
	var hooks []struct{ ID string }
	var action struct{ Inputs map[string]any }
	for name, into := range map[string]any{
		"../.pre-commit-hooks.yaml": &hooks, "../action.yml": &action,
	} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(text, into); err != nil {
			t.Fatal(err)
		}
	}
	var used struct {
		Steps []struct {
			Uses string
			With map[string]string
		}
		Repos []struct{ Hooks []struct{ ID string } }
	}
	inputs, ids := 0, 0
	for _, block := range readmeSnippets(t) {
		if err := yaml.Unmarshal([]byte(block), &used); err != nil {
			t.Errorf("%v in\n%s", err, block)
		}
		for _, step := range used.Steps {
			for input := range step.With {
				inputs++
				if _, ok := action.Inputs[input]; !ok && strings.HasPrefix(step.Uses, "gatewhy/") {
					t.Errorf("the action has no input %s", input)
				}
			}
		}
		for _, repo := range used.Repos {
			for _, hook := range repo.Hooks {
				ids++
				if len(hooks) != 1 || hook.ID != hooks[0].ID {
					t.Errorf("there is no hook %s", hook.ID)
				}
			}
		}
	}
	if inputs == 0 || ids == 0 {
		t.Error("the README shows no input of the action, or no hook")
	}
}
