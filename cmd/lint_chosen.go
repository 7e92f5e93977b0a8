package cmd

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

// chosenFlags say which findings of lint are of interest.
type chosenFlags struct {
	only, except []string
	from         choice // the least severity; empty for all
}

func (f *chosenFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var((*texts)(&f.only), "rule",
		"show only the findings of this rule: a `NAME` from gatewhy rules; repeatable")
	flags.Var((*texts)(&f.except), "exclude",
		"leave out the findings of this rule: a `NAME` from gatewhy rules; repeatable")
	f.from = choice{allowed: []string{"error", "warning", "note"}, kind: "SEVERITY"}
	f.from.register(cmd, "severity", "", "show the findings from this severity on")
}

// check refuses names of rules that are none, and flags that contradict each other.
func (f *lintFlags) check(gateways report.Gateways) error {
	for _, names := range [][]string{f.chosen.only, f.chosen.except} {
		for _, name := range names {
			if _, err := gateways.RuleNamed(name); err != nil {
				return err
			}
		}
	}
	if f.write && f.chosen.any() {
		return problem("--write-baseline writes all findings, but another flag leaves some out",
			"leave out --rule, --exclude and --severity")
	}
	from, failOn := f.chosen.from.value, f.failOn.value
	if from != "" && !fails(rules.Severity(failOn), from) {
		return problem("--fail-on "+failOn+" counts findings that --severity "+from+" leaves out",
			"--severity "+failOn+" shows them")
	}
	return nil
}

func (f *chosenFlags) any() bool {
	return len(f.only)+len(f.except) > 0 || f.from.value != ""
}

// wants reports whether a finding is of interest.
func (f *chosenFlags) wants(finding rules.Finding) bool {
	return (len(f.only) == 0 || slices.Contains(f.only, finding.Rule)) &&
		!slices.Contains(f.except, finding.Rule) &&
		(f.from.value == "" || fails(finding.Severity, f.from.value))
}
