package report

import (
	"slices"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/lint"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// Linting is what lint has found in any number of files.
type Linting struct {
	Catalogue  func() []rules.Rule // every rule
	Gateways   Gateways
	Repairable []string // the rules that fix repairs
	Input      string   // what standard input is called without a name of its own; else empty
	Flags      []string // which fix and explain need to read the files alike, one word each
	Findings   []rules.Finding
	Suppressed []Suppressed
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

	Ways map[FindingsOf]string // the command for them

	explain []string                     // the flags with which explain reads the first policies
	vendors map[string]string            // by file: the adapter that has read it
	fixes   map[string]map[string]string // by vendor and rule
}

// Fix is what to do about a finding: what its rule says for all gateways, and in the words of the
// vendor whose policy it is about.
func (l *Linting) Fix(f *rules.Finding) string {
	vendor := l.vendors[f.Pos.File]
	fixes, known := l.fixes[vendor]
	if !known {
		fixes = map[string]string{}
		catalogue := l.Catalogue
		if len(l.Gateways) > 0 {
			catalogue = l.Gateways.only(vendor).Catalogue
		}
		for _, rule := range catalogue() {
			fixes[rule.Name] = rule.Fix
		}
		if l.fixes == nil {
			l.fixes = map[string]map[string]string{}
		}
		l.fixes[vendor] = fixes
	}
	return fixes[f.Rule]
}

func (g Gateways) only(vendor string) Gateways {
	for i := range g {
		if g[i].Name == vendor {
			return g[i : i+1]
		}
	}
	return nil
}

// FindingsOf are the findings of a rule in a file.
type FindingsOf struct{ Rule, File string }

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

// linted is what lint has found in one file.
type linted struct {
	name     string
	file     *source.File // nil where nothing was found
	input    bool         // it is standard input
	named    bool         // by the user
	ended    bool         // nothing of other files matters
	err      error        // why it was not checked; nil where it was, or need not be
	policies int
	apis     []string // of the policies: the first API instance, and another where there is one
	read     []string // the names of the files that were read with it, its own among them
	vendor   string   // the adapter that has read policies of it
	unseen   []Unseen // its policies that are not modelled
	besides  bool     // it was read with others: it has a policy, or says more of theirs
	none     error    // why it holds no policy
	findings []rules.Finding
	aside    []Suppressed
}

// Judge lints files for the gateways that they may be meant for.
type Judge struct {
	lint.Judge
	gateways  Gateways
	catalogue func() []rules.Rule // every rule
	options   rules.Options
}

// NewJudge returns what lints files. The app registrations are nil where none were given.
func NewJudge(gateways Gateways, options rules.Options, apps *entra.Directory) *Judge {
	return &Judge{
		Judge:    lint.Judge{Apps: apps},
		gateways: gateways, catalogue: sync.OnceValue(gateways.Catalogue), options: options,
	}
}

// file reads a file, compiles it for the gateway that it names, or for each that it may be meant
// for, and runs the rules. A file without policies has no findings.
func (j *Judge) file(file *source.File) linted {
	result := j.apart(file)
	if result.err == nil {
		j.together([]*linted{&result}, func(*linted) {})
		j.conclude(&result)
	}
	return result
}

// apart lints a file as far as other files don't matter.
func (j *Judge) apart(file *source.File) linted {
	result := linted{name: file.Name, file: file}
	for _, adapter := range j.gateways {
		if adapter.Together != nil {
			continue
		}
		read, compiled, err := j.compiled(&adapter, file)
		switch {
		case err == nil:
			j.add(&result, &adapter, read, compiled)
		case AsError(err).Limit:
			result.err = err
			return result
		}
	}
	return result
}

func (j *Judge) compiled(
	adapter *rules.Adapter, files ...*source.File,
) (*rules.Configuration, *rules.Compilation, error) {
	read, err := adapter.Read(files, optionsFor(adapter, j.options))
	if err != nil {
		return nil, nil, err
	}
	compiled := adapter.Compile(read)
	return read, &compiled, rules.ChainsBeyond(compiled.Policies)
}

// configuration is what files make up for an adapter.
type configuration struct {
	adapter *rules.Adapter
	files   []*source.File
}

// together lints files where several of an adapter make up one configuration. It ends with a file
// when nothing of it is to be read any more.
func (j *Judge) together(results []*linted, end func(*linted)) {
	byFile := make(map[*source.File]*linted, len(results))
	waits := make(map[*source.File]int, len(results))
	for _, r := range results {
		byFile[r.file] = r
	}
	all := j.configurations(results, byFile)
	for _, c := range all {
		for _, file := range c.files {
			waits[file]++
		}
	}
	for file, r := range byFile {
		if waits[file] == 0 && r.err == nil {
			delete(byFile, file)
			end(r)
		}
	}
	inOrder(len(all), func(i int) joint { return j.joint(&all[i]) }, func(i int, one joint) {
		j.share(byFile, &all[i], &one)
		for _, file := range all[i].files {
			waits[file]--
			if r := byFile[file]; waits[file] == 0 && r.err == nil {
				delete(byFile, file)
				delete(waits, file)
				end(r)
			}
		}
		all[i].files = nil // a run may have thousands
	})
}

// configurations lists what files make up together, for each adapter.
func (j *Judge) configurations(
	results []*linted, byFile map[*source.File]*linted,
) []configuration {
	var files []*source.File
	for _, r := range results {
		files = append(files, r.file)
	}
	var all []configuration
	for i := range j.gateways {
		adapter := &j.gateways[i]
		if adapter.Together == nil {
			continue
		}
		groups := adapter.Together(files)
		if err := rules.GroupsBeyond(groups); err != nil {
			for _, file := range slices.Concat(groups...) {
				byFile[file].err = err
			}
			continue
		}
		for _, group := range groups {
			all = append(all, configuration{adapter, group})
		}
	}
	return all
}

// joint is what was found in a configuration.
type joint struct {
	linted
	files []*source.File // that were read; none where they make up no configuration
	ours  map[*source.File]bool
	count map[*source.File]int // of policies
}

// joint lints one configuration, in portions: what is compiled of a large one is never in the
// memory as a whole.
func (j *Judge) joint(c *configuration) joint {
	read, err := c.adapter.Read(c.files, optionsFor(c.adapter, j.options))
	if err != nil {
		return joint{linted: linted{err: err}}
	}
	all := joint{
		files: read.Files, ours: map[*source.File]bool{}, count: map[*source.File]int{},
	}
	for _, file := range read.Files {
		all.ours[file] = c.adapter.Apart || c.adapter.Detect(file, read.Options)
	}
	for _, entry := range read.Entries {
		file, _ := entry.Place()
		all.count[file]++
	}
	portions := read.Portions()
	read = nil // it has all entries
	var conditions rules.Conditions
	for part := range portions {
		compiled := c.adapter.Compile(part)
		if err := conditions.ChainsBeyond(compiled.Policies); err != nil {
			return joint{linted: linted{err: err}}
		}
		j.add(&all.linted, c.adapter, part, &compiled)
	}
	return all
}

// withoutCompiled lets go of what findings were found in.
func withoutCompiled(found []rules.Finding) {
	for i := range found {
		found[i].Policy, found[i].Check = nil, nil
	}
}

// share gives each file what was found in it, of what an adapter has read of several.
func (j *Judge) share(byFile map[*source.File]*linted, c *configuration, all *joint) {
	named := map[string]*linted{}
	for _, file := range c.files {
		r := byFile[file]
		named[file.Name] = r
		r.besides = r.besides || len(all.files) > 0
		if all.err != nil && AsError(all.err).Limit {
			r.err = all.err
		}
		if all.ours[file] {
			r.vendor = c.adapter.Name
		}
	}
	for _, f := range all.findings {
		if r := named[f.Pos.File]; r != nil {
			r.findings = append(r.findings, f)
		}
	}
	if len(all.files) == 0 {
		return
	}
	for file, n := range all.count {
		byFile[file].policies += n
	}
	first := byFile[all.files[0]]
	first.unseen = append(first.unseen, all.unseen...)
	for _, file := range all.files {
		all.read = append(all.read, file.Name)
	}
	for _, file := range all.files {
		byFile[file].read, byFile[file].apis = all.read, all.apis
	}
}

// conclude says why a file that the user has named holds no policy, if it holds none, and heeds
// its comments.
func (j *Judge) conclude(result *linted) {
	if result.named && result.policies == 0 && !result.besides {
		none := mistaken(result.file, j.gateways.holdsNone(result.file, j.options))
		result.none = j.gateways.noneOfAPI(j.options, result.file, none)
	}
	j.heed(result)
}

// Findings are those of a file.
func (j *Judge) Findings(file *source.File) []rules.Finding { return j.file(file).findings }

// Draft lints what one adapter has read of a file.
func (j *Judge) Draft(adapter *rules.Adapter, d *repair.Draft) []rules.Finding {
	result := linted{name: d.Files[0].Name, file: d.Files[0], policies: len(d.Entries)}
	result.findings = j.Found(adapter, d.Configuration, &d.Compilation)
	if d.Guessed {
		result.findings = append(result.findings,
			j.ofOthers(adapter, d.Configuration, d.Policies[0], result.findings)...)
	}
	result.findings = slices.DeleteFunc(result.findings, func(f rules.Finding) bool {
		return f.Pos.File != result.name // of a file that makes up one configuration with it
	})
	j.heed(&result)
	return result.findings
}

// add adds what one adapter has read of the file: for the gateway that its files name, or for each
// that they may be meant for. It lets go of what was compiled, before others are.
func (j *Judge) add(
	result *linted, adapter *rules.Adapter, read *rules.Configuration, compiled *rules.Compilation,
) {
	result.policies += len(read.Entries)
	if len(read.Entries) > 0 {
		result.vendor = adapter.Name
	}
	for _, p := range compiled.Policies {
		if p.API != "" && len(result.apis) < 2 {
			result.apis = withNew(result.apis, p.API)
		}
	}
	result.unseen = append(result.unseen, notModelled(compiled.Policies)...)
	found := j.Found(adapter, read, compiled)
	withoutCompiled(found)
	if compiled.Guessed {
		guess := *compiled.Policies[0]
		guess.Root, guess.Asides, compiled.Policies = rules.Node{}, nil, nil
		found = append(found, j.ofOthers(adapter, read, &guess, found)...)
		withoutCompiled(found)
	}
	result.findings = append(result.findings, found...)
}

// ofOthers is what holds for another gateway than the guessed one. If anything does, the first
// policy says that it is a guess.
func (j *Judge) ofOthers(
	adapter *rules.Adapter, read *rules.Configuration, guess *rules.Policy, known []rules.Finding,
) []rules.Finding {
	others := j.OfOtherVariants(adapter, read, guess.Variant, known)
	if len(others) == 0 {
		return nil
	}
	return append(others, rules.Finding{
		Rule: "gateway-not-known", Severity: rules.Note, Pos: guess.Pos, Policy: guess,
		Message: "the file does not say which gateway runs it, and they differ: " +
			"pass --gateway",
	})
}

// heed sorts the findings, and sets aside what the comments of the file say.
func (j *Judge) heed(result *linted) {
	comments := lint.Comments(result.file)
	if result.policies > 0 && len(comments) > 0 {
		result.findings = append(result.findings, lint.Misnamed(comments, j.catalogue())...)
	}
	stay, aside := heeded(comments, lint.Sort(result.findings))
	result.findings, result.aside = stay, append(result.aside, aside...)
}

// heeded splits findings into those that stay and those that a comment sets aside.
func heeded(comments []lint.Comment, found []rules.Finding) ([]rules.Finding, []Suppressed) {
	stay, aside, by := lint.SetAside(comments, found)
	var all []Suppressed
	for i, f := range aside {
		all = append(all, Suppressed{Finding: f, Reason: by[i].Reason, By: "comment"})
	}
	return stay, all
}

// Unseen is a policy that no rule sees into.
type Unseen struct {
	Asset, Name string
	Pos         source.Position
	Strange     bool   // its kind is not known
	Why         string // nobody can predict what it answers; a clause
}

// notModelled lists the policies in force that may look at credentials and are not modelled.
func notModelled(policies []*rules.Policy) []Unseen {
	var all []Unseen
	for _, p := range policies {
		for c := range p.Root.Checks() {
			if c.ID == rules.NotModelled && !p.When.Disabled {
				all = append(all, Unseen{p.Asset, p.Name, p.Pos, p.Strange, c.Unknown.Why})
				break
			}
		}
	}
	return all
}

// found is what is known of the policies since they were compiled, and what the rules find in
// them. The rules come without the vendor's advice: nobody reads it here.
func (s *PolicySet) found() []rules.Finding {
	j := lint.Judge{Apps: s.Apps}
	return append(slices.Clone(s.Findings), j.Policies(&s.Adapter, s.Policies, s.Files)...)
}

// comments are those of the files that set findings aside.
func (s *PolicySet) comments() []lint.Comment {
	var all []lint.Comment
	for _, file := range s.Files {
		all = append(all, lint.Comments(file)...)
	}
	return all
}

// apart reports whether lint judges the files one by one, and does not see what holds of them
// together.
func (s *PolicySet) apart() bool {
	if len(s.Files) < 2 || s.Adapter.Together == nil {
		return len(s.Files) > 1
	}
	return len(slices.CompactFunc(s.Adapter.Together(s.Files), sameTexts)) > 1
}

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
	name := l.Shell.Path(f.Pos.File)
	if f.Pos.File == l.Input {
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
		return "gatewhy fix " + name + " " + l.Shell.Line(words...) + asked
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
