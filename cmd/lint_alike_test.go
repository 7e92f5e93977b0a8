package cmd

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

func TestWhatIsRememberedOfOtherFilesChangesNoFinding(t *testing.T) {
	t.Parallel()
	lint := func(j *report.Judge, text string) (all []string) {
		file, err := source.Read("policy.yaml", []byte(text))
		if err != nil {
			return nil
		}
		for _, f := range j.Findings(file) {
			all = append(all, f.Pos.String()+" "+string(f.Severity)+" "+f.Message+" "+f.Rule)
		}
		return all
	}
	var texts []string
	seen := 0
	fresh := map[string][]string{} // what is found where nothing is remembered
	for _, rule := range everyGateway().Catalogue() {
		for _, kind := range []string{"ok", "bad"} {
			found, err := examples.Of(rule.Name, kind)
			if err != nil {
				t.Fatal(err)
			}
			for _, example := range found {
				if seen++; seen%oneExampleOf != 0 {
					continue
				}
				texts = append(texts, example.Text)
				j := report.NewJudge(everyGateway(), rules.Options{}, nil)
				fresh[example.Text] = lint(j, "\n"+example.Text)
			}
		}
	}
	remembering := report.NewJudge(everyGateway(), rules.Options{}, nil)
	for range 2 {
		slices.Reverse(texts)
		for _, text := range texts {
			if diff := cmp.Diff(fresh[text], lint(remembering, "\n"+text)); diff != "" {
				t.Fatalf("%s\n%s", text, diff)
			}
			lint(remembering, text)
		}
	}
}
