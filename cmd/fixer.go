package cmd

import (
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// fixer repairs one file, change by change. Each change is kept only where it was proved.
type fixer struct {
	judge
	adapter   rules.Adapter
	solution  string // the article's, or empty to repair findings
	facts     rules.Facts
	contracts *rules.Contracts // nil where none were given
	requests  []fixRequest     // of the tokens that were given
	wanted    tokenModel       // what the policies want of a token before anything is changed
	touched   []string         // the API instances whose policies were changed
	report    *render.Fixing
}

// mostRepairs bounds how many changes are made to one file.
const mostRepairs = 100

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
	return nil
}

// next is the first finding that is to be repaired and was not refused yet.
func (f *fixer) next(rule string) (rules.Finding, bool) {
	found := f.file(f.report.After).findings
	i := slices.IndexFunc(found, func(finding rules.Finding) bool {
		wanted := finding.Rule == rule || rule == "" && finding.Severity != rules.Note
		return wanted && !slices.ContainsFunc(f.report.Refused, func(r render.Refusal) bool { return r.Rule == finding.Rule && r.Field == finding.Field })
	})
	if i < 0 {
		return rules.Finding{}, false
	}
	return found[i], true
}

// repair makes and proves the change for one finding.
func (f *fixer) repair(finding rules.Finding) error {
	repair, err := f.adapter.Repair(f.report.After, f.options, finding, f.facts)
	if err != nil {
		return err
	}
	if repair.Refused != "" {
		f.refuse(finding, repair.Refused, repair.Asks)
		return nil
	}
	if why := f.disproved(finding, repair.Edited); why != "" {
		f.refuse(finding, why, nil)
		return nil
	}
	f.touched = append(f.touched, f.apiOf(finding))
	f.keep(repair.Proposal, finding.Rule)
	return nil
}

// keep takes a change over.
func (f *fixer) keep(made rules.Proposal, what string) {
	f.report.After = made.Edited
	f.report.Repaired = append(f.report.Repaired, what)
	f.report.Changes = append(f.report.Changes, made.Changes...)
}

// apiOf is the API instance that a finding is about: that of the last policy that begins before it.
func (f *fixer) apiOf(finding rules.Finding) (api string) {
	compiled, err := f.adapter.Compile(f.report.After, f.options)
	if err != nil {
		return ""
	}
	var last source.Position
	for _, p := range compiled.Policies {
		if at := p.Pos; !before(finding.Pos, at) && !before(at, last) {
			api, last = p.API, at
		}
	}
	return api
}

// before reports whether a place of a file stands before another.
func before(a, b source.Position) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column
}

func (f *fixer) refuse(finding rules.Finding, why string, asks []string) {
	f.report.Refused = append(f.report.Refused, render.Refusal{Rule: finding.Rule, Severity: finding.Severity, Field: finding.Field, Pos: finding.Pos, Why: why, Asks: asks})
}

// disproved says why a change is no repair: the finding is still there, or another one has come.
func (f *fixer) disproved(finding rules.Finding, edited *source.File) string {
	before := f.file(f.report.After).findings
	after := f.file(edited).findings
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
