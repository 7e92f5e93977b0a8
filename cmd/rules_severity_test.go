package cmd

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

func TestARuleGivesTheSeverityOfTheCatalogueAndSaysWhenItGivesLess(t *testing.T) {
	t.Parallel()
	given := map[string]map[rules.Severity]bool{}
	eachExample(t, "bad", func(t *testing.T, rule *rules.Rule, example examples.Example) {
		_, found := lintExample(t, rule, example)
		for _, f := range found {
			if given[f.Rule] == nil {
				given[f.Rule] = map[rules.Severity]bool{}
			}
			given[f.Rule][f.Severity] = true
		}
	})
	rank := map[rules.Severity]int{rules.Note: 1, rules.Warning: 2, rules.Error: 3}
	for _, rule := range everyGateway().Catalogue() {
		less := false
		for severity := range given[rule.Name] {
			if rank[severity] > rank[rule.Severity] {
				t.Errorf(
					"%s gives %s, and the catalogue says %s", rule.Name, severity, rule.Severity,
				)
			}
			less = less || rank[severity] < rank[rule.Severity]
		}
		if !given[rule.Name][rule.Severity] {
			t.Errorf(
				"no bad example shows %s as %s: %v", rule.Name, rule.Severity,
				given[rule.Name],
			)
		}
		if less != (rule.Lesser != "") {
			t.Errorf(
				"%s gives %v, and says of lesser ones %q", rule.Name,
				given[rule.Name],
				rule.Lesser,
			)
		}
	}
}
