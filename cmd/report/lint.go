package report

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/lint"
)

// Linting is what lint has found in any number of files.
type Linting struct {
	Catalogue  []rules.Rule
	Repairable []string // the rules that fix repairs
	Input      string   // what standard input is called without a name of its own; else empty
	Flags      []string // which fix needs to read the files alike, one word each
	Findings   []rules.Finding
	Suppressed []Suppressed
	Sources    map[string]*source.File // those with findings, by name
	Names      []string                // of all files that were checked, in their order
	Unread     []Unread
	Files      int // that were checked
	Policies   int
	Version    string                             // of gatewhy
	Fails      func(severity rules.Severity) bool // whether such a finding makes the run fail
}

// Suppressed is a finding that someone has looked at and set aside.
type Suppressed struct {
	rules.Finding
	Reason string
	By     string // "comment", "config" or "baseline"
}

// Unread is a file, or a name for files, that was not checked.
type Unread struct {
	Pos source.Position // without a line for the file as a whole; empty where no file is meant
	Why string
}

// String says which file and why.
func (u *Unread) String() string {
	if u.Pos.File == "" {
		return u.Why
	}
	return u.Pos.String() + ": " + u.Why
}

// Fingerprints names each of the findings, in their order, and behind them each of those that are
// set aside.
func (l *Linting) Fingerprints() []string {
	all := slices.Clone(l.Findings)
	for _, s := range l.Suppressed {
		all = append(all, s.Finding)
	}
	return lint.Fingerprints(all, l.lineOf)
}

// lineOf is the text of the line that a finding is about; empty where its file is not known.
func (l *Linting) lineOf(f rules.Finding) string {
	file := l.Sources[f.Pos.File]
	if file == nil {
		return ""
	}
	before, marked, after := CutLine(file, f.Span)
	return strings.TrimSpace(inspect.Safe(before + marked + after))
}
