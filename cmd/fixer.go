package cmd

import (
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

// fixer repairs one file, change by change. Each change is kept only where it was proved.
type fixer struct {
	judge
	adapter   rules.Adapter
	before    *rules.Configuration
	after     *rules.Configuration
	solution  string // the article's, or empty to repair findings
	facts     rules.Facts
	contracts *rules.Contracts // nil where none were given
	requests  []fixRequest     // of the tokens that were given
	wanted    tokenModel       // what the policies want of a token before anything is changed
	touched   []string         // the API instances whose policies were changed
	refused   []identity       // of the findings that no change was made for
	report    *render.Fixing
}

// identity is what a finding is known by, wherever lines have moved: the policy that it is in, and the text that it is about.
type identity struct {
	rule, field, text string
	policy            int // an index of the file's policies
}

// mostRepairs bounds how many changes are tried on one file.
const mostRepairs = 1000

func (f *fixer) run(rule string) error {
	if f.solution != "" {
		return f.solve()
	}
	return f.repairAll(rule)
}

// repairAll repairs the findings of a rule, or without one every error and warning. After each change the file is linted
// anew, since one may repair several findings.
func (f *fixer) repairAll(rule string) error {
	for range mostRepairs {
		finding, ok := f.next(rule)
		if !ok {
			return nil
		}
		if err := f.repair(finding); err != nil {
			return err
		}
	}
	return problem(fmt.Sprintf("the file has more than %d findings to repair", mostRepairs), "one rule or one instance at a time: --rule NAME, --api NAME")
}

// next is the first finding that is to be repaired and was not refused yet.
func (f *fixer) next(rule string) (rules.Finding, bool) {
	for _, finding := range f.findings(f.after) {
		wanted := finding.Rule == rule || rule == "" && finding.Severity != rules.Note
		if wanted && (len(f.refused) == 0 || !slices.Contains(f.refused, f.identify(finding))) {
			return finding, true
		}
	}
	return rules.Finding{}, false
}

func (f *fixer) identify(finding rules.Finding) identity {
	text := f.report.After.Text[finding.Span.Start:finding.Span.End]
	return identity{finding.Rule, finding.Field, string(text), f.after.Index(finding.Policy)}
}

// findings are those of a configuration that no comment sets aside.
func (f *fixer) findings(read *rules.Configuration) []rules.Finding {
	return f.configuration(f.adapter, read).findings
}

// repair makes and proves the change for one finding.
func (f *fixer) repair(finding rules.Finding) error {
	repair, err := f.changeFor(finding)
	if err != nil {
		return err
	}
	if repair.Refused != "" {
		why, asks := report.Refusal(repair.Refused, repair.Needs)
		f.refuse(finding, why, asks)
		return nil
	}
	if why := f.disproved(finding, repair.Edited); why != "" {
		f.refuse(finding, why, nil)
		return nil
	}
	f.touched = append(f.touched, finding.Policy.API)
	f.keep(repair, finding.Rule)
	return nil
}

// changeFor is the change that may remove a finding.
func (f *fixer) changeFor(finding rules.Finding) (rules.Change, error) {
	made, err := f.adapter.Changes(f.after, rules.Goal{Finding: &finding, Facts: f.facts})
	if err != nil {
		return rules.Change{}, err
	}
	return made[0], nil
}

// keep takes a change over.
func (f *fixer) keep(made rules.Change, what string) {
	f.after, f.report.After = made.Edited, made.Edited.Files[0]
	f.report.Repaired = append(f.report.Repaired, what)
	f.report.Changes = append(f.report.Changes, made.Fields...)
}

func (f *fixer) refuse(finding rules.Finding, why string, asks []string) {
	f.refused = append(f.refused, f.identify(finding))
	f.report.Refused = append(f.report.Refused, render.Refusal{Rule: finding.Rule, Severity: finding.Severity, Field: finding.Field, Pos: finding.Pos, Why: why, Asks: asks})
}

// disproved says why a change is no repair: the finding is still there, or another one has come.
func (f *fixer) disproved(finding rules.Finding, edited *rules.Configuration) string {
	before := f.findings(f.after)
	after := f.findings(edited)
	if counts(after)[key(finding)] >= counts(before)[key(finding)] {
		return "the change that was tried does not remove it"
	}
	for _, found := range after {
		if found.Severity != rules.Note && counts(before)[key(found)] < counts(after)[key(found)] {
			return fmt.Sprintf("the change that was tried brings another finding, %s", found.Rule)
		}
	}
	return ""
}

// key tells findings apart when lines have moved.
func key(f rules.Finding) string { return f.Rule + " " + f.Field }

func counts(found []rules.Finding) map[string]int {
	n := make(map[string]int, len(found))
	for _, f := range found {
		n[key(f)]++
	}
	return n
}
