package report

import (
	"cmp"
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
	l.Findings = source.Without(l.Findings, func(f rules.Finding) bool { return !wanted(f) })
	l.LeftOut = all - len(l.Findings)
	l.Suppressed = source.Without(l.Suppressed,
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

// FindingsOf are the findings of a rule in a file.
type FindingsOf struct{ Rule, File string }

// The bounds of the repairs that are tried for the findings of one run: each compiles its file and
// lints it again. The findings beyond them name their rule's page.
const (
	mostProved  = 20
	longestFile = 32 << 10 // bytes
)

// AddNext adds what to do now: for each finding the command that repairs it, if there is one, else
// the page of its rule; without findings, how to see what a gateway answers to a token.
func (l *Linting) AddNext(m *Maker, request *LintRequest, line CommandLine) {
	l.Ways = map[FindingsOf]string{}
	proved := 0
	var all steps
	for _, f := range l.Findings {
		way, known := l.Ways[FindingsOf{f.Rule, f.Pos.File}]
		if !known {
			way = "gatewhy rules " + f.Rule
			if proved < mostProved && slices.Contains(l.Repairable, f.Rule) {
				proved++
				way = l.repairBy(m, request, f, way)
			}
			l.Ways[FindingsOf{f.Rule, f.Pos.File}] = way
		}
		all.add(l.Fix(&f), way)
	}
	if len(l.Findings) == 0 && len(l.explain) > 0 && !line.Once {
		words := slices.Concat([]string{"gatewhy", "explain", "-"}, l.explain, l.Flags)
		all.add("See what the gateway answers to a token", line.Shell.Line(words...))
	}
	l.Next = all
	l.begin(request, line)
}

// mostAtOnce is how many findings somebody reads one by one.
const mostAtOnce = 20

// begin counts many findings by their rules, and says how to take them one rule at a time, or to
// count only what is new.
func (l *Linting) begin(request *LintRequest, line CommandLine) {
	if len(l.Findings) <= mostAtOnce {
		return
	}
	of := map[RuleCount]map[string]int{}
	for _, f := range l.Findings {
		count := RuleCount{Rule: f.Rule, Severity: f.Severity}
		if of[count] == nil {
			of[count] = map[string]int{}
		}
		of[count][f.Pos.File]++
	}
	for count, files := range of {
		count.Files = len(files)
		for _, n := range files {
			count.Findings += n
		}
		l.ByRule = append(l.ByRule, count)
	}
	slices.SortFunc(l.ByRule, func(a, b RuleCount) int {
		return cmp.Or(cmp.Compare(a.Severity.Rank(), b.Severity.Rank()),
			cmp.Compare(b.Findings, a.Findings), strings.Compare(a.Rule, b.Rule))
	})
	given := func(flag string) bool { return slices.Contains(line.Flags, flag) }
	var all steps
	again := func(note string, more ...string) {
		words := slices.Concat([]string{"gatewhy", "lint"}, request.Names, line.Flags, more)
		all.add(note, line.Shell.Line(words...))
	}
	if !line.Once && !given("--rule") && len(l.ByRule) > 1 {
		again("Begin with one rule", "--rule", l.ByRule[0].Rule)
	}
	if !line.Once && !given("--baseline") && !given("--rule") && !given("--exclude") &&
		!given("--severity") {
		again("Or take these findings as known: then only new ones count",
			"--baseline", "lint.json", "--write-baseline")
	}
	l.Begin = all
}

// explainBy are the flags with which explain reads the policies of a file, and of those that make
// up one configuration with it: of several API instances, the first one's.
func (r *linted) explainBy() []string {
	read, words := r.read, []string(nil)
	switch {
	case r.input:
		read = []string{"POLICY"} // it is used up
	case len(read) == 0:
		read = []string{r.name}
	}
	for _, name := range read {
		words = append(words, "-p", name)
	}
	if len(r.apis) > 1 {
		words = append(words, "--api", r.apis[0])
	}
	return words
}

// Way is the command that repairs a finding, or says more of it; empty where none was looked for.
func (l *Linting) Way(f rules.Finding) string { return l.Ways[FindingsOf{f.Rule, f.Pos.File}] }

// repairBy is the command that repairs the findings of a rule in a file. It asks in capitals for
// what fix would ask for. Where the rule's own repair can't help and a ready-made one would, it is
// that one. Where fix can't help, it is the other way.
func (l *Linting) repairBy(
	m *Maker, request *LintRequest, f rules.Finding, otherwise string,
) string {
	linted := l.Sources[f.Pos.File]
	if linted == nil || len(linted.Text) > longestFile {
		return otherwise
	}
	// lint has let go of what it has read in it
	file, err := m.Gateways.readSource(linted.Name, linted.Text)
	if err != nil {
		return otherwise
	}
	name := f.Pos.File
	if name == l.Input {
		name = "-"
	}
	try := func(rule, solution string) (*Fixing, bool) {
		fixer, err := m.NewFixer(file, request.Options, request.Apps, rules.Facts{}, solution)
		if err != nil {
			return nil, false
		}
		fixer.Rule, fixer.Words = rule, func(*rules.Verdict) string { return "" }
		shown, _, err := fixer.Run()
		return shown, err == nil
	}
	command := func(flag, value, asked string) string {
		words := append([]string{flag, value}, l.Flags...)
		return l.Shell.On("fix", []string{name}, words...) + asked
	}
	shown, ok := try(f.Rule, "")
	if !ok {
		return otherwise
	}
	if asked := shown.asked(); shown.Changed || asked != "" {
		return command("--rule", f.Rule, asked)
	}
	for _, solution := range shown.solutions() {
		shown, ok := try("", solution)
		if asked := shown.asked(); ok && (shown.Changed || asked != "") {
			return command("--solution", solution, asked)
		}
	}
	return otherwise
}

// asked are the flags that a refused repair asks for, with words for their values; empty where it
// asks for none. A token, where it would tell all of them, is less to look up.
func (f *Fixing) asked() string {
	if f == nil || f.Changed {
		return ""
	}
	asked := ""
	for _, refused := range f.Refused {
		for _, ask := range refused.Asks {
			flag, _, _ := strings.Cut(ask, ": ")
			name, value, _ := strings.Cut(flag, " ")
			value, _, _ = strings.Cut(value, "|")
			if value == strings.ToLower(value) { // it is for the reader to choose
				value = strings.ToUpper(name[strings.LastIndexByte(name, '-')+1:])
			}
			switch {
			case strings.HasSuffix(flag, insteadOfSolution):
			case name == Name(source.NeedToken):
				return " " + name + " " + value
			case strings.Contains(asked+" ", " "+name+" "):
			case strings.HasPrefix(name, "--") && value != "" && !strings.Contains(value, " "):
				asked += " " + name + " " + value
			}
		}
	}
	return asked
}

// solutions are the ready-made repairs that would help where a repair was refused.
func (f *Fixing) solutions() []string {
	var all []string
	for _, refused := range f.Refused {
		all = append(all, refused.Solutions...)
	}
	return all
}
