package cmd

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/lint"
)

// ignores are the entries under lint.ignore of gatewhy.yaml.
type ignores struct {
	folder  string // that the paths in it start from
	entries []environments.Ignored
	file    *source.File
}

// readIgnores reads the lint section of the environments file: of the named one, or of gatewhy.yaml where it is there. The rest of
// the file is not looked at, so that a file may hold nothing but that section.
func (e *Env) readIgnores(name string) (*ignores, error) {
	if name == "" {
		if _, err := os.Stat(e.path(defaultEnvironments)); errors.Is(err, fs.ErrNotExist) {
			return &ignores{}, nil
		}
		name = defaultEnvironments
	}
	file, err := e.readSource(name)
	if err != nil {
		return nil, err
	}
	all := &ignores{folder: filepath.Dir(name), file: file}
	for _, document := range file.Documents {
		entries, err := environments.Ignores(document.Member("lint"))
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if err := e.Gateways.mustHave(&entry); err != nil {
				return nil, err
			}
		}
		all.entries = append(all.entries, entries...)
	}
	return all, nil
}

// mustHave refuses an entry for a rule that is none: it would set nothing aside, and nobody would
// know.
func (g Gateways) mustHave(entry *environments.Ignored) error {
	_, err := g.ruleNamed(entry.Rule)
	var none *source.Error
	if !errors.As(err, &none) {
		return err
	}
	const cause = "an entry of lint.ignore names no rule of the catalogue"
	return &source.Error{Pos: entry.Pos, Cause: cause, Hints: none.Hints}
}

// apply sets aside what the entries cover on this day, and adds a finding for each entry without a reason.
func (i *ignores) apply(shown *report.Linting, day time.Time) {
	shown.Findings = slices.DeleteFunc(shown.Findings, func(f rules.Finding) bool {
		entry, ok := i.covering(f, day)
		if ok {
			shown.Suppressed = append(shown.Suppressed, report.Suppressed{Finding: f, Reason: entry.Reason, By: "config"})
		}
		return ok
	})
	for _, entry := range i.entries {
		if entry.Reason == "" {
			shown.Findings = append(shown.Findings, rules.Finding{
				Rule: lint.IgnoreWithoutReason, Severity: rules.Warning, Pos: entry.Pos, Span: entry.Span,
				Message: "the entry gives no reason, so it sets nothing aside",
			})
			shown.Sources[i.file.Name] = i.file
		}
	}
}

// covering finds the entry that speaks of a finding and has not run out.
func (i *ignores) covering(f rules.Finding, day time.Time) (environments.Ignored, bool) {
	name := f.Pos.File
	if relative, err := filepath.Rel(i.folder, name); err == nil {
		name = filepath.ToSlash(relative)
	}
	for _, entry := range i.entries {
		if entry.Reason != "" && (entry.Field == "" || entry.Field == f.Field) && entry.Covers(f.Rule, name, day) {
			return entry, true
		}
	}
	return environments.Ignored{}, false
}
