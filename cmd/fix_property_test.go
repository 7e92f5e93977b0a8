package cmd

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

// knownFacts is everything that a repair may ask for.
func knownFacts() rules.Facts {
	return rules.Facts{
		Audience: "api://orders-uat", Scope: "UAT.Access",
		Tenant: "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11",
	}
}

// factsFor are the facts for an example: where its tokens are v2.0 tokens, the audience is an
// application id.
func factsFor(text string) rules.Facts {
	facts := knownFacts()
	if strings.Contains(text, "/v2.0") {
		facts.Audience, facts.Version = "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94", entra.V2
	}
	return facts
}

// draftOf reads an example, and lints it with its judge as fix does.
func draftOf(
	t *testing.T, rule *rules.Rule, example examples.Example,
) (*report.Judge, *report.PolicySet, []rules.Finding) {
	t.Helper()
	_, j, set := readExample(t, rule, example)
	return j, set, j.Draft(&set.Adapter, set.Draft)
}

func TestARepairRemovesItsFindingAndAddsNone(t *testing.T) {
	t.Parallel()
	repaired, rulesRepaired := 0, everyGateway().Repairable()
	eachExample(t, "bad", func(t *testing.T, rule *rules.Rule, example examples.Example) {
		if !slices.Contains(rulesRepaired, rule.Name) {
			return // it has no repair that can be written
		}
		j, set, before := draftOf(t, rule, example)
		i := slices.IndexFunc(before, func(f rules.Finding) bool { return f.Rule == rule.Name })
		if i < 0 {
			t.Fatal("not found")
		}
		changes := set.Adapter.Changes(
			set.Configuration, rules.Goal{Finding: &before[i], Facts: factsFor(example.Text)},
		)
		repair := changes[0]
		if repair.Refused != "" {
			return
		}
		repaired++
		text := repair.Edited.Files[0].Text
		edited, err := source.Read(example.Name, text)
		if err != nil {
			t.Fatal(err)
		}
		after := j.Findings(edited)
		if slices.ContainsFunc(after, func(f rules.Finding) bool { return f.Rule == rule.Name }) {
			t.Errorf("the finding is still there:\n%s", text)
		}
		for _, f := range after {
			// what only the API's registration can close is left, and worth a note
			closedElsewhere := []string{"assignment-not-required", "holders-not-shown"}
			if f.Severity == rules.Note && slices.Contains(closedElsewhere, f.Rule) {
				continue
			}
			if !slices.ContainsFunc(
				before, func(known rules.Finding) bool { return known.Rule == f.Rule },
			) {
				t.Errorf("new: %s: %s\n%s", f.Rule, f.Message, text)
			}
		}
	})
	if repaired < len(rulesRepaired) {
		t.Errorf("%d repairs were made for %d rules", repaired, len(rulesRepaired))
	}
}

func TestEveryRepairIsOfARuleOfTheCatalogue(t *testing.T) {
	t.Parallel()
	known := report.RuleNames(everyGateway().Catalogue())
	for _, name := range everyGateway().Repairable() {
		if !slices.Contains(known, name) {
			t.Errorf("%s is in no catalogue", name)
		}
	}
}
