package report

import (
	"cmp"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// LintRequest says what lint reads, and how.
type LintRequest struct {
	Names   []string // of files, folders and patterns; - is standard input
	Options rules.Options
	Apps    *entra.Directory // app registrations; nil where none were given
	Stdin   string           // the name that standard input goes by; empty where it has none
	Lenient bool             // files without a policy are skipped even where they are named
}

// Lint lints files. Beside the report it returns why files were not checked, and the
// policies that no rule sees into.
func (m *Maker) Lint(request *LintRequest) (l *Linting, failed []error, unseen []Unseen) {
	found, missing := m.Find(request.Names)
	found, changers := m.changers(found)
	for i := range found {
		found[i].Named = found[i].Named && !request.Lenient
	}
	run := linter{
		Judge: NewJudge(m.Gateways, request.Options, request.Apps),
		maker: m, stdin: request.Stdin,
	}
	results := run.all(found)
	if err := run.beyond(len(found), request.Names); err != nil {
		results, missing = nil, errors.Join(missing, err)
	}
	l = &Linting{
		Catalogue:  run.catalogue,
		Repairable: m.Gateways.Repairable(), Input: standardInput,
		Sources: make(map[string]*source.File), Fixes: make(map[FindingsOf]string),
	}
	fix := run.fixer()
	for _, r := range results {
		unseen = append(unseen, r.unseen...)
		l.add(&r, fix)
	}
	m.noteChanges(changers, l.Names, request.Options)
	m.noteUnheeded(results)
	failed = unchecked(request, missing, results)
	l.Unread = unread(failed)
	return l, failed, unseen
}

// noteUnheeded says which options don't count, if that is the same for all files with policies.
func (m *Maker) noteUnheeded(results []linted) {
	var first *linted
	for i := range results {
		switch r := &results[i]; {
		case r.policies == 0:
		case first == nil:
			first = r
		case r.unheeded != first.unheeded:
			return
		}
	}
	if first != nil && first.unheeded != "" {
		m.note("%s", first.unheeded)
	}
}

// add adds what was found in a file that was checked.
func (l *Linting) add(r *linted, fix func(vendor, rule string) string) {
	if r.err != nil {
		return
	}
	if r.policies > 0 && len(l.explain) == 0 {
		l.explain = r.explainBy()
	}
	if r.named || r.policies > 0 || r.besides || len(r.findings) > 0 {
		l.Names = append(l.Names, r.name)
	}
	l.Files++
	l.Policies += r.policies
	l.Findings = append(l.Findings, r.findings...)
	l.Suppressed = append(l.Suppressed, r.aside...)
	for i := range r.findings {
		f := &r.findings[i]
		l.Fixes[FindingsOf{f.Rule, f.Pos.File}] = fix(r.vendor, f.Rule)
	}
	if r.file != nil {
		l.Sources[r.file.Name] = r.file
	}
}

// unchecked is why files were not checked, those that are not there first. What is said of several
// files together is said once.
func unchecked(request *LintRequest, missing error, results []linted) []error {
	all := Each(missing)
	said := map[string]bool{}
	for _, r := range results {
		switch {
		case r.err == nil || said[r.err.Error()]:
		case r.input && request.Stdin == "":
			all = append(all, Hinted(r.err, "standard input is read as JSON or YAML: "+
				"--stdin-filename NAME gives another format, such as policy.tf"))
		case r.err == r.none:
			all = append(all, Hinted(r.err, "--ignore-unknown skips files without a policy"))
		default:
			all = append(all, r.err)
			said[r.err.Error()] = true
		}
	}
	return all
}

// unread is what a report says of files that were not checked. It shows no token that was given
// for a file's name.
func unread(errs []error) []Unread {
	out := make([]Unread, len(errs))
	for i, err := range errs {
		e := AsError(err)
		out[i] = Unread{Pos: e.Pos, Why: Guarded(e.Cause), Hints: guardedHints(e)}
		out[i].Pos.File = Guarded(e.Pos.File)
	}
	return out
}

// linter lints any number of files at once.
type linter struct {
	*Judge
	maker *Maker
	stdin string // the name that standard input goes by
	done  atomic.Int64
	held  atomic.Int64 // values of the files that wait for others
}

// manyFiles is how many files are worth more memory.
const manyFiles = 100

// all lints the files in parallel. The results are in the files' order, whichever is ready first.
func (l *linter) all(files []Found) []linted {
	if len(files) > manyFiles && l.maker.ReadsMany != nil {
		l.maker.ReadsMany()
	}
	results := make([]linted, len(files))
	stop := l.maker.progress(&l.done, len(files), "files")
	inParallel(len(files), func(i int) bool {
		if l.beyond(len(files), nil) != nil {
			return false
		}
		results[i] = l.one(files[i])
		results[i].input = files[i].Name == "-"
		l.done.Add(1)
		return true
	})
	if l.beyond(len(files), nil) == nil {
		l.finish(results)
	}
	stop()
	return results
}

// beyond refuses a run over several files that takes more than is looked at. What one file may
// take has limits of its own.
func (l *linter) beyond(files int, names []string) error {
	if files < 2 {
		return nil
	}
	if err := rules.HeldBeyond(l.held.Load(), names); err != nil {
		return err
	}
	if l.Looked.Load() <= rules.MostLooked {
		return nil
	}
	what := inspect.Few(names, 1) + ": to find out what the policies of these files let in"
	return rules.LookedBeyond(what, "name some of the files, and the others afterwards")
}

// finish lints what depends on other files, and concludes.
func (l *linter) finish(results []linted) {
	var whole []*linted
	for i := range results {
		if r := &results[i]; r.file != nil && r.err == nil && !r.ended {
			whole = append(whole, r)
		}
	}
	l.together(whole, l.end)
}

// one lints one file. What can't be read is an error where the user named it, or where it looks
// like a policy, and so is a named file without a policy; any other file of a folder is passed
// over.
func (l *linter) one(found Found) linted {
	name := found.Name
	if name == "-" {
		name = cmp.Or(l.stdin, standardInput)
	}
	file, err := l.maker.readFound(found, name)
	if err != nil || file == nil {
		return linted{name: name, err: err}
	}
	if adapter, ok := l.gateways.of(file, l.options); ok && found.Named {
		if err := l.maker.otherGateway(adapter, name, l.options); err != nil {
			return linted{name: name, err: err}
		}
	}
	result := l.apart(file)
	result.named = found.Named
	switch {
	case result.err != nil:
	case l.gateways.joins(file, l.options):
		l.held.Add(int64(file.Values()))
	default:
		l.end(&result)
	}
	return result
}

// end concludes what was found in a file, and lets go of it.
func (l *linter) end(r *linted) {
	l.conclude(r)
	if r.named && r.policies == 0 {
		r.err = r.none
	}
	r.slim()
	r.ended = true
}

// slim keeps of a file what a report shows: its findings and their lines. What was read and
// compiled is many times as large, and a run may have thousands of files.
func (r *linted) slim() {
	if len(r.findings)+len(r.aside) == 0 {
		r.file = nil
		return
	}
	hide(r.file.Text, secretsIn(r.file, nil)) // a copy would be as large as the file
	r.file = r.file.TextOnly(r.file.Text)
	withoutCompiled(r.findings)
	for i := range r.aside {
		r.aside[i].Policy, r.aside[i].Check = nil, nil
	}
}

// inParallel does some things, as many at once as there are processors; where one says no, those
// that have not begun are left out. A single thing needs no second thread, nor a stack of its own.
func inParallel(n int, do func(i int) bool) {
	if n == 1 {
		do(0)
		return
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && do(i); i = int(next.Add(1)) - 1 {
			}
		})
	}
	workers.Wait()
}

// inOrder makes some things in parallel and takes each in its order. No more are made ahead than
// there are processors.
func inOrder[T any](n int, made func(i int) T, take func(i int, one T)) {
	ahead := min(runtime.GOMAXPROCS(0), n)
	slots := make([]chan T, max(ahead, 1))
	begin := func(i int) {
		slot := make(chan T, 1)
		slots[i%ahead] = slot
		go func() { slot <- made(i) }()
	}
	for i := range ahead {
		begin(i)
	}
	for i := range n {
		one := <-slots[i%ahead]
		if i+ahead < n {
			begin(i + ahead)
		}
		take(i, one)
	}
}
