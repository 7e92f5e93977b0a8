package cmd

import (
	"bytes"
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

// FuzzLint lints anything: every finding is of the catalogue and inside the file, every format can
// be written, and a repair reads again. With the tag long it begins with every example of a rule.
func FuzzLint(f *testing.F) {
	seeds, judged := 0, report.NewJudge(everyGateway(), rules.Options{}, nil)
	for _, rule := range everyGateway().Catalogue() {
		for _, kind := range []string{"bad", "ok"} {
			found, err := examples.Of(rule.Name, kind)
			if err != nil {
				f.Fatal(err)
			}
			for _, example := range found {
				if seeds++; seeds%oneSeedOf == 0 {
					f.Add(example.Name, []byte(example.Text))
				}
			}
		}
	}
	known := report.RuleNames(everyGateway().Catalogue())
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		t.Parallel()
		file, err := source.Read(name, text)
		if err != nil {
			return
		}
		result := judged.Findings(file)
		for _, finding := range result {
			if !slices.Contains(known, finding.Rule) || finding.Span.End > len(text) ||
				finding.Span.Start > finding.Span.End {
				t.Errorf("%+v", finding)
			}
		}
		tryRepairs(t, judged, file)
		report := &report.Linting{
			Catalogue: everyGateway().Catalogue,
			Findings:  result,
			Sources:   map[string]*source.File{name: file},
			Names:     []string{name},
		}
		var out bytes.Buffer
		for _, write := range []func() error{
			func() error {
				return render.Formats().Lint.Write(&out, "text", render.Style{}, report)
			},
			func() error { return render.LintSARIF(&out, report) },
			func() error { return render.LintJUnit(&out, report) },
			func() error { return render.LintGitHub(&out, report) },
			func() error { return render.LintAzure(&out, report) },
			func() error { return render.LintJSON(&out, report) },
		} {
			if err := write(); err != nil {
				t.Error(err)
			}
		}
	})
}

// tryRepairs wants each repair either to be refused, or to read again.
func tryRepairs(t *testing.T, judged *report.Judge, file *source.File) {
	set, err := everyGateway().Read([]*source.File{file}, rules.Options{})
	if err != nil {
		return
	}
	for _, finding := range judged.Draft(&set.Adapter, set.Draft) {
		changes := set.Adapter.Changes(
			set.Configuration,
			rules.Goal{Finding: &finding, Facts: knownFacts()},
		)
		if changes[0].Refused != "" {
			continue
		}
		if _, err := source.Read(file.Name, changes[0].Edited.Files[0].Text); err != nil {
			t.Errorf("%s: %v", finding.Rule, err)
		}
	}
}
