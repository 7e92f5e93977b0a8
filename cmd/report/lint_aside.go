package report

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/lint"
)

// SetAside sets aside what an environments file says under lint.ignore: the named one, or
// gatewhy.yaml where it is there.
func (m *Maker) SetAside(config string, l *Linting) error {
	ignored, err := m.ReadIgnores(config)
	if err == nil {
		ignored.apply(l)
	}
	return err
}

// Baseline is the findings as the baseline in a file. Names in it are relative to its folder, so
// that a finding is known wherever lint runs and however its file is named.
func (m *Maker) Baseline(name string, l *Linting) *lint.Baseline {
	called := m.from(filepath.Dir(name))
	prints := l.fingerprints(called)
	known := make([]lint.Known, len(l.Findings))
	for i, f := range l.Findings {
		known[i] = lint.Known{Rule: f.Rule, File: called(f.Pos.File), Fingerprint: prints[i]}
	}
	return lint.NewBaseline(known)
}

// SetAsideKnown sets aside the findings that the baseline in a file knows. They are those of what
// the paths name.
func (m *Maker) SetAsideKnown(name string, l *Linting, paths []string) error {
	baseline, err := m.readBaseline(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Problem(name+": this baseline does not exist",
			"this writes one of the findings that there are now", m.Shell.On("lint", paths,
				slices.Concat(l.Flags, []string{"--baseline", name, "--write-baseline"})...))
	case err != nil:
		return err
	}
	known, prints, next := baseline.Knows(), l.fingerprints(m.from(filepath.Dir(name))), 0
	l.Findings = source.Without(l.Findings, func(f rules.Finding) bool {
		isKnown := known[prints[next]]
		next++
		if isKnown {
			set := Suppressed{Finding: f, Reason: "known since the baseline", By: "baseline"}
			l.Suppressed = append(l.Suppressed, set)
		}
		return isKnown
	})
	return nil
}

// readBaseline reads the baseline in a file.
func (m *Maker) readBaseline(name string) (*lint.Baseline, error) {
	text, err := m.ReadBytes(name)
	if err != nil {
		return nil, err
	}
	return asBaseline(name, text)
}

// asBaseline is a file's text as a baseline. An empty one has no findings.
func asBaseline(name string, text []byte) (*lint.Baseline, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return &lint.Baseline{}, nil
	}
	baseline, ok := lint.ReadBaseline([]byte(inspect.UTF8(string(text))))
	if !ok {
		return nil, Problem(name+": this file is not a baseline",
			"with the name of a new file, --baseline FILE --write-baseline writes one")
	}
	return baseline, nil
}

// MayBecomeBaseline is an error where a file has something else than a baseline, which writing one
// would destroy. What is not a file, or can't be read, is left to what writes.
func (m *Maker) MayBecomeBaseline(name string) error {
	info, err := os.Stat(m.Path(name))
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	text, err := m.ReadBytes(name)
	if err != nil {
		return nil
	}
	_, err = asBaseline(name, text)
	return err
}

// Ignores are the entries under lint.ignore of gatewhy.yaml.
type Ignores struct {
	name    string                   // of that file; empty where there is none
	from    func(name string) string // a file's name, from the folder of gatewhy.yaml on
	entries []environments.Ignored
	file    *source.File
	day     time.Time // on which they are heeded
}

// ReadIgnores reads the lint section of the environments file: the named one, or gatewhy.yaml
// where it is there. The rest of the file is not looked at, so that a file may hold nothing but
// that section.
func (m *Maker) ReadIgnores(name string) (*Ignores, error) {
	if name == "" {
		if _, err := os.Stat(m.Path(DefaultEnvironments)); errors.Is(err, fs.ErrNotExist) {
			return &Ignores{}, nil
		}
		name = DefaultEnvironments
	}
	file, err := m.environmentsSource(name)
	if err != nil {
		return nil, err
	}
	all := &Ignores{name: name, from: m.from(filepath.Dir(name)), file: file, day: m.Now()}
	exists := map[string]bool{}
	for _, document := range file.Documents {
		entries, err := environments.IgnoresIn(document)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if exists[entry.Rule] {
				continue
			}
			exists[entry.Rule] = true
			// it would set nothing aside, and nobody would know
			if _, err := m.Gateways.RuleNamed(entry.Rule); err != nil {
				none := *AsError(err)
				none.Pos = entry.Pos
				none.Cause = "an entry of lint.ignore names a rule that does not exist"
				return nil, &none
			}
		}
		all.entries = append(all.entries, entries...)
	}
	return all, nil
}

// from returns how files are named from a folder on, wherever their own names start. One that
// can't be named so keeps its name.
func (m *Maker) from(folder string) func(name string) string {
	whole, failed := filepath.Abs(m.Path(folder))
	return func(name string) string {
		at, err := filepath.Abs(m.Path(name))
		relative, unrelated := filepath.Rel(whole, at)
		if cmp.Or(failed, err, unrelated) != nil {
			return name
		}
		return filepath.ToSlash(relative)
	}
}

// split returns the findings that stay, and those that an entry covers.
func (i *Ignores) split(found []rules.Finding) (stay []rules.Finding, aside []Suppressed) {
	for _, f := range found {
		if entry, ok := i.about(f, false); ok {
			aside = append(aside, Suppressed{Finding: f, Reason: entry.Reason, By: "config"})
		} else {
			stay = append(stay, f)
		}
	}
	return stay, aside
}

// apply sets aside what the entries cover, notes those that have ended and would cover more, and
// adds a finding for each entry without a reason.
func (i *Ignores) apply(l *Linting) {
	stay, aside := i.split(l.Findings)
	l.Findings, l.Suppressed = stay, append(l.Suppressed, aside...)
	for _, f := range stay {
		if entry, ok := i.about(f, true); ok && !slices.Contains(l.Ended, entry) {
			l.Ended = append(l.Ended, entry)
		}
	}
	for _, entry := range i.entries {
		if entry.Reason == "" {
			l.Findings = append(l.Findings, rules.Finding{
				Rule: lint.IgnoreWithoutReason, Severity: rules.Warning,
				Pos: entry.Pos, Span: entry.Span,
				Message: "the entry gives no reason, so it ignores nothing",
			})
			l.Sources[i.file.Name] = i.file
		}
	}
}

// about finds an entry about a finding: one that holds, or one that has ended.
func (i *Ignores) about(f rules.Finding, ended bool) (environments.Ignored, bool) {
	if len(i.entries) == 0 {
		return environments.Ignored{}, false
	}
	name := i.from(f.Pos.File)
	for _, entry := range i.entries {
		sameField := entry.Field == "" || entry.Field == f.Field
		if entry.Reason != "" && sameField && entry.Ended(i.day) == ended &&
			entry.Covers(f.Rule, name) {
			return entry, true
		}
	}
	return environments.Ignored{}, false
}
