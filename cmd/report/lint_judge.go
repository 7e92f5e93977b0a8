package report

import (
	"slices"
	"sync"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/lint"
	"github.com/gatewhy/gatewhy/rules/repair"
)

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
	unheeded string   // options of the command line that don't count for it
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

// Findings reads a file, compiles it for the gateway that it names, or for each that it may be
// meant for, and runs the rules. A file without policies has none.
func (j *Judge) Findings(file *source.File) []rules.Finding {
	result := j.apart(file)
	if result.err == nil {
		j.together([]*linted{&result}, func(*linted) {})
		j.conclude(&result)
	}
	return result.findings
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
	files := source.Each(results, func(r *linted) *source.File { return r.file })
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
	all := joint{files: read.Files, ours: map[*source.File]bool{}, count: read.Count()}
	for _, file := range read.Files {
		all.ours[file] = c.adapter.Apart || c.adapter.Detect(file, read.Options)
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
		byFile[file].unheeded = all.unheeded
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

// Draft lints what one adapter has read of a file.
func (j *Judge) Draft(adapter *rules.Adapter, d *repair.Draft) []rules.Finding {
	result := linted{name: d.Files[0].Name, file: d.Files[0], policies: len(d.Entries)}
	result.findings = j.Found(adapter, d.Configuration, &d.Compilation)
	if d.Guessed {
		result.findings = append(result.findings,
			j.ofOthers(adapter, d.Configuration, d.Policies[0], result.findings)...)
	}
	result.findings = source.Without(result.findings, func(f rules.Finding) bool {
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
			result.apis = source.Union(result.apis, p.API)
		}
	}
	result.unheeded = unheeded(adapter, compiled, read.Files, j.options)
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

// fixer says what to do about a rule's findings: what it says for all gateways, and in the words
// of the vendor whose policies they are in. It works that out once.
func (j *Judge) fixer() func(vendor, rule string) string {
	known := map[[2]string]string{}
	return func(vendor, rule string) string {
		at := [2]string{vendor, rule}
		fix, ok := known[at]
		if !ok {
			fix = j.fix(vendor, rule)
			known[at] = fix
		}
		return fix
	}
}

func (j *Judge) fix(vendor, name string) string {
	for i := range j.gateways {
		if adapter := &j.gateways[i]; adapter.Name == vendor {
			return fixOf(name, j.Rules(adapter), adapter.Advice())
		}
	}
	return fixOf(name, lint.Rules(), nil)
}

func fixOf(name string, all []rules.Rule, advice []rules.Advice) string {
	for _, rule := range all {
		if rule.Name == name {
			advise(&rule, advice)
			return rule.Fix
		}
	}
	return ""
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
		c := p.Find(func(c *rules.Check) bool { return c.ID == rules.NotModelled })
		if c != nil && !p.When.Disabled {
			all = append(all, Unseen{p.Asset, p.Name, p.Pos, p.Strange, c.Unknown.Why})
		}
	}
	return all
}
