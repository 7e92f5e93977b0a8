package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Linting is what lint has found in any number of files.
type Linting struct {
	Catalogue  []rules.Rule
	Repairable []string // the rules that fix repairs
	Input      string   // what standard input is called if it has no name of its own, or empty
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
	Pos source.Position // without a line if the whole file is meant; empty if no file is
	Why string
}

// String says which file and why.
func (u *Unread) String() string {
	if u.Pos.File == "" {
		return u.Why
	}
	return u.Pos.String() + ": " + u.Why
}

// rule finds a finding's rule in the catalogue. A rule that is not there has a name and nothing
// else.
func (l *Linting) rule(name string) rules.Rule {
	for i := range l.Catalogue {
		if l.Catalogue[i].Name == name {
			return l.Catalogue[i]
		}
	}
	return rules.Rule{Name: name}
}

// end returns the position behind what a finding is about, on the first line of it.
func (l *Linting) end(f rules.Finding) source.Position {
	file := l.Sources[f.Pos.File]
	if file == nil || f.Span.End <= f.Span.Start || f.Span.End > len(file.Text) {
		return f.Pos
	}
	end := f.Span.End
	if i := strings.IndexByte(string(file.Text[f.Span.Start:f.Span.End]), '\n'); i >= 0 {
		end = f.Span.Start + i
	}
	return file.Position(end)
}

// count counts the findings of a severity.
func (l *Linting) count(severity rules.Severity) int {
	n := 0
	for _, f := range l.Findings {
		if f.Severity == severity {
			n++
		}
	}
	return n
}

// Summary is the outcome in one line.
func (l *Linting) Summary() string {
	where := fmt.Sprintf("in %s of %s", plural(l.Policies, "policy", "policies"),
		plural(l.Files, "file", "files"))
	parts := []string{}
	for _, s := range []struct {
		severity  rules.Severity
		one, many string
	}{
		{rules.Error, "error", "errors"},
		{rules.Warning, "warning", "warnings"},
		{rules.Note, "note", "notes"},
	} {
		if n := l.count(s.severity); n > 0 {
			parts = append(parts, plural(n, s.one, s.many))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing found"}
	}
	if n := len(l.Suppressed); n > 0 {
		where += fmt.Sprintf(", %d set aside", n)
	}
	if n := len(l.Unread); n > 0 {
		where += fmt.Sprintf(", %d not checked", n)
	}
	return strings.Join(parts, ", ") + " " + where
}

// Fingerprints names each of the findings, in their order.
func (l *Linting) Fingerprints() []string {
	prints := fingerprints{l: l, seen: make(map[string]int)}
	all := make([]string, len(l.Findings))
	for i, f := range l.Findings {
		all[i] = prints.of(f)
	}
	return all
}

// fingerprints names findings by the rule, the file, the field and the text of the line, so
// that we know them again when somebody adds lines before them. It counts findings that agree
// in all of these.
type fingerprints struct {
	l    *Linting
	seen map[string]int
}

func (p *fingerprints) of(f rules.Finding) string {
	text := ""
	if file := p.l.Sources[f.Pos.File]; file != nil {
		e := cutLine(withoutSecrets(file), f.Span)
		text = strings.TrimSpace(inspect.Safe(e.String()))
	}
	key := strings.Join([]string{f.Rule, filepath.ToSlash(f.Pos.File), f.Field, text}, "\x00")
	p.seen[key]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, p.seen[key]))
	return hex.EncodeToString(sum[:16])
}
