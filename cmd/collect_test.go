package cmd

import (
	"regexp"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

func TestEveryCollectionIsCompleteAndNamesNoSecret(t *testing.T) {
	placeholder := regexp.MustCompile(`\{[a-z-]+\}`)
	for _, cloud := range []string{"", "usgov", "china"} {
		for _, c := range everyGateway().Collections(cloud) {
			if c.Name == "" || c.Title == "" || len(c.Steps) == 0 {
				t.Errorf("incomplete: %+v", c)
			}
			for _, step := range c.Steps {
				if step.Note == "" {
					t.Errorf("%s: a step without a word", c.Name)
				}
				for _, found := range placeholder.FindAllString(step.Command, -1) {
					if !isPlaceholder(found) {
						t.Errorf("%s: nothing fills in %s", c.Name, found)
					}
				}
				if curl := strings.Index(
					step.Command, "curl",
				); curl >= 0 && strings.Contains(step.Command[curl:],
					"SECRET") {
					t.Errorf("%s: a secret among curl's arguments", c.Name)
				}
				if curl := strings.Index(
					step.Command, "curl",
				); curl >= 0 && strings.Contains(step.Command[curl:],
					"TOKEN\"") {
					t.Errorf("%s: a token among curl's arguments", c.Name)
				}
			}
		}
	}
}

func isPlaceholder(text string) bool {
	for _, id := range collectIDs {
		if id.placeholder == text {
			return true
		}
	}
	return false
}

func TestEveryCommandThatIsPointedAtExists(t *testing.T) {
	for _, adapter := range everyGateway() {
		set := &report.PolicySet{Bench: repair.Bench{Adapter: adapter}, Draft: &repair.Draft{}}
		request := &rules.Request{Token: inspect.Parse("")}
		checkPointers(t, &report.Explainer{Request: request, Policies: set})
	}
}

// checkPointers wants a command for each input that can be collected.
func checkPointers(t *testing.T, run *report.Explainer) {
	t.Helper()
	names := report.CollectionNames(everyGateway().Collections(""))
	for _, ask := range []source.Input{
		source.NeedContracts, source.NeedIntrospection, source.NeedKeySet, source.NeedRuntime,
		source.NeedHeader, source.NeedRequest,
	} {
		command, ok := strings.CutPrefix(run.HowToCollect(rules.Need{Input: ask}),
			"gatewhy collect ")
		if _, err := report.OneOf("input", command, names, ""); !ok || err != nil {
			t.Errorf("%s: %q is no command", ask, command)
		}
	}
	if command := run.HowToCollect(
		rules.Need{For: "which key customKeyExpression gives"},
	); command != "" {
		t.Errorf("%q for what no command gives", command)
	}
}
