package report

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/lint"
)

// Linting is what lint has found in any number of files.
type Linting struct {
	Catalogue func() []rules.Rule // every rule

	Repairable []string // the rules that fix repairs
	Input      string   // what standard input is called without a name of its own; else empty
	Flags      []string // which fix and explain need to read the files alike, one word each
	Findings   []rules.Finding
	Suppressed []Suppressed
	Ended      []environments.Ignored  // entries that would ignore findings, were they not over
	LeftOut    int                     // findings that nobody wants to see
	Sources    map[string]*source.File // those with findings, by name
	Names      []string                // of the files that were named or have policies
	Unread     []Unread
	Files      int // that were checked
	Policies   int
	Shell      Shell
	Next       []rules.Step                       // what to do now
	Version    string                             // of gatewhy
	Fails      func(severity rules.Severity) bool // whether such a finding makes the run fail

	Fixes map[FindingsOf]string // what to do about them
	Ways  map[FindingsOf]string // the command for it

	// ByRule counts the findings, the worst first, and Begin is what to do about them, where there
	// are more than anybody reads at once; else nothing.
	ByRule []RuleCount
	Begin  []rules.Step

	explain []string // the flags with which explain reads the first policies
}

// RuleCount is how often a rule has found something of a severity, and in how many files.
type RuleCount struct {
	Rule            string
	Severity        rules.Severity
	Findings, Files int
}

// Fix is what to do about a finding.
func (l *Linting) Fix(f *rules.Finding) string { return l.Fixes[FindingsOf{f.Rule, f.Pos.File}] }

// Suppressed is a finding that someone has looked at and ignored.
type Suppressed struct {
	rules.Finding
	Reason string
	By     string // "comment", "config" or "baseline"
}

// Unread is a file, or a name for files, that was not checked.
type Unread struct {
	Pos   source.Position // without a line for the file as a whole; empty where no file is meant
	Why   string
	Hints []string
}

// String says which file and why.
func (u *Unread) String() string {
	if u.Pos.File == "" {
		return u.Why
	}
	return u.Pos.String() + ": " + u.Why
}

// Keep leaves out the findings that are not wanted, also of those that are ignored.
func (l *Linting) Keep(wanted func(rules.Finding) bool) {
	all := len(l.Findings)
	l.Findings = slices.DeleteFunc(l.Findings, func(f rules.Finding) bool { return !wanted(f) })
	l.LeftOut = all - len(l.Findings)
	l.Suppressed = slices.DeleteFunc(l.Suppressed,
		func(s Suppressed) bool { return !wanted(s.Finding) })
}

// Fingerprints names each of the findings, in their order, and behind them each of those that are
// ignored.
func (l *Linting) Fingerprints() []string {
	return l.fingerprints(func(file string) string { return file })
}

func (l *Linting) fingerprints(called func(file string) string) []string {
	all := slices.Clone(l.Findings)
	for _, s := range l.Suppressed {
		all = append(all, s.Finding)
	}
	return lint.Fingerprints(all, called, (&lines{of: l.Sources}).text)
}

// longLine is of how many bytes on a line counts with its hash alone: a file may be one line, of
// which each of thousands of findings would take a copy.
const longLine = 64 << 10

// lines returns the texts of lines. It keeps the last one: findings of one line follow each other.
type lines struct {
	of         map[string]*source.File
	file       *source.File
	start, end int
	last       string
}

// text is that of the line that a finding is about; empty where its file is not known.
func (l *lines) text(f rules.Finding) string {
	file := l.of[f.Pos.File]
	switch {
	case file == nil:
		return ""
	case file == l.file && l.start <= f.Span.Start && f.Span.Start <= l.end:
		return l.last
	}
	l.file = file
	l.start, l.end = lineAround(file, f.Span)
	before, marked, after := CutLine(file, f.Span)
	l.last = strings.TrimSpace(inspect.Safe(before + marked + after))
	if len(l.last) > longLine {
		l.last = fmt.Sprintf("%x", sha256.Sum256([]byte(l.last)))
	}
	return l.last
}
