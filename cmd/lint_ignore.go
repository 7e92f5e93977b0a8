package cmd

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gatewhy/gatewhy/cmd/render"
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
		if err := all.add(document.At("lint", "ignore")); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (i *ignores) add(list *source.Value) error {
	if list == nil || list.Kind == source.Null {
		return nil
	}
	if list.Kind != source.List {
		return &source.Error{Pos: list.Pos, Cause: "lint.ignore must be a list", Hint: ignoreHint}
	}
	for _, item := range list.Items {
		entry, err := ignoreEntry(item)
		if err != nil {
			return err
		}
		i.entries = append(i.entries, entry)
	}
	return nil
}

const ignoreHint = `an entry is {rule: NAME, path: "policies/legacy/**", field: NAME, reason: "…", until: 2027-01-31}; rule and reason are needed`

// ignoreEntry reads one entry. That it has no reason is a finding, not an error.
func ignoreEntry(item *source.Value) (environments.Ignored, error) {
	entry := environments.Ignored{Pos: item.Pos}
	texts := map[string]*string{"rule": &entry.Rule, "path": &entry.Path, "field": &entry.Field, "reason": &entry.Reason}
	for _, m := range item.Members {
		switch into, ok := texts[m.Key]; {
		case ok:
			*into, _ = m.Value.Str()
		case m.Key != "until":
			return entry, &source.Error{Pos: m.KeyPos, Cause: "an entry of lint.ignore has no " + m.Key, Hint: ignoreHint}
		default:
			day, err := time.Parse(time.DateOnly, m.Value.Text)
			if err != nil {
				return entry, &source.Error{Pos: m.Value.Pos, Cause: "until must be a day", Hint: "it is written 2027-01-31"}
			}
			entry.Until = day
		}
	}
	if _, err := ruleNamed(entry.Rule); err != nil {
		return entry, &source.Error{Pos: item.Pos, Cause: "an entry of lint.ignore names no rule of the catalogue", Hint: "all rules: gatewhy rules"}
	}
	return entry, nil
}

// apply sets aside what the entries cover on this day, and adds a finding for each entry without a reason.
func (i *ignores) apply(report *render.Linting, day time.Time) {
	report.Findings = slices.DeleteFunc(report.Findings, func(f rules.Finding) bool {
		entry, ok := i.covering(f, day)
		if ok {
			report.Suppressed = append(report.Suppressed, render.Suppressed{Finding: f, Reason: entry.Reason, By: "config"})
		}
		return ok
	})
	for _, entry := range i.entries {
		if entry.Reason == "" {
			report.Findings = append(report.Findings, rules.Finding{
				Rule: lint.IgnoreWithoutReason, Severity: rules.Warning, Pos: entry.Pos,
				Message: "the entry gives no reason, so it sets nothing aside",
			})
			report.Sources[i.file.Name] = i.file
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
